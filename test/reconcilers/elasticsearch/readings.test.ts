import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { Readings, type Reader } from '../../../reconcilers/elasticsearch/readings.ts'
import type { Cycle, Desired } from '../../../src/contract.ts'
import { testCycle } from '../../../src/testing/cycle.ts'
import { keyOf } from '../../../src/records.ts'
import { ReconcileError } from '../../../src/errors.ts'
import { AdjustableLink } from './adjustable-link.ts'

const root = '/'
const state = '/_cluster/state/version'

function desiredOf(name: string, digest: string): Desired<unknown> {
  const control = { paused: false, ignore: [], exact: false }
  return {
    key: keyOf('elasticsearch', 'index', name),
    name,
    spec: {},
    digest,
    control,
    at: { file: 'indices.json', line: 1, column: 1 }
  }
}

const orders = [desiredOf('orders', 'd1')]

/** Readings of a cluster that a test changes, and how often it was read. */
class Bench {
  readonly link = new AdjustableLink()
  readonly readings = new Readings(this.link)
  version = 7
  uuid = 'aaa'
  reads = 0
  keep = true

  constructor() {
    this.link.answers[root] = () => ({ status: 200, body: { cluster_uuid: 'c-root', version: { number: '9.4.3' } } })
    this.link.answers[state] = () => ({
      status: 200,
      body: { version: this.version, state_uuid: this.uuid, cluster_uuid: 'c-state' }
    })
  }

  /** One kind in a cycle of its own; gives how many times the cluster had been read for what is seen. */
  observe(kind = 'index', desired = orders, cycle: Partial<Cycle> = {}): Promise<number> {
    const read = async (): Promise<number> => {
      await setImmediate()
      return (this.reads += 1)
    }
    return this.readings.observe(kind, desired, testCycle(cycle), read, () => this.keep)
  }

  /** Until what was read is kept. */
  async settle(): Promise<void> {
    await this.observe()
    await this.observe()
    this.link.take()
    this.reads = 0
  }
}

