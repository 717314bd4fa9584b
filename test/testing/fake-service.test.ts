import assert from 'node:assert/strict'
import { testCycle } from '../../src/testing/cycle.ts'
import { reading } from '../reading.ts'
import type { CycleReport } from '../../src/line.ts'
import type { Json } from '../../src/records.ts'
import { Environment } from '../../src/connect/environment.ts'
import { ReconcileError } from '../../src/errors.ts'
import { digestOf } from '../../src/read/snapshot.ts'
import { ServiceReconciler } from '../../src/reconciler/service-reconciler.ts'
import { FakeServer, fakePlugin, fakeService, ManualClock } from '../../src/testing/index.ts'

const stop = new AbortController().signal

const reconcilerOf = (
  server: FakeServer,
  documents: Readonly<Record<string, Json>>,
  options: { readonly clock?: ManualClock } = {}
): ServiceReconciler => {
  const files = new Map(
    Object.entries(documents).map(([name, document]) => [`${name}.json`, Buffer.from(JSON.stringify(document))])
  )
  const read = () => Promise.resolve({ digest: digestOf(files), files })
  return new ServiceReconciler(fakeService(server), { source: reading(read), ...options })
}

const resultsOf = ({ outcomes }: CycleReport): readonly string[] =>
  outcomes.map(({ key, verb, result }) => `${key.slice('fake/'.length)} ${verb} ${result}`).toSorted()

