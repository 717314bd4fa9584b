/**
 * Settings of the whole cluster.
 */
import assert from 'node:assert/strict'
import { testCall, testCycle } from '../../../../src/testing/cycle.ts'
import type { Json } from '../../../../src/records.ts'
import type { Observed } from '../../../../src/contract.ts'
import fc from 'fast-check'
import { clusterKind, clusterResource } from '../../../../reconcilers/elasticsearch/cluster/index.ts'
import type { ClusterState } from '../../../../reconcilers/elasticsearch/cluster/kind.ts'
import { sameSetting } from '../../../../reconcilers/elasticsearch/cluster/values.ts'
import { Readings } from '../../../../reconcilers/elasticsearch/readings.ts'
import { item, messagesOf, remarksOf, shown, updateOf } from '../items.ts'
import { refusal, ScriptedLink, type Scripted } from '../scripted-link.ts'

const call = testCall()
type Settings = Readonly<Record<string, string | readonly string[]>>

function live(persistent: Settings, transient: Settings = {}): ClusterState {
  return { persistent: new Map(Object.entries(persistent)), transient: new Map(Object.entries(transient)) }
}

function differences(persistent: Readonly<Record<string, unknown>>, state: ClusterState = live({})): readonly string[] {
  return shown(clusterKind.compare(item(clusterKind, 'settings', { persistent }).spec, state))
}

function seen(state: ClusterState): Observed<ClusterState> {
  return { items: new Map([['settings', { state }]]), facts: undefined }
}

describe('comparing cluster settings', () => {
  it('compares declared keys only, flat or nested, as text', () => {
    const state = live({ 'cluster.max_shards_per_node': '1000', 'search.max_buckets': '5' })
    assert.deepEqual(differences({ cluster: { max_shards_per_node: 1000 } }, state), [])
    assert.deepEqual(differences({ 'cluster.max_shards_per_node': 2000 }, state), [
      'persistent.cluster.max_shards_per_node: "1000" → "2000" (safe)'
    ])
  })

  it('resets what is null, and finds it equal when it is not set', () => {
    assert.deepEqual(differences({ 'search.max_buckets': null }, live({ 'search.max_buckets': '5' })), [
      'persistent.search.max_buckets: "5" → null (safe)'
    ])
    assert.deepEqual(differences({ 'search.max_buckets': null }), [])
  })

  it('compares times, sizes, numbers and lists by what they mean', () => {
    const pairs = [
      ['60s', '1m'],
      ['50mb', '50MB'],
      ['1024kb', '1m'],
      ['1.0', '1'],
      ['1m', '1mb'],
      ['a,b', ['a', 'b']],
      ['0', '0s']
    ] as const
    for (const [a, b] of pairs) assert.ok(sameSetting(a, b) && sameSetting(b, a), `${a} should be ${String(b)}`)
    const others = [
      ['1m', '2mb'],
      ['1s', '2s'],
      ['a,b', ['b', 'a']],
      ['true', 'false'],
      ['0', null]
    ] as const
    for (const [a, b] of others) assert.ok(!sameSetting(a, b) && !sameSetting(b, a), `${a} should not be ${String(b)}`)
  })

  it('finds every value equal to itself', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.array(fc.string())), (value) => assert.ok(sameSetting(value, value)))
    )
  })

  it('lists what nobody declares as what would be reset', () => {
    const { spec } = item(clusterKind, 'settings', { persistent: { 'a.b': '1' } })
    assert.deepEqual(shown(clusterKind.undeclared?.(spec, live({ 'a.b': '2', 'c.d': '3' })) ?? []), [
      'persistent.c.d: "3" → null (safe)'
    ])
  })

  it('calls disruptive what stops writes or allocation, and not what ends it', () => {
    const risks = (key: string, ...values: unknown[]): unknown[] =>
      values.map(
        (value) =>
          clusterKind.compare(
            item(clusterKind, 'settings', { persistent: { [key]: value } }).spec,
            live({ [key]: 'x' })
          )[0]?.risk
      )
    assert.deepEqual(risks('cluster.blocks.read_only', true, false, null), ['disruptive', 'safe', 'safe'])
    assert.deepEqual(risks('cluster.routing.allocation.enable', 'none', 'primaries', 'all', null), [
      'disruptive',
      'disruptive',
      'safe',
      'safe'
    ])
    assert.deepEqual(risks('cluster.routing.allocation.exclude._name', 'node-1', '', null), [
      'disruptive',
      'safe',
      'safe'
    ])
    assert.deepEqual(risks('action.auto_create_index', '-logs-*,+*', 'true'), ['disruptive', 'safe'])
    assert.deepEqual(risks('cluster.max_shards_per_node', 2000), ['safe'])
  })
})

