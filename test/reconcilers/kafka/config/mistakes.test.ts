/**
 * Names people write for others.
 */
import assert from 'node:assert/strict'
import { clusterKeys, rowOf, topicKeys } from '../../../../reconcilers/kafka/config/keys/index.ts'
import { meantByClusterKey, meantByTopicKey, misplacedFields } from '../../../../reconcilers/kafka/config/mistakes.ts'

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
    assert.equal(meantByTopicKey('replication.factor'), '; did you mean the field "replication-factor" beside "config"?')
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

describe('the table of mistakes', () => {
  it('leads to names there are', () => {
    const fields = ['partitions', 'replication-factor', 'config']
    for (const [wrong, right] of Object.entries(misplacedFields)) {
      assert.ok(fields.includes(right), `${wrong} → ${right}`)
      assert.ok(!fields.includes(wrong), wrong)
      const [, meant] = /"([^"]+)"/.exec(meantByTopicKey(wrong)) ?? []
      assert.ok(meant === undefined || fields.includes(meant) || topicKeys.has(meant), `${wrong} → ${meant}`)
    }
  })

  it('sends keys that were written beside config below it', () => {
    for (const key of topicKeys.keys()) assert.equal(misplacedFields[key], 'config')
  })

  it('calls no key of the same table a mistake', () => {
    for (const key of clusterKeys.keys()) assert.ok(rowOf(clusterKeys, key) !== undefined)
    for (const key of topicKeys.keys()) assert.equal(meantByTopicKey(key), `; did you mean "${key}"?`)
  })
})
