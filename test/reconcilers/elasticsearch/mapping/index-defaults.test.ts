/**
 * Fields whose index has a default of its own. What the server shows of them is measured on 9.4.3.
 */
import assert from 'node:assert/strict'
import type { Body } from '../../../../reconcilers/elasticsearch/body.ts'
import { compareIndex } from '../../../../reconcilers/elasticsearch/index/compare.ts'
import type { IndexState } from '../../../../reconcilers/elasticsearch/index/state.ts'
import { withIndexDefaults } from '../../../../reconcilers/elasticsearch/mapping/index-defaults.ts'

function changes(declared: Body, live: Body, settings: Body): readonly unknown[] {
  const state: IndexState = {
    index: 'a',
    isOpen: true,
    distribution: 'elasticsearch',
    settings,
    mappings: { properties: live },
    aliases: {}
  }
  return compareIndex({ mappings: { properties: declared } }, state).map(({ path, before, after, risk }) => [
    path,
    before,
    after,
    risk
  ])
}

const lenient = {
  'index.mapping.ignore_malformed': 'true',
  'index.mapping.coerce': 'false',
  'index.mapping.ignore_above': '10'
}

describe('a field of an index with defaults of its own', () => {
  it('is as declared where the server drops what the index says anyway', () => {
    assert.deepEqual(
      changes(
        {
          d: { type: 'date', ignore_malformed: 'true' },
          n: { type: 'long', coerce: false },
          t: { type: 'text', fields: { k: { type: 'keyword', ignore_above: 10 } } }
        },
        { d: { type: 'date' }, n: { type: 'long' }, t: { type: 'text', fields: { k: { type: 'keyword' } } } },
        lenient
      ),
      []
    )
  })

  it('differs where it is declared as what is the default elsewhere', () => {
    assert.deepEqual(
      changes({ 'o.n': { type: 'long', coerce: true } }, { o: { properties: { n: { type: 'long' } } } }, lenient),
      [['mappings.properties.o.properties.n.coerce', 'false', true, 'safe']]
    )
  })

  it('keeps what it says itself, and what nobody declares is not made up', () => {
    assert.deepEqual(changes({ n: { type: 'long', coerce: true } }, { n: { type: 'long', coerce: true } }, lenient), [])
    const live = { properties: { n: { type: 'long' }, m: { type: 'long' } } }
    assert.deepEqual(
      withIndexDefaults(
        live,
        { properties: { n: { type: 'long', coerce: null } } },
        new Map([['mapping.coerce', 'false']])
      ),
      live
    )
  })

  it('of another type is left as it is', () => {
    const live = { properties: { n: { type: 'ip' } } }
    assert.deepEqual(
      withIndexDefaults(
        live,
        { properties: { n: { type: 'long', coerce: true } } },
        new Map([['mapping.coerce', 'false']])
      ),
      live
    )
  })

  it('is as it is where the index has none', () => {
    const live = { properties: { 'a.b': { type: 'ip' } } }
    assert.equal(withIndexDefaults(live, { properties: {} }, new Map()), live)
  })
})