describe('the fake service', () => {
  let server: FakeServer
  beforeEach(() => {
    server = new FakeServer()
  })

  it('is opened from an environment and touches nothing until it is called', async () => {
    const service = fakePlugin(server).open(new Environment({ INFOMETIS_OWNER: 'me' }))
    assert.deepEqual(server.calls, [])
    assert.equal(await service.identity(testCycle()), 'fake-1')
    assert.deepEqual(
      server.calls.map(({ method }) => method),
      ['identity']
    )
  })

  it('records what was asked and what took effect', async () => {
    await reconcilerOf(server, { queues: { orders: { size: 3, labels: { team: 'a' } } } }).reconcile()
    assert.deepEqual(
      server.calls.map(({ method, kind, names }) => [method, kind, names]),
      [
        ['observe', 'queue', ['orders']],
        ['create', 'queue', ['orders']]
      ]
    )
    assert.deepEqual(server.writes, [
      { verb: 'create', kind: 'queue', name: 'orders', fields: { size: 3, 'labels.team': 'a' } }
    ])
    assert.deepEqual(server.snapshot(), {
      queue: { orders: { owner: 'infometis', fields: { 'labels.team': 'a', mode: 'durable', size: 3 } } },
      setting: { default: { fields: {} } }
    })
  })

  it('lets a queue grow, does not let it shrink, and holds what restarts it', async () => {
    server.put('queue', 'grows', { size: 1, mode: 'durable' })
    server.put('queue', 'shrinks', { size: 5, mode: 'durable' })
    server.put('queue', 'restarts', { size: 1, mode: 'durable' })
    const queues = { grows: { size: 2 }, shrinks: { size: 4 }, restarts: { mode: 'fast' } }
    const { plan } = await reconcilerOf(server, { queues }).plan(stop)
    assert.deepEqual(
      plan.changes.map((change) => [change.name, change.verb, 'risk' in change ? change.risk : '']),
      [
        ['grows', 'update', 'safe'],
        ['shrinks', 'hold', 'unsupported'],
        ['restarts', 'hold', 'disruptive']
      ]
    )
    assert.deepEqual(
      plan.warnings.map(({ code, path }) => ({ code, path })),
      [{ code: 'NOT_DURABLE', path: 'restarts.mode' }]
    )
  })

  it('lists undeclared fields after a full reading', async () => {
    server.put('queue', 'orders', { size: 1, mode: 'durable', 'labels.extra': 'x' })
    const { plan } = await reconcilerOf(server, { queues: { orders: { size: 1 } } }).plan(stop)
    assert.deepEqual(
      plan.undeclared.map(({ path, value }) => ({ path, value })),
      [{ path: 'labels.extra', value: 'x' }]
    )
  })

  it('leaves alone what another owns, what it made itself and what is protected', async () => {
    server.put('queue', 'theirs', { size: 1 }, { owner: 'somebody' })
    server.put('queue', 'theirs-too', { size: 1 }, { owner: 'somebody' })
    server.put('queue', 'built-in', { size: 1 }, { excluded: 'made by the service' })
    server.put('queue', '$internal', { size: 1 })
    server.put('queue', 'left-over', { size: 1 })
    const report = await reconcilerOf(server, { queues: { theirs: { size: 2 } } }).reconcile()
    assert.deepEqual(resultsOf(report), ['queue/left-over orphan reported', 'queue/theirs hold held'])
  })

  it('knows what people usually mean by a field that it has not', async () => {
    const report = await reconcilerOf(server, { queues: { orders: { capacity: 1 } } }).reconcile()
    assert.match(report.outcomes[0]?.why ?? '', /found "capacity"; did you mean "size"\?$/)
  })

  it('has rules of its own', async () => {
    server.largestSize = 10
    const report = await reconcilerOf(server, { queues: { Orders: { size: 1 }, big: { size: 11 } } }).reconcile()
    assert.deepEqual(resultsOf(report), ['queue/Orders invalid invalid', 'queue/big hold held'])
  })

  it('takes its writes in batches of at most twenty fields', async () => {
    const queues = Object.fromEntries(
      Array.from({ length: 25 }, (_, index) => [`q${index}`, { size: 1, mode: 'durable' }])
    )
    await reconcilerOf(server, { queues }).reconcile()
    assert.deepEqual(
      server.calls.filter(({ method }) => method === 'create').map(({ names }) => names.length),
      [10, 10, 5]
    )
  })

  it('has settings that are always there', async () => {
    server.put('setting', 'default', { 'values.colour': 'red', 'values.size': '1' })
    const report = await reconcilerOf(server, { settings: { values: { colour: 'blue', size: null } } }).reconcile()
    assert.deepEqual(resultsOf(report), ['setting/default update done'])
    assert.deepEqual(server.get('setting', 'default')?.fields, new Map([['values.colour', 'blue']]))
  })

  describe('goes wrong to order:', () => {
    const queues = { orders: { size: 1 }, bills: { size: 1 } }

    it('a rejected item fails as often as wanted, its neighbours do not', async () => {
      const clock = new ManualClock()
      server.reject('orders', new ReconcileError('UNAVAILABLE', 'later'), 1)
      const reconciler = reconcilerOf(server, { queues }, { clock })
      assert.deepEqual(resultsOf(await reconciler.reconcile()), [
        'queue/bills create done',
        'queue/orders create failed'
      ])
      await clock.advance(60_000)
      assert.deepEqual(resultsOf(await reconciler.reconcile()), [
        'queue/bills keep unchanged',
        'queue/orders create done'
      ])
    })

    it('a label that is too long is refused by the server itself', async () => {
      const report = await reconcilerOf(server, {
        queues: { ...queues, bad: { labels: { team: 'x'.repeat(21) } } }
      }).reconcile()
      assert.deepEqual(resultsOf(report), [
        'queue/bad create failed',
        'queue/bills create done',
        'queue/orders create done'
      ])
    })

    it('a refused item is held', async () => {
      server.put('queue', 'orders', { size: 1 })
      server.refuse('orders', 'not yours')
      const { outcomes } = await reconcilerOf(server, { queues }).reconcile()
      assert.equal(outcomes.find(({ key }) => key === 'fake/queue/orders')?.reason, 'not-permitted')
    })

    it('a call that throws fails the cycle when it was to look', async () => {
      server.failCalls('observe', new ReconcileError('UNREACHABLE', 'gone'), 1)
      const reconciler = reconcilerOf(server, { queues })
      assert.equal((await reconciler.reconcile()).status, 'blind')
      assert.equal((await reconciler.reconcile()).status, 'changed')
    })

    it('a call that hangs ends with its signal, a deaf one does not', async () => {
      const call = (signal: AbortSignal) =>
        server.enter({ method: 'create', kind: 'queue', names: [], full: false }, signal)
      server.hangCalls('create')
      await assert.rejects(call(AbortSignal.timeout(10)), { name: 'TimeoutError' })
      server.hangCalls('create', { deaf: true })
      const winner = await Promise.race([
        call(AbortSignal.timeout(10)),
        new Promise((resolve) => setTimeout(resolve, 50, 'deaf'))
      ])
      assert.equal(winner, 'deaf')
      server.heal()
      await call(stop)
    })

    it('a write that lags is acknowledged and shows after that many observations', async () => {
      server.lag('orders', 2)
      const reconciler = reconcilerOf(server, { queues }, { clock: new ManualClock() })
      assert.deepEqual(resultsOf(await reconciler.reconcile()), ['queue/bills create done', 'queue/orders create done'])
      for (const _ of [1, 2]) {
        assert.deepEqual(resultsOf(await reconciler.reconcile()), [
          'queue/bills keep unchanged',
          'queue/orders create waiting'
        ])
      }
      assert.equal((await reconciler.reconcile()).status, 'in-sync')
    })

    it('a write that lags shows the old values meanwhile', async () => {
      const clock = new ManualClock()
      server.put('queue', 'orders', { size: 1 })
      server.lag('orders', 1)
      const reconciler = reconcilerOf(server, { queues: { orders: { size: 2 } } }, { clock })
      const verbs: string[] = []
      for (const _ of [1, 2, 3]) verbs.push(...resultsOf(await reconciler.reconcile()))
      assert.deepEqual(verbs, [
        'queue/orders update done',
        'queue/orders update waiting',
        'queue/orders keep unchanged'
      ])
    })

    it('an ignored write is acknowledged and changes nothing', async () => {
      server.put('queue', 'orders', { size: 1 })
      server.ignoreWrites('orders')
      const report = await reconcilerOf(server, { queues: { orders: { size: 2 } } }).reconcile()
      assert.deepEqual(resultsOf(report), ['queue/orders update done'])
      assert.deepEqual(server.writes, [])
      assert.equal(server.get('queue', 'orders')?.fields.get('size'), 1)
    })

    it('and is healed', async () => {
      server.reject('orders')
      server.refuse('bills', 'no')
      server.heal()
      assert.equal((await reconcilerOf(server, { queues }).reconcile()).status, 'changed')
    })
  })
})
