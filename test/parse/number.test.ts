import assert from 'node:assert/strict'
import fc from 'fast-check'
import { exactNumber, jsonNotation, numberText } from '../../src/parse/number.ts'

describe('a number', () => {
  const table: readonly (readonly [source: string, value: number | bigint | string])[] = [
    ['0', 0],
    ['-0', 0],
    ['-0.0', 0],
    ['0e9999', 0],
    ['+6', 6],
    ['007', 7],
    ['1e8', 100_000_000],
    ['1E+8', 100_000_000],
    ['1.50', 1.5],
    ['120e-1', 12],
    ['0.1', 0.1],
    ['.5', 0.5],
    ['5.', 5],
    ['5e-324', 5e-324],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['9223372036854775807', 9_223_372_036_854_775_807n],
    ['-9223372036854775808', -9_223_372_036_854_775_808n],
    ['10000000000000000', 10_000_000_000_000_000n],
    ['1e16', 10_000_000_000_000_000n],
    ['1e400', 10n ** 400n],
    ['-1.5e30', -15n * 10n ** 29n],
    ['0x1F', 31],
    ['0o17', 15],
    ['0xFFFFFFFFFFFFFFFF', 18_446_744_073_709_551_615n],
    ['0.12345678901234567890', '0.12345678901234567890'],
    ['9007199254740993.5', '9007199254740993.5'],
    ['1e-400', '1e-400']
  ]
  for (const [source, value] of table) {
    it(`${source} is ${typeof value} ${String(value).slice(0, 40)}`, () => assert.equal(exactNumber(source), value))
  }

  for (const source of [
    '1e401',
    '1e-401',
    '1e99999999999999999999',
    '9'.repeat(401),
    `0x${'f'.repeat(400)}`,
    `0.${'0'.repeat(500_000)}1`
  ]) {
    it(`${source.slice(0, 20)} (${source.length} characters) is too long to be meant`, () =>
      assert.equal(exactNumber(source), undefined))
  }

  for (const source of [
    '',
    '.',
    '-',
    'e5',
    '.inf',
    '-.Inf',
    '.nan',
    'NaN',
    'Infinity',
    '0x',
    '0xg',
    '1_000',
    '1 2',
    '__proto__'
  ]) {
    it(`"${source}" is none`, () => assert.equal(exactNumber(source), undefined))
  }

  it('has one notation in JSON, which keeps the text as far as JSON allows', () => {
    const notations = {
      '+6': '6',
      '007': '7',
      '-007.50': '-7.50',
      '.5': '0.5',
      '-.5e3': '-0.5e3',
      '5.': '5.0',
      '0x1F': '31',
      '0o17': '15',
      '-0': '-0',
      '1E+8': '1E+8',
      '1.0': '1.0',
      '9007199254740993': '9007199254740993',
      '00': '0'
    }
    for (const [source, notation] of Object.entries(notations)) assert.equal(jsonNotation(source), notation, source)
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = JSON.stringify(value)
        assert.equal(jsonNotation(text), text)
      })
    )
  })

  it('of up to 2^53 comes back from its text', () => {
    fc.assert(fc.property(fc.maxSafeInteger(), (value) => assert.equal(exactNumber(String(value)), value)))
  })

  it('that is a finite double comes back from its text, as a bigint where it is whole and large', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const exact = exactNumber(String(value))
        const isLarge = Number.isInteger(value) && !Number.isSafeInteger(value)
        assert.equal(typeof exact, isLarge ? 'bigint' : 'number')
        assert.ok(Number(exact) === value)
      })
    )
  })

  it('of any size comes back from its text when it is whole', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 399n), max: 10n ** 399n }), (value) => {
        const exact = exactNumber(value.toString())
        assert.equal(BigInt(exact ?? 0), value)
        assert.equal(
          typeof exact,
          value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? 'number' : 'bigint'
        )
      })
    )
  })

  it('may have 400 digits, of either sign', () => {
    const whole = 10n ** 399n
    assert.deepEqual([exactNumber(String(whole)), exactNumber(String(-whole))], [whole, -whole])
    assert.deepEqual([exactNumber(`${whole}0`), exactNumber(`-${whole}0`)], [undefined, undefined])
  })

  it('has one value, whatever its notation', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.nat(20), (whole, zeros) => {
        const power = 10n ** BigInt(zeros)
        assert.equal(exactNumber(`${whole}e${zeros}`), exactNumber((whole * power).toString()))
        assert.equal(exactNumber(`${whole}.${'0'.repeat(zeros)}`), exactNumber(whole.toString()))
      })
    )
  })

  it('is written without an exponent where it is whole', () => {
    assert.equal(numberText(1e8), '100000000')
    assert.equal(numberText(-0), '0')
    assert.equal(numberText(0.5), '0.5')
    assert.equal(numberText(9_223_372_036_854_775_807n), '9223372036854775807')
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(399), (digit, zeros) => {
        const exact = exactNumber(`${digit}e${zeros}`)
        assert.ok(typeof exact === 'number' || typeof exact === 'bigint')
        assert.equal(numberText(exact), `${digit}${'0'.repeat(zeros)}`)
      })
    )
  })
})
