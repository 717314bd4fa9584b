import assert from 'node:assert/strict'
import { JumpingClock } from '../../src/testing/jumping-clock.ts'

describe('a clock that jumps', () => {
  it('wakes sleepers in the order in which they are due, each at its own moment', async () => {
    const clock = new JumpingClock(1_000)
    const woken: string[] = []
    const sleep = async (ms: number): Promise<void> => {
      await clock.sleep(ms)
      woken.push(`${ms} at ${clock.now()}`)
    }
    const again = async (): Promise<void> => {
      await sleep(20)
      await sleep(5)
    }
    await Promise.all([sleep(30), again(), sleep(0), sleep(60_000)])
    assert.deepEqual(woken, ['0 at 1000', '20 at 1020', '5 at 1025', '30 at 1030', '60000 at 61000'])
  })

  it('stands still while nobody sleeps, and forgets who is aborted', async () => {
    const clock = new JumpingClock()
    const aborted = new AbortController()
    const long = clock.sleep(60_000, aborted.signal)
    aborted.abort()
    await long
    await clock.sleep(1, AbortSignal.abort())
    assert.equal(clock.now(), 0)
    await clock.sleep(10)
    assert.equal(clock.now(), 10)
  })
})
