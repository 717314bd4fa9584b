import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { CycleReport } from '../../src/contract.ts'
import { nextDue, runLoop, verifyAfterMs } from '../../src/reconciler/loop.ts'
import { Wake } from '../../src/reconciler/wake.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { failure, outcome, reportWith } from './reports.ts'

interface Surroundings {
  readonly clock: ManualClock
  readonly wake: Wake
  /** Number of the cycle, from 1. */
  readonly count: number
}

/** A loop under way. */
function start(
  intervalMs: number,
  cycle: (surroundings: Surroundings) => Promise<CycleReport> | CycleReport = () => reportWith([])
) {
  const clock = new ManualClock()
  const wake = new Wake()
  const stopping = new AbortController()
  const startedAt: number[] = []
  const ended = runLoop({
    cycle: async () => {
      startedAt.push(clock.now())
      return cycle({ clock, wake, count: startedAt.length })
    },
    intervalMs,
    clock,
    wake,
    stopping: stopping.signal
  })
  const stop = async (): Promise<readonly number[]> => {
    stopping.abort()
    await Promise.all([ended, clock.advance(1_000_000)])
    return startedAt
  }
  return { clock, wake, startedAt, stopping, stop }
}

describe('the loop', () => {
  it('begins at once and then every interval, exactly as given', async () => {
    const { clock, stop } = start(30_000)
    await clock.advance(90_000)
    assert.deepEqual(await stop(), [0, 30_000, 60_000, 90_000])
  })

  it('keeps any interval, from start to start, whatever the cycles take', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        async (intervalMs, share) => {
          const { clock, stop } = start(intervalMs, async ({ clock: time }) => {
            await time.sleep(Math.floor(intervalMs * share))
            return reportWith([])
          })
          await clock.advance(4 * intervalMs)
          assert.deepEqual(
            await stop(),
            [0, 1, 2, 3, 4].map((count) => count * intervalMs)
          )
        }
      ),
      { numRuns: 25 }
    )
  })

  it('never runs two cycles at once: one that takes longer than the interval is followed at once', async () => {
    const { clock, stop } = start(100, async ({ clock: time }) => {
      await time.sleep(250)
      return reportWith([])
    })
    await clock.advance(600)
    assert.deepEqual(await stop(), [0, 250, 500])
  })

  it('runs at once when somebody asks, and the interval counts from there', async () => {
    const { clock, wake, stop } = start(1_000)
    await clock.advance(300)
    wake.request()
    await clock.advance(1_200)
    assert.deepEqual(await stop(), [0, 300, 1_300])
  })

  it('runs exactly once more, however often somebody asks during a cycle', async () => {
    const { clock, stop } = start(1_000, async ({ clock: time, wake, count }) => {
      if (count === 1) for (let requests = 0; requests < 5; requests += 1) wake.request()
      await time.sleep(50)
      return reportWith([])
    })
    await clock.advance(500)
    assert.deepEqual(await stop(), [0, 50])
  })

  it('wakes for a retry that is due before the interval', async () => {
    const { clock, stop } = start(30_000, ({ count }) =>
      reportWith(
        count === 1
          ? [
              outcome('waiting', { ...failure('UNAVAILABLE'), nextTryAt: 4_000 }),
              outcome('failed', { nextTryAt: 9_000 })
            ]
          : []
      )
    )
    await clock.advance(33_999)
    assert.deepEqual(await stop(), [0, 4_000])
  })

  it('does not wait for a retry that is due after the interval', async () => {
    const { clock, stop } = start(1_000, () => reportWith([outcome('waiting', { nextTryAt: 600_000 })]))
    await clock.advance(2_000)
    assert.deepEqual(await stop(), [0, 1_000, 2_000])
  })

  it('looks again soon after a write, to see it', async () => {
    const { clock, stop } = start(30_000, async ({ clock: time, count }) => {
      await time.sleep(count === 1 ? 500 : 0)
      return reportWith(count === 1 ? [outcome('done')] : [])
    })
    await clock.advance(20_000)
    assert.deepEqual(await stop(), [0, 500 + verifyAfterMs])
  })

  it('waits the whole interval after a blind cycle', async () => {
    const { clock, stop } = start(10_000, () => reportWith([], { status: 'blind', ...failure('UNREACHABLE') }))
    await clock.advance(20_000)
    assert.deepEqual(await stop(), [0, 10_000, 20_000])
  })

  it('stopped while it waits ends at once, stopped in a cycle ends after it', async () => {
    const waiting = start(1_000)
    await waiting.clock.advance(500)
    assert.deepEqual(await waiting.stop(), [0])
    assert.deepEqual(waiting.clock.due, [])

    let finished = false
    const busy = start(1_000, async ({ clock: time }) => {
      await time.sleep(100)
      finished = true
      return reportWith([outcome('waiting', { nextTryAt: 0 })])
    })
    await busy.clock.advance(50)
    busy.stopping.abort()
    await busy.clock.advance(50)
    assert.deepEqual(await busy.stop(), [0])
    assert.equal(finished, true)
  })

  it('stopped before it began does nothing', async () => {
    let cycles = 0
    const cycle = (): Promise<CycleReport> => {
      cycles += 1
      return Promise.resolve(reportWith([]))
    }
    await runLoop({ cycle, intervalMs: 1, clock: new ManualClock(), wake: new Wake(), stopping: AbortSignal.abort() })
    assert.equal(cycles, 0)
  })
})

describe('a report is due again', () => {
  it('when its earliest item is, and never without one', () => {
    assert.equal(nextDue(reportWith([]), 100), Infinity)
    assert.equal(nextDue(reportWith([outcome('held'), outcome('planned'), outcome('invalid')]), 100), Infinity)
    assert.equal(
      nextDue(reportWith([outcome('failed', { nextTryAt: 900 }), outcome('waiting', { nextTryAt: 700 })]), 100),
      700
    )
  })

  it('soon after a write, be it done or found done', () => {
    for (const verb of ['create', 'update'] as const)
      for (const result of ['done', 'unchanged'] as const) {
        assert.equal(nextDue(reportWith([outcome(result, { verb })]), 100), 100 + verifyAfterMs)
      }
    assert.equal(nextDue(reportWith([outcome('unchanged', { verb: 'keep' })]), 100), Infinity)
  })
})
