import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import type { AnyResource, Desired, ItemResult, Resource } from '../../src/contract.ts'
import type { Outcome } from '../../src/line.ts'
import { ReconcileError } from '../../src/errors.ts'
import { answerEach } from '../../src/apply/answers.ts'
import { applyPlan } from '../../src/apply/apply-plan.ts'
import type { ApplyOptions } from '../../src/apply/apply-options.ts'
import { InFlight } from '../../src/apply/in-flight.ts'
import { Pace } from '../../src/apply/pace.ts'
import { defaultLedgerOptions, Ledger } from '../../src/queue/ledger.ts'
import { done, failed, unchanged, waiting } from '../../src/apply/outcome.ts'
import { plan } from '../../src/plan/plan.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import {
  actual,
  boxes,
  declare,
  planFor,
  policyOf,
  worldOf,
  type BoxSpec,
  type Declaration,
  type Fields,
  type World
} from '../plan/model.ts'

type Boxes = Resource<BoxSpec, Fields>
type Verb = 'create' | 'update'
const noWorld = worldOf({})
const never = new AbortController().signal
const itemsNamed = (...names: readonly string[]) => names.map((name) => ({ name, fields: { s1: 1 } }))

/** Boxes that note every call and answer as told; by default everything is done. */
function recording(
  answer: (verb: Verb, names: readonly string[]) => Promise<readonly ItemResult[]> = (_verb, names) =>
    Promise.resolve(names.map(done)),
  more: Partial<Boxes> = {}
) {
  const calls: string[] = []
  const call = (verb: Verb, items: readonly Desired<BoxSpec>[]): Promise<readonly ItemResult[]> => {
    const names = items.map(({ name }) => name)
    calls.push(`${verb} ${names.join(' ')}`)
    return answer(verb, names)
  }
  const resource = boxes({
    batching: { limit: 3, weigh: () => 1 },
    create: (items) => call('create', items),
    update: (items) =>
      call(
        'update',
        items.map(({ desired }) => desired)
      ),
    ...more
  })
  return { resource, calls }
}

function optionsFor(resource: AnyResource, more: Partial<ApplyOptions> = {}): ApplyOptions {
  return {
    resources: [resource],
    ledger: new Ledger({ ...defaultLedgerOptions, random: () => 0.5 }),
    inFlight: new InFlight(1),
    pace: new Pace(0),
    runId: 'run',
    target: '',
    facts: new Map(),
    clock: new ManualClock(1_000),
    urgency: { classOf: () => 'fresh', sinceOf: () => 0, knownSince: () => 0, ahead: 0 },
    deadline: never,
    stopping: never,
    superseded: never,
    nextPassAt: () => Infinity,
    mayLeaveCalls: false,
    callSignal: () => ({ signal: more.deadline ?? never, ended: () => undefined }),
    guarded: (work) => work(),
    beforeWrite: () => undefined,
    onBegin: () => undefined,
    onOutcome: () => undefined,
    onLateOutcome: () => undefined,
    onCall: () => undefined,
    ...more
  }
}

async function apply(
  resource: AnyResource,
  declaration: Declaration,
  world: World = noWorld,
  more: Partial<ApplyOptions> = {}
): Promise<readonly Outcome[]> {
  return applyPlan(planFor({ ...declaration, resource }, world).plan, optionsFor(resource, more))
}

/** `verb name result [CODE] [reason]`. */
const lines = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes.map(({ key, verb, result, error, reason }) =>
    [verb, key.slice('shop/box/'.length), result, error?.code ?? '', reason === 'tried' ? '' : (reason ?? '')]
      .filter((part) => part !== '')
      .join(' ')
  )

