/**
 * Rules about what a plugin does before anything is written.
 * @module
 */
import assert from 'node:assert/strict'
import { deepFreeze } from '../deep-freeze.ts'
import { outcomesOf, type Declaration, type TestBench } from '../test-bench.ts'
import type { Item } from '../subject.ts'
import { assertIdle } from './idle.ts'

export async function observeNeverWrites(bench: TestBench): Promise<void> {
  const { valid, changed = valid } = bench.options
  const untouched = await bench.subject.snapshot()
  await bench.observe({})
  assert.deepEqual(await bench.subject.snapshot(), untouched, 'the first observation of a service has written')

  const [there, absent] = [bench.name('there'), bench.name('absent')]
  await bench.make({ [there]: valid })
  const before = await bench.subject.snapshot()
  const declarations: readonly Declaration[] = [{}, { [there]: valid }, { [absent]: valid, [there]: changed }]
  for (const declared of declarations) {
    for (const full of [true, false]) await bench.observe(declared, { full })
    await bench.observe(declared, { everything: true })
    await bench.plan(declared)
    const what = `an observation has written, with ${JSON.stringify(declared)} declared`
    assert.deepEqual(await bench.subject.snapshot(), before, what)
  }
}

export async function observeListsAll(bench: TestBench): Promise<void> {
  bench.needsNames()
  const name = bench.name('by-hand')
  await bench.byHand('createByHand', name)
  await bench.eventually(`"${name}" is observed`, async () =>
    (await bench.observe({}, { full: false })).items.get(name)
  )
}

export async function compareIsPure(bench: TestBench): Promise<void> {
  const name = bench.name('written')
  const { valid, changed } = bench.options
  await bench.make({ [name]: valid })
  const sighting = (await bench.observe({ [name]: valid })).items.get(name)
  assert.ok(sighting !== undefined && 'state' in sighting, `"${name}" should be observed after it was applied`)
  const state: unknown = deepFreeze(sighting.state)
  const specOf = async (item: Item): Promise<unknown> => deepFreeze((await bench.desired({ [name]: item }))[0]?.spec)
  const same = await specOf(valid)
  const { resource } = bench
  assert.deepEqual(
    twice(() => resource.compare(same, state)),
    [],
    'what was just written should be equal'
  )
  if (changed !== undefined) {
    const other = await specOf(changed)
    assert.notDeepEqual(
      twice(() => resource.compare(other, state)),
      [],
      '`changed` should differ'
    )
  }
  const missing = twice(() => resource.compare(same, undefined))
  assert.ok(
    missing.every(({ before }) => before === null),
    'nothing is set on an item that does not exist'
  )
  twice(() => resource.undeclared?.(same, state))
}

/** The answer of a function that must give the same one again. */
function twice<T>(ask: () => T): T {
  const first = ask()
  assert.deepEqual(ask(), first, 'asked the same, it should answer the same')
  return first
}

export async function unknownFieldsAreRefused(bench: TestBench): Promise<void> {
  const { valid, unknownField = 'no-such-field' } = bench.options
  const name = bench.name('mistyped')
  await bench.make({ [bench.name('good')]: valid })
  await assertIdle(bench, async () => {
    const [outcome] = outcomesOf(await bench.cycle({ [name]: { ...valid, [unknownField]: 1 } }), name)
    assert.equal(outcome?.result, 'invalid')
    assert.ok(outcome.why?.includes(unknownField), `"${unknownField}" should be named, found ${outcome.why}`)
  })
}
