import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import type { ItemResult, Observed, Cycle, Service, Sighting } from '../../src/contract.ts'
import type { CycleReport, Outcome } from '../../src/line.ts'
import type { Json } from '../../src/records.ts'
import { ReconcileError } from '../../src/errors.ts'
import { done } from '../../src/apply/outcome.ts'
import { silentObserver, type ConfigurationEvent, type CycleIdentity } from '../../src/report/observer.ts'
import { ServiceReconciler, type ReconcilerOptions } from '../../src/reconciler/service-reconciler.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { configOf } from '../parse/box-kind.ts'
import { boxes, type Fields } from '../plan/model.ts'
import { reading } from '../reading.ts'

type Boxes = Readonly<Record<string, Fields>>

/** A shop whose boxes, configuration and moods the test changes between cycles. */
class Shop {
  readonly items = new Map<string, Sighting<Fields>>()
  readonly calls: string[] = []
  readonly told: string[] = []
  readonly clock = new ManualClock()
  config = { digest: '0', files: {} as Readonly<Record<string, string>> }
  /** Called before every answer; may throw or wait. */
  mood: (call: string) => void | Promise<void> = () => undefined
  identity = 'cluster-1'

  declare(declared: Boxes | string, policy = '{}'): this {
    const text =
      typeof declared === 'string'
        ? declared
        : JSON.stringify(Object.fromEntries(Object.entries(declared).map(([name, fields]) => [name, { fields }])))
    this.config = { digest: `${Number(this.config.digest) + 1}`, files: { 'boxes.json': text, 'policy.yaml': policy } }
    return this
  }

  holds(actual: Boxes): this {
    for (const [name, state] of Object.entries(actual)) this.items.set(name, { state })
    return this
  }

  reconciler(options: Partial<ReconcilerOptions> = {}): ServiceReconciler {
    const observer = {
      ...silentObserver,
      outcome: (_cycle: CycleIdentity, { key, result }: Outcome): void => void this.told.push(`${key} ${result}`),
      cycleFinished: ({ status }: CycleReport): void => void this.told.push(status)
    }
    return new ServiceReconciler(this.service(), {
      source: reading(async () => {
        await this.mood('read')
        return configOf(this.config.files, this.config.digest)
      }),
      clock: this.clock,
      observer,
      ledger: { random: () => 0.5 },
      ...options
    })
  }

  get writes(): readonly string[] {
    return this.calls.filter((call) => /^(?:create|update)/.test(call))
  }

  fieldsOf(name: string): Fields | undefined {
    const sighting = this.items.get(name)
    return sighting !== undefined && 'state' in sighting ? sighting.state : undefined
  }

  service(): Service {
    return {
      name: 'shop',
      resources: [
        boxes({
          observe: (_desired, options) => this.#observe(options),
          create: (items) =>
            this.#write(
              'create',
              items.map(({ name, spec }) => [name, spec.fields])
            ),
          update: (items) =>
            this.#write(
              'update',
              items.map(({ desired, fields }) => [
                desired.name,
                Object.fromEntries(fields.map(({ path, after }): [string, Json] => [path, after]))
              ])
            )
        })
      ],
      identity: async () => {
        await this.#note('identity')
        return this.identity
      },
      close: () => this.#note('close')
    }
  }

  async #note(call: string): Promise<void> {
    this.calls.push(call)
    await this.mood(call)
  }

  async #observe({ full, everything }: Cycle): Promise<Observed<Fields>> {
    await this.#note(`observe${everything ? ' everything' : ''}${full ? ' in full' : ''}`)
    return { items: new Map(this.items), facts: undefined }
  }

  async #write(verb: string, items: readonly (readonly [string, Fields])[]): Promise<readonly ItemResult[]> {
    await this.#note(`${verb} ${items.map(([name]) => name).join(' ')}`)
    for (const [name, fields] of items) this.items.set(name, { state: { ...this.fieldsOf(name), ...fields } })
    return items.map(([name]) => done(name))
  }
}

/** `verb name result [reason]`, without what is in sync. */
const lines = ({ outcomes }: CycleReport): readonly string[] =>
  outcomes
    .filter(({ verb }) => verb !== 'keep')
    .map(({ verb, key, result, reason }) =>
      [verb, key.slice('shop/box/'.length), result, ...(reason === null ? [] : [reason])].join(' ')
    )