describe('declared cluster settings', () => {
  it('are never transient', () => {
    const [remark] = messagesOf(clusterKind, { settings: { transient: { 'a.b': 1 } } })
    assert.equal(remark?.code, 'TRANSIENT')
    assert.match(remark.message, /gone after a full restart; declare them under persistent/)
  })

  it('name one value for one setting, and no patterns', () => {
    assert.deepEqual(remarksOf(clusterKind, { settings: { persistent: { a: { b: 1 }, 'a.b': 2 } } }), [
      'settings invalid VALUE persistent a.b'
    ])
    assert.deepEqual(remarksOf(clusterKind, { settings: { persistent: { a: { b: [{ c: 1 }] } } } }), [
      'settings invalid VALUE persistent a b'
    ])
    assert.deepEqual(remarksOf(clusterKind, { settings: { persistent: { 'cluster.routing.*': null } } }), [
      'settings invalid VALUE persistent cluster.routing.*'
    ])
    assert.deepEqual(remarksOf(clusterKind, { settings: { persistent: { a: { b: 1 }, 'a.b': '1' } } }), [])
  })

  it('are warned of a transient setting that wins over a declared one', () => {
    const declared = { settings: { persistent: { cluster: { max_shards_per_node: 1000 }, 'a.b': '60s' } } }
    const state = live({}, { 'cluster.max_shards_per_node': '500', 'a.b': '1m', 'c.d': 'x' })
    assert.deepEqual(remarksOf(clusterKind, declared, seen(state)), [
      'settings warn SHADOWED persistent cluster max_shards_per_node'
    ])
  })
})

describe('reading and writing cluster settings', () => {
  function setUp(script: Readonly<Record<string, Scripted>> = {}) {
    const link = new ScriptedLink({
      'GET /_cluster/settings': { persistent: { 'a.b': '1', list: ['x', 'y'] }, transient: { 'c.d': '2' } },
      'PUT /_cluster/settings': { acknowledged: true },
      ...script
    })
    return { link, resource: clusterResource(link, new Readings(link)) }
  }

  it('takes one request', async () => {
    const { link, resource } = setUp()
    const { items } = await resource.observe([], testCycle())
    assert.deepEqual(items.get('settings'), { state: live({ 'a.b': '1', list: ['x', 'y'] }, { 'c.d': '2' }) })
    assert.deepEqual(
      link.of('GET /_cluster/settings').map(({ query }) => query),
      [{ flat_settings: true }]
    )
  })

  it('refuses the item when settings may not be seen', async () => {
    const { items } = await setUp({
      'GET /_cluster/settings': refusal(403, 'security_exception', 'no monitor')
    }).resource.observe([], testCycle())
    assert.deepEqual(items.get('settings'), { refused: 'no monitor' })
  })

  it('writes the named settings in one request, null to reset', async () => {
    const { link, resource } = setUp()
    const desired = item(clusterKind, 'settings', { persistent: { 'a.b': null, list: 'y,x', 'e.f': 5 } })
    const update = updateOf(
      clusterKind,
      desired,
      await resource.observe([desired], testCycle()),
      ({ path }) => path !== 'persistent.list'
    )
    assert.deepEqual(await resource.update?.([update], call), [{ name: 'settings', result: 'done' }])
    assert.deepEqual(
      link.of('PUT').map(({ body, query }) => [body, query]),
      [[{ persistent: { 'a.b': null, 'e.f': '5' } }, link.patience]]
    )
  })

  it('is only ever updated', () => {
    const { resource } = setUp()
    assert.ok(!('create' in resource) && !('remove' in resource))
  })

  it('fails in the words of the server', async () => {
    const { resource } = setUp({
      'PUT /_cluster/settings': refusal(400, 'illegal_argument_exception', 'persistent setting [e.f], not recognized')
    })
    const desired = item(clusterKind, 'settings', { persistent: { 'e.f': 5 } })
    const [result] =
      (await resource.update?.(
        [updateOf(clusterKind, desired, await resource.observe([desired], testCycle()))],
        call
      )) ?? []
    assert.ok(
      result?.result === 'failed' && result.error.code === 'REJECTED' && /not recognized/.test(result.error.message)
    )
  })

  it('writes the others when one is refused, and names that one', async () => {
    const isBad = (body: Json | undefined): boolean => JSON.stringify(body).includes('e.f')
    const put: Scripted = ({ body }) =>
      isBad(body)
        ? refusal(400, 'illegal_argument_exception', 'persistent setting [e.f], not recognized')
        : { acknowledged: true }
    const { link, resource } = setUp({ 'PUT /_cluster/settings': put })
    const desired = item(clusterKind, 'settings', { persistent: { 'e.f': 5, 'a.b': '2' } })
    const [result] =
      (await resource.update?.(
        [updateOf(clusterKind, desired, await resource.observe([desired], testCycle()))],
        call
      )) ?? []
    assert.ok(result?.result === 'failed' && result.error.message === 'persistent setting [e.f], not recognized')
    assert.deepEqual(
      link.of('PUT').map(({ body }) => body),
      [{ persistent: { 'e.f': '5', 'a.b': '2' } }, { persistent: { 'e.f': '5' } }, { persistent: { 'a.b': '2' } }]
    )
  })
})
