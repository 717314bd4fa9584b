/**
 * The rules of the conformance suite. Each runs the real line on a service of its own.
 * @module
 */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AnyResource, Change, CycleReport, Desired, ItemResult, Update } from '../contract.ts'
import { errorTable, isRetryable, toReconcileError } from '../errors.ts'
import { describeChange, outcomesOf, type TestBench } from './test-bench.ts'
import type { Item } from './conformance.ts'
import { deepFreeze } from './deep-freeze.ts'

const abortMs = 1_000
/** How long a call is left without an answer, in ms. */
const silenceMs = 300

/** In the order in which a plugin is usually written. */
export const rules = [
  { title: 'observe never writes', hold: observeNeverWrites },
  { title: 'an observation of nothing declared lists what is there', hold: observeListsAll },
  { title: 'compare is pure, and empty on what was just written', hold: compareIsPure },
  { title: 'after apply the diff is empty', hold: applyConverges },
  { title: 'a second apply does nothing', hold: secondApplyIsIdle },
  { title: 'an update changes the named field and no other', hold: updateIsNarrow },
  { title: 'drift made by hand is found and repaired', hold: driftIsRepaired },
  { title: 'one bad item fails alone', hold: badItemFailsAlone },
  { title: 'an abort is honoured within a second', hold: abortIsHonoured },
  { title: 'no answer to a write is thrown, and is no failure of an item', hold: silenceIsThrown },
  { title: 'orphans are reported and untouched', hold: orphansAreUntouched },
  { title: 'unknown fields are refused by their name', hold: unknownFieldsAreRefused },
  { title: 'a paused item is untouched', hold: pausedIsUntouched },
  { title: 'mode observe writes nothing', hold: observeModeIsIdle },
  { title: 'a verb without a method is held as unsupported', hold: missingVerbIsHeld },
  { title: 'every answer is in the words of the contract', hold: answersKeepTheContract }
] as const

export type RuleTitle = (typeof rules)[number]['title']

async function observeNeverWrites(bench: TestBench): Promise<void> {
  const { valid, changed } = bench.options
  const untouched = await bench.subject.snapshot()
  await bench.observe({})
  assert.deepEqual(await bench.subject.snapshot(), untouched, 'the first observation of a service has written')

  const [there, absent] = [bench.name('there'), bench.name('absent')]
  await bench.apply({ [there]: valid })
  const before = await bench.subject.snapshot()
  for (const declared of [{}, { [there]: valid }, { [absent]: valid, [there]: changed }]) {
    for (const full of [true, false]) await bench.observe(declared, { full })
    await bench.observe(declared, { everything: true })
    await bench.plan(declared)
    assert.deepEqual(await bench.subject.snapshot(), before, `an observation has written, with ${JSON.stringify(declared)} declared`)
  }
}

async function observeListsAll(bench: TestBench): Promise<void> {
  const name = bench.name('by-hand')
  await bench.byHand('createByHand', name)
  await bench.eventually(`"${name}" is observed`, async () => (await bench.observe({}, { full: false })).items.get(name))
}

async function compareIsPure(bench: TestBench): Promise<void> {
  const name = bench.name('written')
  const { valid, changed } = bench.options
  await bench.apply({ [name]: valid })
  const sighting = (await bench.observe({ [name]: valid })).items.get(name)
  assert.ok(sighting !== undefined && 'state' in sighting, `"${name}" should be observed after it was applied`)
  const state: unknown = deepFreeze(sighting.state)
  const specOf = async (item: Item): Promise<unknown> => deepFreeze((await bench.desired({ [name]: item }))[0]?.spec)
  const [same, other] = [await specOf(valid), await specOf(changed)]
  const { resource } = bench
  assert.deepEqual(twice(() => resource.compare(same, state)), [], 'what was just written should be equal')
  assert.notDeepEqual(twice(() => resource.compare(other, state)), [], '`changed` should differ')
  const missing = twice(() => resource.compare(same, undefined))
  assert.ok(missing.every(({ before }) => before === null), 'nothing is set on an item that does not exist')
  twice(() => resource.undeclared?.(same, state))
}

/** The answer of a function that must give the same one again. */
function twice<T>(ask: () => T): T {
  const first = ask()
  assert.deepEqual(ask(), first, 'asked the same, it should answer the same')
  return first
}

async function applyConverges(bench: TestBench): Promise<void> {
  const declared = { [bench.name('first')]: bench.options.valid, [bench.name('second')]: bench.options.valid }
  await bench.apply(declared)
  await bench.assertInSync(declared)
}

async function secondApplyIsIdle(bench: TestBench): Promise<void> {
  const declared = { [bench.name('first')]: bench.options.valid, [bench.name('second')]: bench.options.valid }
  await bench.apply(declared)
  await assertIdle(bench, async () => {
    const report = await bench.apply(declared)
    for (const name of Object.keys(declared)) assert.deepEqual(outcomesOf(report, name).map(({ verb }) => verb), ['keep'])
  })
}

