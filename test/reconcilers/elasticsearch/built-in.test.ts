/**
 * What belongs to Elasticsearch itself.
 */
import assert from 'node:assert/strict'
import { builtInReason, protectedPatterns } from '../../../reconcilers/elasticsearch/built-in.ts'
import { matchesAny } from '../../../src/plan/patterns.ts'

const kinds = ['component-template', 'index-template', 'lifecycle-policy', 'ingest-pipeline'] as const

describe('what is built in', () => {
  it('is known by its name', () => {
    const names = {
      'component-template': [
        'logs@settings',
        'ecs@mappings',
        'data-streams@mappings',
        'apm-10d@lifecycle',
        'profiling-ilm',
        '.deprecation-indexing-mappings',
        'metrics-tsdb-settings'
      ],
      'index-template': [
        'logs',
        'metrics',
        'synthetics',
        'traces',
        'traces-apm.rum@template',
        'ilm-history-7',
        '.slm-history-7',
        'kibana-reporting'
      ],
      'lifecycle-policy': [
        '30-days-default',
        '365-days@lifecycle',
        'watch-history-ilm-policy-16',
        '.fleet-actions-results-ilm-policy',
        'fleet-file-tohost-data-ilm-policy',
        'logs@lifecycle',
        'logs',
        'metrics-apm.app_metrics-default_policy'
      ],
      'ingest-pipeline': [
        'logs-default-pipeline',
        'logs@json-pipeline',
        'ent-search-generic-ingestion',
        'xpack_monitoring_7',
        'apm@pipeline'
      ]
    } as const
    for (const kind of kinds) {
      for (const name of names[kind])
        assert.notEqual(builtInReason(kind, name, undefined), undefined, `${kind} ${name}`)
    }
  })

  it('is known by what it says of itself', () => {
    assert.match(builtInReason('index-template', 'mine', { managed: true }) ?? '', /managed/)
    assert.match(builtInReason('index-template', 'mine', { managed_by: 'fleet' }) ?? '', /managed/)
    assert.equal(builtInReason('index-template', 'mine', { managed: false }), undefined)
    assert.equal(builtInReason('index-template', 'mine', 'managed'), undefined)
  })

  it('is never what people are asked to make', () => {
    for (const kind of kinds) {
      assert.equal(builtInReason(kind, 'logs@custom', undefined), undefined)
      assert.equal(builtInReason(kind, 'app-logs', undefined), undefined)
    }
  })

  it('is protected only where nobody else would use the name', () => {
    const isProtected = matchesAny(protectedPatterns('index-template'))
    assert.ok(isProtected('.x') && isProtected('logs@template'))
    assert.ok(!isProtected('logs') && !isProtected('metrics'))
  })
})
