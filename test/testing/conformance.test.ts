import assert from 'node:assert/strict'
import { z } from 'zod'
import type { WriteCall, AnyResource, FieldChange, ItemResult, Service } from '../../src/contract.ts'
import { failed } from '../../src/apply/outcome.ts'
import { ReconcileError, toReconcileError } from '../../src/errors.ts'
import { queueSchema } from '../../src/testing/fake-kinds.ts'
import { conformance, conformanceRules, FakeServer, fakeService, JumpingClock } from '../../src/testing/index.ts'
import type { ConformanceOptions, RuleTitle, Subject } from '../../src/testing/index.ts'
import { oddSubject, type OddKind } from './odd-kinds.ts'

/** What is different about the queues of a server. */
type Mutate = (queue: AnyResource, server: FakeServer) => Partial<AnyResource>

const subjectOf = (server: FakeServer, mutate: Mutate = () => ({})): Subject => ({
  service: withQueue(fakeService(server), (queue) => ({ ...queue, ...mutate(queue, server) })),
  snapshot: async () => server.snapshot(),
  requests: () => server.calls.length,
  createByHand: async (name) => server.put('queue', name, { size: 2, mode: 'durable' }),
  changeByHand: async (name) => server.put('queue', name, { 'labels.team': 'changed' }),
  stall: async () => {
    for (const method of ['observe', 'create', 'update'] as const) server.hangCalls(method)
  },
  cut: async () => server.cut()
})

const withQueue = (service: Service, change: (queue: AnyResource) => AnyResource): Service => ({
  ...service,
  resources: service.resources.map((resource) => (resource.kind === 'queue' ? change(resource) : resource))
})

const queues = {
  kind: 'queue',
  clock: new JumpingClock(),
  open: () => subjectOf(new FakeServer()),
  valid: { size: 2, mode: 'durable', labels: { team: 'a', tier: 1 } },
  changed: { size: 3 },
  bad: { item: { size: 1, labels: { team: 'longer than the server allows' } } }
} satisfies ConformanceOptions

const settings = {
  kind: 'setting',
  clock: new JumpingClock(),
  open: () => {
    const server = new FakeServer()
    return {
      ...subjectOf(server),
      changeByHand: async () => server.put('setting', 'default', { 'values.colour': 'green' })
    }
  },
  valid: { values: { colour: 'red', size: 1 } },
  changed: { values: { colour: 'blue' } }
} satisfies ConformanceOptions

/** Everything written shows two observations late. */
const lagging: Mutate = (queue, server) => ({
  create: async (items, signal) => {
    for (const { name } of items) server.lag(name, 2)
    return (await queue.create?.(items, signal)) ?? []
  },
  update: async (items, signal) => {
    for (const { desired } of items) server.lag(desired.name, 2)
    return (await queue.update?.(items, signal)) ?? []
  }
})

describe('the fake service', () => {
  conformance(queues)
  conformance(settings)
})

const odd = (kind: OddKind, more: Partial<ConformanceOptions> = {}): ConformanceOptions => ({
  kind: 'thing',
  clock: new JumpingClock(),
  open: () => oddSubject(kind),
  valid: { size: 2, tags: ['a', 'b', 'c'] },
  changed: { tags: ['d', 'a', 'b'] },
  skips: { 'one bad item fails alone': 'the service takes everything' },
  ...more
})

describe('a kind whose field is a set', () => {
  conformance(odd({ verbs: ['create', 'update'] }))
  conformance(odd({ verbs: ['create', 'update'], sets: 'by entry' }))
})

describe('a kind that lacks a verb', () => {
  conformance(odd({ verbs: ['create'] }))
  conformance(odd({ verbs: ['update'] }))
})

describe('a kind of which nothing can be changed', () => {
  const { changed: _, ...unchangeable } = odd({ verbs: ['create'] })
  conformance(unchangeable)
})

/** Why rules do not apply, by their titles; throws for one that is broken. */
async function reasons(options: ConformanceOptions): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {}
  for (const { title, run, skip } of conformanceRules(options)) {
    const reason = skip === undefined ? await run() : undefined
    if (reason !== undefined) found[title] = reason
  }
  return found
}

