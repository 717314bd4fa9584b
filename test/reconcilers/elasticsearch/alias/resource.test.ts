/**
 * Reading and writing aliases.
 */
import assert from 'node:assert/strict'
import { aliasKind, aliasResource } from '../../../../reconcilers/elasticsearch/alias/index.ts'
import { indexKind } from '../../../../reconcilers/elasticsearch/index/kind.ts'
import { isBody, type Body } from '../../../../reconcilers/elasticsearch/body.ts'
import type { Request } from '../../../../reconcilers/elasticsearch/connection/link.ts'
import { Readings } from '../../../../reconcilers/elasticsearch/readings.ts'
import { testCall, testCycle } from '../../../../src/testing/cycle.ts'
import type { AliasFacts } from '../../../../reconcilers/elasticsearch/alias/state.ts'
import type { ItemResult } from '../../../../src/contract.ts'
import type { Json } from '../../../../src/records.ts'
import { item, items, updateOf } from '../items.ts'
import { type Answered, refusal, ScriptedLink, type Scripted } from '../scripted-link.ts'

const call = testCall<AliasFacts>({ facts: { indices: new Set(), dataStreams: new Set(), aliases: new Map() } })

const live = {
  a: { aliases: { x: {}, y: { filter: { term: { f: 1 } }, index_routing: '1', search_routing: '1' } } },
  b: { aliases: { x: { is_write_index: true } } },
  c: { aliases: {} }
}

function setUp(script: Readonly<Record<string, Scripted>> = {}) {
  const link = new ScriptedLink({
    'GET /_alias': live,
    'POST /_aliases': { acknowledged: true, errors: false },
    ...script
  })
  return { link, resource: aliasResource(link, new Readings(link)) }
}

function actionsIn(request: Request | undefined): readonly Json[] {
  const actions = isBody(request?.body) ? request.body['actions'] : undefined
  return Array.isArray(actions) ? actions : []
}

function resultsIn(results: readonly ItemResult[]): readonly string[] {
  return results.map((result) =>
    result.result === 'failed'
      ? `${result.name} ${result.error.code} ${result.error.message}`
      : `${result.name} ${result.result}`
  )
}

/** Refuses every request in which somebody says something of this index. */
function refusing(index: string, answer: Answered): Scripted {
  return (request) =>
    JSON.stringify(request.body).includes(`"index":"${index}"`) ? answer : { acknowledged: true, errors: false }
}

const noSuchIndex = refusal(404, 'index_not_found_exception', 'no such index [gone]')

describe('observing aliases', () => {
  it('takes one request for aliases and one for names, and turns indices into members', async () => {
    const { link, resource } = setUp()
    const { items: seen } = await resource.observe([], testCycle())
    assert.deepEqual([...seen.keys()], ['x', 'y'])
    const x = seen.get('x')
    assert.ok(x !== undefined && 'state' in x)
    assert.deepEqual(
      [...x.state.members],
      [
        ['a', {}],
        ['b', { is_write_index: true }]
      ]
    )
    assert.deepEqual(link.asked.map(({ path }) => path).toSorted(), [
      '/',
      '/_alias',
      '/_cluster/state/version',
      '/_resolve/index/*'
    ])
  })

  it('refuses each declared alias when aliases may not be seen', async () => {
    const { resource } = setUp({ 'GET /_alias': refusal(403, 'security_exception', 'action is unauthorized') })
    const { items: seen } = await resource.observe(items(aliasKind, { x: { a: {} } }), testCycle())
    assert.deepEqual(seen.get('x'), { refused: 'action is unauthorized' })
  })

  it('throws when it could not look', async () => {
    const { resource } = setUp({ 'GET /_alias': refusal(503, 'master_not_discovered_exception', 'no master') })
    await assert.rejects(resource.observe([], testCycle()), { code: 'UNAVAILABLE' })
  })

  it('excludes hidden aliases, those of data streams, and those of the stack from orphans', async () => {
    const script = {
      'GET /_alias': {
        a: { aliases: { h: { is_hidden: true }, x: {} } },
        ds: { aliases: { s: {} } },
        '.kibana_1': { aliases: { k: {} } }
      },
      'GET /_resolve/index/*': {
        indices: [{ name: 'a', attributes: ['open'] }],
        aliases: [],
        data_streams: [{ name: 'ds', backing_indices: ['.ds-ds-1'], timestamp_field: '@timestamp' }]
      }
    }
    const { items: seen } = await setUp(script).resource.observe([], testCycle())
    const excluded = [...seen].flatMap(([name, sighting]) => ('excluded' in sighting ? [name] : []))
    assert.deepEqual(excluded, ['h', 's', 'k'])
  })

  it('knows aliases other kinds declare for no orphans, also when only the declaration has changed', async () => {
    const { link, resource } = setUp({
      'GET /_cluster/state/version': { version: 1, state_uuid: 's', cluster_uuid: 'c' }
    })
    const excluded = async (declared: Body): Promise<boolean> => {
      const cycle = testCycle({ declared: new Map([['index', items(indexKind, declared)]]) })
      const { items: seen } = await resource.observe([], cycle)
      const x = seen.get('x')
      return x !== undefined && 'excluded' in x
    }
    assert.equal(await excluded({ a: { aliases: { x: {} } } }), true)
    assert.equal(await excluded({ a: { aliases: { x: {} } } }), true)
    assert.equal(await excluded({ a: {} }), false)
    assert.ok(link.of('GET /_alias').length < 3, 'nothing has changed on the server')
    assert.equal(
      await excluded({ x: { strategy: 'reindex' } }),
      true,
      'an index with a strategy is an alias in front of its generations'
    )
  })
})

