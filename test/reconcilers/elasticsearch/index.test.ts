/**
 * The kinds of the plugin, and which of them wait for which.
 */
import assert from 'node:assert/strict'
import { plugin } from '../../../reconcilers/elasticsearch/index.ts'

describe('the kinds of Elasticsearch', () => {
  it('come after the kinds they need', () => {
    const kinds = plugin.kinds.map(({ kind }) => kind)
    for (const [position, { kind, after = [] }] of plugin.kinds.entries()) {
      for (const needed of after) assert.ok(kinds.indexOf(needed) < position && kinds.includes(needed), kind)
    }
  })

  it('wait for what the server refuses or does wrongly without', () => {
    const needs = plugin.kinds.map(({ kind, after = [] }) => [kind, [...after].toSorted()])
    assert.deepEqual(Object.fromEntries(needs), {
      'lifecycle-policy': [],
      'ingest-pipeline': [],
      'component-template': ['ingest-pipeline'],
      'index-template': ['component-template', 'ingest-pipeline'],
      index: ['index-template', 'ingest-pipeline'],
      'data-stream': ['index-template'],
      alias: ['data-stream', 'index'],
      cluster: []
    })
  })
})