describe('a cycle', () => {
  it('does what is declared, sees it in the next one, and has nothing to do from then on', async () => {
    const shop = new Shop().declare({ a: { s1: 1 }, b: { s1: 1 } }).holds({ b: { s1: 2 }, z: {} })
    const reconciler = shop.reconciler()
    const first = await reconciler.reconcile()
    assert.deepEqual([first.status, lines(first)], ['changed', ['orphan z reported', 'create a done', 'update b done']])
    const second = await reconciler.reconcile()
    assert.deepEqual([second.status, lines(second)], ['in-sync', ['orphan z reported']])
    assert.deepEqual(shop.writes, ['create a', 'update b'])
    assert.deepEqual(shop.told, [
      'shop/box/z reported',
      'shop/box/a done',
      'shop/box/b done',
      'changed',
      'shop/box/a unchanged',
      'shop/box/b unchanged',
      'shop/box/z reported',
      'in-sync'
    ])
  })

  it('is told apart from every other by its run id, and carries the digest it worked with', async () => {
    const shop = new Shop().declare({ a: {} })
    const reconciler = shop.reconciler()
    const reports = [await reconciler.reconcile(), await reconciler.reconcile()]
    assert.equal(new Set(reports.map(({ runId }) => runId)).size, 2)
    assert.deepEqual(
      reports.map(({ configDigest, service }) => [configDigest, service]),
      [
        ['1', 'shop'],
        ['1', 'shop']
      ]
    )
  })

  it('says when it began and how long it took', async () => {
    const shop = new Shop().declare({ a: {} })
    shop.mood = (call) => (call.startsWith('observe') ? shop.clock.sleep(70) : undefined)
    await shop.clock.advance(1_000)
    const cycle = shop.reconciler().reconcile()
    await shop.clock.advance(500)
    const { startedAt, durationMs } = await cycle
    assert.deepEqual([startedAt, durationMs], [1_000, 70])
  })

  it('depends on desired and actual alone: a new reconciler does the same', async () => {
    const shop = new Shop().declare({ a: { s1: 1 } })
    await shop.reconciler().reconcile()
    shop.holds({ a: { s1: 5 } })
    assert.deepEqual(lines(await shop.reconciler().reconcile()), ['update a done'])
    assert.equal((await shop.reconciler().reconcile()).status, 'in-sync')
  })

  it('in mode observe writes nothing', async () => {
    const shop = new Shop().declare({ a: { s1: 1 } }, 'mode: observe')
    const report = await shop.reconciler().reconcile()
    assert.deepEqual([report.status, lines(report), shop.writes], ['drift', ['create a planned observe'], []])
  })

  it('reads every field at first and then at most as often as it was told to', async () => {
    const shop = new Shop().declare({ a: { s1: 1 } }).holds({ a: { s1: 1 } })
    const reconciler = shop.reconciler({ fullReadIntervalMs: 1_000 })
    for (const ms of [0, 999, 1, 500]) {
      await shop.clock.advance(ms)
      await reconciler.reconcile()
    }
    assert.deepEqual(shop.calls, ['observe in full', 'observe', 'observe in full', 'observe'])
  })

  it('reads every field again when the full reading failed', async () => {
    const shop = new Shop().declare({ a: { s1: 1 } }).holds({ a: { s1: 1 } })
    const reconciler = shop.reconciler()
    shop.mood = (call) => {
      if (call.startsWith('observe')) throw new Error('unreachable')
    }
    await reconciler.reconcile()
    shop.mood = () => undefined
    await reconciler.reconcile()
    assert.deepEqual(shop.calls, ['observe in full', 'observe in full'])
  })

  it('only plans when asked to plan', async () => {
    const shop = new Shop().declare({ a: { s1: 1 } })
    const { plan } = await shop.reconciler().plan(new AbortController().signal)
    assert.deepEqual([plan.changes.map(({ verb }) => verb), shop.writes, shop.told], [['create'], [], []])
  })

  it('that starts from a look applies the plan that was shown, and reads nothing again', async () => {
    const shop = new Shop().declare({ a: { s1: 1 } })
    const reconciler = shop.reconciler()
    const look = await reconciler.plan(new AbortController().signal)
    shop.declare({ b: { s1: 1 } })
    const calls = shop.calls.length
    const never = new AbortController().signal
    assert.deepEqual(lines(await reconciler.reconcile(never, never, look)), ['create a done'])
    assert.deepEqual(shop.calls.slice(calls), ['create a'])
    assert.equal(lines(await reconciler.reconcile()).at(-1), 'create b done')
  })
})

