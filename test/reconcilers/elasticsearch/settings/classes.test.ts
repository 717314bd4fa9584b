/**
 * How each setting can change. What these rows say is measured on Elasticsearch 8.19 and 9.5.
 */
import assert from 'node:assert/strict'
import { isSetByServer, knownKeys, traitsOf } from '../../../../reconcilers/elasticsearch/settings/classes.ts'
import { elasticsearchRows } from '../../../../reconcilers/elasticsearch/settings/elasticsearch-rows.ts'
import { opensearchRows } from '../../../../reconcilers/elasticsearch/settings/opensearch-rows.ts'
import { sharedRows } from '../../../../reconcilers/elasticsearch/settings/shared-rows.ts'
import { wrongValue } from '../../../../reconcilers/elasticsearch/settings/types.ts'
import { equalValues } from '../../../../reconcilers/elasticsearch/settings/values.ts'
import { elasticsearchExamples, settingExamples } from './examples.ts'

const examples = [...settingExamples, ...elasticsearchExamples]

describe('a setting', () => {
  for (const { key, class: expected } of examples) {
    it(`${key} is ${expected}`, () => {
      assert.deepEqual([traitsOf(key).class, traitsOf(key).known], [expected, true])
    })
  }

  it('nobody knows is tried in place', () => {
    assert.deepEqual(traitsOf('plugin.own'), { class: 'dynamic', type: 'text', known: false })
  })

  it('that is only the beginning of a group is not known', () => {
    assert.equal(traitsOf('analysis.').known, false)
    assert.equal(traitsOf('analysis').known, false)
  })

  it('is matched by its own name before the group it is in', () => {
    assert.equal(traitsOf('routing.allocation.include._tier_preference').type, 'text')
    assert.equal(traitsOf('routing.allocation.include.zone').type, 'list')
    assert.equal(traitsOf('store.snapshot.partial').class, 'server')
  })

  it('stays as it was created where the server would take it and documents would not follow', () => {
    for (const key of ['number_of_routing_shards', 'routing_partition_size']) assert.equal(traitsOf(key).class, 'final')
  })

  it('has two example values that differ and that the server takes', () => {
    for (const { key, value, other } of examples) {
      assert.equal(equalValues(key, value, other), false, key)
      assert.deepEqual([wrongValue(key, value), wrongValue(key, other)], [undefined, undefined], key)
    }
  })
})

describe('the rows of settings', () => {
  const rows = [...sharedRows, ...elasticsearchRows, ...opensearchRows]

  it('name every key once, in one form, with a source', () => {
    assert.deepEqual(knownKeys, [...new Set(rows.flatMap(({ keys }) => keys ?? []))])
    assert.equal(rows.flatMap(({ keys }) => keys ?? []).length, knownKeys.length)
    for (const key of knownKeys) assert.match(key, /^(?!index\.)[a-z][a-z0-9_.]*[a-z0-9]$/)
    for (const { source } of rows) assert.notEqual(source, '')
  })

  it('have examples of every class', () => {
    assert.deepEqual(new Set(examples.map((example) => example.class)), new Set(rows.map((row) => row.class)))
    assert.ok(new Set(examples.map(({ key }) => key)).size >= 60)
  })
})

describe('what the server sets on its own', () => {
  for (const key of [
    'uuid',
    'version.created',
    'replication.type',
    'blocks.read_only_allow_delete',
    'routing.allocation.include._tier_preference',
    'routing.allocation.require._id',
    'resize.source.uuid'
  ]) {
    it(`includes ${key}`, () => assert.equal(isSetByServer(key), true))
  }

  it('is not what people set', () => {
    for (const key of ['refresh_interval', 'blocks.write', 'lifecycle.name', 'routing.allocation.require.zone'])
      assert.equal(isSetByServer(key), false)
  })
})