describe('applying a plan', () => {
  it('creates before it updates, in batches, and tells what became of every change', async () => {
    const { resource, calls } = recording()
    const declaration = {
      items: [...itemsNamed('a', 'b', 'c', 'd', 'e'), { name: 'f', fields: { d1: 1 } }, { name: 'g' }]
    }
    const outcomes = await apply(resource, declaration, worldOf({ b: { s1: 2 }, f: {}, g: {}, z: {} }))
    assert.deepEqual(calls, ['create a c d', 'create e', 'update b'])
    assert.deepEqual(lines(outcomes), [
      'hold f held risk',
      'keep g unchanged',
      'orphan z reported',
      'create a done',
      'create c done',
      'create d done',
      'create e done',
      'update b done'
    ])
  })

  it('makes no call when the last look before it aborts the cycle', async () => {
    const { resource, calls } = recording()
    const lost = new AbortController()
    let looks = 0
    const beforeWrite = (): void => {
      looks += 1
      if (looks === 2) lost.abort()
    }
    const outcomes = await apply(resource, { items: itemsNamed('a', 'b', 'c', 'd') }, noWorld, {
      deadline: lost.signal,
      beforeWrite
    })
    assert.deepEqual([calls, looks], [['create a b c'], 2])
    assert.deepEqual(lines(outcomes).at(-1), 'create d waiting TIMEOUT not-started')
  })

  it('goes kind by kind in the order of the service', async () => {
    const first = recording()
    const second = recording(undefined, { kind: 'crate' })
    const declared = [second.resource, first.resource].map((resource) => declare({ items: itemsNamed('a'), resource }))
    const [crates, own] = declared
    assert.ok(crates && own)
    const world = new Map([...actual(noWorld, first.resource), ...actual(noWorld, second.resource)])
    const made = plan({ ...own, kinds: [...crates.kinds, ...own.kinds] }, world, { owner: 'infometis' }).plan
    const order: string[] = []
    await applyPlan(made, {
      ...optionsFor(first.resource),
      resources: [first.resource, second.resource],
      onOutcome: ({ key }) => order.push(key)
    })
    assert.deepEqual(order, ['shop/box/a', 'shop/crate/a'])
  })

  it('gives an update only the fields that may be written, and the state they were compared with', async () => {
    const seen: unknown[] = []
    const { resource } = recording(undefined, {
      update: (items) => {
        seen.push(items.map(({ desired, state, fields }) => [desired.name, state, fields.map(({ path }) => path)]))
        return Promise.resolve(items.map(({ desired }) => done(desired.name)))
      }
    })
    await apply(
      resource,
      { items: [{ name: 'a', fields: { s1: 1, s2: 1, d1: 1 }, control: { ignore: ['s2'] } }] },
      worldOf({ a: { s1: 0 } })
    )
    assert.deepEqual(seen, [[['a', { s1: 0 }, ['s1']]]])
  })

  it('tells of every outcome the moment it is known, with how many of the writes are over', async () => {
    const { resource } = recording()
    const progress: string[] = []
    const onOutcome = ({ key }: Outcome, count: number, total: number): void =>
      void progress.push(`${key} ${count}/${total}`)
    await apply(resource, { items: [...itemsNamed('a'), { name: 'b' }] }, worldOf({ b: {} }), { onOutcome })
    assert.deepEqual(progress, ['shop/box/b 0/1', 'shop/box/a 1/1'])
  })

  it('tells how long the call of an item took, be it done or failed', async () => {
    const clock = new ManualClock(1_000)
    const { resource } = recording(async (verb, names) => {
      await clock.sleep(70)
      return names.map((name) => (verb === 'create' ? done(name) : failed(name, new ReconcileError('REJECTED', 'no'))))
    })
    const applied = apply(resource, { items: itemsNamed('a', 'b') }, worldOf({ b: {} }), { clock })
    await clock.advance(200)
    assert.deepEqual(
      (await applied).map(({ verb, durationMs }) => [verb, durationMs]),
      [
        ['create', 70],
        ['update', 70]
      ]
    )
  })

  it('in mode observe writes nothing and says what was planned', async () => {
    const { resource, calls } = recording()
    const outcomes = await apply(
      resource,
      { items: itemsNamed('a', 'b'), policy: policyOf({ mode: 'observe' }) },
      worldOf({ b: {}, z: {} })
    )
    assert.deepEqual(calls, [])
    assert.deepEqual(lines(outcomes), ['orphan z reported', 'create a planned observe', 'update b planned observe'])
  })

  it('knows that something already exists', async () => {
    const { resource } = recording((_verb, names) => Promise.resolve(names.map(unchanged)))
    assert.deepEqual(lines(await apply(resource, { items: itemsNamed('a') })), ['create a unchanged'])
  })
})

