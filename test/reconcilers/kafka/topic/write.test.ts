/**
 * What a write of topics sends, and what it answers.
 */
import assert from 'node:assert/strict'
import type { Answer, ConfigAlteration, KafkaAdmin, NewTopic } from '../../../../reconcilers/kafka/admin.ts'
import { topicResource } from '../../../../reconcilers/kafka/topic/index.ts'
import type { TopicSpec } from '../../../../reconcilers/kafka/topic/state.ts'
import type { FieldChange, ItemResult } from '../../../../src/contract.ts'
import { ReconcileError } from '../../../../src/errors.ts'
import { testCall } from '../../../../src/testing/cycle.ts'
import { desired, topicState } from '../entries.ts'
import { scriptedAdmin } from '../scripted-admin.ts'

const gone = new ReconcileError('TIMEOUT', 'no answer')
const call = testCall({
  facts: {
    liveBrokers: 1,
    unknownKeys: new Set<string>(),
    unaskedKeys: new Set<string>(),
    defaults: { replicationFactor: undefined, minInsyncReplicas: undefined },
    names: new Set<string>(),
    missing: new Set<string>()
  }
})

const summaryOf = (results: readonly ItemResult[] = []): readonly unknown[] =>
  results.map((result) =>
    result.result === 'failed' ? [result.name, result.error.code] : [result.name, result.result]
  )

function resourceOn(admin: Partial<KafkaAdmin>) {
  return topicResource(scriptedAdmin({ admin }))
}

const field = (path: string, after: FieldChange['after']): FieldChange => ({ path, before: null, after, risk: 'safe' })

function update(admin: Partial<KafkaAdmin>, changes: Readonly<Record<string, readonly FieldChange[]>>) {
  const items = Object.entries(changes).map(([name, fields]) => ({
    desired: desired<TopicSpec>('topic', name, {}),
    state: topicState(),
    fields
  }))
  return resourceOn(admin).update?.(items, call)
}

describe('creating topics', () => {
  it('asks for what is declared, and for the defaults of the broker in place of the rest', async () => {
    const sent: NewTopic[] = []
    const createTopics: KafkaAdmin['createTopics'] = (topics) => {
      sent.push(...topics)
      return Promise.resolve(topics.map(({ name }) => ({ name })))
    }
    const items = [
      desired('topic', 'a', { partitions: 3, config: { 'retention.ms': '1', 'segment.ms': null } }),
      desired('topic', 'b', {})
    ]
    assert.deepEqual(summaryOf(await resourceOn({ createTopics }).create?.(items, call)), [
      ['a', 'done'],
      ['b', 'done']
    ])
    assert.deepEqual(sent, [
      { name: 'a', partitions: 3, replicationFactor: -1, config: { 'retention.ms': '1' } },
      { name: 'b', partitions: -1, replicationFactor: -1, config: {} }
    ])
  })

  it('sends what a plan does not show', async () => {
    const sent: NewTopic[] = []
    const createTopics: KafkaAdmin['createTopics'] = (topics) => {
      sent.push(...topics)
      return Promise.resolve([{ name: 'a' }])
    }
    await resourceOn({ createTopics }).create?.([desired('topic', 'a', { config: { 'my.api.token': 'canary' } })], call)
    assert.deepEqual(sent[0]?.config, { 'my.api.token': 'canary' })
  })

  it('says of each what the broker says: done, there already, or refused', async () => {
    const error = (code: number) => ({ code, name: '', message: 'no' })
    const answers: readonly Answer[] = [{ name: 'a' }, { name: 'b', error: error(36) }, { name: 'c', error: error(40) }]
    const items = ['a', 'b', 'c'].map((name) => desired<TopicSpec>('topic', name, {}))
    const results = await resourceOn({ createTopics: () => Promise.resolve(answers) }).create?.(items, call)
    assert.deepEqual(summaryOf(results), [
      ['a', 'done'],
      ['b', 'unchanged'],
      ['c', 'REJECTED']
    ])
  })

  it('throws where no answer comes', async () => {
    const create = resourceOn({ createTopics: () => Promise.reject(gone) }).create?.([desired('topic', 'a', {})], call)
    await assert.rejects(create ?? assert.fail('no create'), gone)
  })
})

describe('updating topics', () => {
  it('sends keys and partitions of those they differ for, and nothing else', async () => {
    const sent: unknown[] = []
    const alterConfigs: KafkaAdmin['alterConfigs'] = (alterations: readonly ConfigAlteration[]) => {
      sent.push(...alterations)
      return Promise.resolve(alterations.map(({ name }) => ({ name })))
    }
    const createPartitions: KafkaAdmin['createPartitions'] = (increases) => {
      sent.push(...increases)
      return Promise.resolve(increases.map(({ name }) => ({ name })))
    }
    const results = await update(
      { alterConfigs, createPartitions },
      {
        keys: [field('config.retention.ms', '1'), field('config.segment.ms', null)],
        partitions: [field('partitions', 4)]
      }
    )
    assert.deepEqual(summaryOf(results), [
      ['keys', 'done'],
      ['partitions', 'done']
    ])
    assert.deepEqual(sent, [
      { type: 'topic', name: 'keys', set: { 'retention.ms': '1' }, remove: ['segment.ms'] },
      { name: 'partitions', count: 4 }
    ])
  })

  const both = {
    keys: [field('config.a', '1')],
    both: [field('config.a', '1'), field('partitions', 4)],
    partitions: [field('partitions', 4)]
  }

  it('throws where no answer comes to the first request, and sends no second one', async () => {
    const createPartitions = () => assert.fail('sent')
    await assert.rejects(
      update({ alterConfigs: () => Promise.reject(gone), createPartitions }, both) ?? assert.fail(),
      gone
    )
    await assert.rejects(
      update({ createPartitions: () => Promise.reject(gone) }, { partitions: both.partitions }) ?? assert.fail(),
      gone
    )
  })

  it('keeps what was answered where no answer comes to the second request', async () => {
    const results = await update({ createPartitions: () => Promise.reject(gone) }, both)
    assert.deepEqual(summaryOf(results), [
      ['keys', 'done'],
      ['both', 'TIMEOUT'],
      ['partitions', 'TIMEOUT']
    ])
  })

  it('passes on that a request for some of them got no answer', async () => {
    const alterConfigs = () => Promise.resolve([{ name: 'keys' }, { name: 'both', unanswered: gone }])
    assert.deepEqual(summaryOf(await update({ alterConfigs }, both)), [
      ['keys', 'done'],
      ['both', 'TIMEOUT'],
      ['partitions', 'done']
    ])
  })
})
