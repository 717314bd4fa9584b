/**
 * Rules over declared settings that need no server.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Json } from '../../../../src/records.ts'
import { checkSettings, overriddenRemarks } from '../../../../reconcilers/elasticsearch/settings/check.ts'
import { flattenSettings } from '../../../../reconcilers/elasticsearch/settings/flatten.ts'
import { settingKey, settingValue } from './arbitraries.ts'

const at = ['settings']
const verdicts = (settings: Json): unknown[] => checkSettings(settings, at).map(({ verdict, code }) => [verdict, code])

describe('declared settings', () => {
  it('in any form are fine', () => {
    const settings = {
      number_of_shards: 3,
      index: { refresh_interval: '30s', 'translog.durability': 'async', hidden: false },
      'index.routing.allocation.include.zone': ['a', 'b'],
      analysis: { analyzer: { own: { type: 'custom', tokenizer: 'standard', filter: ['lowercase'] } } }
    }
    assert.deepEqual(checkSettings(settings, at), [])
  })

  it('are none when nothing is declared', () => assert.deepEqual(checkSettings(undefined, at), []))

  it('may be null', () => assert.deepEqual(checkSettings({ number_of_replicas: null, refresh_interval: null }, at), []))

  it('are named where their author wrote them', () => {
    const [remark] = checkSettings({ index: { 'translog.sync_interval': 5 } }, ['template', 'settings'])
    assert.deepEqual(remark?.path, ['template', 'settings', 'index', 'translog.sync_interval'])
    assert.equal(
      remark.message,
      'expected a whole number with a unit of time for translog.sync_interval, found "5"; write it like 30s'
    )
  })

  for (const key of [
    'uuid',
    'creation_date',
    'version.created',
    'provided_name',
    'resize.source.name',
    'verified_before_close'
  ]) {
    it(`of the server are refused: ${key}`, () => {
      assert.deepEqual(verdicts({ index: { [key]: 'x' } }), [['invalid', 'SETTING_OF_SERVER']])
      assert.deepEqual(verdicts({ [key]: null }), [['invalid', 'SETTING_OF_SERVER']])
    })
  }

  it('nobody knows are a warning with the nearest known name', () => {
    const [remark] = checkSettings({ number_of_replica: 1 }, at)
    assert.deepEqual(
      [remark?.verdict, remark?.message],
      [
        'warn',
        'expected a known index setting, found "number_of_replica"; did you mean "number_of_replicas"? the server decides'
      ]
    )
    assert.equal(
      checkSettings({ 'entirely.unlike.anything': 1 }, at)[0]?.message,
      'expected a known index setting, found "entirely.unlike.anything"; the server decides'
    )
  })

  it('spelled twice with different values are refused, with both spellings', () => {
    const [remark] = checkSettings({ priority: 1, index: { priority: 2 } }, at)
    assert.equal(remark?.verdict, 'invalid')
    assert.equal(
      remark.message,
      'expected one value of priority, found "1" as priority and "2" as index.priority; keep one'
    )
  })

  it('with objects in a list are refused', () => {
    assert.deepEqual(verdicts({ analysis: { filter: { own: { synonyms: [{ a: 'b' }] } } } }), [
      ['invalid', 'SETTING_VALUE']
    ])
  })

  const refused: readonly [string, Json][] = [
    ['number_of_shards', 0],
    ['number_of_shards', 1025],
    ['number_of_shards', 2.5],
    ['number_of_shards', '1.0'],
    ['number_of_shards', 'many'],
    ['number_of_shards', ['1']],
    ['number_of_replicas', -1],
    ['max_result_window', '1e3'],
    ['hidden', 'yes'],
    ['hidden', 'True'],
    ['hidden', 1],
    ['refresh_interval', 30],
    ['refresh_interval', '1.5h'],
    ['refresh_interval', '1w'],
    ['refresh_interval', ['1s']],
    ['translog.flush_threshold_size', 512],
    ['translog.flush_threshold_size', '50%'],
    ['merge.policy.segments_per_tier', 'ten'],
    ['time_series.start_time', 'yesterday'],
    ['time_series.start_time', ['2026-01-31']]
  ]
  for (const [key, value] of refused) {
    it(`the server would refuse are refused: ${key} = ${JSON.stringify(value)}`, () =>
      assert.deepEqual(verdicts({ [key]: value }), [['invalid', 'SETTING_VALUE']]))
  }

  const taken: readonly [string, Json][] = [
    ['number_of_shards', '1024'],
    ['number_of_replicas', 0],
    ['refresh_interval', -1],
    ['refresh_interval', '0'],
    ['refresh_interval', ' 30 S '],
    ['translog.flush_threshold_size', '1.5GB'],
    ['merge.policy.segments_per_tier', 10],
    ['query.default_field', 'a,b'],
    ['query.default_field', ['a', 'b']],
    ['time_series.start_time', '2026-01-31T00:00:00.000Z'],
    ['time_series.end_time', 1_700_000_000_000],
    ['routing.allocation.total_shards_per_node', -1]
  ]
  for (const [key, value] of taken) {
    it(`the server takes are fine: ${key} = ${JSON.stringify(value)}`, () =>
      assert.deepEqual(verdicts({ [key]: value }), []))
  }

  it('with a number of replicas beside an expansion are a warning', () => {
    assert.deepEqual(verdicts({ number_of_replicas: 1, auto_expand_replicas: '0-1' }), [['warn', 'REPLICAS_EXPAND']])
    for (const off of [false, null])
      assert.deepEqual(verdicts({ number_of_replicas: 1, auto_expand_replicas: off }), [])
    assert.deepEqual(verdicts({ number_of_replicas: null, auto_expand_replicas: '0-1' }), [])
  })

  it('with a time until a search is idle beside an interval of refreshes are a warning', () => {
    assert.deepEqual(verdicts({ 'search.idle.after': '10s', refresh_interval: '1s' }), [['warn', 'OVERRIDDEN']])
    assert.deepEqual(verdicts({ 'search.idle.after': '10s', refresh_interval: null }), [])
  })

  it('beside what only the index has are a warning too, once', () => {
    const live = (declared: Json, settings: Json): unknown[] =>
      overriddenRemarks(flattenSettings(declared), flattenSettings(settings).values).map(({ code, path }) => [
        code,
        path
      ])
    assert.deepEqual(live({ index: { number_of_replicas: 1 } }, { 'index.auto_expand_replicas': '0-1' }), [
      ['REPLICAS_EXPAND', ['index', 'number_of_replicas']]
    ])
    assert.deepEqual(
      live({ number_of_replicas: 1, auto_expand_replicas: '0-1' }, { auto_expand_replicas: '0-1' }),
      [],
      'said offline already'
    )
    assert.deepEqual(live({ number_of_replicas: 1, auto_expand_replicas: false }, { auto_expand_replicas: '0-1' }), [])
    assert.deepEqual(live({ number_of_replicas: 1 }, { auto_expand_replicas: 'false' }), [])
  })

  it('get remarks that say what was expected, what was found and what to do', () => {
    fc.assert(
      fc.property(settingKey, settingValue, (key, value) => {
        for (const { message } of checkSettings({ [key]: value }, at))
          assert.match(message, /^expected .+, found .+(?:; .+|\? .+)$/s)
      })
    )
  })
})
