/**
 * What 1,000 indices cost in requests, counted in front of the server.
 */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { FaultProxy, type FaultServer } from '../../servers/fault-server.ts'
import { eventually, nodeOrSkip, openScene, type Access, type ElasticsearchNode, type Scene } from './harness.ts'
import { openLine, type Line } from './line.ts'

const count = 1_000
const version = 'GET /_cluster/state/version'

describe('1,000 indices', function () {
  this.timeout(240_000)
  let node: ElasticsearchNode
  let proxy: FaultServer
  let server: Access
  let scene: Scene
  let line: Line
  const names = Array.from({ length: count }, (_, position) => `i-${position}`)
  /** Seconds, of all and of one of them: other ones at each attempt at a test. */
  let refresh = 5
  let other = 60

  before(async function () {
    // A node of its own: 1,000 shards need a larger heap and limit, and cycles are idle only where nobody else writes.
    // Four at a time is how many primary shards a node starts otherwise, and it takes long after they were created.
    const settings = {
      'cluster.max_shards_per_node': '5000',
      'cluster.routing.allocation.node_initial_primaries_recoveries': '100'
    }
    node = await nodeOrSkip(this, { heap: '1g', settings })
    proxy = await FaultProxy.start(node.url)
    server = { url: proxy.url }
    scene = await openScene(node)
    line = openLine(server, scene)
  })

  after(async () => {
    await line?.close()
    await proxy?.stop()
    await node?.stop()
  })

  function declared(interval: string): Readonly<Record<string, Json>> {
    const spec = {
      settings: { number_of_shards: 1, number_of_replicas: 0, refresh_interval: interval },
      mappings: {
        properties: {
          sku: { type: 'keyword', ignore_above: 256 },
          price: { type: 'double' },
          title: { type: 'text', fields: { raw: { type: 'keyword' } } }
        }
      }
    }
    return Object.fromEntries(names.map((name) => [name, spec]))
  }

  /** What was asked, as `GET /path` without the names of indices → how often. */
  function asked(): Readonly<Record<string, number>> {
    const said = proxy.requests.map(({ method, path }) => `${method} ${path.replace(/i-\d+(,i-\d+)*/, '<names>')}`)
    proxy.reset()
    return Object.fromEntries([...Map.groupBy(said, (each) => each)].map(([each, { length }]) => [each, length]))
  }

  const sum = (counts: Readonly<Record<string, number>>): number =>
    Object.values(counts).reduce((all, each) => all + each, 0)

  /** Fails unless cycles find with one small request that there is nothing to do, once everything was read twice. */
  async function assertIdle(one: Line): Promise<void> {
    await eventually(async () => {
      proxy.reset()
      assert.equal((await one.cycle()).status, 'in-sync')
      assert.deepEqual(asked(), { [version]: 1 })
    })
    for (const _ of [1, 2, 3]) await one.cycle()
    assert.deepEqual(asked(), { [version]: 3 })
  }

  it('are created with one request each, at most eight at a time', async () => {
    // What an earlier attempt has made.
    await scene.hand.deleteIndices(await scene.hand.names('i-'))
    line.declare({ indices: declared(`${refresh}s`) })
    proxy.reset()
    const report = await line.apply(200_000)
    assert.equal(report.counts.keep, count)
    assert.equal(proxy.mostInFlight, 8)
    const requests = asked()
    assert.equal(requests['PUT /<names>'], count)
    assert.ok(sum(requests) <= count + 40, JSON.stringify(requests))
  })

  it('cost an idle cycle one request, whatever their number', async () => {
    await scene.hand.must('GET', '/_cluster/health?wait_for_status=green&timeout=55s')
    await assertIdle(line)
  })

  it('cost a reconciler that starts at most six requests, and no write', async () => {
    const starting = openLine(server, scene)
    starting.declare({ indices: declared(`${refresh}s`) })
    proxy.reset()
    assert.equal((await starting.cycle()).counts.keep, count)
    const requests = asked()
    assert.ok(sum(requests) <= 6, JSON.stringify(requests))
    assert.deepEqual(
      Object.keys(requests).filter((each) => !each.startsWith('GET ')),
      []
    )
  })

  it('ask for their aliases with one request more, and for the version once', async () => {
    const both = openLine(server, scene)
    both.declare({ indices: declared(`${refresh}s`), aliases: {} })
    proxy.reset()
    await both.cycle()
    const first = asked()
    assert.deepEqual(
      [first[version], first['GET /'], first['GET /_resolve/index/*'], first['GET /_alias']],
      [1, 1, 1, 1]
    )
    assert.ok(sum(first) <= 7, JSON.stringify(first))
    await assertIdle(both)
  })

  it('get one changed setting in at most five requests', async () => {
    refresh += 1
    line.declare({ indices: declared(`${refresh}s`) })
    proxy.reset()
    assert.equal((await line.apply()).counts.keep, count)
    const requests = asked()
    const puts = requests['PUT /<names>/_settings'] ?? 0
    assert.ok(puts >= 1 && puts <= 5, JSON.stringify(requests))
    assert.deepEqual(
      Object.keys(requests).filter((each) => !each.startsWith('GET ')),
      ['PUT /<names>/_settings']
    )
    assert.equal((await scene.hand.index('i-999'))?.settings['index.refresh_interval'], `${refresh}s`)
  })

  it('are put behind ten aliases, and moved to others, with one request each time', async () => {
    const aliases = (shift: number): Json =>
      Object.fromEntries(
        Array.from({ length: 10 }, (_, tens) => [
          `all-${tens}`,
          Object.fromEntries(
            names.slice(tens * 100, tens * 100 + 50).map((_name, at) => [`i-${tens * 100 + at + shift}`, {}])
          )
        ])
      )
    for (const shift of [0, 50]) {
      line.declare({ aliases: aliases(shift) })
      proxy.reset()
      assert.equal((await line.apply()).counts.keep, 10)
      assert.equal(asked()['POST /_aliases'], 1)
      assert.deepEqual(Object.keys(await scene.hand.alias('all-9')).length, 50)
    }
    assert.deepEqual(Object.keys(await scene.hand.alias('all-0')).toSorted()[0], 'i-50')
  })

  it('with other declarations that change are read again, and only the changed one is written', async () => {
    other += 1
    line.declare({ indices: { ...declared(`${refresh}s`), 'i-500': { settings: { refresh_interval: `${other}s` } } } })
    proxy.reset()
    await line.apply()
    assert.deepEqual(
      Object.entries(asked()).filter(([each]) => !each.startsWith('GET ')),
      [['PUT /<names>/_settings', 1]]
    )
    assert.equal((await scene.hand.index('i-499'))?.settings['index.refresh_interval'], `${refresh}s`)
  })
})
