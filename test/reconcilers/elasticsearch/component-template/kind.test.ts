/**
 * Component templates.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { bodiesFrom } from '../../../../reconcilers/elasticsearch/body/kind.ts'
import {
  componentTemplateKind as kind,
  componentTemplates
} from '../../../../reconcilers/elasticsearch/component-template/kind.ts'
import { componentTemplateShape as shape } from '../../../../reconcilers/elasticsearch/component-template/state.ts'
import type { Body } from '../../../../reconcilers/elasticsearch/body.ts'
import { anyBody } from '../body/arbitrary.ts'
import { differences, found, parsed, verdicts } from '../declared.ts'

const answer = {
  component_templates: [
    {
      name: 'base',
      component_template: {
        template: {
          settings: { index: { number_of_shards: '2', lifecycle: { name: 'p' }, codec: 'best_compression' } },
          mappings: {
            dynamic: 'false',
            properties: { '@timestamp': { type: 'date' }, 'host.name': { type: 'keyword', ignore_above: 256 } }
          },
          aliases: { a: { index_routing: '1', search_routing: '1', filter: { term: { x: 1 } } } }
        },
        version: 1,
        created_date_millis: 1,
        created_date: '2026-11-21T00:00:00Z',
        modified_date_millis: 2,
        modified_date: '2026-11-21T00:00:00Z',
        _meta: { infometis: { owner: 'me' }, team: 'a' }
      }
    },
    { name: 'logs@settings', component_template: { template: {}, _meta: { managed: true } } }
  ]
}
const live = found(bodiesFrom(componentTemplates, answer), 'base')

function template(fields: Body): Body {
  return { template: fields }
}

describe('a component template', () => {
  it('is read without what the server adds, with its owner', () => {
    assert.equal(live.owner, 'me')
    assert.equal(live.excluded, undefined)
    assert.deepEqual(kind.describe?.(live.state), {
      template: {
        settings: { number_of_shards: '2', 'lifecycle.name': 'p', codec: 'best_compression' },
        mappings: {
          dynamic: 'false',
          properties: {
            '@timestamp': { type: 'date' },
            host: { properties: { name: { type: 'keyword', ignore_above: 256 } } }
          }
        },
        aliases: { a: { index_routing: '1', search_routing: '1', filter: { term: { x: 1 } } } }
      },
      version: 1,
      _meta: { team: 'a' }
    })
    assert.notEqual(found(bodiesFrom(componentTemplates, answer), 'logs@settings').excluded, undefined)
  })

  it('is in sync however its settings are written', () => {
    for (const settings of [
      { number_of_shards: 2 },
      { 'index.number_of_shards': '2' },
      { index: { number_of_shards: 2, lifecycle: { name: 'p' } } }
    ]) {
      assert.deepEqual(differences(kind, template({ settings }), live), [])
    }
  })

  it('is in sync with values of another unit and lists of one entry', () => {
    const echo = {
      state: {
        body: shape.canonical(template({ settings: { refresh_interval: '60s', 'query.default_field': ['a'] } }))
      }
    }
    assert.deepEqual(
      differences(kind, template({ settings: { refresh_interval: '1m', 'query.default_field': 'a' } }), echo),
      []
    )
  })

  it('names settings without "index.", as text', () => {
    assert.deepEqual(differences(kind, template({ settings: { index: { number_of_shards: 3, codec: null } } }), live), [
      ['template.settings.number_of_shards', '2', '3', 'safe'],
      ['template.settings.codec', 'best_compression', null, 'safe']
    ])
  })

  it('is in sync however its mappings are written', () => {
    const nested = { host: { properties: { name: { type: 'keyword' } } } }
    assert.deepEqual(differences(kind, template({ mappings: { dynamic: false, properties: nested } }), live), [])
    assert.deepEqual(differences(kind, template({ mappings: { _doc: { properties: nested } } }), live), [])
    assert.deepEqual(
      differences(
        kind,
        template({ mappings: { properties: { 'host.name': { type: 'keyword', ignore_above: '256' } } } }),
        live
      ),
      []
    )
  })

  it('changes parameters of a field one by one, but the type with the whole field', () => {
    assert.deepEqual(
      differences(
        kind,
        template({ mappings: { properties: { 'host.name': { type: 'keyword', ignore_above: 512 } } } }),
        live
      ),
      [['template.mappings.properties.host.properties.name.ignore_above', 256, 512, 'safe']]
    )
    assert.deepEqual(
      differences(kind, template({ mappings: { properties: { 'host.name': { type: 'text' } } } }), live),
      [
        [
          'template.mappings.properties.host.properties.name',
          { type: 'keyword', ignore_above: 256 },
          { type: 'text' },
          'safe'
        ]
      ]
    )
  })

  it('is in sync with an alias by its routing, and takes a filter as one value', () => {
    assert.deepEqual(differences(kind, template({ aliases: { a: { routing: '1' } } }), live), [])
    assert.deepEqual(differences(kind, template({ aliases: { a: { filter: { term: {} } } } }), live), [
      ['template.aliases.a.filter', { term: { x: 1 } }, { term: {} }, 'safe']
    ])
    assert.deepEqual(differences(kind, template({ aliases: { b: {} } }), live), [
      ['template.aliases.b', null, {}, 'safe']
    ])
    assert.deepEqual(differences(kind, template({ aliases: { a: null } }), live).length, 1)
  })

  it('has each setting and each mapped field nobody declared as undeclared', () => {
    const fields = kind.undeclared?.(template({ settings: { number_of_shards: 2 } }), live.state) ?? []
    assert.deepEqual(
      fields.map(({ path, after }) => [path, after]),
      [
        ['template.settings.lifecycle.name', null],
        ['template.settings.codec', null],
        ['template.mappings.dynamic', null],
        ['template.mappings.properties.@timestamp', null],
        ['template.mappings.properties.host', null],
        ['template.aliases.a', null],
        ['version', null],
        ['_meta.team', null]
      ]
    )
  })

  it('has one canonical form, equal to itself', () => {
    fc.assert(
      fc.property(anyBody, anyBody, anyBody, (settings, mappings, _meta) => {
        const once = shape.canonical({ template: { settings, mappings: { properties: mappings } }, _meta })
        assert.deepEqual(shape.canonical(once), once)
      })
    )
  })

  it('is refused by name for what Elasticsearch does not know', () => {
    assert.deepEqual(parsed(kind, { template: { setings: {} } }), [['unrecognized_keys', 'template', ['setings']]])
    assert.deepEqual(parsed(kind, { template: {}, index_patterns: [] }), [
      ['unrecognized_keys', '', ['index_patterns']]
    ])
    assert.deepEqual(parsed(kind, { template: { aliases: { a: { write: true } } } }), [
      ['unrecognized_keys', 'template.aliases.a', ['write']]
    ])
    assert.deepEqual(parsed(kind, { template: { settings: { a: 1n } }, version: 2 }), {
      template: { settings: { a: 1 } },
      version: 2
    })
  })

  it('is refused for bad names, bad aliases and settings of the server', () => {
    assert.deepEqual(verdicts(kind, { 'a b': template({}) }), [['a b', 'invalid', 'NAME', '']])
    assert.deepEqual(verdicts(kind, { a: template({ aliases: { 'x*': {}, '{index}-all': {} } }) }), [
      ['a', 'invalid', 'NAME', 'template.aliases.x*']
    ])
    assert.deepEqual(verdicts(kind, { a: template({ settings: { index: { uuid: 'x', version: { created: 1 } } } }) }), [
      ['a', 'invalid', 'SETTING_OF_SERVER', 'template.settings.index.uuid'],
      ['a', 'invalid', 'SETTING_OF_SERVER', 'template.settings.index.version.created']
    ])
  })

  it('is warned about a policy or pipeline that nobody declares', () => {
    const items = {
      a: template({ settings: { 'lifecycle.name': 'p', default_pipeline: 'q', final_pipeline: '_none' } })
    }
    const [policy, pipeline] = [
      ['a', 'warn', 'UNKNOWN_REFERENCE', 'template.settings.lifecycle.name'],
      ['a', 'warn', 'UNKNOWN_REFERENCE', 'template.settings.default_pipeline']
    ]
    assert.deepEqual(verdicts(kind, items), [policy, pipeline])
    assert.deepEqual(
      verdicts(kind, items, { beside: { 'lifecycle-policy': { p: {} }, 'ingest-pipeline': { q: {} } } }),
      []
    )
    assert.deepEqual(
      verdicts(kind, items, {
        live: new Map(),
        facts: {
          live: new Map([
            ['lifecycle-policy', new Set(['p'])],
            ['ingest-pipeline', new Set()]
          ])
        }
      }),
      [pipeline]
    )
    assert.deepEqual(verdicts(kind, items, { live: new Map() }), [], 'kinds that were not read are not judged')
  })

  it('waits while the server cannot hold it', () => {
    assert.deepEqual(verdicts(kind, { a: template({}) }, { live: new Map(), facts: { unsupported: 'too old' } }), [
      ['a', 'hold', 'UNSUPPORTED', '']
    ])
  })

  it('waits when software takes care of the live one', () => {
    const world = {
      live: bodiesFrom(componentTemplates, {
        component_templates: [{ name: 'a', component_template: { template: {}, _meta: { managed: true } } }]
      })
    }
    assert.deepEqual(verdicts(kind, { a: template({}) }, world), [['a', 'hold', 'MANAGED', '']])
    assert.deepEqual(verdicts(kind, { a: { template: {}, _meta: { managed: true } } }, world), [])
  })

  it('is never half read', () => {
    for (const broken of [
      {},
      null,
      { component_templates: {} },
      { component_templates: [{ name: 'a' }] },
      { component_templates: [{ component_template: {} }] }
    ]) {
      assert.throws(() => bodiesFrom(componentTemplates, broken), { code: 'NO_ANSWER' })
    }
  })
})
