/**
 * Names people write for others.
 */
import assert from 'node:assert/strict'
import { clusterKind } from '../../../../reconcilers/kafka/cluster/kind.ts'
import { clusterKeys, rowOf, topicKeys } from '../../../../reconcilers/kafka/config/keys/index.ts'
import {
  meantByClusterKey,
  meantByTopicKey,
  misplacedInCluster,
  misplacedInTopics
} from '../../../../reconcilers/kafka/config/mistakes.ts'
import { topicKind } from '../../../../reconcilers/kafka/topic/kind.ts'
import { parseDesired } from '../../../../src/parse/desired.ts'

describe('a wrong key of a topic', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['retention.hours', 'retention.ms', 'Kafka knows no hours here'],
    ['retention', 'retention.ms', 'nobody means anything else'],
    ['log.retention.ms', 'retention.ms', 'brokers call it so'],
    ['log.retention.minutes', 'retention.ms', 'a unit of the file of brokers'],
    ['log.retention.hours', 'retention.ms', 'a unit of the file of brokers'],
    ['log.roll.hours', 'segment.ms', 'a unit of the file of brokers'],
    ['message.max.bytes', 'max.message.bytes', 'brokers call it so'],
    ['log.cleaner.min.cleanable.ratio', 'min.cleanable.dirty.ratio', 'brokers call it so'],
    ['retention.mb', 'retention.bytes', 'Kafka counts bytes'],
    ['min.isr', 'min.insync.replicas', 'everybody says so'],
    ['compression.codec', 'compression.type', 'it was called so'],
    ['retntion.ms', 'retention.ms', 'a slip is nearest by letters']
  ]
  for (const [wrong, right, why] of rows) {
    it(`${wrong} is meant to be ${right}: ${why}`, () => {
      assert.equal(meantByTopicKey(wrong), `; did you mean "${right}"?`)
    })
  }

  it('may be a field of the topic itself', () => {
    assert.equal(
      meantByTopicKey('replication.factor'),
      '; did you mean the field "replication-factor" beside "config"?'
    )
    assert.equal(meantByTopicKey('num.partitions'), '; did you mean the field "partitions" beside "config"?')
  })

  it('means nothing where nothing is near', () => {
    assert.equal(meantByTopicKey('quite.something.else'), '')
  })
})

describe('a wrong key of the cluster', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['retention.ms', 'log.retention.ms'],
    ['retention.hours', 'log.retention.ms'],
    ['log.retention.hours', 'log.retention.ms'],
    ['log.retention.minutes', 'log.retention.ms'],
    ['log.roll.hours', 'log.roll.ms'],
    ['max.message.bytes', 'message.max.bytes'],
    ['cleanup.policy', 'log.cleanup.policy'],
    ['mesage.max.bytes', 'message.max.bytes']
  ]
  for (const [wrong, right] of rows) {
    it(`${wrong} is meant to be ${right}`, () => {
      assert.equal(meantByClusterKey(wrong), `; did you mean "${right}"?`)
    })
  }
})

describe('a wrong field', () => {
  const problemsOf = (file: string, content: unknown): readonly string[] => {
    const files = new Map([[file, new TextEncoder().encode(JSON.stringify(content))]])
    const { desired } = parseDesired({ digest: '', files }, { name: 'kafka', kinds: [topicKind, clusterKind] })
    return (desired?.kinds ?? []).flatMap(({ invalid }) =>
      invalid.flatMap(({ problems }) => problems.map(({ message }) => message.replace(/^.*; /, '')))
    )
  }

  it('of a topic is named by what people mean, not by its letters', () => {
    const topic = { replicas: 3, partition: 1, 'retention.ms': 1, 'retention.hours': 1, configs: {}, replicaton: 2 }
    assert.deepEqual(
      problemsOf('topics.json', { orders: topic }),
      [
        'did you mean "replication-factor"?',
        'did you mean "partitions"?',
        'did you mean "config.retention.ms"?',
        'did you mean "config.retention.ms"?',
        'did you mean "config"?'
      ].concat(problemsOf('topics.json', { orders: { replicaton: 2 } }))
    )
  })

  it('of the cluster may be a key that belongs below config', () => {
    assert.deepEqual(problemsOf('cluster.json', { 'message.max.bytes': 1 }), [
      'did you mean "config.message.max.bytes"?'
    ])
  })
})

describe('the table of mistakes', () => {
  it('leads to names there are', () => {
    const fields = ['partitions', 'replication-factor', 'config']
    for (const [mistakes, keys] of [
      [misplacedInTopics, topicKeys],
      [misplacedInCluster, clusterKeys]
    ] as const) {
      for (const [wrong, right] of Object.entries(mistakes)) {
        assert.ok(fields.includes(right) || keys.has(right.replace('config.', '')), `${wrong} → ${right}`)
        assert.ok(!fields.includes(wrong), wrong)
      }
    }
  })

  it('sends keys that were written beside config below it', () => {
    for (const key of topicKeys.keys()) assert.equal(misplacedInTopics[key], `config.${key}`)
    for (const key of clusterKeys.keys()) assert.equal(misplacedInCluster[key], `config.${key}`)
    assert.equal(misplacedInTopics['log.retention.hours'], 'config.retention.ms')
    assert.equal(misplacedInCluster['retention.hours'], 'config.log.retention.ms')
  })

  it('calls no key of the same table a mistake', () => {
    for (const key of clusterKeys.keys()) assert.ok(rowOf(clusterKeys, key) !== undefined)
    for (const key of topicKeys.keys()) assert.equal(meantByTopicKey(key), `; did you mean "${key}"?`)
  })
})
