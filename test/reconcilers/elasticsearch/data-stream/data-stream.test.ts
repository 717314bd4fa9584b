/**
 * Data streams and their lifecycles. No real server of the tests has both APIs, so the answers are those of the reference.
 */
import assert from 'node:assert/strict'
import { lifecycleWith } from '../../../../reconcilers/elasticsearch/data-stream/compare.ts'
import { dataStreamKind, dataStreamResource } from '../../../../reconcilers/elasticsearch/data-stream/index.ts'
import type { DataStreamFacts, DataStreamState } from '../../../../reconcilers/elasticsearch/data-stream/state.ts'
import { indexTemplateKind } from '../../../../reconcilers/elasticsearch/index-template/kind.ts'
import type { Body } from '../../../../reconcilers/elasticsearch/body.ts'
import { Readings } from '../../../../reconcilers/elasticsearch/readings.ts'
import { testCall, testCycle } from '../../../../src/testing/cycle.ts'
import type { Observed } from '../../../../src/contract.ts'
import { item, items, messagesOf, remarksOf, shown, updateOf } from '../items.ts'
import { noHandler, refusal, ScriptedLink, type Scripted } from '../scripted-link.ts'

const call = testCall({ facts: {} })

function differences(declared: Body, lifecycle: Body | undefined): readonly string[] {
  return shown(dataStreamKind.compare(item(dataStreamKind, 's', declared).spec, { lifecycle }))
}

function world(facts: DataStreamFacts, live: readonly string[] = []): Observed<DataStreamState, DataStreamFacts> {
  return { items: new Map(live.map((name) => [name, { state: { lifecycle: undefined } }])), facts }
}

describe('comparing a data stream', () => {
  it('that declares nothing differs in nothing', () => {
    assert.deepEqual(differences({}, { enabled: true, data_retention: '7d' }), [])
    assert.deepEqual(dataStreamKind.compare(item(dataStreamKind, 's', {}).spec, undefined), [])
  })

  it('compares times by their length', () => {
    assert.deepEqual(
      differences({ lifecycle: { data_retention: '168h' } }, { enabled: true, data_retention: '7d' }),
      []
    )
    const rounds = [{ after: '1d', fixed_interval: '1h' }]
    assert.deepEqual(
      differences(
        { lifecycle: { downsampling: rounds } },
        { enabled: true, downsampling: [{ after: '24h', fixed_interval: '60m' }] }
      ),
      []
    )
  })

  it('calls it destructive when documents are deleted sooner, or at all', () => {
    const live = { enabled: true, data_retention: '30d' }
    assert.deepEqual(differences({ lifecycle: { data_retention: '7d' } }, live), [
      'lifecycle.data_retention: "30d" → "7d" (destructive)'
    ])
    assert.deepEqual(differences({ lifecycle: { data_retention: '7d' } }, { enabled: true }), [
      'lifecycle.data_retention: null → "7d" (destructive)'
    ])
    assert.deepEqual(differences({ lifecycle: { data_retention: '60d' } }, live), [
      'lifecycle.data_retention: "30d" → "60d" (safe)'
    ])
    assert.deepEqual(differences({ lifecycle: { data_retention: null } }, live), [
      'lifecycle.data_retention: "30d" → null (safe)'
    ])
    assert.deepEqual(differences({ lifecycle: { enabled: true } }, { ...live, enabled: false }), [
      'lifecycle.enabled: false → true (destructive)'
    ])
    assert.deepEqual(differences({ lifecycle: { enabled: false } }, live), ['lifecycle.enabled: true → false (safe)'])
  })

  it('calls downsampling destructive, for it replaces documents', () => {
    const [field] = differences(
      { lifecycle: { downsampling: [{ after: '1d', fixed_interval: '1h' }] } },
      { enabled: true }
    )
    assert.match(field ?? '', /^lifecycle\.downsampling: null → .* \(destructive\)$/)
  })

  it('switches a lifecycle on where there is none', () => {
    assert.deepEqual(differences({ lifecycle: {} }, undefined), ['lifecycle.enabled: null → true (safe)'])
    assert.deepEqual(
      differences({ lifecycle: {} }, { data_retention: '7d' }),
      [],
      'a lifecycle that does not say so is on'
    )
  })

  it('lists retention and downsampling nobody declares', () => {
    const { spec } = item(dataStreamKind, 's', { lifecycle: { enabled: true } })
    const live = { enabled: true, data_retention: '7d', effective_retention: '7d' }
    assert.deepEqual(shown(dataStreamKind.undeclared?.(spec, { lifecycle: live }) ?? []), [
      'lifecycle.data_retention: "7d" → null (safe)'
    ])
  })
})