describe('what does not apply', () => {
  const single = 'there is one item, and it always exists'
  const whole = {
    'a scoped reading shows the same items as a whole one': 'the kind is read whole',
    'a scoped reading costs a constant number of requests': 'the kind is read whole'
  }

  it('to a kind that is one item is what is about several', async () => {
    assert.deepEqual(await reasons(settings), {
      'an observation of nothing declared lists what is there': single,
      'a scoped reading costs a constant number of requests': single,
      'one bad item fails alone': single,
      'orphans are reported and untouched': single
    })
  })

  it('to a kind without a verb is what is about that verb', async () => {
    assert.deepEqual(await reasons(odd({ verbs: ['create'] })), {
      ...whole,
      'an update changes the named field and no other': 'the kind has no update'
    })
    assert.deepEqual(await reasons(odd({ verbs: ['update'] }, { skips: {} })), {
      ...whole,
      'one bad item fails alone': 'the kind has no create'
    })
    assert.deepEqual(await reasons(odd({ verbs: ['create', 'update'] })), whole)
  })

  it('of a kind without `changed` that has an update is asked for', async () => {
    const { changed: _, ...options } = odd({ verbs: ['create', 'update'] })
    const needed: (string | undefined)[] = []
    for (const { skip, run } of conformanceRules(options)) {
      if (skip === undefined)
        await run().catch((error: unknown) => void needed.push(/`(\w+)`/.exec(String(error))?.[1]))
    }
    assert.deepEqual(needed, ['changed'])
  })
})

describe('the fake service, late to show what was written,', () => {
  conformance({ ...queues, open: () => subjectOf(new FakeServer(), lagging) })
})

const compare = (
  queue: AnyResource,
  change: (fields: readonly FieldChange[]) => readonly FieldChange[]
): Partial<AnyResource> => ({
  compare: (spec, state) => change(queue.compare(spec, state))
})

/** The call, whose items fail when there is no answer. */
const unansweredAsFailures =
  <T>(
    write: (items: readonly T[], call: WriteCall<unknown>) => Promise<readonly ItemResult[]> | undefined,
    nameOf: (item: T) => string
  ) =>
  async (items: readonly T[], call: WriteCall<unknown>): Promise<readonly ItemResult[]> => {
    try {
      return (await write(items, call)) ?? []
    } catch (error) {
      return items.map((item) => failed(nameOf(item), toReconcileError(error)))
    }
  }

interface Mutant {
  readonly name: string
  readonly mutate?: Mutate
  readonly options?: Partial<ConformanceOptions>
  readonly breaks: readonly RuleTitle[]
}

