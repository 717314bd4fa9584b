/**
 * Declared settings beside live settings.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Json } from '../../../../src/records.ts'
import {
  compareSettings,
  creationSettings,
  undeclaredSettings,
  type SettingChange,
  type SettingsContext
} from '../../../../reconcilers/elasticsearch/settings/compare.ts'
import {
  flattenSettings,
  type SettingMap,
  type SettingValue
} from '../../../../reconcilers/elasticsearch/settings/flatten.ts'
import { declaredSettings, liveSettings } from './arbitraries.ts'

const open: SettingsContext = { distribution: 'elasticsearch', closed: false }
const closed: SettingsContext = { distribution: 'elasticsearch', closed: true }
const openSearch: SettingsContext = { distribution: 'opensearch', closed: false }

const flat = (settings: Json): SettingMap => flattenSettings(settings).values
const compare = (declared: Json, live: Json, context = open): readonly SettingChange[] =>
  compareSettings(flat(declared), flat(live), context)
const undeclared = (declared: Json, live: Json): readonly SettingChange[] =>
  undeclaredSettings(flat(declared), flat(live), open)
const brief = (changes: readonly SettingChange[]): unknown[] =>
  changes.map(({ path, before, after, risk }) => [path, before, after, risk])

/** What a server would hold after the changes were written. */
function applied(live: SettingMap, changes: readonly SettingChange[]): SettingMap {
  const after = new Map<string, SettingValue>(live)
  for (const change of changes) {
    if (change.after === null) after.delete(change.key)
    else after.set(change.key, change.after)
  }
  return after
}

const contexts = fc.constantFrom(open, closed, openSearch)

describe('declared settings', () => {
  it('are compared alone: what only the index carries is no difference', () => {
    assert.deepEqual(compare({}, { 'index.refresh_interval': '5s', 'index.uuid': 'x' }), [])
  })

  it('are compared in the words of the server, whatever form they have', () => {
    assert.deepEqual(
      compare(
        { index: { refresh_interval: '30000ms', number_of_replicas: 1 } },
        { 'index.refresh_interval': '30s', 'index.number_of_replicas': '1' }
      ),
      []
    )
  })

  it('that change in place are safe', () => {
    assert.deepEqual(brief(compare({ refresh_interval: '30s' }, { index: { refresh_interval: '1s' } })), [
      ['settings.refresh_interval', '1s', '30s', 'safe']
    ])
  })

  it('that need a reopen are disruptive, and say so', () => {
    const [change] = compare({ codec: 'best_compression' }, {})
    assert.equal(change?.risk, 'disruptive')
    assert.equal(
      change.why,
      'codec needs the index to be closed and opened again: searches fail for as long as that takes'
    )
  })

  it('that need a reopen are safe while the index is closed', () => {
    assert.deepEqual(brief(compare({ codec: 'best_compression' }, {}, closed)), [
      ['settings.codec', null, 'best_compression', 'safe']
    ])
    assert.deepEqual(brief(compare({ codec: 'best_compression' }, {}, { ...openSearch, closed: true })), [
      ['settings.codec', null, 'best_compression', 'safe']
    ])
  })

  it('that need a reopen are unsupported on OpenSearch, which has none', () => {
    const [change] = compare({ codec: 'best_compression' }, {}, openSearch)
    assert.equal(change?.risk, 'unsupported')
    assert.match(change.why ?? '', /OpenSearch has no reopen=true; close it/)
  })

  it('that are final need a new index, closed or not', () => {
    for (const context of [open, closed]) {
      const [change] = compare({ number_of_shards: 3 }, { number_of_shards: '1' }, context)
      assert.equal(change?.risk, 'unsupported')
      assert.equal(
        change.why,
        'needs reindex: number_of_shards from 1 to 3 takes a new index with its own copy of the documents'
      )
    }
  })

  it('name lists and values that are not set in the reason', () => {
    const [change] = compare({ 'sort.field': ['a', 'b'] }, {})
    assert.match(change?.why ?? '', /sort\.field from not set to \[a, b\]/)
  })

  it('the server owns are never written', () => {
    assert.deepEqual(
      compare({ uuid: 'a' }, { uuid: 'b' }).map(({ risk, why }) => [risk, why]),
      [['unsupported', 'uuid belongs to the server; remove it from the declaration']]
    )
  })

  it('nobody knows are tried in place', () => {
    assert.deepEqual(brief(compare({ 'plugin.own': true }, {})), [['settings.plugin.own', null, 'true', 'safe']])
  })

  it('that are null reset what is set, and nothing else', () => {
    assert.deepEqual(brief(compare({ refresh_interval: null }, { refresh_interval: '5s' })), [
      ['settings.refresh_interval', '5s', null, 'safe']
    ])
    assert.deepEqual(
      compare(
        { refresh_interval: null, number_of_replicas: null, 'blocks.write': null },
        { number_of_replicas: '1', 'blocks.write': 'false' }
      ),
      []
    )
  })

  it('that equal the default are not written', () => {
    assert.deepEqual(
      compare(
        {
          max_result_window: 10_000,
          number_of_shards: 1,
          codec: 'default',
          'soft_deletes.enabled': true,
          mode: 'standard'
        },
        {}
      ),
      []
    )
  })

  it('that equal the default of an ordinary index are differences in one with a mode of its own', () => {
    for (const live of [{ mode: 'logsdb' }, { 'index.mode': 'time_series' }])
      assert.deepEqual(
        compare({ codec: 'default' }, live).map(({ risk }) => risk),
        ['disruptive']
      )
    assert.deepEqual(compare({ codec: 'default' }, { mode: 'STANDARD' }), [])
    assert.deepEqual(
      undeclared({}, { mode: 'logsdb', codec: 'default' }).map(({ key }) => key),
      ['mode', 'codec']
    )
    assert.deepEqual(undeclared({}, { codec: 'default' }), [])
  })

  it('that the server never shows are left alone, and compared where what they made is known', () => {
    assert.deepEqual(compare({ number_of_routing_shards: 8 }, { number_of_shards: '2' }), [])
    assert.deepEqual(brief(compare({ number_of_routing_shards: 8 }, { number_of_routing_shards: '4' })), [
      ['settings.number_of_routing_shards', '4', '8', 'unsupported']
    ])
  })

  it('keep the order of lists', () => {
    assert.deepEqual(brief(compare({ 'query.default_field': ['b', 'a'] }, { 'query.default_field': ['a', 'b'] })), [
      ['settings.query.default_field', ['a', 'b'], ['b', 'a'], 'safe']
    ])
  })
})

