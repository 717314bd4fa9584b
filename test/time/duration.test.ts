import assert from 'node:assert/strict'
import fc from 'fast-check'
import { formatDuration, parseDuration } from '../../src/time/duration.ts'

describe('a duration', () => {
  const accepted: readonly (readonly [text: string, ms: number])[] = [
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['1h2m3s4ms', 3_723_004],
    ['0.5s', 500],
    ['1ms', 1],
    ['0.6ms', 1],
    ['90m', 5_400_000],
    ['1s1s', 2_000],
    ['0h30s', 30_000],
    ['2147483647ms', 2_147_483_647]
  ]
  for (const [text, ms] of accepted) it(`"${text}" is ${ms} ms`, () => assert.equal(parseDuration(text), ms))

  const refused = [
    '',
    '5',
    '0',
    '0s',
    '0ms',
    '0.4ms',
    '-1s',
    '+1s',
    '1d',
    '1w',
    '1S',
    '1 s',
    ' 1s',
    '1s ',
    '1.s',
    '.5s',
    '1e3s',
    '1m30',
    's',
    'ms',
    '30sec',
    '1,5s',
    '5µs',
    '∞',
    'NaNs',
    '2147483648ms',
    '597h',
    '99999999999999999999999999s',
    '1s\n',
    '__proto__'
  ]
  for (const text of refused) it(`${JSON.stringify(text)} is none`, () => assert.equal(parseDuration(text), undefined))

  it('of any length comes back from its text, however it is written', () => {
    const longest = 2_147_483_647
    fc.assert(
      fc.property(fc.integer({ min: 1, max: longest }), (ms) => {
        assert.equal(parseDuration(`${ms}ms`), ms)
        assert.equal(parseDuration(`${ms / 1_000}s`), ms)
        const [h, m, s] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1_000) % 60]
        assert.equal(parseDuration(`${h}h${m}m${s}s${ms % 1_000}ms`), ms)
      })
    )
  })

  it('is never read out of other text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('0', '1', '5', '.', 'm', 's', 'h', '-', ' '), maxLength: 8 }),
        (text) => {
          const ms = parseDuration(text)
          if (ms === undefined) return
          assert.match(text, /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/)
          assert.ok(Number.isInteger(ms) && ms > 0)
        }
      )
    )
  })
})

describe('a duration for people', () => {
  const table: readonly (readonly [ms: number, text: string])[] = [
    [0, '0 ms'],
    [0.4, '0 ms'],
    [850, '850 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [1_000, '1 s'],
    [12_340, '12.3 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min'],
    [60_000, '1 min'],
    [245_000, '4 min 5 s'],
    [119_600, '2 min'],
    [7_200_000, '120 min']
  ]
  for (const [ms, text] of table) it(`${ms} ms is "${text}"`, () => assert.equal(formatDuration(ms), text))
})