describe('a configuration that cannot be used', () => {
  it('leaves the last good one in force: drift is still repaired, and the report says what is wrong', async () => {
    const shop = new Shop().declare({ a: { s1: 1 } })
    const reconciler = shop.reconciler()
    await reconciler.reconcile()
    shop.declare('{"a": {').holds({ a: { s1: 5 } })
    await shop.clock.advance(60_000)
    const report = await reconciler.reconcile()
    assert.deepEqual([report.status, report.configDigest, lines(report)], ['degraded', '1', ['update a done']])
    assert.deepEqual(shop.fieldsOf('a'), { s1: 1 })
    assert.equal(report.error?.code, 'CONFIG_SYNTAX')
    assert.deepEqual(
      report.problems.map(({ file, line, column }) => [file, line, column]),
      [['boxes.json', 1, 8]]
    )
    shop.declare({ a: { s1: 2 } })
    const repaired = await reconciler.reconcile()
    assert.deepEqual([repaired.status, repaired.error, repaired.configDigest], ['changed', null, '3'])
  })

  it('because of a typo in the policy leaves the last good policy in force', async () => {
    const shop = new Shop().declare({ a: { s1: 1 } }, 'mode: observe')
    const reconciler = shop.reconciler()
    await reconciler.reconcile()
    shop.declare({ a: { s1: 1 } }, 'mode: enforced')
    const report = await reconciler.reconcile()
    assert.deepEqual([report.status, report.error?.code, shop.writes], ['degraded', 'CONFIG_SYNTAX', []])
  })

  it('from the start makes the cycle blind, says why, and does not even look at the service', async () => {
    const shop = new Shop().declare('{"a": {')
    const report = await shop.reconciler().reconcile()
    assert.deepEqual(
      [report.status, report.error?.code, report.configDigest, shop.calls],
      ['blind', 'CONFIG_SYNTAX', '', []]
    )
    assert.match(report.error?.message ?? '', /^boxes\.json:1:8: expected /)
    assert.deepEqual(shop.told, ['blind'])
  })

  it('because it is missing makes the cycle blind until it is there', async () => {
    const shop = new Shop().declare({ a: { s1: 1 } })
    const reconciler = shop.reconciler()
    shop.mood = (call) => {
      if (call === 'read') throw new ReconcileError('CONFIG_MISSING', 'it does not exist')
    }
    const blind = await reconciler.reconcile()
    assert.deepEqual([blind.status, blind.error?.code, shop.calls], ['blind', 'CONFIG_MISSING', []])
    shop.mood = () => undefined
    assert.deepEqual(lines(await reconciler.reconcile()), ['create a done'])
  })

  it('in one item leaves that item alone, which is no orphan', async () => {
    const shop = new Shop().declare('{"a": {"fields": 5}, "b": {"fields": {"s1": 1}}}').holds({ a: {} })
    const report = await shop.reconciler().reconcile()
    assert.deepEqual([report.status, lines(report)], ['degraded', ['invalid a invalid declaration', 'create b done']])
  })
})

describe('another cluster than the pinned one', () => {
  it('is named with both ids, and nothing is written', async () => {
    const shop = new Shop().declare({ a: { s1: 1 } }, 'cluster: cluster-2')
    const report = await shop.reconciler().reconcile()
    assert.deepEqual([report.status, report.error?.code, shop.writes], ['blind', 'WRONG_CLUSTER', []])
    assert.equal(report.error?.message, 'policy.yaml pins cluster "cluster-2", this one is "cluster-1"')
  })

  it('is noticed in every cycle', async () => {
    const shop = new Shop().declare({ a: { s1: 1 } }, 'cluster: cluster-1')
    const reconciler = shop.reconciler()
    assert.equal((await reconciler.reconcile()).status, 'changed')
    shop.identity = 'cluster-2'
    shop.holds({ a: { s1: 5 } })
    assert.deepEqual([(await reconciler.reconcile()).status, shop.writes], ['blind', ['create a']])
  })

  it('is not asked about without a pin', async () => {
    const shop = new Shop().declare({ a: { s1: 1 } })
    await shop.reconciler().reconcile()
    assert.equal(shop.calls.includes('identity'), false)
  })
})

