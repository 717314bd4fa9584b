import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  equalNumber,
  isNumber,
  isWrittenNumber,
  parseWithNumbers,
  reportable,
  sameNumber,
  writtenNumber,
  writtenText
} from '../../src/parse/written-number.ts'

const digits = fc.stringMatching(/^(?:0|[1-9]\d{0,22})$/)
const fraction = fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,22}$/))
const exponent = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.stringMatching(/^[eE][-+]?\d{1,2}$/) }
)
/** Any number in JSON's notation. */
const jsonNumber = fc.tuple(fc.constantFrom('', '-'), digits, fraction, exponent).map((parts) => parts.join(''))

describe('a number as it is written', () => {
  it('is printed as it is written, and a plain number where that is no loss', () => {
    fc.assert(
      fc.property(jsonNumber, (text) => {
        const number = writtenNumber(text)
        assert.equal(JSON.stringify({ number }), `{"number":${text}}`)
        assert.equal(writtenText(number), text)
        assert.equal(isWrittenNumber(number), text !== JSON.stringify(Number(text)))
        assert.ok(isNumber(number))
      })
    )
  })

  it('is no number when it is a text or an object that looks like one', () => {
    for (const value of ['1.0', { rawJSON: '1.0' }, null, true, [1], 1n]) assert.equal(isNumber(value), false)
  })

  const pairs: readonly (readonly [a: string, b: string, same: boolean, equal: boolean])[] = [
    ['1', '1', true, true],
    ['1', '1.0', false, true],
    ['1.0', '1.00', true, true],
    ['1e3', '1000.0', true, true],
    ['1e3', '1000', false, true],
    ['-0', '0', true, true],
    ['-0.0', '0.0', true, true],
    ['0.1', '0.10000000000000000555', true, true],
    ['0.1', '0.2', false, false],
    ['1.5', '1', false, false],
    ['9007199254740993', '9007199254740993', true, true],
    ['9007199254740993', '9007199254740992', false, false],
    ['9223372036854775807', '9223372036854775806', false, false],
    ['18446744073709551615', '18446744073709551614', false, false],
    ['1e30', '1.0E30', true, true],
    ['1e400', '1', false, false],
    ['1e21', '1000000000000000000000', false, true]
  ]
  for (const [a, b, same, equal] of pairs) {
    it(`${a} is ${same ? 'the same as' : equal ? 'of the value of' : 'another number than'} ${b}`, () => {
      for (const [one, other] of [
        [a, b],
        [b, a]
      ] as const) {
        assert.equal(sameNumber(writtenNumber(one), writtenNumber(other)), same)
        assert.equal(equalNumber(writtenNumber(one), writtenNumber(other)), equal)
      }
    })
  }

  it('is the same as itself, and of equal value to whatever it is the same as', () => {
    fc.assert(
      fc.property(jsonNumber, jsonNumber, (a, b) => {
        const [one, other] = [writtenNumber(a), writtenNumber(b)]
        assert.ok(sameNumber(one, writtenNumber(a)) && equalNumber(one, writtenNumber(a)))
        if (sameNumber(one, other)) assert.ok(equalNumber(one, other))
      })
    )
  })
})

describe('JSON read with its numbers', () => {
  const space = fc.constantFrom('', ' ', '\n  ')

  it('prints every number as it was', () => {
    fc.assert(
      fc.property(fc.array(jsonNumber, { minLength: 1 }), space, (numbers, gap) => {
        const list = `[${gap}${numbers.join(`${gap},${gap}`)}${gap}]`
        assert.equal(JSON.stringify(parseWithNumbers(list)), `[${numbers.join(',')}]`)
        const object = `{${numbers.map((number, index) => `"${index}"${gap}:${gap}${number}`).join(',')}}`
        assert.equal(
          JSON.stringify(parseWithNumbers(object)),
          `{${numbers.map((number, index) => `"${index}":${number}`).join(',')}}`
        )
      })
    )
    for (const number of ['1.0', '-0', '9007199254740993'])
      assert.equal(JSON.stringify(parseWithNumbers(number)), number)
  })

  it('is what JSON.parse gives where no number is written in a way of its own', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        assert.deepEqual(parseWithNumbers(JSON.stringify(value)), JSON.parse(JSON.stringify(value)))
      )
    )
    assert.deepEqual(parseWithNumbers('{"a": "1.0 :2e3, 9007199254740993"}'), { a: '1.0 :2e3, 9007199254740993' })
  })

  it('must be JSON', () => {
    for (const text of ['', '{', '01', '[1.0,]', '{"a": 1.}']) assert.throws(() => parseWithNumbers(text), SyntaxError)
  })

  it('shows in a report what a double would print otherwise as its text', () => {
    const value = parseWithNumbers('{"a": [1.0, 1, "1.0"], "b": {"c": 9007199254740993}, "d": null, "e": true}')
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- read from JSON
    assert.deepEqual(reportable(value as Parameters<typeof reportable>[0]), {
      a: ['1.0', 1, '1.0'],
      b: { c: '9007199254740993' },
      d: null,
      e: true
    })
  })
})