describe('writing aliases', () => {
  it('creates all aliases of a call in one request, without what is not set', async () => {
    const { link, resource } = setUp()
    const results = await resource.create?.(
      items(aliasKind, { p: { a: {}, b: { is_write_index: true } }, q: { a: { routing: 7, filter: null } } }),
      call
    )
    assert.deepEqual(resultsIn(results ?? []), ['p done', 'q done'])
    assert.deepEqual(
      link.of('POST').map((request) => [request.query, actionsIn(request)]),
      [
        [
          link.patience,
          [
            { add: { index: 'a', alias: 'p' } },
            { add: { index: 'b', alias: 'p', is_write_index: true } },
            { add: { index: 'a', alias: 'q', index_routing: '7', search_routing: '7' } }
          ]
        ]
      ]
    )
  })

  it('swaps members in one request, and removes only what must be there', async () => {
    const { link, resource } = setUp()
    const desired = item(aliasKind, 'x', { c: { is_write_index: true }, a: {} })
    const seen = await resource.observe([desired], testCycle())
    await resource.update?.([updateOf(aliasKind, desired, seen)], call)
    assert.deepEqual(actionsIn(link.of('POST')[0]), [
      { add: { index: 'c', alias: 'x', is_write_index: true } },
      { remove: { index: 'b', alias: 'x', must_exist: true } }
    ])
  })

  it('carries what nobody declares over, because an add replaces the member', async () => {
    const { link, resource } = setUp()
    const desired = item(aliasKind, 'y', { a: { filter: { term: { f: 2 } } } })
    await resource.update?.([updateOf(aliasKind, desired, await resource.observe([desired], testCycle()))], call)
    assert.deepEqual(actionsIn(link.of('POST')[0]), [
      { remove: { index: 'a', alias: 'y', must_exist: true } },
      { add: { index: 'a', alias: 'y', index_routing: '1', search_routing: '1', filter: { term: { f: 2 } } } }
    ])
  })

  it('writes the named fields and no others', async () => {
    const { link, resource } = setUp()
    const desired = item(aliasKind, 'x', { c: {}, a: { filter: { term: { f: 2 } } } })
    const seen = await resource.observe([desired], testCycle())
    await resource.update?.([updateOf(aliasKind, desired, seen, ({ path }) => path === 'a.filter')], call)
    assert.deepEqual(actionsIn(link.of('POST')[0]), [
      { remove: { index: 'a', alias: 'x', must_exist: true } },
      { add: { index: 'a', alias: 'x', filter: { term: { f: 2 } } } }
    ])
  })

  it('never writes a part that leaves the alias without the write index it has', async () => {
    const { link, resource } = setUp({ 'GET /_alias': { old: { aliases: { w: {} } }, b: { aliases: { x: {} } } } })
    const declared = items(aliasKind, { w: { fresh: {} }, x: { b: {}, c: {} } })
    const seen = await resource.observe(declared, testCycle())
    const updates = declared.map((desired) => updateOf(aliasKind, desired, seen, ({ path }) => path !== 'old'))
    assert.deepEqual(
      resultsIn((await resource.update?.(updates, call)) ?? []).map((line) => line.split(' ').slice(0, 2).join(' ')),
      ['w UNSUPPORTED', 'x done']
    )
    assert.deepEqual(
      link.of('POST').flatMap(actionsIn),
      [{ add: { index: 'c', alias: 'x' } }],
      "what is declared as a whole is its author's word"
    )
  })

  it('takes the member of a data stream out first when something is to be unset, because an add would leave it', async () => {
    const { link, resource } = setUp({
      'GET /_alias': { ds: { aliases: { s: { filter: { term: { f: 1 } }, is_write_index: true } } } },
      'GET /_resolve/index/*': { indices: [], aliases: [], data_streams: [{ name: 'ds', backing_indices: [] }] }
    })
    const desired = item(aliasKind, 's', { ds: { filter: null } })
    await resource.update?.([updateOf(aliasKind, desired, await resource.observe([desired], testCycle()))], call)
    assert.deepEqual(actionsIn(link.of('POST')[0]), [
      { remove: { index: 'ds', alias: 's', must_exist: true } },
      { add: { index: 'ds', alias: 's', is_write_index: true } }
    ])
  })

  it('lets one bad alias fail alone, in the words of the server', async () => {
    const { link, resource } = setUp({ 'POST /_aliases': refusing('gone', noSuchIndex) })
    const declared = { p: { a: {} }, q: { b: {} }, r: { gone: {} }, s: { c: {} }, t: { c: {} } }
    const results = await resource.create?.(items(aliasKind, declared), call)
    assert.deepEqual(resultsIn(results ?? []), [
      'p done',
      'q done',
      'r UNAVAILABLE no such index [gone]',
      's done',
      't done'
    ])
    const written = link
      .of('POST')
      .filter((request) => !JSON.stringify(request.body).includes('gone'))
      .flatMap(actionsIn)
    assert.equal(written.length, 4, 'each of the others is written once')
  })

  it('asks a server that can do nothing now only once', async () => {
    const { link, resource } = setUp({
      'POST /_aliases': refusal(503, 'process_cluster_event_timeout_exception', 'too busy')
    })
    const results = await resource.create?.(items(aliasKind, { p: { a: {} }, q: { b: {} } }), call)
    assert.deepEqual(resultsIn(results ?? []), ['p UNAVAILABLE too busy', 'q UNAVAILABLE too busy'])
    assert.equal(link.of('POST').length, 1)
  })

  it('calls a member that is gone a conflict, to be planned again', async () => {
    const { resource } = setUp({ 'POST /_aliases': refusal(404, 'aliases_not_found_exception', 'aliases [x] missing') })
    const desired = item(aliasKind, 'x', { a: {} })
    const results = await resource.update?.(
      [updateOf(aliasKind, desired, await resource.observe([desired], testCycle()))],
      call
    )
    assert.deepEqual(resultsIn(results ?? []), ['x CONFLICT aliases [x] missing'])
  })

  it('does not take an acknowledgement for success when an action failed', async () => {
    const partly = {
      acknowledged: true,
      errors: true,
      action_results: [
        {
          action: { type: 'remove', indices: ['a'], aliases: ['p'] },
          status: 404,
          error: { type: 'aliases_not_found_exception', reason: 'aliases [p] missing' }
        },
        { action: { type: 'add', indices: ['a'], aliases: ['q'] }, status: 200 }
      ]
    }
    const results = await setUp({ 'POST /_aliases': partly }).resource.create?.(
      items(aliasKind, { p: { a: {} }, q: { a: {} } }),
      call
    )
    assert.deepEqual(resultsIn(results ?? []), ['p CONFLICT aliases [p] missing', 'q done'])
  })

  it('is final about what the server will never take', async () => {
    const { resource } = setUp({
      'POST /_aliases': refusal(500, 'illegal_state_exception', 'alias [p] has more than one write index [a,b]')
    })
    assert.match(
      resultsIn((await resource.create?.(items(aliasKind, { p: { a: {} } }), call)) ?? [])[0] ?? '',
      /^p REJECTED/
    )
  })
})
