import assert from 'node:assert/strict'
import { indexKind } from '../../../../reconcilers/elasticsearch/index/kind.ts'
import type { IndexFacts, IndexState } from '../../../../reconcilers/elasticsearch/index/state.ts'
import type { Body } from '../../../../reconcilers/elasticsearch/body.ts'
import type { Desired, Observed, Sighting } from '../../../../src/contract.ts'
import { item, items } from '../items.ts'

const state = (index: string, more: Partial<IndexState> = {}): Sighting<IndexState> => ({
  state: { index, isOpen: true, distribution: 'elasticsearch', settings: {}, mappings: {}, aliases: {}, ...more }
})

/** `name verdict CODE path` of every remark. */
function remarks(
  declared: Readonly<Record<string, Body>>,
  live?: Partial<Observed<IndexState, IndexFacts>>,
  aliases: Readonly<Record<string, Body>> = {}
): readonly string[] {
  const desired = items(indexKind, declared)
  const beside = Object.entries(aliases).map(([name, spec]) => ({ ...item(indexKind, name, {}), name, spec }))
  const context = {
    declared: new Map<string, readonly Desired<unknown>[]>([
      ['index', desired],
      ['alias', beside]
    ])
  }
  const facts = { aliases: new Map<string, readonly string[]>(), dataStreams: new Set<string>(), ...live?.facts }
  const observed = { items: new Map<string, Sighting<IndexState>>(), ...live, facts }
  const found = indexKind.check?.(desired, live === undefined ? context : { ...context, observed }) ?? []
  return found.map(({ name, verdict, code, path }) => [name, verdict, code, path.join('.')].join(' ').trim())
}

describe('declared indices', () => {
  it('have names an index can have, counted in bytes', () => {
    const long = 'ä'.repeat(128)
    assert.deepEqual(remarks({ Upper: {}, _under: {}, '<today-{now/d}>': {}, [long]: {}, fine: {} }), [
      'Upper invalid NAME',
      '_under invalid NAME',
      '<today-{now/d}> invalid NAME',
      `${long} invalid NAME`
    ])
  })

  it('declare no settings of the server, and are warned of unknown ones', () => {
    assert.deepEqual(remarks({ a: { settings: { uuid: 'x', refresh_intervall: '5s' } } }), [
      'a invalid SETTING_OF_SERVER settings.uuid',
      'a warn UNKNOWN_SETTING settings.refresh_intervall'
    ])
  })

  it('are told where a mapping is wrong, in the steps of its author', () => {
    assert.deepEqual(
      remarks({ a: { mappings: { properties: { 'x..y': { type: 'keyword' } } } } }).map((line) =>
        line.split(' ').slice(0, 2).join(' ')
      ),
      ['a invalid']
    )
  })

  it('share no alias with aliases.json, and no name with one another', () => {
    const declared = { a: { aliases: { shop: {}, b: {}, 'x y': {} } }, b: {} }
    assert.deepEqual(remarks(declared, undefined, { shop: { a: {} } }), [
      'a invalid ALIAS_TWICE aliases.shop',
      'a invalid NAME_COLLISION aliases.b',
      'a invalid NAME aliases.x y'
    ])
  })

  it('leave the alias of a strategy to the strategy', () => {
    assert.deepEqual(remarks({ a: { strategy: 'reindex', aliases: { a: {} } } }), ['a invalid ALIAS_TWICE aliases.a'])
  })

  it('are warned of pipelines and policies nobody declares, as long as no server can be asked', () => {
    assert.deepEqual(remarks({ a: { settings: { default_pipeline: 'nowhere' } } }), [
      'a warn UNKNOWN_REFERENCE settings.default_pipeline'
    ])
    assert.deepEqual(remarks({ a: { settings: { default_pipeline: '_none' } } }), [])
  })
})

describe('declared beside live indices', () => {
  it('wait when their name is that of an alias or a data stream', () => {
    const facts = { aliases: new Map([['a', ['x', 'y']]]), dataStreams: new Set(['logs']) }
    assert.deepEqual(remarks({ a: {}, logs: {}, fine: {} }, { facts }), ['a hold NAME_TAKEN', 'logs hold NAME_TAKEN'])
  })

  it('are said to be closed, and nothing else', () => {
    assert.deepEqual(
      remarks(
        { a: {}, b: {} },
        {
          items: new Map([
            ['a', state('a', { isOpen: false })],
            ['b', state('b')]
          ])
        }
      ),
      ['a warn CLOSED']
    )
  })

  it('are not judged where they are not shown', () => {
    assert.deepEqual(
      remarks(
        { a: {} },
        {
          items: new Map([['a', { refused: 'no rights' }]]),
          facts: { aliases: new Map([['a', ['x']]]), dataStreams: new Set() }
        }
      ),
      []
    )
  })
})
