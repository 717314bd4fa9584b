/**
 * Rules about how and when a plugin answers.
 * @module
 */
import assert from 'node:assert/strict'
import type { Desired, ItemResult, Update } from '../../contract.ts'
import { errorTable, toReconcileError } from '../../errors.ts'
import type { Clock } from '../../time/clock.ts'
import { testCall, testCycle } from '../cycle.ts'
import type { TestBench } from '../test-bench.ts'

/** How long a call may run after its signal aborts, in ms. */
const abortMs = 1_000
/** How long a call is left without an answer, in ms. */
const silenceMs = 300

export async function abortIsHonoured(bench: TestBench): Promise<void> {
  const items = await bench.desired({ [bench.name('aborted')]: bench.options.valid })
  const { resource, clock } = bench
  const { facts } = await bench.observe({})
  await bench.subject.stall?.()
  for (const ms of [0, 50]) {
    await endOf('observe', ms, clock, (signal) => resource.observe(items, testCycle({ full: true, signal, clock })))
    await endOf('create', ms, clock, async (signal) => resource.create?.(items, testCall({ signal, clock, facts })))
  }
}

export async function silenceIsThrown(bench: TestBench): Promise<void> {
  const { subject } = bench
  const [stalls, cuts] = [subject.stall !== undefined, subject.cut !== undefined]
  assert.ok(stalls || cuts, 'this rule needs `stall` or `cut`: give one, or skip the rule with a reason')
  const [absent, there] = [bench.name('unanswered'), bench.name('there')]
  const { valid, changed = valid } = bench.options
  await bench.make({ [there]: valid })
  const created = await bench.desired({ [absent]: valid })
  const updated = (await bench.diff({ [there]: changed }, there)).flatMap((change) =>
    change.verb === 'update' ? [change] : []
  )
  const { facts } = await bench.observe({})
  await subject.stall?.()
  if (stalls) await assertUnanswered(bench, { created, updated, facts })
  await subject.cut?.()
  if (cuts) await assertUnanswered(bench, { created, updated, facts })
}

interface Writes {
  readonly created: readonly Desired<unknown>[]
  readonly updated: readonly Update<unknown, unknown>[]
  readonly facts: unknown
}

async function assertUnanswered({ resource, clock }: TestBench, { created, updated, facts }: Writes): Promise<void> {
  const ask = async (
    what: string,
    call: (until: AbortSignal) => Promise<readonly ItemResult[]> | undefined
  ): Promise<void> => {
    const ended = await endOf(what, silenceMs, clock, async (until) => (await call(until)) ?? [])
    const results = ended.status === 'fulfilled' ? ended.value.map(describeResult).join(', ') || 'no result' : ''
    assert.equal(results, '', `${what} had no answer and should throw why`)
    if (ended.status === 'fulfilled') return
    const { code, message } = toReconcileError(ended.reason)
    assert.ok(
      errorTable[code].ofCall,
      `${what} had no answer and should throw UNREACHABLE or TIMEOUT, it threw ${code}: ${message}`
    )
  }
  const [creates, updates] = [
    resource.create !== undefined && resource.singleton === undefined,
    resource.update !== undefined && updated.length > 0
  ]
  await Promise.all([
    creates && ask('create', (until) => resource.create?.(created, testCall({ signal: until, clock, facts }))),
    updates && ask('update', (until) => resource.update?.(updated, testCall({ signal: until, clock, facts })))
  ])
}

/**
 * What became of a call whose signal aborts after `ms`; it has to be over a second later, whether it succeeds or
 * throws.
 */
async function endOf<T>(
  what: string,
  ms: number,
  clock: Clock,
  call: (signal: AbortSignal) => Promise<T>
): Promise<PromiseSettledResult<T>> {
  const [aborting, over] = [new AbortController(), new AbortController()]
  if (ms === 0) aborting.abort()
  else void clock.sleep(ms, over.signal).then(() => aborting.abort())
  const late = clock.sleep(ms + abortMs, over.signal).then(() => undefined)
  const [ended] = (await Promise.race([Promise.allSettled([call(aborting.signal)]), late])) ?? []
  over.abort()
  assert.ok(ended !== undefined, `${what} still runs ${abortMs} ms after its signal`)
  return ended
}

function describeResult(result: ItemResult): string {
  return `${result.name} ${result.result}${result.result === 'failed' ? ` ${result.error.code}` : ''}`
}

export async function answersKeepTheContract(bench: TestBench): Promise<void> {
  const { valid, changed = valid } = bench.options
  const name = bench.name('answered')
  await bench.plan({ [name]: valid })
  await bench.make({ [name]: valid })
  await bench.plan({ [name]: changed })
  await bench.apply({ [name]: changed })
  for (const describe of await bench.descriptions()) describe()
  assert.deepEqual(
    bench.faults.map(({ message }) => message),
    []
  )
}
