import assert from 'node:assert/strict'
import fc from 'fast-check'
import { createIndices } from '../../../../../reconcilers/elasticsearch/index/create.ts'
import { indexKind } from '../../../../../reconcilers/elasticsearch/index/kind.ts'
import { item } from '../../items.ts'
import type { ClusterModel } from './cluster-model.ts'
import { after, before, cycle, settle, shop } from './stage.ts'

const blocked = (cluster: ClusterModel, index: string): boolean =>
  cluster.indices.get(index)?.settings['index.blocks.write'] === 'true'
const marker = (cluster: ClusterModel, index: string): string =>
  JSON.stringify(cluster.indices.get(index)?.mappings['_meta'] ?? {})

/** What is left when all is over, without times. */
function remains(cluster: ClusterModel): unknown {
  return [...cluster.indices].map(([name, { settings, mappings, aliases, documents }]) => ({
    name,
    settings,
    mappings: JSON.stringify(mappings).replace(/"at":"[^"]+"/, '"at":""'),
    aliases,
    documents: documents.size
  }))
}

describe('reindexing', () => {
  it('copies, swaps and leaves nothing of its own behind', async () => {
    const cluster = shop()
    assert.equal(await settle(cluster, after), '')
    const [old, current] = [cluster.indices.get('shop-1'), cluster.indices.get('shop-2')]
    assert.deepEqual(current?.documents, old?.documents)
    assert.deepEqual(current?.aliases, { shop: { is_write_index: true }, all: { filter: { term: { sku: 'a' } } } })
    assert.deepEqual(old?.aliases, {})
    assert.deepEqual(current?.settings, { 'index.number_of_shards': '1', 'index.number_of_replicas': '0' })
    assert.deepEqual(current.mappings, {
      properties: { sku: { type: 'text' }, other: { type: 'date' } },
      _meta: { team: 'red', infometis: { owner: 'us' } }
    })
    assert.equal(blocked(cluster, 'shop-1'), false)
    assert.match(marker(cluster, 'shop-1'), /"replaced":{"by":"shop-2","at":"20/)
  })

  it('does each of its writes once', async () => {
    const cluster = shop()
    await settle(cluster, after)
    assert.deepEqual(cluster.writes, [
      'PUT /shop-2',
      'PUT /shop-1/_block/write',
      'POST /_reindex',
      'PUT /shop-2/_mapping',
      'PUT /shop-2/_mapping',
      'PUT /shop-2/_settings',
      'POST /_aliases',
      'PUT /shop-1/_settings',
      'PUT /shop-1/_mapping',
      'PUT /shop-2/_mapping'
    ])
  })

  it('is found through no alias before it is full, whatever templates say', async () => {
    const cluster = shop()
    cluster.given = { everything: {}, all: { is_write_index: false } }
    cluster.add('log-1', { aliases: { everything: { is_write_index: true } } })
    Object.assign(cluster.indices.get('shop-1')?.aliases ?? {}, { all: { is_write_index: true } })
    const seen = new Set<string>()
    await settle(cluster, after, () => {
      const { aliases = {}, documents } = cluster.indices.get('shop-2') ?? {}
      if (documents !== undefined && documents.size < 10) seen.add(Object.keys(aliases).join())
    })
    assert.deepEqual([...seen], [''])
    assert.deepEqual(cluster.indices.get('shop-2')?.aliases, {
      shop: { is_write_index: true },
      all: { is_write_index: true }
    })
  })

  it('is not begun where a template would take the write index from an alias', async () => {
    const cluster = shop()
    cluster.given = { all: {} }
    assert.match(
      await settle(cluster, after),
      /shop-1 cannot be reindexed: a template puts shop-2 into alias all.*is_write_index of shop-1/
    )
    assert.deepEqual([...cluster.indices.keys()], ['shop-1'])
  })

  it('says how far it is, in tenths', async () => {
    const cluster = shop()
    const said: string[] = []
    for (let cycles = 0; cycles < 6; cycles += 1) {
      const result = await cycle(cluster, after)
      if (result?.result === 'waiting') said.push(result.why)
    }
    assert.deepEqual(
      said,
      ['0 % (0 of 10)', '30 % (3 of 10)', '60 % (6 of 10)', '90 % (9 of 10)'].map((part) => `reindexing shop: ${part}`)
    )
  })

  it('asks little while documents are copied', async () => {
    const cluster = shop()
    await cycle(cluster, after)
    cluster.asked.length = 0
    await cycle(cluster, after)
    assert.deepEqual(cluster.asked.slice(-2), ['GET /shop-1,shop-2', 'GET /_tasks'])
  })

  it('ends the same wherever it is killed, before or after a write, and nothing written by clients is lost (property)', async () => {
    const calm = shop()
    await settle(calm, after)
    const crash = fc.record({ at: fc.nat(11), reached: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        fc.array(crash, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(12), { maxLength: 30 }),
        async (crashes, ids) => {
          const cluster = shop()
          const left = [...crashes]
          const armed = (): void => {
            const next = left.pop()
            if (next !== undefined) cluster.crashAt(next.at, next.reached)
          }
          const written = new Map(cluster.indices.get('shop-1')?.documents)
          const queue = ids.map((id, n) => [`d${id}`, `w${n}`] as const)
          const client = (): void => {
            const [next] = queue
            if (next !== undefined && cluster.write('shop', ...next)) written.set(...(queue.shift() ?? next))
            armed()
          }
          client()
          assert.equal(await settle(cluster, after, client), '')
          assert.deepEqual(cluster.indices.get('shop-2')?.documents, written)
          const strip = (rest: unknown): unknown =>
            JSON.parse(JSON.stringify(rest, (key, value: unknown) => (key === 'documents' ? 0 : value)))
          assert.deepEqual(strip(remains(cluster)), strip(remains(calm)))
        }
      ),
      { numRuns: 200 }
    )
  })

  it('begins the copy again when its task is lost with its node', async () => {
    const cluster = shop()
    await cycle(cluster, after)
    cluster.tasks.clear()
    assert.equal(await settle(cluster, after), '')
    assert.equal(cluster.indices.get('shop-2')?.documents.size, 10)
  })

  it('does not lift a write block that was there before', async () => {
    const cluster = shop()
    const source = cluster.indices.get('shop-1')
    assert.ok(source !== undefined)
    source.settings['index.blocks.write'] = 'true'
    assert.equal(await settle(cluster, after), '')
    assert.equal(blocked(cluster, 'shop-1'), true)
    assert.equal(blocked(cluster, 'shop-2'), true, 'what nobody declared survives')
    assert.ok(!cluster.writes.includes('PUT /shop-1/_block/write'))
  })

  it('leaves everything as it is without room, for shards or on disks', async () => {
    for (const [mostShards, free] of [
      [1, 900],
      [1_000, 150]
    ] as const) {
      const cluster = shop()
      cluster.mostShards = mostShards
      cluster.free = free
      const result = await cycle(cluster, after)
      assert.equal(result?.result === 'failed' && result.error.code, 'UNAVAILABLE')
      assert.deepEqual(cluster.writes, [])
    }
  })

  it('lifts its block, keeps the generation and does not try again when a document does not fit', async () => {
    const cluster = shop()
    cluster.refuses = (document) => (document === 'bad' ? 'failed to parse field [sku]' : undefined)
    cluster.indices.get('shop-1')?.documents.set('d4', 'bad')
    const why = await settle(cluster, after)
    assert.match(why, /^shop-1 cannot be reindexed: document "d4": failed to parse field \[sku\]; shop-2 is kept/)
    assert.equal(blocked(cluster, 'shop-1'), false)
    const { length } = cluster.writes
    assert.match(await settle(cluster, after), /shop-2 is kept/)
    assert.equal(cluster.writes.length, length)
    cluster.refuses = () => undefined
    cluster.indices.delete('shop-2')
    assert.equal(await settle(cluster, after), '')
  })

  it('is called off when the declaration goes back: the block is lifted, the task stopped, the generation kept', async () => {
    const cluster = shop()
    await cycle(cluster, after)
    assert.equal(blocked(cluster, 'shop-1'), true)
    assert.equal(await settle(cluster, before), '')
    assert.equal(blocked(cluster, 'shop-1'), false)
    assert.match(JSON.stringify([...cluster.tasks.values()][0]?.ended), /canceled/)
    assert.match(marker(cluster, 'shop-2'), /"failed":"the declaration no longer needs it"/)
    assert.deepEqual(Object.keys(cluster.indices.get('shop-1')?.aliases ?? {}), ['shop', 'all'])
  })

  it('is called off when the strategy is taken away', async () => {
    const cluster = shop()
    await cycle(cluster, after)
    const { strategy: _, ...rest } = before
    await assert.rejects(
      settle(cluster, rest),
      /alias of shop-1/,
      'and then the item waits, as every alias that is declared as an index'
    )
    assert.equal(blocked(cluster, 'shop-1'), false)
  })

  it('begins another generation when the declaration changes in the middle', async () => {
    const cluster = shop()
    await cycle(cluster, after)
    const other = { strategy: 'reindex', mappings: { properties: { sku: { type: 'long' } } } }
    assert.equal(await settle(cluster, other), '')
    assert.deepEqual(Object.keys(cluster.indices.get('shop-3')?.aliases ?? {}).toSorted(), ['all', 'shop'])
    assert.match(marker(cluster, 'shop-2'), /the declaration has changed/)
    assert.equal(blocked(cluster, 'shop-1'), false)
  })

  it('continues when only what changes in place is declared otherwise', async () => {
    const cluster = shop()
    await cycle(cluster, after)
    assert.equal(await settle(cluster, { ...after, settings: { refresh_interval: '7s' } }), '')
    assert.equal(cluster.indices.get('shop-2')?.settings['index.refresh_interval'], '7s')
    assert.equal(cluster.indices.has('shop-3'), false)
  })

  it('continues when something else of the item is refused, for writers wait for it, and says so at the end', async () => {
    const cluster = shop()
    await cycle(cluster, after)
    cluster.refusesSetting = 'index.max_result_window'
    assert.match(await settle(cluster, { ...after, settings: { max_result_window: 5 } }), /refused/)
    assert.deepEqual(Object.keys(cluster.indices.get('shop-2')?.aliases ?? {}).toSorted(), ['all', 'shop'])
    assert.equal(blocked(cluster, 'shop-1'), false)
  })

  it('is not begun beside something that is refused', async () => {
    const cluster = shop()
    cluster.refusesSetting = 'index.max_result_window'
    assert.match(await settle(cluster, { ...after, settings: { max_result_window: 5 } }), /refused/)
    assert.equal(cluster.indices.has('shop-2'), false)
  })

  it('stops when somebody lifts the block while documents are copied: what was written since would be missing', async () => {
    const cluster = shop()
    await cycle(cluster, after)
    delete cluster.indices.get('shop-1')?.settings['index.blocks.write']
    assert.match(await settle(cluster, after), /somebody lifted the write block of shop-1/)
  })

  it('never swaps when a document is missing', async () => {
    const cluster = shop()
    await cycle(cluster, after)
    while ([...cluster.tasks.values()].some(({ left }) => left.length > 0)) await cycle(cluster, after)
    cluster.indices.get('shop-2')?.documents.delete('d0')
    assert.match(await settle(cluster, after), /9 of 10 documents/)
  })

  it('refuses nobody with dual write, and copies again what a writer missed', async () => {
    const cluster = shop()
    const dual = { ...after, strategy: 'reindex-dual-write' }
    await cycle(cluster, dual)
    assert.equal(cluster.write('shop', 'late', 'v2'), true)
    assert.equal(await settle(cluster, dual), '')
    assert.equal(cluster.indices.get('shop-2')?.documents.get('late'), 'v2')
    assert.ok(!cluster.writes.includes('PUT /shop-1/_block/write'))
  })

  it('does not take generations for its own that have lost their alias: which one was in use cannot be told', async () => {
    const cluster = shop()
    await settle(cluster, after)
    for (const index of cluster.indices.values())
      for (const alias of Object.keys(index.aliases)) delete index.aliases[alias]
    const [result] = await createIndices(cluster, [item(indexKind, 'shop', after)], 'us', new AbortController().signal)
    assert.match(
      result?.result === 'failed' ? result.error.message : '',
      /shop-1 is there and alias shop is not in front of it/
    )
  })
})