describe('an item that fails', () => {
  const rejected = new ReconcileError('REJECTED', 'no such value')

  it('fails alone, whatever its place in the batch', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    await fc.assert(
      fc.asyncProperty(fc.subarray(names), async (bad) => {
        const { resource } = recording((_verb, batch) =>
          Promise.resolve(batch.map((name) => (bad.includes(name) ? failed(name, rejected) : done(name))))
        )
        const outcomes = await apply(resource, { items: itemsNamed(...names) })
        assert.deepEqual(
          lines(outcomes),
          names.map((name) => (bad.includes(name) ? `create ${name} failed REJECTED` : `create ${name} done`))
        )
      }),
      { numRuns: 50 }
    )
  })

  it('is due again when the ledger says so', async () => {
    const { resource } = recording((_verb, names) =>
      Promise.resolve(names.map((name) => failed(name, new ReconcileError('CONFLICT', 'again'))))
    )
    const [outcome] = await apply(resource, { items: itemsNamed('a') })
    assert.equal(outcome?.nextTryAt, 1_500)
  })

  it('by a call that throws takes the items of that call with it, and no others', async () => {
    const { resource } = recording((_verb, names) =>
      names.includes('b') ? Promise.reject(new Error('boom')) : Promise.resolve(names.map(done))
    )
    const outcomes = await apply(resource, { items: itemsNamed('a', 'b', 'c', 'd') })
    assert.deepEqual(lines(outcomes), [
      'create a failed INTERNAL',
      'create b failed INTERNAL',
      'create c failed INTERNAL',
      'create d done'
    ])
    assert.equal(outcomes[0]?.error?.message, 'boom')
  })

  it('by a call that throws at once is no different', async () => {
    const { resource } = recording(() => {
      throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    })
    assert.deepEqual(lines(await apply(resource, { items: itemsNamed('a') })), ['create a failed UNREACHABLE'])
  })

  it('because the service forgot it is told so', async () => {
    const { resource } = recording((_verb, names) => Promise.resolve(names.slice(1).map(done)))
    const outcomes = await apply(resource, { items: itemsNamed('a', 'b') })
    assert.deepEqual(lines(outcomes), ['create a failed NO_ANSWER', 'create b done'])
  })

  it('by a connection that is gone is that item alone, and the call counts under its code', async () => {
    const calls: string[] = []
    const gone = new ReconcileError('UNREACHABLE', 'the connection was closed')
    const { resource } = recording((_verb, names) =>
      answerEach(
        names.map((name) => ({ name })),
        async ({ name }) => (name === 'b' ? Promise.reject(gone) : done(name))
      )
    )
    const outcomes = await apply(resource, { items: itemsNamed('a', 'b', 'c', 'd') }, noWorld, {
      onCall: ({ operation, code }) => calls.push(`${operation} ${code}`)
    })
    assert.deepEqual(lines(outcomes), [
      'create a done',
      'create b failed UNREACHABLE',
      'create c done',
      'create d done'
    ])
    assert.deepEqual(calls, ['create box UNREACHABLE', 'create box OK'])
  })
})

