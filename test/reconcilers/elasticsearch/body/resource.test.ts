/**
 * Reading and writing the kinds whose items are one body each.
 */
import assert from 'node:assert/strict'
import {
  componentTemplateKind,
  componentTemplates
} from '../../../../reconcilers/elasticsearch/component-template/kind.ts'
import { indexTemplateKind, indexTemplates } from '../../../../reconcilers/elasticsearch/index-template/kind.ts'
import { ingestPipelineKind, ingestPipelines } from '../../../../reconcilers/elasticsearch/ingest-pipeline/kind.ts'
import { lifecyclePolicyKind, lifecyclePolicies } from '../../../../reconcilers/elasticsearch/lifecycle-policy/kind.ts'
import { bodyResource } from '../../../../reconcilers/elasticsearch/body/resource.ts'
import { Readings } from '../../../../reconcilers/elasticsearch/readings.ts'
import type { Json } from '../../../../src/records.ts'
import { item, items, updateOf } from '../items.ts'
import { testCall, testCycle } from '../../../../src/testing/cycle.ts'
import { Answered, noHandler, refusal, ScriptedLink, type Scripted } from '../scripted-link.ts'

const call = testCall({ facts: {} })
const marker = { infometis: { owner: 'us' } }

const script: Readonly<Record<string, Scripted>> = {
  'GET /_component_template': {
    component_templates: [
      {
        name: 'c',
        component_template: { template: { settings: { index: { number_of_replicas: '1' } } }, _meta: { team: 'x' } }
      }
    ]
  },
  'GET /_index_template': { index_templates: [] },
  'GET /_ilm/policy': {},
  'GET /_ingest/pipeline': { p: { processors: [], version: 3 } }
}

function linkWith(more: Readonly<Record<string, Scripted>> = {}): ScriptedLink {
  return new ScriptedLink({ ...script, ...more })
}

const done = { acknowledged: true }

describe('observing bodies', () => {
  it('takes one request for all, and what kinds share is read once', async () => {
    const link = linkWith()
    const readings = new Readings(link)
    const options = testCycle()
    const [parts, whole] = await Promise.all([
      bodyResource(componentTemplates, link, readings, 'us').observe(
        items(componentTemplateKind, { c: { template: {} } }),
        options
      ),
      bodyResource(indexTemplates, link, readings, 'us').observe(
        items(indexTemplateKind, { t: { index_patterns: ['x-*'], composed_of: ['c'] } }),
        options
      )
    ])
    assert.deepEqual([...parts.items.keys()], ['c'])
    assert.deepEqual(whole.facts.live?.get('component-template'), new Set(['c']))
    const paths = link.asked.map(({ path }) => path)
    assert.deepEqual(paths.toSorted(), [
      '/',
      '/_cluster/state/version',
      '/_component_template',
      '/_ilm/policy',
      '/_index_template',
      '/_ingest/pipeline'
    ])
  })

  it('says of a server without the API that it has none, for every declared item', async () => {
    const link = linkWith({ 'GET /_ilm/policy': noHandler('/_ilm/policy') })
    const seen = await bodyResource(lifecyclePolicies, link, new Readings(link), 'us').observe(
      items(lifecyclePolicyKind, { p: { policy: { phases: {} } } }),
      testCycle()
    )
    assert.equal(seen.facts.unsupported, 'this server has no API for lifecycle policies')
  })

  it('does not look at kinds it only refers to when they are missing or forbidden', async () => {
    const link = linkWith({
      'GET /_ilm/policy': noHandler('/_ilm/policy'),
      'GET /_ingest/pipeline': refusal(403, 'security_exception', 'no')
    })
    const { facts } = await bodyResource(componentTemplates, link, new Readings(link), 'us').observe(
      items(componentTemplateKind, { c: { template: {} } }),
      testCycle()
    )
    assert.deepEqual([...(facts.live ?? [])], [])
  })

  it('refuses each declared item when the kind may not be seen, and throws when it could not look', async () => {
    const declared = items(ingestPipelineKind, { p: { processors: [] } })
    const forbidden = linkWith({ 'GET /_ingest/pipeline': refusal(403, 'security_exception', 'no rights') })
    const seen = await bodyResource(ingestPipelines, forbidden, new Readings(forbidden), 'us').observe(
      declared,
      testCycle()
    )
    assert.deepEqual(seen.items.get('p'), { refused: 'no rights' })
    const broken = linkWith({ 'GET /_ingest/pipeline': refusal(503, 'x', 'y') })
    await assert.rejects(
      bodyResource(ingestPipelines, broken, new Readings(broken), 'us').observe(declared, testCycle()),
      {
        code: 'UNAVAILABLE'
      }
    )
  })

  it('takes 404 for none at all', async () => {
    const link = linkWith({ 'GET /_ingest/pipeline': new Answered(404, {}) })
    const { items: seen } = await bodyResource(ingestPipelines, link, new Readings(link), 'us').observe([], testCycle())
    assert.equal(seen.size, 0)
  })
})

