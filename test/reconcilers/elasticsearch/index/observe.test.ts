import assert from 'node:assert/strict'
import { observeIndices } from '../../../../reconcilers/elasticsearch/index/observe.ts'
import { Readings } from '../../../../reconcilers/elasticsearch/readings.ts'
import { testCycle } from '../../../../src/testing/cycle.ts'
import type { Json } from '../../../../src/records.ts'
import { indexKind } from '../../../../reconcilers/elasticsearch/index/kind.ts'
import { items } from '../items.ts'
import { refusal, ScriptedLink, type Scripted } from '../scripted-link.ts'

describe('observing indices again after the cluster has changed', () => {
  it('keeps what did not change as the same object, and shows what did', async () => {
    let interval = '5s'
    const indexOf = (refresh: string): Json => ({
      settings: { 'index.refresh_interval': refresh },
      mappings: { properties: { sku: { type: 'keyword' } } },
      aliases: {}
    })
    const link = new ScriptedLink({
      'GET /_resolve/index/*': {
        indices: ['orders', 'stock'].map((name) => ({ name, attributes: ['open'] })),
        aliases: [],
        data_streams: []
      },
      'GET /orders,stock': () => ({ orders: indexOf('1s'), stock: indexOf(interval) })
    })
    const readings = new Readings(link)
    const observe = async () => (await observeIndices(readings, [], testCycle({ full: true, everything: true }))).items
    const before = await observe()
    interval = '9s'
    const after = await observe()
    assert.ok(after.get('orders'))
    assert.equal(after.get('orders'), before.get('orders'))
    const stock = after.get('stock')
    assert.ok(stock !== undefined && 'state' in stock)
    assert.deepEqual(stock.state.settings, { 'index.refresh_interval': '9s' })
  })
})