describe('an item that is not due', () => {
  it('waits with the error of its last try', async () => {
    const { resource, calls } = recording((_verb, names) =>
      Promise.resolve(names.map((name) => failed(name, new ReconcileError('UNAVAILABLE', 'later'))))
    )
    const options = optionsFor(resource)
    const { plan: made } = planFor({ items: itemsNamed('a'), resource }, noWorld)
    await applyPlan(made, options)
    const [outcome] = await applyPlan(made, options)
    assert.deepEqual(calls, ['create a'])
    assert.deepEqual(
      [outcome?.result, outcome?.reason, outcome?.error?.code, outcome?.nextTryAt],
      ['waiting', 'backing-off', 'UNAVAILABLE', 1_500]
    )
  })

  it('has failed for good until its declaration changes', async () => {
    const { resource, calls } = recording((_verb, names) =>
      Promise.resolve(names.map((name) => failed(name, new ReconcileError('REJECTED', 'no'))))
    )
    const options = optionsFor(resource)
    const { plan: made } = planFor({ items: itemsNamed('a'), resource }, noWorld)
    await applyPlan(made, options)
    assert.deepEqual(lines(await applyPlan(made, options)), ['create a failed REJECTED given-up'])
    await applyPlan(planFor({ items: [{ name: 'a', fields: { s1: 2 } }], resource }, noWorld).plan, options)
    assert.deepEqual(calls, ['create a', 'create a'])
  })

  it('was written and is not visible yet', async () => {
    const { resource, calls } = recording()
    const clock = new ManualClock(1_000)
    const options = optionsFor(resource, { clock })
    const { plan: made } = planFor({ items: itemsNamed('a'), resource }, noWorld)
    await applyPlan(made, options)
    const [outcome] = await applyPlan(made, options)
    assert.deepEqual(
      [outcome?.result, outcome?.reason, outcome?.error, outcome?.nextTryAt],
      ['waiting', 'settling', null, 31_000]
    )
    await clock.advance(30_000)
    await applyPlan(made, options)
    assert.deepEqual(calls, ['create a', 'create a'])
  })

  it('is forgotten once it is in sync', async () => {
    const { resource, calls } = recording((_verb, names) =>
      Promise.resolve(names.map((name) => failed(name, new ReconcileError('REJECTED', 'no'))))
    )
    const options = optionsFor(resource)
    const { plan: made } = planFor({ items: itemsNamed('a'), resource }, noWorld)
    await applyPlan(made, options)
    await applyPlan(planFor({ items: itemsNamed('a'), resource }, worldOf({ a: { s1: 1 } })).plan, options)
    await applyPlan(made, options)
    assert.deepEqual(calls, ['create a', 'create a'])
  })

  it('that does not converge is dead after three silent writes, with both values', async () => {
    const { resource, calls } = recording()
    const clock = new ManualClock(0)
    const options = optionsFor(resource, { clock })
    const { plan: made } = planFor({ items: itemsNamed('a'), resource }, worldOf({ a: { s1: 7 } }))
    for (const settle of [2_000, 4_000, 8_000]) {
      await applyPlan(made, options)
      await clock.advance(settle)
    }
    const [outcome] = await applyPlan(made, options)
    assert.deepEqual(calls, ['update a', 'update a', 'update a'])
    assert.deepEqual(
      [outcome?.reason, outcome?.error?.code, outcome?.error?.message],
      ['dead', 'NOT_CONVERGING', 'written 3 times and still different: s1 is 7, declared 1']
    )
  })
})

describe('a deadline', () => {
  it('ends a call that hangs, with an error that says which; what was not started is not blamed', async () => {
    const deadline = new AbortController()
    const { resource, calls } = recording(() => new Promise(() => undefined), {
      batching: { limit: 1, weigh: () => 1 }
    })
    const options = optionsFor(resource, { deadline: deadline.signal })
    const applied = applyPlan(planFor({ items: itemsNamed('a', 'b'), resource }, noWorld).plan, options)
    await turn()
    deadline.abort()
    const outcomes = await applied
    assert.deepEqual(calls, ['create a'])
    assert.deepEqual(lines(outcomes), ['create a failed TIMEOUT', 'create b waiting TIMEOUT not-started'])
    assert.deepEqual(
      outcomes.map(({ attempts, nextTryAt }) => [attempts, nextTryAt]),
      [
        [0, 1_500],
        [0, 1_000]
      ]
    )
    const again = await applyPlan(planFor({ items: itemsNamed('b'), resource }, noWorld).plan, {
      ...options,
      deadline: AbortSignal.abort()
    })
    assert.deepEqual(lines(again), ['create b waiting TIMEOUT not-started'])
  })

  it('is handed to the plugin', async () => {
    const deadline = new AbortController()
    let given: AbortSignal | undefined
    const { resource } = recording(undefined, {
      create: (items, { signal }) => {
        given = signal
        return Promise.resolve(items.map(({ name }) => done(name)))
      }
    })
    await apply(resource, { items: itemsNamed('a') }, noWorld, { deadline: deadline.signal })
    assert.equal(given, deadline.signal)
  })
})