describe('observing single bodies', () => {
  const template = (name: string): Json => ({ name, index_template: { index_patterns: [`${name}-*`] } })
  const missing = refusal(404, 'resource_not_found_exception', 'not found')
  const single: Readonly<Record<string, Scripted>> = {
    'GET /_index_template/a': { index_templates: [template('a')] },
    'GET /_index_template/b': missing,
    'GET /_component_template/part': missing
  }

  async function observed(declared: Readonly<Record<string, Json>>) {
    const link = linkWith(single)
    const desired = items(indexTemplateKind, declared)
    const cycle = testCycle({
      scope: new Set(desired.map(({ key }) => key)),
      declared: new Map([['component-template', items(componentTemplateKind, { own: { template: {} } })]])
    })
    const seen = await bodyResource(indexTemplates, link, new Readings(link), 'us').observe(desired, cycle)
    return { seen, asked: link.lines.filter((line) => line !== 'GET /') }
  }

  it('takes one request for each, and none that asks whether something has changed', async () => {
    const { seen, asked } = await observed({ a: { index_patterns: ['a-*'] }, b: { index_patterns: ['b-*'] } })
    assert.deepEqual([...seen.items.keys()], ['a'])
    assert.deepEqual(asked, ['GET /_index_template/a', 'GET /_index_template/b'])
  })

  it('takes one more for what they name and nobody declares', async () => {
    const { seen, asked } = await observed({ a: { index_patterns: ['a-*'], composed_of: ['own', 'part'] } })
    assert.deepEqual(asked, ['GET /_index_template/a', 'GET /_component_template/part'])
    assert.deepEqual([...(seen.facts.live?.get('component-template') ?? [])], [])
  })

  it('reads all where there are many, and where a name cannot stand in a path', async () => {
    const many = Object.fromEntries(['c', 'd', 'e', 'f', 'g'].map((name) => [name, { index_patterns: [`${name}-*`] }]))
    for (const declared of [many, { 'a*': { index_patterns: ['a-*'] } }]) {
      const { seen, asked } = await observed(declared)
      assert.ok(asked.includes('GET /_index_template'))
      assert.equal(seen.items.size, 0)
    }
  })
})

describe('writing bodies', () => {
  it('creates each item by one request, marked, with the time-outs its API takes', async () => {
    const link = linkWith({ 'PUT /_component_template/a%2Fb': done, 'PUT /_ingest/pipeline/q': done })
    const readings = new Readings(link)
    await bodyResource(componentTemplates, link, readings, 'us').create?.(
      items(componentTemplateKind, { 'a/b': { template: {}, version: null } }),
      call
    )
    await bodyResource(ingestPipelines, link, readings, 'us').create?.(
      items(ingestPipelineKind, { q: { processors: [] } }),
      call
    )
    assert.deepEqual(
      link.of('PUT').map(({ query, body }) => [query, body]),
      [
        [{ master_timeout: '9s' }, { template: {}, _meta: marker }],
        [
          { master_timeout: '9s', timeout: '9s' },
          { processors: [], _meta: marker }
        ]
      ]
    )
  })

  it('does not mark a pipeline of OpenSearch, which takes no _meta there', async () => {
    const link = linkWith({
      'GET /': { version: { number: '3.8.0', distribution: 'opensearch' } },
      'PUT /_ingest/pipeline/q': done
    })
    const resource = bodyResource(ingestPipelines, link, new Readings(link), 'us')
    const declared = items(ingestPipelineKind, { q: { processors: [] } })
    const { facts } = await resource.observe(declared, testCycle())
    await resource.create?.(declared, testCall({ facts }))
    assert.deepEqual(link.of('PUT')[0]?.body, { processors: [] })
  })

  it('updates the live body in the named fields alone', async () => {
    const link = linkWith({ 'PUT /_component_template/c': done })
    const resource = bodyResource(componentTemplates, link, new Readings(link), 'us')
    const desired = item(componentTemplateKind, 'c', {
      template: { settings: { number_of_replicas: 2, refresh_interval: '5s' } }
    })
    const seen = await resource.observe([desired], testCycle())
    await resource.update?.(
      [updateOf(componentTemplateKind, desired, seen, ({ path }) => path.endsWith('refresh_interval'))],
      call
    )
    assert.deepEqual(link.of('PUT')[0]?.body, {
      template: { settings: { number_of_replicas: '1', refresh_interval: '5s' } },
      _meta: { team: 'x', ...marker }
    })
  })

  it('lets one bad item fail alone, in the words of the server', async () => {
    const link = linkWith({
      'PUT /_ingest/pipeline/bad': refusal(400, 'parse_exception', 'No processor type exists with name [nope]'),
      'PUT /_ingest/pipeline/good': done
    })
    const resource = bodyResource(ingestPipelines, link, new Readings(link), 'us')
    const results =
      (await resource.create?.(
        items(ingestPipelineKind, { bad: { processors: [{ nope: {} }] }, good: { processors: [] } }),
        call
      )) ?? []
    assert.deepEqual(
      results.map((result) =>
        result.result === 'failed'
          ? [result.name, result.error.code, result.error.message]
          : [result.name, result.result]
      ),
      [
        ['bad', 'REJECTED', 'No processor type exists with name [nope]'],
        ['good', 'done']
      ]
    )
  })
})
