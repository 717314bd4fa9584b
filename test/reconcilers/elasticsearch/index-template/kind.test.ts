/**
 * Index templates.
 */
import assert from 'node:assert/strict'
import { bodyForUpdate } from '../../../../reconcilers/elasticsearch/body/shape.ts'
import { bodiesFrom } from '../../../../reconcilers/elasticsearch/body/kind.ts'
import { indexTemplateKind as kind, indexTemplates } from '../../../../reconcilers/elasticsearch/index-template/kind.ts'
import { indexTemplateShape } from '../../../../reconcilers/elasticsearch/index-template/state.ts'
import type { Body } from '../../../../reconcilers/elasticsearch/body.ts'
import { differences, found, parsed, remarks, verdicts } from '../declared.ts'

const answer = {
  index_templates: [
    {
      name: 'app',
      index_template: {
        index_patterns: ['app-*'],
        template: { settings: { index: { number_of_shards: '1' } } },
        composed_of: [],
        priority: 200,
        data_stream: { hidden: false, allow_custom_routing: false },
        created_date_millis: 1,
        modified_date_millis: 1
      }
    },
    { name: 'plain', index_template: { index_patterns: ['plain-*'], composed_of: ['base'] } }
  ]
}
const live = bodiesFrom(indexTemplates, answer)
const app = found(live, 'app')
const plain = found(live, 'plain')

function template(pattern: string, more: Body = {}): Body {
  return { index_patterns: [pattern], ...more }
}

describe('an index template', () => {
  it('is in sync with one pattern as text, and with what the server fills in', () => {
    assert.deepEqual(differences(kind, { index_patterns: 'app-*', data_stream: {} }, app), [])
    assert.deepEqual(differences(kind, template('app-*', { composed_of: [], data_stream: { hidden: false } }), app), [])
    assert.deepEqual(
      kind.undeclared?.(
        template('app-*', { template: { settings: { number_of_shards: 1 } }, priority: 200, data_stream: {} }),
        app.state
      ),
      []
    )
  })

  it('changes its patterns, components and priority in place, lists as one value', () => {
    assert.deepEqual(
      differences(kind, { index_patterns: ['app-*', 'new-*'], priority: 300, composed_of: ['base'] }, app),
      [
        ['index_patterns', ['app-*'], ['app-*', 'new-*'], 'safe'],
        ['priority', 200, 300, 'safe'],
        ['composed_of', [], ['base'], 'safe']
      ]
    )
  })

  it('makes something else of new names when `data_stream` comes or goes', () => {
    assert.deepEqual(differences(kind, template('plain-*', { data_stream: {} }), plain), [
      ['data_stream', null, {}, 'disruptive']
    ])
    assert.deepEqual(differences(kind, template('plain-*', { data_stream: { hidden: true } }), plain), [
      ['data_stream.hidden', null, true, 'disruptive']
    ])
    assert.deepEqual(differences(kind, template('app-*', { data_stream: null }), app), [
      ['data_stream', { hidden: false, allow_custom_routing: false }, null, 'disruptive']
    ])
    assert.deepEqual(differences(kind, template('app-*', { data_stream: { hidden: true } }), app), [
      ['data_stream.hidden', false, true, 'safe']
    ])
  })

  it('is written whole, without what the server added', () => {
    assert.deepEqual(
      bodyForUpdate(indexTemplateShape, template('app-*', { priority: 1 }), app.state, new Set(['priority']), 'me'),
      {
        index_patterns: ['app-*'],
        template: { settings: { number_of_shards: '1' } },
        composed_of: [],
        priority: 1,
        data_stream: { hidden: false, allow_custom_routing: false },
        _meta: { infometis: { owner: 'me' } }
      }
    )
  })

  it('needs a pattern', () => {
    assert.equal(Array.isArray(parsed(kind, { index_patterns: [] })), true)
    assert.equal(Array.isArray(parsed(kind, {})), true)
    assert.deepEqual(parsed(kind, { index_patterns: 'a', prioritty: 1 }), [['unrecognized_keys', '', ['prioritty']]])
    assert.deepEqual(parsed(kind, { index_patterns: 'a', priority: 1 }), { index_patterns: 'a', priority: 1 })
  })

  it('is refused for a name or a pattern no index can have', () => {
    assert.deepEqual(verdicts(kind, { A: template('a-*') }), [['A', 'invalid', 'NAME', '']])
    assert.deepEqual(verdicts(kind, { a: template('_a-*') }), [['a', 'invalid', 'NAME', 'index_patterns']])
  })
})