async function updateIsNarrow(bench: TestBench): Promise<void> {
  const name = bench.name('updated')
  const [valid, changed] = [{ [name]: bench.options.valid }, { [name]: bench.options.changed }]
  await bench.apply(valid)
  const undeclared = await undeclaredOf(bench, name)
  const planned = await bench.diff(changed, name)
  const fields = planned.flatMap((change) => (change.verb === 'update' ? change.fields : []))
  assert.equal(fields.length, 1, `\`changed\` should be one field to update, found ${planned.map(describeChange).join('; ')}`)

  await bench.apply(changed)
  await bench.assertInSync(changed)
  const since = (await bench.diff(valid, name)).flatMap((change: Change) => ('fields' in change ? change.fields : []))
  assert.deepEqual(since.map(({ path }) => path), fields.map(({ path }) => path), 'other fields were changed than the one to update')
  assert.deepEqual(await undeclaredOf(bench, name), undeclared, 'fields that nobody declares were changed')
}

async function undeclaredOf(bench: TestBench, name: string): Promise<readonly unknown[]> {
  const { plan } = await bench.plan({ [name]: bench.options.valid })
  return plan.undeclared.filter(({ key }) => key.endsWith(`/${name}`))
}

async function driftIsRepaired(bench: TestBench): Promise<void> {
  const name = bench.name('drifting')
  const declared = { [name]: bench.options.valid }
  await bench.apply(declared)
  await bench.byHand('changeByHand', name)
  await bench.eventually('the drift is found', async () => (await bench.diff(declared, name)).find(({ verb }) => verb === 'update'))
  await bench.apply(declared)
  await bench.assertInSync(declared)
}

async function badItemFailsAlone(bench: TestBench): Promise<void> {
  const { valid, bad } = bench.options
  assert.ok(bad !== undefined, 'this rule needs `bad`: give it, or skip the rule with a reason')
  const badName = bad.name ?? bench.name('bad')
  const neighbours = { [bench.name('before')]: valid, [bench.name('later')]: valid }
  const [before = '', later = ''] = Object.keys(neighbours)
  const report = await bench.apply({ [before]: valid, [badName]: bad.item, [later]: valid })
  const [outcome] = outcomesOf(report, badName)
  assert.match(outcome?.result ?? 'absent', /^(failed|invalid)$/, `outcome of "${badName}"`)
  const error = outcome?.error ?? null
  assert.ok(error === null || !isRetryable(error.code), `a refusal is final, ${error?.code} is tried again: ${error?.message}`)
  await bench.assertInSync(neighbours)
}

async function abortIsHonoured(bench: TestBench): Promise<void> {
  const name = bench.name('aborted')
  const items = await bench.desired({ [name]: bench.options.valid })
  await bench.subject.stall?.()
  for (const signal of [() => AbortSignal.abort(), () => AbortSignal.timeout(50)]) {
    await assertEnds('observe', signal(), (until) => bench.resource.observe(items, { full: true, everything: false, signal: until }))
    await assertEnds('create', signal(), (until) => bench.resource.create?.(items, until))
  }
}

/** Whether the call succeeds or throws is its own affair; it only has to end. */
async function assertEnds(what: string, signal: AbortSignal, call: (signal: AbortSignal) => Promise<unknown> | undefined): Promise<void> {
  await endOf(what, 50, async () => call(signal))
}

/** What became of a call, which has to be over a second after its signal aborted: that is in at most `ms`. */
async function endOf<T>(what: string, ms: number, call: () => Promise<T>): Promise<PromiseSettledResult<T>> {
  const over = new AbortController()
  const late = sleep(ms + abortMs, undefined, { signal: over.signal }).catch(() => undefined)
  const [ended] = (await Promise.race([Promise.allSettled([call()]), late])) ?? []
  over.abort()
  assert.ok(ended !== undefined, `${what} goes on more than ${abortMs} ms after its signal`)
  return ended
}

async function silenceIsThrown(bench: TestBench): Promise<void> {
  const { subject } = bench
  const [stalls, cuts] = [subject.stall !== undefined, subject.cut !== undefined]
  assert.ok(stalls || cuts, 'this rule needs `stall` or `cut`: give one, or skip the rule with a reason')
  const [absent, there] = [bench.name('unanswered'), bench.name('there')]
  const { valid, changed } = bench.options
  await bench.apply({ [there]: valid })
  const created = await bench.desired({ [absent]: valid })
  const updated = (await bench.diff({ [there]: changed }, there)).flatMap((change) => (change.verb === 'update' ? [change] : []))
  await subject.stall?.()
  if (stalls) await assertUnanswered(bench.resource, created, updated)
  await subject.cut?.()
  if (cuts) await assertUnanswered(bench.resource, created, updated)
}

async function assertUnanswered(resource: AnyResource, created: readonly Desired<unknown>[], updated: readonly Update<unknown, unknown>[]): Promise<void> {
  const until = AbortSignal.timeout(silenceMs)
  const create = async (): Promise<readonly ItemResult[]> => (await resource.create?.(created, until)) ?? []
  const update = async (): Promise<readonly ItemResult[]> => (await resource.update?.(updated, until)) ?? []
  await Promise.all([
    resource.create !== undefined && resource.singleton === undefined && assertThrowsUnanswered('create', create),
    resource.update !== undefined && updated.length > 0 && assertThrowsUnanswered('update', update)
  ])
}

