import assert from 'node:assert/strict'
import type { CycleReport } from '../../src/line.ts'
import { converge, isPending } from '../../src/reconciler/converge.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { failure, outcome, reportWith } from './reports.ts'

const begin = 1_700_000_000_000

/** Runs the reports one after the other; the last one repeats. Gives the last report and when each cycle began, in ms after the first. */
async function run(reports: readonly ((now: number) => CycleReport)[], allowedMs = 60_000) {
  const clock = new ManualClock(begin)
  const over = new AbortController()
  const startedAt: number[] = []
  const converged = converge({
    cycle: () => {
      const report = reports[Math.min(startedAt.length, reports.length - 1)]
      startedAt.push(clock.now() - begin)
      return Promise.resolve(report?.(clock.now()) ?? reportWith([]))
    },
    clock,
    signal: over.signal
  })
  // Cycles take no time: whoever waits for nothing at the end of it is over.
  for (let elapsed = 0; elapsed < allowedMs; elapsed += 50) await clock.advance(50)
  over.abort()
  return { report: await converged, startedAt }
}

const written = () => reportWith([outcome('done')], { status: 'changed' })
const inSync = () => reportWith([outcome('unchanged', { verb: 'keep' })])

describe('converging', () => {
  it('ends with the first cycle when there is nothing to do', async () => {
    assert.deepEqual((await run([inSync])).startedAt, [0])
  })

  it('continues after a write until it is seen', async () => {
    const { report, startedAt } = await run([written, () => reportWith([outcome('waiting')]), inSync])
    assert.deepEqual(startedAt, [0, 50, 150])
    assert.equal(report.status, 'in-sync')
  })

  it('looks less and less often for what is not visible yet, and often again after a new write', async () => {
    const waiting = () => reportWith([outcome('waiting')])
    const { startedAt } = await run([
      waiting,
      waiting,
      waiting,
      waiting,
      waiting,
      waiting,
      waiting,
      written,
      waiting,
      inSync
    ])
    const gaps = startedAt.slice(1).map((time, index) => time - (startedAt[index] ?? 0))
    assert.deepEqual(gaps, [50, 100, 200, 400, 800, 1_600, 1_600, 50, 100])
  })

  it('waits for a retry until it is due', async () => {
    const failed = (now: number) =>
      reportWith([outcome('failed', { ...failure('UNAVAILABLE'), nextTryAt: now + 5_000 })])
    assert.deepEqual((await run([failed, inSync])).startedAt, [0, 5_000])
  })

  it('waits for the earliest of several', async () => {
    const two = (now: number) =>
      reportWith([
        outcome('failed', { ...failure('UNAVAILABLE'), nextTryAt: now + 5_000 }),
        outcome('failed', { ...failure('CONFLICT'), nextTryAt: now + 700 })
      ])
    assert.deepEqual((await run([two, inSync])).startedAt, [0, 700])
  })

  it('looks often for what was written, whenever it would be written again', async () => {
    const invisible = (now: number) => reportWith([outcome('waiting', { nextTryAt: now + 30_000 })])
    assert.deepEqual((await run([invisible, inSync])).startedAt, [0, 50])
  })

  it('looks often again when one of several was written again', async () => {
    const waiting = () => reportWith([outcome('waiting')])
    const mixed = () => reportWith([outcome('waiting'), outcome('done')])
    assert.deepEqual((await run([waiting, waiting, waiting, mixed, inSync])).startedAt, [0, 50, 150, 350, 400])
  })

  it('ends when only held, invalid, planned and terminal items are left', async () => {
    const left = () =>
      reportWith([
        outcome('held', { verb: 'hold' }),
        outcome('invalid', { verb: 'invalid' }),
        outcome('planned'),
        outcome('failed', failure('REJECTED')),
        outcome('reported', { verb: 'orphan' })
      ])
    assert.deepEqual((await run([left])).startedAt, [0])
  })

  it('continues while a service cannot be seen that may come back, and ends when it will not', async () => {
    const blind = (code: 'UNREACHABLE' | 'AUTHENTICATION') => () =>
      reportWith([], { status: 'blind', ...failure(code) })
    assert.deepEqual((await run([blind('UNREACHABLE'), inSync])).startedAt, [0, 50])
    assert.deepEqual((await run([blind('AUTHENTICATION')])).startedAt, [0])
  })

  it('ends when the time is over, with the report of the last cycle', async () => {
    const { report, startedAt } = await run(
      [written, () => reportWith([outcome('waiting')], { runId: 'last' })],
      10_000
    )
    assert.equal(report.runId, 'last')
    assert.ok((startedAt.at(-1) ?? 0) <= 10_000)
  })

  it('looks once when the time is over before it began', async () => {
    const report = await converge({
      cycle: () => Promise.resolve(written()),
      clock: new ManualClock(),
      signal: AbortSignal.abort()
    })
    assert.equal(report.status, 'changed')
  })
})

describe('an outcome is pending', () => {
  it('when time can change it', () => {
    const pending = [
      outcome('done'),
      outcome('unchanged', { verb: 'create' }),
      outcome('waiting'),
      outcome('waiting', failure('TIMEOUT')),
      outcome('failed', failure('CONFLICT'))
    ]
    const settled = [
      outcome('unchanged', { verb: 'keep' }),
      outcome('planned'),
      outcome('failed', failure('REJECTED')),
      outcome('waiting', failure('NOT_CONVERGING')),
      outcome('held', { verb: 'hold' })
    ]
    assert.deepEqual([...pending, ...settled].map(isPending), [...pending.map(() => true), ...settled.map(() => false)])
  })
})
