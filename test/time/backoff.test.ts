import assert from 'node:assert/strict'
import fc from 'fast-check'
import { backoffMs } from '../../src/time/backoff.ts'

const always = (fraction: number) => ({ baseMs: 1_000, capMs: 300_000, random: () => fraction })
const almostOne = 1 - Number.EPSILON

describe('the wait before the next try', () => {
  it('is at most the base, doubled with every failure, up to the cap', () => {
    const ceilings = [1, 2, 3, 8, 9, 10, 11, 100, 10_000].map((failures) => backoffMs(failures, always(almostOne)))
    assert.deepEqual(ceilings, [1_000, 2_000, 4_000, 128_000, 256_000, 300_000, 300_000, 300_000, 300_000])
  })

  it('is spread over the whole of it, down to none (full jitter)', () => {
    assert.equal(backoffMs(5, always(0)), 0)
    assert.equal(backoffMs(5, always(0.5)), 8_000)
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: almostOne, noNaN: true }),
        (failures, fraction) => {
          const ceiling = Math.min(300_000, 1_000 * 2 ** (failures - 1))
          const wait = backoffMs(failures, always(fraction))
          assert.ok(
            Number.isInteger(wait) && wait >= fraction * ceiling && wait <= Math.min(ceiling, fraction * ceiling + 1)
          )
        }
      )
    )
  })

  it('is never shorter than what the service asked for, even beyond the cap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.nat(1_000_000),
        fc.double({ min: 0, max: almostOne, noNaN: true }),
        (failures, atLeast, fraction) => {
          assert.equal(
            backoffMs(failures, always(fraction), atLeast),
            Math.max(atLeast, backoffMs(failures, always(fraction)))
          )
        }
      )
    )
  })
})