async function assertThrowsUnanswered(what: string, call: () => Promise<readonly ItemResult[]>): Promise<void> {
  const ended = await endOf(what, silenceMs, call)
  if (ended.status === 'fulfilled') assert.fail(`${what} had no answer and should throw why, it gave ${ended.value.map(describeResult).join(', ') || 'no result'}`)
  const { code, message } = toReconcileError(ended.reason)
  assert.ok(errorTable[code].ofCall, `${what} had no answer and should throw UNREACHABLE or TIMEOUT, it threw ${code}: ${message}`)
}

function describeResult(result: ItemResult): string {
  return `${result.name} ${result.result}${result.result === 'failed' ? ` ${result.error.code}` : ''}`
}

async function answersKeepTheContract(bench: TestBench): Promise<void> {
  const { valid, changed } = bench.options
  const name = bench.name('answered')
  for (const declared of [{ [name]: valid }, { [name]: changed }]) {
    await bench.plan(declared)
    await bench.apply(declared)
  }
  const { guarded } = bench
  const observed = await guarded.observe([], { full: true, everything: true, signal: AbortSignal.timeout(10_000) })
  for (const sighting of observed.items.values()) if ('state' in sighting && sighting.excluded === undefined) guarded.describe?.(sighting.state)
  assert.deepEqual(bench.faults.map(({ message }) => message), [])
}

async function orphansAreUntouched(bench: TestBench): Promise<void> {
  const name = bench.name('orphan')
  const declared = { [bench.name('declared')]: bench.options.valid }
  await bench.byHand('createByHand', name)
  const before = await bench.eventually(`"${name}" is observed`, () => bench.sighting(name))
  const report = await bench.apply(declared)
  assert.deepEqual(outcomesOf(report, name).map(({ verb, result }) => ({ verb, result })), [{ verb: 'orphan', result: 'reported' }])
  assert.deepEqual(await bench.sighting(name), before, `"${name}" was changed`)
}

async function unknownFieldsAreRefused(bench: TestBench): Promise<void> {
  const { valid, unknownField = 'no-such-field' } = bench.options
  const name = bench.name('mistyped')
  await bench.apply({ [bench.name('good')]: valid })
  await assertIdle(bench, async () => {
    const [outcome] = outcomesOf(await bench.cycle({ [name]: { ...valid, [unknownField]: 1 } }), name)
    assert.equal(outcome?.result, 'invalid')
    assert.ok(outcome.why?.includes(unknownField), `"${unknownField}" should be named, found ${outcome.why}`)
  })
}

async function pausedIsUntouched(bench: TestBench): Promise<void> {
  const { valid, changed } = bench.options
  const [absent, there] = [bench.name('absent'), bench.name('there')]
  await bench.apply({ [there]: valid })
  await assertIdle(bench, async () => {
    const reconcile = { paused: true }
    const declared = { [absent]: { ...valid, reconcile }, [there]: { ...changed, reconcile } }
    assertOutcomes(await bench.cycle(declared), declared, 'held')
  })
}

async function observeModeIsIdle(bench: TestBench): Promise<void> {
  const { valid, changed } = bench.options
  const [absent, there] = [bench.name('absent'), bench.name('there')]
  await bench.apply({ [there]: valid })
  await assertIdle(bench, async () => {
    const declared = { [absent]: valid, [there]: changed }
    assertOutcomes(await bench.cycle(declared, { policy: { mode: 'observe' } }), declared, 'planned')
  })
}

async function missingVerbIsHeld(bench: TestBench): Promise<void> {
  const { valid, changed } = bench.options
  const [absent, there] = [bench.name('absent'), bench.name('there')]
  await bench.apply({ [there]: valid })
  await assertIdle(bench, async () => {
    const declared = { [absent]: valid, [there]: changed }
    const without = ['create', 'update'] as const
    assertOutcomes(await bench.cycle(declared, { without }), declared, 'held')
    const { plan } = await bench.plan(declared, { without })
    const risks = plan.changes.flatMap((change) => (change.name in declared && change.verb === 'hold' ? [change.risk] : []))
    assert.deepEqual(risks, risks.map(() => 'unsupported'))
  })
}

function assertOutcomes(report: CycleReport, declared: object, expected: string): void {
  for (const name of Object.keys(declared)) {
    const results = outcomesOf(report, name).map(({ result }) => result)
    assert.deepEqual(results, [expected], `outcome of "${name}"`)
  }
}

/** Fails when `during` makes the plugin write, or the service hold something else than before. */
async function assertIdle(bench: TestBench, during: () => Promise<void>): Promise<void> {
  const before = await bench.subject.snapshot()
  const calls = bench.writeCalls
  await during()
  assert.equal(bench.writeCalls - calls, 0, 'create or update was called')
  assert.deepEqual(await bench.subject.snapshot(), before, 'something was written')
}