describe('the number of replicas', () => {
  it('is not compared while the server expands replicas', () => {
    assert.deepEqual(compare({ number_of_replicas: 5 }, { number_of_replicas: '0', auto_expand_replicas: '0-1' }), [])
    assert.deepEqual(
      brief(compare({ number_of_replicas: 5, auto_expand_replicas: '0-1' }, { number_of_replicas: '0' })),
      [['settings.auto_expand_replicas', null, '0-1', 'safe']]
    )
  })

  it('is compared when the expansion is off or declared to be off', () => {
    assert.equal(
      compare({ number_of_replicas: 5 }, { number_of_replicas: '0', auto_expand_replicas: 'false' }).length,
      1
    )
    for (const off of [false, null])
      assert.equal(
        compare(
          { number_of_replicas: 5, auto_expand_replicas: off },
          { number_of_replicas: '0', auto_expand_replicas: '0-1' }
        ).length,
        2
      )
  })
})

describe('settings of an index to create', () => {
  it('are all declared ones but those that are null', () => {
    assert.deepEqual(
      brief(creationSettings(flat({ number_of_shards: 1, refresh_interval: null, codec: 'best_compression' }))),
      [
        ['settings.number_of_shards', null, '1', 'safe'],
        ['settings.codec', null, 'best_compression', 'safe']
      ]
    )
  })
})

describe('undeclared settings', () => {
  const asCreated = {
    'index.uuid': 'x',
    'index.creation_date': '1',
    'index.provided_name': 'a',
    'index.version.created': '1',
    'index.number_of_shards': '1',
    'index.number_of_replicas': '1',
    'index.routing.allocation.include._tier_preference': 'data_content',
    'index.replication.type': 'DOCUMENT',
    'index.resize.source.name': 'b',
    'index.history.uuid': 'x',
    'index.verified_before_close': 'true'
  }

  it('are none on an index just created', () => assert.deepEqual(undeclared({}, asCreated), []))

  it('are resets, with the risk a reset has', () => {
    assert.deepEqual(
      brief(
        undeclared(
          { refresh_interval: '1s' },
          {
            ...asCreated,
            'index.refresh_interval': '5s',
            'index.number_of_shards': '3',
            'index.codec': 'x',
            'index.blocks.write': 'true'
          }
        )
      ),
      [
        ['settings.number_of_shards', '3', null, 'unsupported'],
        ['settings.codec', 'x', null, 'disruptive'],
        ['settings.blocks.write', 'true', null, 'safe']
      ]
    )
  })

  it('are not values that mean the same when they are not set', () => {
    assert.deepEqual(undeclared({}, { 'index.max_result_window': '10000', 'index.gc_deletes': '1m' }), [])
  })

  it('are not what the server moves: the block of a full disk, the number of expanded replicas', () => {
    assert.deepEqual(
      undeclared(
        { auto_expand_replicas: '0-1' },
        { auto_expand_replicas: '0-1', number_of_replicas: '0', 'blocks.read_only_allow_delete': 'true' }
      ),
      []
    )
  })

  it('are nothing that is declared, and each reset is a difference if it were declared null', () => {
    fc.assert(
      fc.property(declaredSettings, liveSettings, contexts, (declared, live, context) => {
        const found = undeclaredSettings(declared, live, context)
        assert.ok(found.every(({ key, after }) => !declared.has(key) && live.has(key) && after === null))
        const asNull = new Map([...declared, ...found.map(({ key }) => [key, null] as const)])
        for (const change of found)
          assert.deepEqual(
            compareSettings(asNull, live, context).filter(({ key }) => key === change.key),
            [change]
          )
      })
    )
  })
})

describe('a comparison', () => {
  it('of settings with themselves finds nothing', () => {
    fc.assert(
      fc.property(
        declaredSettings,
        contexts,
        (settings, context) => compareSettings(settings, settings, context).length === 0
      )
    )
  })

  it('finds nothing once its changes are written', () => {
    fc.assert(
      fc.property(declaredSettings, liveSettings, contexts, (declared, live, context) => {
        const changes = compareSettings(declared, live, context)
        assert.deepEqual(compareSettings(declared, applied(live, changes), context), [])
      })
    )
  })

  it('finds nothing on an index just created as declared', () => {
    fc.assert(
      fc.property(declaredSettings, (declared) => {
        assert.deepEqual(compareSettings(declared, applied(new Map(), creationSettings(declared)), open), [])
      })
    )
  })

  it('gives a reason exactly when a change is more than safe', () => {
    fc.assert(
      fc.property(declaredSettings, liveSettings, contexts, (declared, live, context) => {
        for (const { risk, why } of compareSettings(declared, live, context))
          assert.equal(why === undefined, risk === 'safe')
      })
    )
  })
})
