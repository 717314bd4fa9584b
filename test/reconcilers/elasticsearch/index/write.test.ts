import assert from 'node:assert/strict'
import { createIndices } from '../../../../reconcilers/elasticsearch/index/create.ts'
import { compareIndex } from '../../../../reconcilers/elasticsearch/index/compare.ts'
import type { IndexSpec, IndexState } from '../../../../reconcilers/elasticsearch/index/state.ts'
import { updateIndices } from '../../../../reconcilers/elasticsearch/index/update.ts'
import type { Desired, ItemResult, Update } from '../../../../src/contract.ts'
import { type Json, keyOf } from '../../../../src/records.ts'
import { testCall } from '../../../../src/testing/cycle.ts'
import { Answered, refusal, ScriptedLink } from '../scripted-link.ts'
import type { Body } from '../../../../reconcilers/elasticsearch/body.ts'
import type { Request } from '../../../../reconcilers/elasticsearch/connection/link.ts'

const call = testCall()
const { signal } = call

function desired(name: string, spec: IndexSpec): Desired<IndexSpec> {
  return {
    key: keyOf('elasticsearch', 'index', name),
    name,
    spec,
    digest: name,
    control: { paused: false, ignore: [], exact: false },
    at: { file: 'indices.json', line: 1, column: 1 }
  }
}

function update(name: string, spec: IndexSpec, live: Partial<IndexState> = {}): Update<IndexSpec, IndexState> {
  const state: IndexState = {
    index: name,
    isOpen: true,
    distribution: 'elasticsearch',
    settings: {},
    mappings: {},
    aliases: {},
    ...live
  }
  return { desired: desired(name, spec), state, fields: compareIndex(spec, state) }
}

const results = (answers: readonly ItemResult[]): readonly string[] =>
  answers.map((answer) =>
    [answer.name, answer.result, answer.result === 'failed' ? answer.error.code : ''].join(' ').trim()
  )

const healthy: Json = { timed_out: false, indices: {} }

/** A server on which everything works, unless told otherwise. */
function serverWith(trouble: (request: Request) => Json | Answered | undefined = () => undefined): ScriptedLink {
  return new ScriptedLink(
    {},
    (request) => trouble(request) ?? (request.path.startsWith('/_cluster/health') ? healthy : { acknowledged: true })
  )
}

describe('creating indices', () => {
  it('sends one request each with the marker and without what is declared as not set, and waits once for all', async () => {
    const link = serverWith()
    const spec = {
      settings: { number_of_replicas: 0, refresh_interval: null },
      mappings: { properties: { a: { type: 'keyword' } } },
      aliases: { shop: { routing: '7' } }
    }
    assert.deepEqual(results(await createIndices(link, [desired('a', spec), desired('b', {})], 'us', signal)), [
      'a done',
      'b done'
    ])
    assert.deepEqual(link.lines, ['PUT /a', 'PUT /b', 'GET /_cluster/health/a,b'])
    assert.deepEqual(link.asked[0]?.body, {
      settings: { 'index.number_of_replicas': '0' },
      mappings: { properties: { a: { type: 'keyword' } }, _meta: { infometis: { owner: 'us' } } },
      aliases: { shop: { index_routing: '7', search_routing: '7' } }
    })
  })

  it('makes the first generation and the alias in front of it when a strategy asks for generations', async () => {
    const link = serverWith()
    await createIndices(link, [desired('orders', { strategy: 'reindex' })], 'us', signal)
    assert.equal(link.lines[0], 'PUT /orders-1')
    assert.deepEqual(link.asked[0]?.body, {
      settings: {},
      mappings: { _meta: { infometis: { owner: 'us' } } },
      aliases: { orders: { is_write_index: true } }
    })
  })

  it('leaves an alias with another write index to the request that moves it', async () => {
    const link = serverWith(({ method, body }) =>
      method === 'PUT' && JSON.stringify(body).includes('"w"')
        ? refusal(500, 'illegal_state_exception', 'alias [w] has more than one write index [a,b]')
        : undefined
    )
    const answers = await createIndices(
      link,
      [desired('b', { aliases: { w: { is_write_index: true }, x: {} } })],
      'us',
      signal
    )
    assert.deepEqual(results(answers), ['b done'])
    assert.deepEqual(
      link.of('PUT').map(({ body }) => Object.keys(Object(body).aliases)),
      [['w', 'x'], ['x']]
    )
  })

  it('lets a bad one fail alone', async () => {
    const link = serverWith(({ path }) =>
      path === '/bad' ? refusal(400, 'mapper_parsing_exception', 'no handler for type [wat]') : undefined
    )
    assert.deepEqual(
      results(
        await createIndices(
          link,
          ['a', 'bad', 'b'].map((name) => desired(name, {})),
          'us',
          signal
        )
      ),
      ['a done', 'bad failed REJECTED', 'b done']
    )
  })

  it('says that an index is there and cannot be used yet, and why', async () => {
    const link = serverWith(({ path }) => {
      if (path.startsWith('/_cluster/health'))
        return new Answered(408, { timed_out: true, indices: { a: { status: 'red' }, b: { status: 'yellow' } } })
      return path === '/_cluster/allocation/explain' ? { allocate_explanation: 'no node matches' } : undefined
    })
    const answers = await createIndices(link, [desired('a', {}), desired('b', {})], 'us', signal)
    assert.deepEqual(answers[0], {
      name: 'a',
      result: 'waiting',
      why: 'created; its primary shards are not assigned yet: no node matches'
    })
    assert.equal(answers[1]?.result, 'done')
  })

  const exists = refusal(400, 'resource_already_exists_exception', 'index [a/x] already exists')
  const spec: IndexSpec = { settings: { number_of_replicas: 0 } }
  const answered = (replicas: string): Json => ({
    a: { settings: { 'index.number_of_replicas': replicas }, mappings: {}, aliases: {} }
  })

  it('takes one that somebody made meanwhile for its own when it is equal', async () => {
    const link = serverWith(({ method }) => (method === 'PUT' ? exists : answered('0')))
    assert.deepEqual(results(await createIndices(link, [desired('a', spec)], 'us', signal)), ['a unchanged'])
  })

  it('plans again when somebody made another one meanwhile', async () => {
    const link = serverWith(({ method }) => (method === 'PUT' ? exists : answered('1')))
    assert.deepEqual(results(await createIndices(link, [desired('a', spec)], 'us', signal)), ['a failed CONFLICT'])
  })

  it('does not take one it may not see for its own', async () => {
    const link = serverWith(({ method }) =>
      method === 'PUT' ? exists : refusal(403, 'security_exception', 'unauthorized')
    )
    assert.deepEqual(results(await createIndices(link, [desired('a', spec)], 'us', signal)), ['a failed NOT_PERMITTED'])
  })
})

