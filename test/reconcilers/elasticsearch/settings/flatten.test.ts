/**
 * Settings in every form people and servers write them.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Json } from '../../../../src/records.ts'
import { isBody, type Body } from '../../../../reconcilers/elasticsearch/body.ts'
import { flattenSettings, type SettingMap } from '../../../../reconcilers/elasticsearch/settings/flatten.ts'
import { declaredSettings } from './arbitraries.ts'

const values = (settings: Json): Record<string, Json> => Object.fromEntries(flattenSettings(settings).values)

describe('flat settings', () => {
  const same: readonly [string, Json][] = [
    ['dotted', { 'translog.durability': 'async' }],
    ['dotted with the prefix', { 'index.translog.durability': 'async' }],
    ['nested', { translog: { durability: 'async' } }],
    ['nested under index', { index: { translog: { durability: 'async' } } }],
    ['half nested', { index: { 'translog.durability': 'async' } }],
    ['half nested with the prefix', { 'index.translog': { durability: 'async' } }],
    ['with the prefix twice', { index: { 'index.translog.durability': 'async' } }]
  ]
  for (const [form, written] of same) {
    it(`are the same when written ${form}`, () => assert.deepEqual(values(written), { 'translog.durability': 'async' }))
  }

  const numbers: readonly [key: string, written: string, read: string][] = [
    ['priority', '1.0', '1'],
    ['priority', '2e3', '2000'],
    ['merge.policy.segments_per_tier', '10.0', '10.0'],
    ['similarity.own.b', '75e-2', '0.75'],
    ['plugin.of.somebody', '1.0', '1.0'],
    ['plugin.of.somebody', '9223372036854775807', '9223372036854775807'],
    ['plugin.of.somebody', '0.12345678901234567890', '0.12345678901234567890']
  ]
  for (const [key, written, read] of numbers) {
    it(`read ${written} of ${key} as "${read}"`, () =>
      assert.deepEqual(values({ [key]: JSON.rawJSON(written) }), { [key]: read }))
  }

  const texts: readonly [Json, Json][] = [
    [1, '1'],
    [1e8, '100000000'],
    [0.5, '0.5'],
    [true, 'true'],
    ['a', 'a'],
    [null, null],
    [
      ['a', 1, true],
      ['a', '1', 'true']
    ],
    [[], []]
  ]
  for (const [written, read] of texts) {
    it(`read ${JSON.stringify(written)} as ${JSON.stringify(read)}`, () =>
      assert.deepEqual(values({ priority: written }), { priority: read }))
  }

  it('keep what an index name or an object would hide', () => {
    assert.deepEqual(values({ index: 'x' }), { index: 'x' })
    assert.deepEqual(values({ analysis: {}, index: {} }), {})
    assert.deepEqual(values({ index: { analysis: { analyzer: { index: { type: 'custom' } } } } }), {
      'analysis.analyzer.index.type': 'custom'
    })
  })

  it('of a cluster keep their prefix', () => {
    const { values: flat } = flattenSettings({ index: { a: 1 }, 'cluster.max_shards_per_node': 5 }, '')
    assert.deepEqual(Object.fromEntries(flat), { 'index.a': '1', 'cluster.max_shards_per_node': '5' })
  })

  it('say where each was written', () => {
    const { paths } = flattenSettings({ index: { 'translog.durability': 'async' }, priority: 1 })
    assert.deepEqual(Object.fromEntries(paths), {
      'translog.durability': ['index', 'translog.durability'],
      priority: ['priority']
    })
  })

  it('take the first of two values and name the conflict', () => {
    const { values: flat, conflicts } = flattenSettings({ priority: 1, 'index.priority': 2, index: { priority: null } })
    assert.equal(flat.get('priority'), '1')
    assert.deepEqual(conflicts, [
      {
        key: 'priority',
        spellings: [
          { path: ['priority'], value: '1' },
          { path: ['index.priority'], value: '2' },
          { path: ['index', 'priority'], value: null }
        ]
      }
    ])
  })

  it('let two spellings of one value pass', () => {
    assert.deepEqual(flattenSettings({ priority: 1, index: { priority: '1' } }).conflicts, [])
  })

  it('name lists of anything but scalars', () => {
    for (const bad of [[{}], [null], [['a']]]) {
      const flat = flattenSettings({ index: { analysis: bad } })
      assert.deepEqual(flat.misshapen, [{ key: 'analysis', path: ['index', 'analysis'] }])
      assert.equal(flat.values.size, 0)
    }
  })

  it('of nothing are none', () => {
    assert.equal(flattenSettings(undefined).values.size, 0)
    assert.equal(flattenSettings({}).values.size, 0)
  })

  it('flattened again are the same', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (json) => {
        const once = flattenSettings(fromUnknown(json))
        const again = flattenSettings(Object.fromEntries(once.values))
        assert.deepEqual(again.values, once.values)
        assert.deepEqual([again.conflicts, again.misshapen], [[], []])
      })
    )
  })

  it('mean the same nested, dotted and with the prefix', () => {
    fc.assert(
      fc.property(declaredSettings, (settings) => {
        const dotted = Object.fromEntries(settings)
        const prefixed = Object.fromEntries([...settings].map(([key, value]) => [`index.${key}`, value]))
        for (const written of [dotted, prefixed, { index: dotted }, nested(settings), { index: nested(settings) }]) {
          const flat = flattenSettings(written)
          assert.deepEqual(flat.values, settings)
          assert.deepEqual(flat.conflicts, [])
        }
      })
    )
  })
})

/** fast-check's JSON type is not ours, its values are. */
function fromUnknown(json: unknown): Json {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fc.jsonValue makes JSON
  return { settings: json as Json }
}

function nested(settings: SettingMap): Body {
  return [...settings].reduce<Body>((tree, [key, value]) => withLeaf(tree, key.split('.'), value), {})
}

function withLeaf(tree: Body, [step = '', ...rest]: readonly string[], value: Json): Body {
  const below = tree[step]
  return { ...tree, [step]: rest.length === 0 ? value : withLeaf(isBody(below) ? below : {}, rest, value) }
}