describe('a service that cannot be looked at', () => {
  it('makes the cycle blind: nothing is written, nothing is called an orphan, and it is seen again later', async () => {
    const shop = new Shop().declare({ a: { s1: 1 } }).holds({ z: {} })
    const reconciler = shop.reconciler()
    shop.mood = (call) => {
      if (call.startsWith('observe')) throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    }
    const report = await reconciler.reconcile()
    assert.deepEqual(
      [report.status, report.error?.code, report.outcomes, report.configDigest, shop.writes],
      ['blind', 'UNREACHABLE', [], '1', []]
    )
    shop.mood = () => undefined
    assert.equal((await reconciler.reconcile()).status, 'changed')
  })

  it('and hangs makes the cycle blind at the deadline', async () => {
    const shop = new Shop().declare({ a: { s1: 1 } })
    shop.mood = (call) => (call.startsWith('observe') ? new Promise(() => undefined) : undefined)
    const looking = shop.reconciler({ cycleTimeoutMs: 20 }).reconcile()
    await shop.clock.advance(20)
    const report = await looking
    assert.deepEqual(
      [report.status, report.error?.code, report.error?.message],
      ['blind', 'TIMEOUT', 'observe box: no answer before the deadline']
    )
  })

  it('and shows none of the declared items makes the cycle blind, never "create everything"', async () => {
    const shop = new Shop().declare({ a: { s1: 1 }, b: { s1: 1 } })
    for (const name of ['a', 'b']) shop.items.set(name, { refused: 'no rights' })
    const report = await shop.reconciler().reconcile()
    assert.deepEqual([report.status, report.error?.code, shop.writes], ['blind', 'NOT_PERMITTED', []])
  })

  it('and shows some of them does the rest', async () => {
    const shop = new Shop().declare({ a: { s1: 1 }, b: { s1: 1 } })
    shop.items.set('a', { refused: 'no rights' })
    const report = await shop.reconciler().reconcile()
    assert.deepEqual([report.status, lines(report)], ['drift', ['hold a held not-permitted', 'create b done']])
  })
})

describe('a configuration that shrinks', () => {
  const four: Boxes = { a: {}, b: {}, c: {}, d: {} }
  const orphansOf = (report: CycleReport): readonly string[] => lines(report).map((line) => line.split(':')[0] ?? '')

  it('has its orphans held, cycle after cycle, until it is restored', async () => {
    const shop = new Shop().declare(four)
    const reconciler = shop.reconciler()
    await reconciler.reconcile()
    shop.declare({ a: {} })
    for (let cycle = 0; cycle < 3; cycle += 1) {
      const report = await reconciler.reconcile()
      assert.deepEqual(
        [report.status, orphansOf(report)],
        ['drift', ['hold b held guard', 'hold c held guard', 'hold d held guard']]
      )
    }
    shop.declare(four)
    assert.equal((await reconciler.reconcile()).status, 'in-sync')
    shop.declare({ a: {}, b: {} })
    assert.deepEqual(orphansOf(await reconciler.reconcile()), ['orphan c reported', 'orphan d reported'])
  })

  it('is accepted when the policy allows it, and is what counts from then on', async () => {
    const shop = new Shop().declare(four)
    const reconciler = shop.reconciler()
    await reconciler.reconcile()
    shop.declare({ a: {} }, 'guard: {maxShrinkPercent: 75}')
    const accepted = ['orphan b reported', 'orphan c reported', 'orphan d reported']
    assert.deepEqual(orphansOf(await reconciler.reconcile()), accepted)
    shop.declare({ a: {} })
    assert.deepEqual(orphansOf(await reconciler.reconcile()), accepted)
  })

  it('to nothing is held, and a restart accepts it', async () => {
    const shop = new Shop().declare(four)
    const reconciler = shop.reconciler()
    await reconciler.reconcile()
    shop.declare({})
    assert.equal(orphansOf(await reconciler.reconcile()).filter((line) => line.startsWith('hold')).length, 4)
    const restarted = await shop.reconciler().reconcile()
    assert.deepEqual([restarted.status, restarted.counts.orphan], ['in-sync', 4])
  })

  it('while the service cannot be seen is compared with what was accepted before', async () => {
    const shop = new Shop().declare(four)
    const reconciler = shop.reconciler()
    await reconciler.reconcile()
    shop.mood = (call) => {
      if (call.startsWith('observe')) throw new Error('blind')
    }
    await reconciler.reconcile()
    shop.declare({ a: {} }).mood = () => undefined
    assert.equal((await reconciler.reconcile()).counts.hold, 3)
  })
})

