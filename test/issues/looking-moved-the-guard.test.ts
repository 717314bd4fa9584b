/**
 * `plan()` moved what the shrink guard compares with, when the fields had been read in full, and which configuration
 * was in force: 4 declared, 2 declared and looked at, 1 declared, and 3 orphans that had to be held were plain ones.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { CycleReport } from '../../src/line.ts'
import { silentObserver, type Observer } from '../../src/report/observer.ts'
import { ServiceReconciler } from '../../src/reconciler/service-reconciler.ts'
import { FakeServer, fakeService, ManualClock } from '../../src/testing/index.ts'
import { configOf, type Files } from '../parse/box-kind.ts'
import { reading } from '../reading.ts'

interface Step {
  /** A cycle, or only a look. */
  readonly isCycle: boolean
  /** Undefined: broken files. */
  readonly declared: readonly string[] | undefined
  readonly mode: 'enforce' | 'observe'
  readonly percent: number
  readonly passedMs: number
  /** Somebody changes it by hand. */
  readonly drifts: string | undefined
}

const names = ['a', 'b', 'c', 'd']
const later = fc.record({
  isCycle: fc.boolean(),
  declared: fc.option(fc.subarray(names), { nil: undefined, freq: 5 }),
  mode: fc.constantFrom('enforce', 'enforce', 'observe'),
  percent: fc.constantFrom(50, 50, 0, 100),
  passedMs: fc.constantFrom(0, 1_000, 400_000),
  drifts: fc.option(fc.constantFrom(...names), { nil: undefined })
})

const first: Step = { isCycle: true, declared: names, mode: 'enforce', percent: 50, passedMs: 0, drifts: undefined }

function filesOf({ declared, mode, percent }: Step): Files {
  const queues =
    declared === undefined
      ? '{"a": {'
      : JSON.stringify(Object.fromEntries(declared.map((name) => [name, { labels: { by: 'git' } }])))
  return { 'queues.json': queues, 'policy.json': JSON.stringify({ mode, guard: { maxShrinkPercent: percent } }) }
}

/** Everything that the cycles say and ask for. */
async function cyclesOf(steps: readonly Step[], withLooks: boolean): Promise<readonly unknown[]> {
  const server = new FakeServer()
  server.reject('b')
  const clock = new ManualClock()
  const told: unknown[] = []
  let files = configOf(filesOf(first), '0')
  const observer: Observer = {
    ...silentObserver,
    configuration: (event) => told.push(event),
    cycleFinished: (report) => told.push(shown(report))
  }
  const reconciler = new ServiceReconciler(fakeService(server), {
    source: reading(async () => files),
    clock,
    observer,
    ledger: { random: () => 0.5 }
  })
  for (const [index, step] of steps.entries()) {
    await clock.advance(step.passedMs)
    if (step.drifts !== undefined && server.get('queue', step.drifts) !== undefined) {
      server.put('queue', step.drifts, { 'labels.by': 'hand', 'labels.more': `${index}` })
    }
    files = configOf(filesOf(step), `${index}`)
    if (step.isCycle) {
      const before = server.calls.length
      await reconciler.reconcile()
      told.push(server.calls.slice(before))
    } else if (withLooks) {
      await reconciler.plan(new AbortController().signal).catch(() => undefined)
    }
  }
  return told
}

function shown({ status, outcomes, undeclared, error }: CycleReport): unknown {
  return {
    status,
    undeclared,
    error,
    outcomes: outcomes.map(({ key, verb, result, why, nextTryAt }) => [key, verb, result, why, nextTryAt])
  }
}

describe('looking', () => {
  it('changes nothing about what the cycles do and say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(later, { maxLength: 8 }), async (steps) => {
        const all = [first, ...steps, { ...first, declared: ['a'] }]
        assert.deepEqual(await cyclesOf(all, true), await cyclesOf(all, false))
      }),
      { numRuns: 150 }
    )
  })

  it('while a guard would hold leaves it holding', async () => {
    const of = (isCycle: boolean, ...declared: readonly string[]): Step => ({ ...first, isCycle, declared })
    const told = await cyclesOf([first, of(true, ...names), of(false, 'a', 'c'), of(true, 'a')], true)
    assert.deepEqual(JSON.stringify(told.at(-2)).match(/"hold"/g)?.length, 2, 'c and d; b could not be created')
  })
})