const mutants: readonly Mutant[] = [
  {
    name: 'observe of one item shows its neighbours too',
    mutate: (queue) => ({
      observe: (desired, cycle) => queue.observe(desired, { ...cycle, scope: 'all' })
    }),
    breaks: ['a scoped reading shows the same items as a whole one']
  },
  {
    name: 'observe of one item asks for every item there is',
    mutate: (queue, server) => ({
      observe: async (desired, cycle) => {
        if (cycle.scope === 'all') return queue.observe(desired, cycle)
        const held = Object.keys(Object(Reflect.get(Object(server.snapshot()), 'queue')))
        for (let asked = 1; asked < held.length; asked += 1) await queue.observe([], cycle)
        return queue.observe(desired, cycle)
      }
    }),
    breaks: ['a scoped reading costs a constant number of requests']
  },
  {
    name: 'observe registers a client at its first look',
    mutate: (queue, server) => ({
      observe: (desired, options) => {
        server.put('setting', 'default', { 'values.client': 'registered' })
        return queue.observe(desired, options)
      }
    }),
    breaks: ['observe never writes']
  },
  {
    name: 'observe repairs what it sees',
    mutate: (queue, server) => ({
      observe: (desired, options) => {
        for (const { name } of desired) server.put('queue', name, { size: 3 })
        return queue.observe(desired, options)
      }
    }),
    breaks: [
      'observe never writes',
      'compare is pure, and empty on what was just written',
      'after apply the diff is empty',
      'a second apply does nothing',
      'an update changes the named field and no other',
      'drift made by hand is found and repaired',
      'one bad item fails alone',
      'a paused item is untouched',
      'mode observe writes nothing',
      'a verb without a method is held as unsupported'
    ]
  },
  {
    name: 'observe looks at declared items only',
    mutate: (queue) => ({
      observe: async (desired, options) => {
        const { items, facts } = await queue.observe(desired, options)
        const declared = new Set(desired.map(({ name }) => name))
        return { items: new Map([...items].filter(([name]) => declared.has(name))), facts }
      }
    }),
    breaks: ['an observation of nothing declared lists what is there', 'orphans are reported and untouched']
  },
  {
    name: 'observe goes on after an abort',
    options: { open: () => deafSubject('observe') },
    breaks: ['an abort is honoured within a second']
  },
  {
    name: 'create goes on after an abort',
    options: { open: () => deafSubject('create') },
    breaks: ['an abort is honoured within a second', 'no answer to a write is thrown, and is no failure of an item']
  },
  {
    name: 'compare remembers its last answer',
    mutate: (queue) => {
      let calls = 0
      return compare(queue, (fields) => fields.map((field) => ({ ...field, why: `answer ${(calls += 1)}` })))
    },
    breaks: ['compare is pure, and empty on what was just written']
  },
  {
    name: 'compare changes what it is given',
    mutate: (queue) => ({
      compare: (spec, state) => {
        if (typeof spec === 'object' && spec !== null) Object.assign(spec, { size: Reflect.get(spec, 'size') ?? 1 })
        return queue.compare(spec, state)
      }
    }),
    breaks: ['compare is pure, and empty on what was just written']
  },
  {
    name: 'compare overlooks labels',
    mutate: (queue) => compare(queue, (fields) => fields.filter(({ path }) => !path.startsWith('labels.'))),
    breaks: ['drift made by hand is found and repaired']
  },
  {
    name: 'compare takes the text 1 for another value than the number 1',
    mutate: (queue) => ({
      compare: (spec, state) => {
        const fields = queue.compare(spec, state)
        if (state === undefined || queueSchema.parse(spec).labels?.tier !== '1') return fields
        return [...fields, { path: 'labels.tier', before: 1, after: '1', risk: 'unsupported' }]
      }
    }),
    breaks: [
      'compare is pure, and empty on what was just written',
      'after apply the diff is empty',
      'a second apply does nothing',
      'an update changes the named field and no other',
      'drift made by hand is found and repaired',
      'one bad item fails alone'
    ]
  },
  {
    name: 'update replaces the item by what is declared',
    mutate: (queue, server) => ({
      update: async (items, signal) => {
        for (const { desired } of items) {
          const { labels } = queueSchema.parse(desired.spec)
          if (labels === undefined) server.put('queue', desired.name, { 'labels.team': null, 'labels.tier': null })
        }
        return (await queue.update?.(items, signal)) ?? []
      }
    }),
    breaks: ['an update changes the named field and no other']
  },
  {
    name: 'update leaves a label nobody declares',
    mutate: (queue, server) => ({
      update: async (items, signal) => {
        for (const { desired } of items) server.put('queue', desired.name, { 'labels.updated': 'yes' })
        return (await queue.update?.(items, signal)) ?? []
      }
    }),
    breaks: ['an update changes the named field and no other']
  },
  {
    name: 'create fails as a whole when one item does',
    mutate: (queue) => ({
      create: async (items, signal) => {
        const isBad = items.some(({ spec }) => queueSchema.parse(spec).labels?.team === queues.bad.item.labels.team)
        const error = new ReconcileError('REJECTED', 'the request is refused')
        return isBad ? items.map(({ name }) => failed(name, error)) : ((await queue.create?.(items, signal)) ?? [])
      }
    }),
    breaks: ['one bad item fails alone']
  },
  {
    name: 'create has a refusal tried again and again',
    mutate: (queue) => ({
      create: async (items, signal) => {
        const results = (await queue.create?.(items, signal)) ?? []
        const later = new ReconcileError('UNAVAILABLE', 'later')
        return results.map((result) => (result.result === 'failed' ? failed(result.name, later) : result))
      }
    }),
    breaks: ['one bad item fails alone']
  },
  {
    name: 'create removes what is not declared',
    mutate: (queue, server) => ({
      create: async (items, call) => {
        const orphans = Object.keys(Object(Reflect.get(Object(server.snapshot()), 'queue')))
        for (const name of orphans) server.delete('queue', name)
        return (await queue.create?.(items, call)) ?? []
      }
    }),
    breaks: ['orphans are reported and untouched']
  },
  {
    name: 'create takes no answer for a failure of its items',
    mutate: (queue) => ({
      create: unansweredAsFailures(
        (items, call) => queue.create?.(items, call),
        ({ name }) => name
      )
    }),
    breaks: ['no answer to a write is thrown, and is no failure of an item']
  },
  {
    name: 'update takes no answer for a failure of its items',
    mutate: (queue) => ({
      update: unansweredAsFailures(
        (items, call) => queue.update?.(items, call),
        ({ desired }) => desired.name
      )
    }),
    breaks: ['no answer to a write is thrown, and is no failure of an item']
  },
  {
    name: 'create takes a cut connection for a refusal',
    mutate: (queue) => ({
      create: async (items, call) => {
        try {
          return (await queue.create?.(items, call)) ?? []
        } catch (error) {
          throw new ReconcileError(call.signal.aborted ? 'TIMEOUT' : 'REJECTED', 'it did not work', { cause: error })
        }
      }
    }),
    breaks: ['no answer to a write is thrown, and is no failure of an item']
  },
  {
    name: 'undeclared misspells a risk',
    mutate: (queue) => ({
      undeclared: (spec, state) =>
        JSON.parse(JSON.stringify(queue.undeclared?.(spec, state)).replaceAll('"safe"', '"saef"'))
    }),
    breaks: ['every answer is in the words of the contract']
  },
  {
    name: 'describe gives what no JSON can hold',
    mutate: () => ({ describe: () => JSON.parse('null') }),
    breaks: ['every answer is in the words of the contract']
  },
  {
    name: 'schema lets unknown fields pass',
    mutate: () => ({ schema: z.looseObject(queueSchema.shape) }),
    breaks: ['unknown fields are refused by their name']
  }
]