describe('a declared data stream', () => {
  const template = { index_patterns: ['logs-*'], data_stream: {} }
  const beside = (declared: Readonly<Record<string, unknown>>) =>
    new Map([['index-template', items(indexTemplateKind, declared)]])

  it('needs an index template with data_stream: a warning offline, a hold once the server was looked at', () => {
    assert.deepEqual(remarksOf(dataStreamKind, { 'logs-a': {} }), ['logs-a warn NO_TEMPLATE'])
    assert.deepEqual(remarksOf(dataStreamKind, { 'logs-a': {} }, world({ templates: [] })), ['logs-a hold NO_TEMPLATE'])
    assert.deepEqual(remarksOf(dataStreamKind, { 'logs-a': {} }, undefined, beside({ logs: template })), [])
    assert.deepEqual(
      remarksOf(dataStreamKind, { 'logs-a': {} }, world({ templates: [] }, ['logs-a'])),
      [],
      'one that exists has had its template'
    )
    assert.deepEqual(
      remarksOf(dataStreamKind, { 'logs-a': {} }, world({})),
      [],
      'templates we may not see are for the server to judge'
    )
  })

  it('gets the template with the highest priority, a declared one in place of the live one of its name', () => {
    const live = (name: string, priority: number, makesStreams: boolean) => ({
      name,
      patterns: ['logs-*'],
      priority,
      makesStreams
    })
    const templates = [live('low', 1, true), live('high', 9, false)]
    assert.match(
      messagesOf(dataStreamKind, { 'logs-a': {} }, world({ templates }))[0]?.message ?? '',
      /"high" matches first and has none/
    )
    assert.deepEqual(
      remarksOf(dataStreamKind, { 'logs-a': {} }, world({ templates }), beside({ high: { ...template, priority: 9 } })),
      []
    )
  })

  it('has a name the server takes, and one of its own', () => {
    assert.deepEqual(remarksOf(dataStreamKind, { '.ds-x': {}, Logs: {} }, world({})), [
      '.ds-x invalid NAME',
      'Logs invalid NAME'
    ])
    const index = new Map([['index', items({ ...dataStreamKind, kind: 'index' }, { 'logs-a': {} })]])
    assert.deepEqual(remarksOf(dataStreamKind, { 'logs-a': {} }, world({}), index), ['logs-a invalid NAME_TAKEN'])
  })

  it('has a retention with a unit', () => {
    assert.deepEqual(remarksOf(dataStreamKind, { s: { lifecycle: { data_retention: '30' } } }, world({})), [
      's invalid VALUE lifecycle data_retention'
    ])
    assert.deepEqual(remarksOf(dataStreamKind, { s: { lifecycle: { data_retention: '30d' } } }, world({})), [])
  })

  it('waits where the server has no data streams, and where it has no lifecycles if it declares one', () => {
    assert.deepEqual(remarksOf(dataStreamKind, { s: {} }, world({ unsupported: 'no API' })), ['s hold UNSUPPORTED'])
    assert.deepEqual(
      remarksOf(dataStreamKind, { s: {}, t: { lifecycle: {} } }, world({ withoutLifecycle: 'no lifecycle' })),
      ['t hold UNSUPPORTED lifecycle']
    )
  })
})