describe('stopping', () => {
  it('in a write lets it finish, starts nothing new and says so', async () => {
    const shop = new Shop().declare({ a: { s1: 1 }, b: { s1: 1 } })
    const stopping = new AbortController()
    shop.mood = (call) => {
      if (call.startsWith('create')) stopping.abort()
    }
    const report = await shop.reconciler({ concurrency: 1 }).reconcile(stopping.signal)
    assert.deepEqual([lines(report), shop.writes], [['create a done', 'create b waiting stopping'], ['create a']])
  })

  it('while it looks ends the cycle at once, without calling it a failure', async () => {
    const shop = new Shop().declare({ a: { s1: 1 } })
    const stopping = new AbortController()
    shop.mood = (call) => (call.startsWith('observe') ? new Promise(() => undefined) : undefined)
    const cycle = shop.reconciler().reconcile(stopping.signal)
    await turn()
    stopping.abort()
    assert.equal((await cycle).status, 'blind')
    assert.deepEqual([shop.writes, shop.told], [[], []])
  })
})

describe('whatever fails', () => {
  it('a cycle never throws, and writes nothing unless it has seen the service', async () => {
    const thrown = fc.oneof(
      fc.anything(),
      fc.string().map((message) => new Error(message)),
      fc.constant(Object.create(null))
    )
    const place = fc.constantFrom('read', 'observe', 'identity', 'create', 'update')
    await fc.assert(
      fc.asyncProperty(thrown, place, fc.boolean(), async (error, where, isBroken) => {
        const shop = new Shop()
          .declare(isBroken ? '{' : { a: { s1: 1 }, b: { s1: 1 } }, 'cluster: cluster-1')
          .holds({ b: {} })
        shop.mood = (call) => {
          if (call.startsWith(where)) throw error
        }
        const report = await shop.reconciler().reconcile()
        const isBlind = isBroken || where === 'read' || where === 'observe' || where === 'identity'
        assert.equal(report.status, isBlind ? 'blind' : 'degraded')
        if (isBlind) assert.deepEqual(shop.writes, [])
        assert.equal(
          typeof (report.error ?? report.outcomes.find((each) => each.error !== null)?.error)?.message,
          'string'
        )
      }),
      { numRuns: 60 }
    )
  })

  it('of one item the others are done, and it is tried again when it is due', async () => {
    const shop = new Shop().declare({ a: { s1: 1 }, b: { s1: 1 } })
    const reconciler = shop.reconciler()
    shop.mood = (call) => {
      if (call === 'create a') throw new ReconcileError('UNAVAILABLE', 'later')
    }
    const first = await reconciler.reconcile()
    assert.deepEqual([first.status, lines(first)], ['degraded', ['create a failed tried', 'create b done']])
    shop.mood = () => undefined
    assert.deepEqual(lines(await reconciler.reconcile()), ['create a waiting backing-off'])
    await shop.clock.advance(500)
    assert.deepEqual(lines(await reconciler.reconcile()), ['create a done'])
  })
})

describe('the sidecar', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'reconciler-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  const declareSize = (size: number): Promise<void> =>
    writeFile(join(directory, 'boxes.json'), `{"a": {"fields": {"s1": ${size}}}}`)

  it('reconciles at once, again when the files change, and closes the service in the end', async () => {
    const shop = new Shop()
    const stopping = new AbortController()
    await declareSize(1)
    // With the time of the machine and its own reading of the directory; the interval is too long to be waited for.
    const running = new ServiceReconciler(shop.service(), { directory }).run(3_600_000, stopping.signal)
    await until(() => shop.fieldsOf('a')?.s1 === 1)
    await declareSize(2)
    await until(() => shop.fieldsOf('a')?.s1 === 2)
    stopping.abort()
    await running
    assert.equal(shop.calls.at(-1), 'close')
  })

  it('runs no cycle for files it has read already, however the watcher and the cycle meet', async () => {
    const shop = new Shop()
    const stopping = new AbortController()
    const found: string[] = []
    const observer = {
      ...silentObserver,
      configuration: ({ event }: ConfigurationEvent): void => void (event === 'changed' && found.push(event)),
      cycleFinished: ({ status }: CycleReport): void => void shop.told.push(status)
    }
    await declareSize(1)
    // Time stands still: only a change of the files can start a cycle.
    const running = new ServiceReconciler(shop.service(), { directory, clock: shop.clock, observer }).run(
      3_600_000,
      stopping.signal
    )
    for (const size of [1, 2]) {
      await declareSize(size)
      await until(() => shop.told.length >= size && found.length >= size)
      await turn()
      assert.deepEqual([shop.told.length, found], [size, Array.from({ length: size }, () => 'changed')])
    }
    stopping.abort()
    await running
  })
})

async function until(isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!isTrue()) {
    assert.ok(Date.now() < deadline, 'it did not happen within 10 s')
    await sleep(20)
  }
}
