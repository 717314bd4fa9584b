/**
 * Changed settings → requests.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { compareSettings, type SettingsContext } from '../../../../reconcilers/elasticsearch/settings/compare.ts'
import { traitsOf } from '../../../../reconcilers/elasticsearch/settings/classes.ts'
import type { SettingValue } from '../../../../reconcilers/elasticsearch/settings/flatten.ts'
import { settingsRequests, type SettingsUpdate } from '../../../../reconcilers/elasticsearch/settings/write.ts'
import { declaredSettings } from './arbitraries.ts'

const context: SettingsContext = { distribution: 'elasticsearch', closed: false }

function update(name: string, declared: Record<string, SettingValue>, closed = false): SettingsUpdate {
  return {
    name,
    closed,
    changes: compareSettings(new Map(Object.entries(declared)), new Map(), { ...context, closed })
  }
}

describe('requests for changed settings', () => {
  it('are one for all indices that get the same', () => {
    const updates = ['a', 'b', 'c'].map((name) => update(name, { refresh_interval: '30s', number_of_replicas: '2' }))
    assert.deepEqual(settingsRequests(updates), [
      {
        step: 2,
        names: ['a', 'b', 'c'],
        path: 'a,b,c',
        reopen: false,
        body: { 'index.number_of_replicas': '2', 'index.refresh_interval': '30s' }
      }
    ])
  })

  it('are one whatever order the settings were declared in', () => {
    const updates = [
      update('a', { refresh_interval: '30s', priority: '2' }),
      update('b', { priority: '2', refresh_interval: '30s' })
    ]
    assert.equal(settingsRequests(updates).length, 1)
  })

  it('are apart for different values', () => {
    assert.deepEqual(
      settingsRequests([update('a', { priority: '2' }), update('b', { priority: '3' })]).map(({ names }) => names),
      [['a'], ['b']]
    )
  })

  it('keep what changes in place apart from what needs a reopen', () => {
    assert.deepEqual(settingsRequests([update('a', { priority: '2', codec: 'best_compression' })]), [
      { step: 2, names: ['a'], path: 'a', reopen: false, body: { 'index.priority': '2' } },
      { step: 3, names: ['a'], path: 'a', reopen: true, body: { 'index.codec': 'best_compression' } }
    ])
  })

  it('never ask to reopen an index that is closed', () => {
    const updates = [update('a', { codec: 'best_compression' }, true), update('b', { codec: 'best_compression' })]
    assert.deepEqual(
      settingsRequests(updates).map(({ names, reopen }) => [names, reopen]),
      [
        [['a'], false],
        [['b'], true]
      ]
    )
  })

  it('reset with null', () => {
    const changes = compareSettings(
      new Map([['refresh_interval', null]]),
      new Map([['refresh_interval', '1s']]),
      context
    )
    assert.deepEqual(settingsRequests([{ name: 'a', closed: false, changes }])[0]?.body, {
      'index.refresh_interval': null
    })
  })

  it('lift a block on its own and first, and set one last', () => {
    const live = new Map([
      ['blocks.read_only', 'true'],
      ['blocks.metadata', 'true']
    ])
    const declared = new Map([
      ['priority', '2'],
      ['codec', 'best_compression'],
      ['blocks.read_only', null],
      ['blocks.metadata', 'false']
    ])
    const lifting = settingsRequests([{ name: 'a', closed: false, changes: compareSettings(declared, live, context) }])
    assert.deepEqual(
      lifting.map(({ body }) => body),
      [
        { 'index.blocks.read_only': null },
        { 'index.blocks.metadata': 'false' },
        { 'index.priority': '2' },
        { 'index.codec': 'best_compression' }
      ]
    )
    const blocking = settingsRequests([
      update('a', { 'blocks.read_only': 'true', 'blocks.write': 'true', codec: 'best_compression' })
    ])
    assert.deepEqual(
      blocking.map(({ body }) => Object.keys(body)),
      [['index.blocks.write'], ['index.codec'], ['index.blocks.read_only']]
    )
  })

  it('are none for no changes', () => assert.deepEqual(settingsRequests([update('a', {})]), []))

  it('have paths a request line can hold', () => {
    const updates = Array.from({ length: 300 }, (_, index) => update(`${'ä'.repeat(60)}-${index}`, { priority: '2' }))
    const requests = settingsRequests(updates)
    assert.ok(requests.length > 1)
    for (const { path } of requests) assert.ok(path.length <= 3_500)
    assert.deepEqual(
      requests.flatMap(({ names }) => names),
      updates.map(({ name }) => name)
    )
  })

  it('lose nothing, invent nothing and mix nothing', () => {
    const updates = fc.uniqueArray(
      fc.record({ name: fc.stringMatching(/^[a-z]{1,4}$/), closed: fc.boolean(), declared: declaredSettings }),
      {
        selector: ({ name }) => name,
        maxLength: 6
      }
    )
    fc.assert(
      fc.property(updates, (items) => {
        const wanted = items.map(({ name, closed, declared }) => ({
          name,
          closed,
          changes: compareSettings(declared, new Map(), { ...context, closed })
        }))
        const requests = settingsRequests(wanted)
        const written = requests.flatMap(({ names, reopen, body }) =>
          names.flatMap((name) =>
            Object.entries(body).map(([key, value]) => JSON.stringify([name, reopen, key, value]))
          )
        )
        const expected = wanted.flatMap(({ name, closed, changes }) =>
          changes.map(({ key, after }) =>
            JSON.stringify([name, !closed && traitsOf(key).class === 'reopen', `index.${key}`, after])
          )
        )
        assert.deepEqual(written.toSorted(), expected.toSorted())
        assert.deepEqual(
          requests,
          requests.toSorted((a, b) => a.step - b.step)
        )
        for (const { body } of requests) assert.notEqual(Object.keys(body).length, 0)
        assert.equal(
          new Set(requests.map(({ body, reopen, names }) => JSON.stringify([body, reopen, names.length > 0]))).size,
          requests.length
        )
      })
    )
  })
})