describe('readings of a cluster', () => {
  let bench: Bench
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)

  beforeEach(() => {
    bench = new Bench()
    unhandled.length = 0
    process.on('unhandledRejection', note)
  })

  afterEach(async () => {
    await setImmediate()
    process.off('unhandledRejection', note)
    assert.deepEqual(unhandled, [])
  })

  it('are made at first, once more under the same version, and then not', async () => {
    const seen = []
    for (let cycle = 0; cycle < 5; cycle += 1) seen.push(await bench.observe())
    assert.deepEqual(seen, [1, 2, 2, 2, 2])
  })

  it('cost one request a cycle when nothing changed', async () => {
    await bench.settle()
    await bench.observe()
    assert.deepEqual(bench.link.requests, [
      { method: 'GET', path: state, query: { filter_path: 'version,state_uuid,cluster_uuid' } }
    ])
  })

  for (const [what, change] of [
    ['the version', () => void (bench.version += 1)],
    ['the state under the same number, as after the loss of a master', () => void (bench.uuid = 'bbb')]
  ] as const) {
    it(`are made again, and once more, after a change of ${what}`, async () => {
      await bench.settle()
      change()
      const seen = []
      for (let cycle = 0; cycle < 4; cycle += 1) seen.push(await bench.observe())
      assert.deepEqual(seen, [1, 2, 2, 2])
    })
  }

  for (const [what, desired, options] of [
    ['the digest of an item', [desiredOf('orders', 'd2')], {}],
    ['the name of an item', [desiredOf('order', 'd1')], {}],
    ['the number of items', [...orders, desiredOf('more', 'd1')], {}],
    ['whether every field is read', orders, { full: true }],
    ['whether every item is read', orders, { everything: true }]
  ] as const) {
    it(`are made again after a change of ${what}`, async () => {
      await bench.settle()
      await bench.observe('index', [...desired], options)
      assert.equal(bench.reads, 1)
      await bench.observe()
      assert.equal(bench.reads, 2, 'and what was kept before is gone')
    })
  }

  it('are made again after twenty cycles without one, whatever the version says', async () => {
    await bench.settle()
    for (let cycle = 0; cycle < 20; cycle += 1) await bench.observe()
    assert.equal(bench.reads, 0)
    await bench.observe()
    assert.equal(bench.reads, 1)
    for (let cycle = 0; cycle < 20; cycle += 1) await bench.observe()
    assert.equal(bench.reads, 1)
  })

  it('are made every time as long as they must not be kept', async () => {
    bench.keep = false
    for (let cycle = 0; cycle < 4; cycle += 1) await bench.observe()
    assert.equal(bench.reads, 4)
    bench.keep = true
    for (let cycle = 0; cycle < 4; cycle += 1) await bench.observe()
    assert.equal(bench.reads, 6)
  })

  for (const [why, answer] of [
    ['we may not see the version', { status: 403, body: { error: { type: 'security_exception' } } }],
    ['the version is not told', { status: 200, body: {} }],
    ['only half of the version is told', { status: 200, body: { version: 7 } }]
  ] as const) {
    it(`are made every time when ${why}`, async () => {
      bench.link.answers[state] = () => answer
      for (let cycle = 0; cycle < 4; cycle += 1) await bench.observe()
      assert.equal(bench.reads, 4)
    })
  }

  it('forget what was kept while the version could not be seen', async () => {
    await bench.settle()
    const { [state]: known = () => ({ status: 200, body: {} }) } = bench.link.answers
    bench.link.answers[state] = () => ({ status: 403, body: {} })
    await bench.observe()
    bench.link.answers[state] = known
    await bench.observe()
    assert.equal(bench.reads, 2)
  })

  it('fail when the version cannot be asked for, and are not taken from before', async () => {
    await bench.settle()
    bench.link.answers[state] = () => ({
      status: 503,
      body: { error: { type: 'master_not_discovered_exception', reason: 'none' } }
    })
    await assert.rejects(bench.observe(), { code: 'UNAVAILABLE', message: 'none' })
    assert.equal(bench.reads, 0)
  })

  it('stay what they were when one fails, and are made again', async () => {
    await bench.settle()
    bench.version += 1
    const failing = bench.readings.observe(
      'index',
      orders,
      testCycle(),
      () => Promise.reject(new Error('no')),
      () => true
    )
    await assert.rejects(failing, /no/)
    await bench.observe()
    assert.equal(bench.reads, 1)
  })

  it('ask for server and version once in a cycle of several kinds', async () => {
    const cycle = testCycle()
    await Promise.all(['index', 'alias', 'pipeline'].map((kind) => bench.observe(kind, orders, cycle)))
    assert.deepEqual(bench.link.take(), [root, state])
    assert.equal(bench.reads, 3)
  })

  it('keep kinds apart', async () => {
    await bench.settle()
    await bench.observe('alias')
    assert.equal(bench.reads, 1)
    await bench.observe('index')
    assert.equal(bench.reads, 1)
  })

  it('share within a cycle what is read once, and never beyond', async () => {
    let catalogs = 0
    const read = (reader: Reader): Promise<number> => reader.once('catalog', () => Promise.resolve((catalogs += 1)))
    const observe = (kind: string, cycle: Cycle): Promise<number> =>
      bench.readings.observe(kind, orders, cycle, read, () => true)
    const first = testCycle()
    assert.deepEqual(await Promise.all([observe('index', first), observe('alias', first)]), [1, 1])
    const second = testCycle()
    assert.deepEqual([await observe('index', second), await observe('alias', second)], [2, 2])
  })

  it('are made in the same cycle after one that failed: the failure is not shared', async () => {
    const cycle = testCycle()
    const { [state]: known = () => ({ status: 200, body: {} }) } = bench.link.answers
    bench.link.answers[state] = () => Promise.reject(new ReconcileError('UNREACHABLE', 'not there'))
    const both = await Promise.allSettled(['index', 'alias'].map((kind) => bench.observe(kind, orders, cycle)))
    assert.deepEqual(
      both.map(({ status }) => status),
      ['rejected', 'rejected']
    )
    bench.link.answers[state] = known
    assert.equal(await bench.observe('index', orders, cycle), 1)
  })

  it('ask again who the server is after that question failed', async () => {
    const { [root]: known = () => ({ status: 200, body: {} }) } = bench.link.answers
    bench.link.answers[root] = () => Promise.reject(new ReconcileError('UNREACHABLE', 'not there'))
    await assert.rejects(bench.observe(), { code: 'UNREACHABLE' })
    bench.link.answers[root] = known
    await bench.observe()
    await bench.observe()
    assert.deepEqual(bench.link.take(), [root, root, state, state])
  })

  it('know the server they are made on', async () => {
    let seen: unknown
    const read = ({ server }: Reader): Promise<void> => Promise.resolve(void (seen = server))
    await bench.readings.observe('index', orders, testCycle(), read, () => true)
    assert.deepEqual(seen, { distribution: 'elasticsearch', version: '9.4.3', clusterId: 'c-root' })
  })
})

describe('the id of a cluster', () => {
  it('costs no request in a cycle that has observed', async () => {
    const bench = new Bench()
    const cycle = testCycle()
    await bench.observe('index', orders, cycle)
    bench.link.take()
    assert.equal(await bench.readings.clusterId(cycle), 'c-state')
    assert.deepEqual(bench.link.take(), [])
  })

  it('is the one the server named when the state is not to be seen', async () => {
    const bench = new Bench()
    bench.link.answers[state] = () => ({ status: 403, body: {} })
    assert.equal(await bench.readings.clusterId(testCycle()), 'c-root')
  })

  it('is that of the cluster that answers now', async () => {
    const bench = new Bench()
    await bench.observe()
    bench.link.answers[state] = () => ({ status: 200, body: { version: 1, state_uuid: 'z', cluster_uuid: 'c-other' } })
    assert.equal(await bench.readings.clusterId(testCycle()), 'c-other')
  })
})
