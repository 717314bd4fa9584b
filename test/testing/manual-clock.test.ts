import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { ManualClock } from '../../src/testing/index.ts'

describe('a manual clock', () => {
  it('stands still until it is moved', async () => {
    const clock = new ManualClock(5_000)
    assert.equal(clock.now(), 5_000)
    await clock.advance(250)
    assert.equal(clock.now(), 5_250)
  })

  it('wakes sleepers in the order they are due, each at its own moment', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 12 }), async (delays) => {
        const clock = new ManualClock()
        const woken: number[] = []
        for (const delay of delays) void clock.sleep(delay).then(() => woken.push(clock.now()))
        await clock.advance(100)
        assert.deepEqual(
          woken,
          delays.toSorted((a, b) => a - b)
        )
        assert.equal(clock.now(), 100)
      }),
      { numRuns: 30 }
    )
  })

  it('wakes one who sleeps again on the way', async () => {
    const clock = new ManualClock()
    const ticks: number[] = []
    const every = async (): Promise<void> => {
      while (ticks.length < 4) {
        await clock.sleep(10)
        ticks.push(clock.now())
      }
    }
    const ticking = every()
    await clock.advance(35)
    assert.deepEqual(ticks, [10, 20, 30])
    assert.deepEqual(clock.due, [40])
    await clock.advance(5)
    await ticking
    assert.deepEqual(clock.due, [])
  })

  it('does not wake who is not due yet', async () => {
    const clock = new ManualClock()
    let woken = false
    void clock.sleep(100).then(() => (woken = true))
    await clock.advance(99)
    assert.equal(woken, false)
    await clock.advance(1)
    assert.equal(woken, true)
  })

  it('ends a sleep when its signal aborts, and one that is over before it began', async () => {
    const clock = new ManualClock()
    const stop = new AbortController()
    const asleep = clock.sleep(1_000, stop.signal)
    stop.abort()
    await asleep
    await clock.sleep(1_000, stop.signal)
    await clock.sleep(0)
    assert.deepEqual(clock.due, [])
    assert.equal(clock.now(), 0)
  })
})