describe('what is read beside the indices themselves', () => {
  const settings = { 'index.number_of_shards': '2' }

  /** A cluster with these indices, aliases given as index → alias → member. */
  function cluster(
    indices: Readonly<Record<string, Readonly<Record<string, Json>>>>,
    more: Readonly<Record<string, Scripted>> = {}
  ): ScriptedLink {
    const names = Object.keys(indices)
    const aliases = [...new Set(Object.values(indices).flatMap((own) => Object.keys(own)))]
    const behind = (alias: string): string[] => names.filter((name) => Object.hasOwn(indices[name] ?? {}, alias))
    const script = {
      'GET /_resolve/index/*': {
        indices: names.map((name) => ({ name, attributes: ['open'] })),
        aliases: aliases.map((name) => ({ name, indices: behind(name) })),
        data_streams: []
      },
      'GET /_alias': Object.fromEntries(names.map((name) => [name, { aliases: indices[name] ?? {} }])),
      'POST /_security/user/_has_privileges': { index: {} },
      ...more
    }
    return new ScriptedLink(script, ({ path }) => {
      if (path.endsWith('/_mapping')) return {}
      const asked = path
        .slice(1)
        .split(',')
        .filter((name) => names.includes(name))
      return Object.fromEntries(asked.map((name) => [name, { settings, mappings: {}, aliases: indices[name] ?? {} }]))
    })
  }

  const observe = (link: ScriptedLink, declared: Readonly<Record<string, Json>>) =>
    observeIndices(new Readings(link), items(indexKind, declared), testCycle({ full: false, everything: false }))

  const risksOf = async (link: ScriptedLink, declared: Readonly<Record<string, Json>>): Promise<readonly unknown[]> => {
    const { items: seen } = await observe(link, declared)
    return items(indexKind, declared).flatMap(({ name, spec }) => {
      const sighting = seen.get(name)
      return sighting === undefined || !('state' in sighting)
        ? []
        : indexKind.compare(spec, sighting.state).map(({ path, risk }) => [name, path, risk])
    })
  }

  it('are the others in aliases an index declares, with one request more', async () => {
    const link = cluster({ 'ro-000001': {}, 'ro-000002': { ro: {} } })
    assert.deepEqual(await risksOf(link, { 'ro-000001': { aliases: { ro: {} } } }), [
      ['ro-000001', 'aliases.ro', 'disruptive']
    ])
    assert.equal(link.of('GET /_alias').length, 1)
  })

  it('are asked for only where somebody else is in the alias', async () => {
    const link = cluster({ a: { w: { is_write_index: true } }, b: { w: {} } })
    const declared = { a: { aliases: { w: {}, own: {} } }, b: { aliases: { w: { is_write_index: true } } } }
    assert.deepEqual(await risksOf(link, declared), [
      ['a', 'aliases.w', 'safe'],
      ['a', 'aliases.own', 'safe'],
      ['b', 'aliases.w', 'safe']
    ])
    assert.equal(link.of('GET /_alias').length, 0)
  })

  it('are taken for members like any other where they may not be seen', async () => {
    const link = cluster(
      { 'ro-000001': {}, 'ro-000002': { ro: { is_write_index: true } } },
      { 'GET /_alias': refusal(403, 'security_exception', 'no') }
    )
    assert.deepEqual(await risksOf(link, { 'ro-000001': { aliases: { ro: {} } } }), [
      ['ro-000001', 'aliases.ro', 'disruptive']
    ])
  })

  it('count on nothing that is paused or ignored', async () => {
    const declared = items(indexKind, { a: { aliases: { w: {} } }, b: { aliases: { w: { is_write_index: true } } } })
    for (const control of [
      { paused: true, ignore: [], exact: false },
      { paused: false, ignore: ['aliases.w'], exact: false }
    ]) {
      const link = cluster({ a: { w: { is_write_index: true } }, b: { w: {} } })
      const desired = declared.map((each) => (each.name === 'b' ? { ...each, control } : each))
      const { items: seen } = await observeIndices(
        new Readings(link),
        desired,
        testCycle({ full: false, everything: false })
      )
      const [a] = [seen.get('a')]
      assert.ok(a !== undefined && 'state' in a && desired[0] !== undefined)
      assert.deepEqual(
        indexKind.compare(desired[0].spec, a.state).map(({ risk }) => risk),
        ['disruptive']
      )
    }
  })

  it('hold an index that does not exist yet where an alias would lose its write index', async () => {
    const link = cluster({ 'ro-000002': { ro: {} } })
    const declared = items(indexKind, { 'ro-000001': { aliases: { ro: {}, other: {} } } })
    const observed = await observe(link, { 'ro-000001': { aliases: { ro: {}, other: {} } } })
    const remarks = indexKind.check?.(declared, { observed, declared: new Map() }) ?? []
    assert.deepEqual(
      remarks.map(({ name, verdict, code, path }) => [name, verdict, code, path.join('.')]),
      [['ro-000001', 'hold', 'WRITE_INDEX', 'aliases.ro']]
    )
  })

  it('are routing shards, which the server does not show, of indices that declare them', async () => {
    const state = { 'GET /_cluster/state/metadata/a': { metadata: { indices: { a: { routing_num_shards: 8 } } } } }
    const declared = (shards: number): Json => ({ settings: { number_of_routing_shards: shards } })
    const link = cluster({ a: {}, b: {} }, state)
    assert.deepEqual(await risksOf(link, { a: declared(8), b: {} }), [])
    assert.equal(link.of('GET /_cluster/state/metadata/a').length, 1)
    assert.deepEqual(await risksOf(cluster({ a: {} }, state), { a: declared(16) }), [
      ['a', 'settings.number_of_routing_shards', 'unsupported']
    ])
    const blind = cluster({ a: {} }, { 'GET /_cluster/state/metadata/a': refusal(403, 'security_exception', 'no') })
    assert.deepEqual(await risksOf(blind, { a: declared(16) }), [], 'left alone where it cannot be seen')
  })

  it('are indices that may be hidden from us', async () => {
    const rights = {
      'POST /_security/user/_has_privileges': {
        index: { a: { view_index_metadata: false }, b: { view_index_metadata: true } }
      }
    }
    const { items: seen } = await observe(cluster({}, rights), { a: {}, b: {} })
    assert.deepEqual(
      [...seen].map(([name, sighting]) => [name, 'refused' in sighting]),
      [['a', true]]
    )
  })

  it('are generations behind an alias, and what nobody declares', async () => {
    const { items: seen } = await observe(cluster({ 'shop-1': { shop: { is_write_index: true } }, other: {} }), {
      shop: { strategy: 'reindex' }
    })
    const described = [...seen].flatMap(([name, sighting]) =>
      'state' in sighting ? [[name, indexKind.describe?.(sighting.state)]] : []
    )
    assert.deepEqual(described, [
      ['other', {}],
      ['shop', { settings: { number_of_shards: '2' } }]
    ])
  })
})