describe('reading and writing data streams', () => {
  const streams = {
    data_streams: [
      {
        name: 's',
        timestamp_field: { name: '@timestamp' },
        indices: [],
        generation: 1,
        status: 'GREEN',
        template: 't',
        lifecycle: {
          enabled: true,
          data_retention: '7d',
          effective_retention: '7d',
          retention_determined_by: 'data_stream_configuration'
        }
      },
      { name: 'i', indices: [], system: true }
    ]
  }
  function setUp(script: Readonly<Record<string, Scripted>> = {}) {
    const link = new ScriptedLink({
      'GET /_data_stream': streams,
      'GET /_index_template': { index_templates: [] },
      'PUT /_data_stream/n': { acknowledged: true },
      ...script
    })
    return { link, resource: dataStreamResource(link, new Readings(link)) }
  }

  it('takes two requests whatever their number', async () => {
    const { link, resource } = setUp()
    const { items: seen } = await resource.observe(items(dataStreamKind, { s: {} }), testCycle())
    assert.deepEqual([...seen.keys()], ['s', 'i'])
    assert.ok('excluded' in (seen.get('i') ?? {}))
    assert.deepEqual(
      link.asked.map(({ path }) => path),
      ['/', '/_cluster/state/version', '/_data_stream', '/_index_template']
    )
  })

  it('is unsupported where the API is missing, also where its path is taken for an index', async () => {
    for (const answer of [
      noHandler('/_data_stream'),
      refusal(400, 'invalid_index_name_exception', 'Invalid index name [_data_stream]')
    ]) {
      const { facts } = await setUp({ 'GET /_data_stream': answer }).resource.observe([], testCycle())
      assert.match(facts.unsupported ?? '', /no API for data streams/)
    }
  })

  it('knows that OpenSearch has no lifecycle, and asks it without parameters', async () => {
    const { link, resource } = setUp({ 'GET /': { version: { number: '3.8.0', distribution: 'opensearch' } } })
    const { facts } = await resource.observe([], testCycle())
    assert.match(facts.withoutLifecycle ?? '', /OpenSearch has no lifecycle/)
    assert.deepEqual(link.of('GET /_data_stream')[0]?.query, {})
  })

  it('refuses each declared stream when streams may not be seen, and throws when it could not look', async () => {
    const refused = await setUp({
      'GET /_data_stream': refusal(403, 'security_exception', 'no rights')
    }).resource.observe(items(dataStreamKind, { s: {} }), testCycle())
    assert.deepEqual(refused.items.get('s'), { refused: 'no rights' })
    await assert.rejects(setUp({ 'GET /_data_stream': refusal(503, 'x', 'y') }).resource.observe([], testCycle()), {
      code: 'UNAVAILABLE'
    })
    await assert.rejects(setUp({ 'GET /_data_stream': {} }).resource.observe([], testCycle()), { code: 'NO_ANSWER' })
  })

  it('creates a stream and then its lifecycle', async () => {
    const { link, resource } = setUp({ 'PUT /_data_stream/n/_lifecycle': { acknowledged: true } })
    assert.deepEqual(
      await resource.create?.(items(dataStreamKind, { n: { lifecycle: { data_retention: '7d' } } }), call),
      [{ name: 'n', result: 'done' }]
    )
    assert.deepEqual(
      link.of('PUT').map(({ path, body }) => [path, body]),
      [
        ['/_data_stream/n', undefined],
        ['/_data_stream/n/_lifecycle', { enabled: true, data_retention: '7d' }]
      ]
    )
  })

  it('finds a stream that is there now unchanged', async () => {
    const { resource } = setUp({
      'PUT /_data_stream/n': refusal(400, 'resource_already_exists_exception', 'data_stream [n] already exists')
    })
    assert.deepEqual(await resource.create?.(items(dataStreamKind, { n: {} }), call), [
      { name: 'n', result: 'unchanged' }
    ])
  })

  it('lets one bad stream fail alone', async () => {
    const { resource } = setUp({
      'PUT /_data_stream/bad': refusal(
        400,
        'illegal_argument_exception',
        'no matching index template found for data stream [bad]'
      )
    })
    const results = (await resource.create?.(items(dataStreamKind, { bad: {}, n: {} }), call)) ?? []
    assert.deepEqual(
      results.map(({ name, result }) => [name, result]),
      [
        ['bad', 'failed'],
        ['n', 'done']
      ]
    )
  })

  it('writes the live lifecycle with the named fields, and nothing the server works out', async () => {
    const { link, resource } = setUp({ 'PUT /_data_stream/s/_lifecycle': { acknowledged: true } })
    const desired = item(dataStreamKind, 's', {
      lifecycle: { downsampling: [{ after: '1d', fixed_interval: '1h' }], data_retention: '1d' }
    })
    const update = updateOf(
      dataStreamKind,
      desired,
      await resource.observe([desired], testCycle()),
      ({ path }) => path === 'lifecycle.downsampling'
    )
    await resource.update?.([update], call)
    assert.deepEqual(
      link.of('PUT').map(({ body }) => body),
      [{ enabled: true, data_retention: '7d', downsampling: [{ after: '1d', fixed_interval: '1h' }] }]
    )
  })

  it('takes the method of downsampling away together with the last round', () => {
    const rounds = [{ after: '1d', fixed_interval: '1h' }]
    const sampled = {
      enabled: true,
      downsampling: rounds,
      downsampling_method: 'last_value',
      effective_retention: '7d'
    }
    assert.deepEqual(lifecycleWith(sampled, []), {
      enabled: true,
      downsampling: rounds,
      downsampling_method: 'last_value'
    })
    assert.deepEqual(
      lifecycleWith(sampled, [{ path: 'lifecycle.downsampling', before: rounds, after: null, risk: 'safe' }]),
      { enabled: true }
    )
  })
})