describe('stopping', () => {
  it('lets calls in flight finish and starts nothing new', async () => {
    const stopping = new AbortController()
    const { promise, resolve } = Promise.withResolvers<readonly ItemResult[]>()
    const { resource, calls } = recording(() => promise, { batching: { limit: 1, weigh: () => 1 } })
    const applied = apply(resource, { items: itemsNamed('a', 'b', 'c') }, worldOf({ c: {} }), {
      stopping: stopping.signal
    })
    await turn()
    stopping.abort()
    resolve([done('a')])
    assert.deepEqual(lines(await applied), ['create a done', 'create b waiting stopping', 'update c waiting stopping'])
    assert.deepEqual(calls, ['create a'])
  })

  it('before anything began writes nothing at all', async () => {
    const { resource, calls } = recording()
    assert.deepEqual(
      lines(await apply(resource, { items: itemsNamed('a') }, noWorld, { stopping: AbortSignal.abort() })),
      ['create a waiting stopping']
    )
    assert.deepEqual(calls, [])
  })
})

describe('concurrency', () => {
  it('is bounded, and used', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 12 }), async (concurrency, count) => {
        let underWay = 0
        let most = 0
        const { resource } = recording(
          async (_verb, names) => {
            underWay += 1
            most = Math.max(most, underWay)
            await turn()
            underWay -= 1
            return names.map(done)
          },
          { batching: { limit: 1, weigh: () => 1 } }
        )
        const outcomes = await apply(
          resource,
          { items: itemsNamed(...Array.from({ length: count }, (_, index) => `n${index}`)) },
          noWorld,
          { inFlight: new InFlight(concurrency) }
        )
        assert.equal(outcomes.length, count)
        assert.equal(most, Math.min(concurrency, count))
      }),
      { numRuns: 30 }
    )
  })

  it('begins creates before updates, which do not wait for their answers', async () => {
    const order: string[] = []
    const { resource } = recording(async (verb, names) => {
      order.push(`${verb} begins`)
      await turn()
      order.push(`${verb} ends`)
      return names.map(done)
    })
    await apply(resource, { items: itemsNamed('a', 'b') }, worldOf({ b: {} }), { inFlight: new InFlight(4) })
    assert.deepEqual(order, ['create begins', 'update begins', 'create ends', 'update ends'])
  })
})

describe('what continues by itself', () => {
  const step = (answer: ItemResult) => recording(() => Promise.resolve([answer])).resource
  const declaration = { items: itemsNamed('a') }

  it('is waiting, says how far it is, and is looked at again within a second', async () => {
    const [outcome] = await apply(step(waiting('a', '40 of 100 copied')), declaration)
    assert.deepEqual(
      [outcome?.result, outcome?.reason, outcome?.why, outcome?.nextTryAt],
      ['waiting', 'in-progress', '40 of 100 copied', 2_000]
    )
  })

  it('takes its next step in the very next cycle, and its earlier failures are forgotten', async () => {
    const ledger = new Ledger({ ...defaultLedgerOptions, random: () => 0.5 })
    const clock = new ManualClock(1_000)
    const cycle = (answer: ItemResult): Promise<readonly Outcome[]> =>
      apply(step(answer), declaration, noWorld, { ledger, clock })
    await cycle(failed('a', new ReconcileError('UNAVAILABLE', 'later')))
    await clock.advance(10_000)
    assert.deepEqual(lines(await cycle(waiting('a', 'begun'))), ['create a waiting in-progress'])
    assert.deepEqual(lines(await cycle(waiting('a', 'half'))), ['create a waiting in-progress'])
    assert.deepEqual(lines(await cycle(done('a'))), ['create a done'])
  })
})
