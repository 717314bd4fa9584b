/**
 * Rules about what a plugin is not asked to do.
 * @module
 */
import assert from 'node:assert/strict'
import type { CycleReport } from '../../line.ts'
import { outcomesOf, type Declaration, type TestBench } from '../test-bench.ts'
import { unordered } from '../unordered.ts'
import { assertIdle } from './idle.ts'

export async function orphansAreUntouched(bench: TestBench): Promise<void> {
  bench.needsNames()
  const name = bench.name('orphan')
  const declared = { [bench.name('declared')]: bench.options.valid }
  await bench.byHand('createByHand', name)
  const before = await bench.eventually(`"${name}" is observed`, () => bench.sighting(name))
  const report = await bench.make(declared)
  const outcomes = outcomesOf(report, name).map(({ verb, result }) => ({ verb, result }))
  assert.deepEqual(outcomes, [{ verb: 'orphan', result: 'reported' }])
  assert.deepEqual(unordered(await bench.sighting(name)), unordered(before), `"${name}" was changed`)
}

export async function pausedIsUntouched(bench: TestBench): Promise<void> {
  await bench.make({ [bench.name('there')]: bench.options.valid })
  await assertIdle(bench, async () => {
    const paused = Object.entries(differing(bench)).map(
      ([name, item]) => [name, { ...item, reconcile: { paused: true } }] as const
    )
    const declared = Object.fromEntries(paused)
    assertOutcomes(await bench.cycle(declared), declared, () => 'held')
  })
}

export async function observeModeIsIdle(bench: TestBench): Promise<void> {
  const there = bench.name('there')
  await bench.make({ [there]: bench.options.valid })
  await assertIdle(bench, async () => {
    const declared = differing(bench)
    const report = await bench.cycle(declared, { policy: { mode: 'observe' } })
    assertOutcomes(report, declared, (name) =>
      bench.resource[name === there ? 'update' : 'create'] === undefined ? 'held' : 'planned'
    )
  })
}

export async function missingVerbIsHeld(bench: TestBench): Promise<void> {
  await bench.make({ [bench.name('there')]: bench.options.valid })
  await assertIdle(bench, async () => {
    const declared = differing(bench)
    const without = ['create', 'update'] as const
    assertOutcomes(await bench.cycle(declared, { without }), declared, () => 'held')
    const { plan } = await bench.plan(declared, { without })
    const risks = plan.changes.flatMap((change) =>
      change.name in declared && change.verb === 'hold' ? [change.risk] : []
    )
    assert.deepEqual(
      risks,
      risks.map(() => 'unsupported')
    )
  })
}

/** An item that is not there, and one that is there and should be otherwise. */
function differing(bench: TestBench): Declaration {
  const { valid, changed } = bench.options
  return { [bench.name('absent')]: valid, ...(changed !== undefined && { [bench.name('there')]: changed }) }
}

function assertOutcomes(report: CycleReport, declared: object, expected: (name: string) => string): void {
  for (const name of Object.keys(declared)) {
    const results = outcomesOf(report, name).map(({ result }) => result)
    assert.deepEqual(results, [expected(name)], `outcome of "${name}"`)
  }
}
