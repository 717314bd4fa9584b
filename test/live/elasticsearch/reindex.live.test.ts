import assert from 'node:assert/strict'
import { readConnectionSettings } from '../../../reconcilers/elasticsearch/connection/settings.ts'
import { cancel, endingOf, findRunning } from '../../../reconcilers/elasticsearch/index/reindex/task.ts'
import { ClientLink } from '../../../reconcilers/elasticsearch/connection/client-link.ts'
import { Environment } from '../../../src/connect/environment.ts'
import type { SeenRequest } from '../../servers/fault-server.ts'
import { rounds } from '../../rounds.ts'
import { MortalSidecar } from '../mortal.ts'
import { readAll, startTraffic } from './clients.ts'
import {
  elasticsearchVersions,
  eventually,
  openScene,
  sharedNodeOrSkip,
  type ElasticsearchNode,
  type Scene
} from './harness.ts'
import { openLine, told, type Line } from './line.ts'

const seeds = 2_000

/** POST requests that change nothing. */
const askingPosts = /\/(_refresh|_has_privileges|explain|_search)$|\/_simulate_index\//

const isWrite = ({ method, path }: SeenRequest): boolean => ['PUT', 'POST'].includes(method) && !askingPosts.test(path)

const declaration = (type: string, shards: number, strategy: string) => ({
  strategy,
  settings: { number_of_shards: shards, number_of_replicas: 0, refresh_interval: '1s' },
  mappings: { properties: { sku: { type }, n: { type: 'integer' } } }
})

/** A life takes seconds, and both versions of Elasticsearch answer the same. */
const deadly = ['9.4.3', 'opensearch-3.8.0', '8.19.8'].slice(0, rounds(2, 3))