describe('two index templates that match one name', () => {
  const overlap = { a: template('logs-*', { priority: 5 }), b: template('logs-app-*', { priority: 5 }) }

  it('are both refused when they have one priority', () => {
    assert.deepEqual(verdicts(kind, overlap), [
      ['a', 'invalid', 'PRIORITY', 'priority'],
      ['b', 'invalid', 'PRIORITY', 'priority']
    ])
    const [first] = remarks(kind, overlap)
    assert.equal(
      first?.message,
      'expected a priority of its own, found 5, the priority of "b", which is declared too, and both match names of "logs-*" and "logs-app-*"; give one another priority'
    )
  })

  it('have one priority when neither says any, or one says 0', () => {
    assert.equal(verdicts(kind, { a: template('logs-*'), b: template('logs-a', { priority: 0 }) }).length, 2)
  })

  it('are fine with different priorities or without a name in common', () => {
    assert.deepEqual(
      verdicts(kind, { a: template('logs-*', { priority: 5 }), b: template('logs-app-*', { priority: 6 }) }),
      []
    )
    assert.deepEqual(
      verdicts(kind, { a: template('logs-*', { priority: 5 }), b: template('app-*', { priority: 5 }) }),
      []
    )
  })

  it('are found when one is only on the server', () => {
    const facts = { live: new Map([['component-template', new Set(['base'])]]) }
    assert.deepEqual(verdicts(kind, { x: template('app-1', { priority: 200 }) }, { live, facts }), [
      ['x', 'invalid', 'PRIORITY', 'priority']
    ])
    assert.deepEqual(
      verdicts(kind, { app: template('app-1', { priority: 200 }) }, { live, facts }),
      [],
      'itself does not count'
    )
  })
})

describe('a component an index template is composed of', () => {
  const items = { a: template('a-*', { composed_of: ['base'] }) }
  const remark = ['a', 'warn', 'UNKNOWN_REFERENCE', 'composed_of']

  it('is fine when it is declared', () => {
    assert.deepEqual(verdicts(kind, items, { beside: { 'component-template': { base: {} } } }), [])
  })

  it('is warned about offline, and refused when the server has none of that name', () => {
    assert.deepEqual(verdicts(kind, items), [remark])
    const facts = (names: readonly string[]) => ({ live: new Map([['component-template', new Set(names)]]) })
    assert.deepEqual(verdicts(kind, items, { live: new Map(), facts: facts([]) }), [remark.with(1, 'invalid')])
    assert.deepEqual(verdicts(kind, items, { live: new Map(), facts: facts(['base']) }), [])
  })

  it('may be missing when the template says so, and is not asked for when Elasticsearch makes it', () => {
    assert.deepEqual(
      verdicts(kind, { a: template('a-*', { composed_of: ['base'], ignore_missing_component_templates: ['base'] }) }),
      []
    )
    assert.deepEqual(verdicts(kind, { a: template('a-*', { composed_of: ['ecs@mappings'] }) }), [])
  })

  it('is named with the one that was probably meant', () => {
    const [first] = remarks(
      kind,
      { a: template('a-*', { composed_of: ['bse'] }) },
      { beside: { 'component-template': { base: {} } } }
    )
    assert.equal(
      first?.message,
      'expected a component template, found "bse", which is not declared here; the server may hold it; did you mean "base"?'
    )
  })
})