describe('updating indices', () => {
  const slow: IndexSpec = { settings: { refresh_interval: '30s' } }

  it('sends equal settings of many indices in one request', async () => {
    const link = serverWith()
    const updates = ['a', 'b', 'c'].map((name) => update(name, slow))
    assert.deepEqual(results(await updateIndices(link, updates, 'us', call)), ['a done', 'b done', 'c done'])
    assert.deepEqual(link.lines, ['PUT /a,b,c/_settings'])
  })

  it('asks for each alone when the group is refused, so that a bad one fails alone', async () => {
    const link = serverWith(({ path }) =>
      path.includes('bad') ? refusal(400, 'illegal_argument_exception', 'no') : undefined
    )
    const updates = ['a', 'bad', 'c'].map((name) => update(name, slow))
    assert.deepEqual(results(await updateIndices(link, updates, 'us', call)), [
      'a done',
      'bad failed REJECTED',
      'c done'
    ])
  })

  it('never mixes what needs a reopen with what does not', async () => {
    const link = serverWith()
    await updateIndices(
      link,
      [update('a', { settings: { refresh_interval: '30s', codec: 'best_compression' } })],
      'us',
      call
    )
    assert.deepEqual(
      link.asked.map(({ body, query }) => [body, query?.['reopen']]),
      [
        [{ 'index.refresh_interval': '30s' }, undefined],
        [{ 'index.codec': 'best_compression' }, true]
      ]
    )
  })

  it('writes only the fields it was given', async () => {
    const link = serverWith()
    const both = update('a', { settings: { refresh_interval: '30s', number_of_replicas: 2 } })
    await updateIndices(
      link,
      [{ ...both, fields: both.fields.filter(({ path }) => path === 'settings.refresh_interval') }],
      'us',
      call
    )
    assert.deepEqual(
      link.asked.map(({ body }) => body),
      [{ 'index.refresh_interval': '30s' }]
    )
  })

  it('sends the actual field overlaid with the change, and marks the mapping', async () => {
    const link = serverWith()
    const live = { mappings: { properties: { a: { type: 'text', analyzer: 'english' } } } }
    await updateIndices(
      link,
      [update('x', { mappings: { properties: { a: { type: 'text', search_analyzer: 'simple' } } } }, live)],
      'us',
      call
    )
    assert.deepEqual(link.lines, ['PUT /x/_mapping'])
    assert.deepEqual(link.asked[0]?.body, {
      properties: { a: { type: 'text', analyzer: 'english', search_analyzer: 'simple' } },
      _meta: { infometis: { owner: 'us' } }
    })
  })

  it('changes aliases of all indices in one request, after settings and mappings', async () => {
    const link = serverWith()
    const spec: IndexSpec = { settings: { refresh_interval: '30s' }, aliases: { shop: {} } }
    await updateIndices(
      link,
      ['a', 'b'].map((name) => update(name, spec)),
      'us',
      call
    )
    assert.deepEqual(link.lines, ['PUT /a,b/_settings', 'POST /_aliases'])
    assert.deepEqual(link.asked[1]?.body, {
      actions: [{ add: { index: 'a', alias: 'shop' } }, { add: { index: 'b', alias: 'shop' } }]
    })
  })

  it('takes an index out of its alias before it is put back changed, so that one that has left meanwhile stays out', async () => {
    const link = serverWith(({ path }) =>
      path === '/_aliases' ? refusal(404, 'aliases_not_found_exception', 'aliases [shop] missing') : undefined
    )
    const changed = update(
      'a',
      { aliases: { shop: { routing: '2' } } },
      { aliases: { shop: { index_routing: '1', search_routing: '1' } } }
    )
    assert.deepEqual(results(await updateIndices(link, [changed], 'us', call)), ['a failed CONFLICT'])
    assert.deepEqual(link.asked[0]?.body, {
      actions: [
        { remove: { index: 'a', alias: 'shop', must_exist: true } },
        { add: { index: 'a', alias: 'shop', index_routing: '2', search_routing: '2' } }
      ]
    })
  })

  it('never writes a part of an alias that takes its write index away, and never splits one', async () => {
    const shared = new Map([
      [
        'w',
        {
          live: new Map<string, Body>([
            ['a', { is_write_index: true }],
            ['b', {}]
          ]),
          declared: new Map<string, Body>([
            ['a', {}],
            ['b', { is_write_index: true }]
          ])
        }
      ]
    ])
    const [first, second] = [
      update('a', { aliases: { w: {} } }, { aliases: { w: { is_write_index: true } }, shared }),
      update('b', { aliases: { w: { is_write_index: true }, x: {} } }, { aliases: { w: {} }, shared })
    ]
    const alone = serverWith()
    assert.deepEqual(results(await updateIndices(alone, [first], 'us', call)), ['a waiting'])
    assert.deepEqual(
      results(
        await updateIndices(
          alone,
          [{ ...second, fields: second.fields.filter(({ path }) => path === 'aliases.w') }],
          'us',
          call
        )
      ),
      ['b waiting']
    )
    assert.deepEqual(alone.lines, [])
    const link = serverWith(({ body }) =>
      JSON.stringify(body).includes('"x"') ? refusal(400, 'illegal_argument_exception', 'no x') : undefined
    )
    assert.deepEqual(results(await updateIndices(link, [first, second], 'us', call)), ['a done', 'b failed REJECTED'])
    const written = link.asked.filter(({ body }) => !JSON.stringify(body).includes('"x"'))
    assert.deepEqual(
      written.map(({ body }) => JSON.stringify(body).match(/"add"/g)?.length),
      [2],
      'both members of w in one request'
    )
  })

  it('lifts a block before anything else and sets one after everything else, for it refuses mappings and aliases', async () => {
    const link = serverWith()
    const spec: IndexSpec = {
      settings: { 'blocks.read_only': true, 'blocks.metadata': null, refresh_interval: '30s' },
      mappings: { dynamic: false },
      aliases: { shop: {} }
    }
    await updateIndices(link, [update('a', spec, { settings: { 'index.blocks.metadata': 'true' } })], 'us', call)
    assert.deepEqual(link.lines, [
      'PUT /a/_settings',
      'PUT /a/_settings',
      'PUT /a/_mapping',
      'POST /_aliases',
      'PUT /a/_settings'
    ])
    assert.deepEqual(
      [0, 1, 4].map((position) => link.asked[position]?.body),
      [{ 'index.blocks.metadata': null }, { 'index.refresh_interval': '30s' }, { 'index.blocks.read_only': 'true' }]
    )
  })

  it('leaves mappings and aliases of an index alone whose settings were refused', async () => {
    const link = serverWith(({ path }) =>
      path.endsWith('_settings') ? refusal(400, 'illegal_argument_exception', 'no') : undefined
    )
    await updateIndices(
      link,
      [update('a', { settings: { refresh_interval: '30s' }, aliases: { shop: {} } })],
      'us',
      call
    )
    assert.deepEqual(link.lines, ['PUT /a/_settings'])
  })
})