for (const version of elasticsearchVersions.filter((each) => ['9.4.3', '8.19.8', 'opensearch-3.8.0'].includes(each))) {
  describe(`reindexing on ${version}`, function () {
    this.timeout(240_000)
    let node: ElasticsearchNode
    let scene: Scene
    let line: Line

    before(async function () {
      node = await sharedNodeOrSkip(this, version)
    })

    /** An alias `shop` in front of one generation with 2,000 documents. */
    beforeEach(async () => {
      scene = await openScene(node)
      line = openLine(node, scene)
      await replaceBy('keyword')
      await scene.hand.bulk(
        scene.name('shop'),
        Array.from({ length: seeds }, (_, n) => ({ sku: `s${n}`, n }))
      )
    })

    afterEach(() => scene.hand.clear(scene.prefix))

    const declare = (type: string, shards = 1, strategy = 'reindex'): void =>
      line.declare({ indices: { [scene.name('shop')]: declaration(type, shards, strategy) } })

    /** Applies this until all is as declared, and fails unless it then stays so. */
    async function replaceBy(type: string, shards?: number, strategy?: string): Promise<void> {
      declare(type, shards, strategy)
      const report = await line.apply(120_000)
      assert.equal(report.status, 'in-sync', JSON.stringify(report.outcomes))
    }

    const current = async (): Promise<string> => {
      const members = Object.keys(await scene.hand.alias(scene.name('shop')))
      assert.equal(members.length, 1, `${members.join(', ')} behind the alias`)
      return members[0] ?? ''
    }

    const shown = (moment: string, write: string): string => `${moment} ${write.replaceAll(scene.prefix, '')}`

    const markerOf = async (short: string): Promise<string> =>
      JSON.stringify((await scene.hand.index(scene.name(short)))?.mappings['_meta'])

    const isBlocked = async (short: string): Promise<boolean> =>
      (await scene.hand.index(scene.name(short)))?.settings['index.blocks.write'] === 'true'

    it('loses and doubles nothing while clients write and search all the while', async () => {
      const alias = scene.name('shop')
      const seeded = await readAll(scene.hand, alias)
      const traffic = startTraffic(scene.hand, alias, seeds)
      await replaceBy('text', 2)
      await traffic.stop()
      assert.equal(await current(), scene.name('shop-2'))
      assert.deepEqual(await readAll(scene.hand, alias), new Map([...seeded, ...traffic.documents]))
      assert.ok(traffic.documents.size > 0)
      const made = await scene.hand.index(scene.name('shop-2'))
      assert.equal(made?.settings['index.number_of_shards'], '2')
      assert.equal(made.settings['index.refresh_interval'], '1s')
      assert.deepEqual(
        await scene.hand.names(scene.prefix),
        ['shop-1', 'shop-2'].map((short) => scene.name(short)),
        'the old generation is kept'
      )
      assert.equal(await isBlocked('shop-1'), false)
      assert.match(JSON.stringify((await line.plan()).warnings), /shop-1 was replaced by .*shop-2 at 20/)
    })

    if (deadly.includes(version)) it('continues after kill -9 at each of its writes', continuesAfterKills)

    async function continuesAfterKills(this: Mocha.Context): Promise<void> {
      this.timeout(480_000)
      const alias = scene.name('shop')
      const seeded = await readAll(scene.hand, alias)
      const traffic = startTraffic(scene.hand, alias, seeds)
      await scene.declare({ indices: { shop: declaration('text', 1, 'reindex') } })
      const env = (url: string) => ({ ...scene.env, ELASTICSEARCH_URL: url })
      const sidecar = await MortalSidecar.behind({
        service: 'elasticsearch',
        url: node.url,
        dir: scene.dir,
        env,
        isWrite,
        headers: ['x-elastic-product']
      })
      const isDone = async (): Promise<boolean> =>
        (await current()) === scene.name('shop-2') &&
        (await markerOf('shop-2')) === '{"infometis":{"owner":"infometis"}}'
      const deaths: string[] = []
      // Markers of the task, of its end, and of the end of all.
      const most = (write: string): number => (write.endsWith('shop-2/_mapping') ? 3 : 1)
      // Before one write is after the one before it, and a life takes seconds.
      const moments = ['after', 'before'].slice(0, rounds(1, 2))
      const isLast = (moment: string, write: string): boolean =>
        moments.includes(moment) && deaths.filter((death) => death === shown(moment, write)).length < most(write)
      for (;;) {
        const end = await sidecar.live(isLast, isDone)
        if (end === undefined) break
        deaths.push(shown(...end))
      }
      await sidecar.stop()
      await traffic.stop()
      const marks = ['PUT /shop-2/_mapping', 'PUT /shop-2/_mapping', 'PUT /shop-2/_mapping']
      const writes = [
        'PUT /shop-2',
        'PUT /shop-1/_block/write',
        'POST /_reindex',
        ...marks,
        'PUT /shop-2/_settings',
        'POST /_aliases',
        'PUT /shop-1/_settings',
        'PUT /shop-1/_mapping'
      ]
      assert.deepEqual(
        deaths.toSorted(),
        moments.flatMap((moment) => writes.map((write) => `${moment} ${write}`)).toSorted()
      )
      assert.deepEqual(await readAll(scene.hand, alias), new Map([...seeded, ...traffic.documents]))
      assert.deepEqual(
        await scene.hand.names(scene.prefix),
        ['shop-1', 'shop-2'].map((short) => scene.name(short))
      )
      assert.equal((await isBlocked('shop-1')) || (await isBlocked('shop-2')), false)
      declare('text')
      assert.equal((await line.cycle()).status, 'in-sync')
    }

    it('needs no write block when writers write to both', async () => {
      const seeded = await readAll(scene.hand, scene.name('shop'))
      const traffic = startTraffic(scene.hand, scene.name('shop'), seeds, scene.name('shop-2'))
      await replaceBy('text', 1, 'reindex-dual-write')
      await traffic.stop()
      assert.equal(traffic.refused, 0)
      assert.equal(await current(), scene.name('shop-2'))
      assert.deepEqual(await readAll(scene.hand, scene.name('shop')), new Map([...seeded, ...traffic.documents]))
    })

    it('leaves somebody else’s write block alone', async () => {
      await scene.hand.putSettings(scene.name('shop-1'), { 'index.blocks.write': true })
      await replaceBy('text')
      assert.equal(await current(), scene.name('shop-2'))
      assert.equal(await isBlocked('shop-1'), true)
      assert.equal(await scene.hand.count(scene.name('shop')), seeds)
    })

    it('does nothing while the cluster has no room for more shards', async () => {
      await scene.hand.must('PUT', '/_cluster/settings', { persistent: { 'cluster.max_shards_per_node': 1 } })
      try {
        declare('text')
        assert.match(
          told(await line.cycle(), scene.name('shop')).join(),
          /no room to reindex .*shop-1: it takes 1 more shards/
        )
        assert.match(told(await line.cycle(), scene.name('shop')).join(), /no room to reindex/)
        assert.deepEqual(await scene.hand.names(scene.prefix), [scene.name('shop-1')])
      } finally {
        await scene.hand.must('PUT', '/_cluster/settings', { persistent: { 'cluster.max_shards_per_node': null } })
      }
    })

    it('lifts its block and names the document that does not fit', async () => {
      await scene.hand.must('PUT', `/${scene.name('shop')}/_doc/odd?refresh=true`, { sku: 'not a number', n: 1 })
      declare('long')
      assert.match(told(await line.apply(), scene.name('shop')).join(), /REJECTED.*document .*sku/)
      assert.equal(await current(), scene.name('shop-1'))
      assert.equal(await isBlocked('shop-1'), false)
      assert.match(await markerOf('shop-2'), /"failed":/)
    })

    it('sees a copy that runs, whoever began it, sliced or not, and how it ended', async () => {
      const env = new Environment(scene.env)
      const link = new ClientLink(readConnectionSettings(env))
      const { signal } = new AbortController()
      for (const slices of [1, 2]) {
        const route = { from: scene.name('shop-1'), to: scene.name(`copy-${slices}`) }
        const body = { source: { index: route.from, size: 100 }, dest: { index: route.to } }
        const begun = await scene.hand.must(
          'POST',
          `/_reindex?wait_for_completion=false&requests_per_second=400&slices=${slices}`,
          body
        )
        const running = await eventually(async () => {
          const found = await findRunning(link, route, signal)
          assert.ok(found !== undefined && found.copied > 0)
          return found
        })
        assert.deepEqual(begun, { task: running.id })
        assert.ok(running.total === seeds && running.copied < seeds, JSON.stringify(running))
        assert.deepEqual(await endingOf(link, running.id, signal), { end: 'running' })
        await cancel(link, running.id, signal)
        const ending = await eventually(async () => {
          const end = await endingOf(link, running.id, signal)
          assert.notEqual(end.end, 'running')
          return end
        })
        assert.equal(ending.end, 'refused', JSON.stringify([slices, ending]))
      }
      assert.deepEqual(await endingOf(link, 'none:1', signal), { end: 'lost' })
      await link.close()
    })
  })
}