function bareSubject(): Subject {
  const server = new FakeServer()
  return { service: fakeService(server), snapshot: async () => server.snapshot() }
}

function deafSubject(method: 'observe' | 'create'): Subject {
  const server = new FakeServer()
  const subject = subjectOf(server)
  return {
    ...subject,
    stall: async () => {
      await subject.stall?.()
      server.hangCalls(method, { deaf: true })
    }
  }
}

function frozenSubject(): Subject {
  const subject = subjectOf(new FakeServer())
  return { ...subject, service: withQueue(subject.service, Object.freeze) }
}

/** Titles of the rules that do not hold. */
async function broken(options: ConformanceOptions): Promise<readonly RuleTitle[]> {
  const titles: RuleTitle[] = []
  for (const { title, run } of conformanceRules(options)) {
    await run().catch(() => void titles.push(title))
  }
  return titles
}

describe('the conformance suite', () => {
  for (const { name, mutate, options, breaks } of mutants) {
    it(`finds that ${name}`, async () => {
      assert.deepEqual(await broken({ ...queues, open: () => subjectOf(new FakeServer(), mutate), ...options }), breaks)
    })
  }

  it('has no rule that cannot fail', () => {
    const proven = new Set(mutants.flatMap(({ breaks }) => breaks))
    assert.deepEqual(
      conformanceRules(queues)
        .map(({ title }) => title)
        .filter((title) => !proven.has(title)),
      []
    )
  })

  it('takes a resource that is frozen', async () => {
    assert.deepEqual(await broken({ ...queues, open: frozenSubject }), [])
  })

  it('shows why a rule is skipped, and takes no skip without a reason', () => {
    const skips = { 'one bad item fails alone': 'every item is good' }
    const shown = new Map(conformanceRules({ ...queues, skips }).map(({ title, skip }) => [title, skip]))
    assert.equal(shown.get('one bad item fails alone'), 'every item is good')
    assert.equal(shown.get('observe never writes'), undefined)
    const unexplained = { ...queues, skips: { 'one bad item fails alone': ' ' } }
    assert.throws(() => conformanceRules(unexplained), /expected a reason for skipping "one bad item fails alone"/)
  })

  it('says what a rule cannot do without', async () => {
    const rules = conformanceRules({ kind: 'queue', open: bareSubject, valid: queues.valid, changed: queues.changed })
    const missing: string[] = []
    for (const { run } of rules)
      await run().catch((error: unknown) => missing.push(error instanceof Error ? error.message : ''))
    assert.deepEqual(
      missing.map((message) => /`(\w+)`/.exec(message)?.[1]),
      ['createByHand', 'changeByHand', 'bad', 'stall', 'createByHand']
    )
  })

  it('names the kinds there are when it is given another', async () => {
    const [rule] = conformanceRules({ ...queues, kind: 'queues' })
    await assert.rejects(async () => rule?.run(), /expected a resource of kind "queues", found queue, setting/)
  })

  it('closes and cleans up after a rule that fails', async () => {
    const ended: string[] = []
    const open = (): Subject => {
      const subject = subjectOf(new FakeServer())
      const service = { ...subject.service, resources: [], close: async () => void ended.push('closed') }
      return { ...subject, service, cleanup: async () => void ended.push('cleaned up') }
    }
    const [rule] = conformanceRules({ ...queues, open })
    await assert.rejects(async () => rule?.run())
    assert.deepEqual(ended, ['closed', 'cleaned up'])
  })
})
