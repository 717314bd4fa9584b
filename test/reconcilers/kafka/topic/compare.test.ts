/**
 * Declared topics beside live ones.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { compareTopic, undeclaredTopicFields } from '../../../../reconcilers/kafka/topic/compare.ts'
import type { TopicSpec, TopicState } from '../../../../reconcilers/kafka/topic/state.ts'
import { entry, topicState } from '../entries.ts'

const state = topicState

function summary(spec: TopicSpec, live: TopicState | undefined): readonly unknown[] {
  return compareTopic(spec, live).map(({ path, before, after, risk }) => [path, before, after, risk])
}

describe('comparing a topic', () => {
  it('that does not exist shows every declared field, without defaults and resets', () => {
    const spec = { partitions: 6, 'replication-factor': -1, config: { a: '1', b: null } }
    assert.deepEqual(summary(spec, undefined), [
      ['partitions', null, 6, 'safe'],
      ['config.a', null, '1', 'safe']
    ])
  })

  it('that does not exist shows no secret, though no topic has one', () => {
    const spec = {
      config: { 'ssl.truststore.password': 'canary', 'sasl.jaas.config': 'canary', 'my.api.token': 'canary' }
    }
    assert.deepEqual(
      compareTopic(spec, undefined).map(({ after }) => after),
      ['******', '******', '******']
    )
  })

  it('ignores -1 and absent counts', () => {
    assert.deepEqual(summary({ partitions: -1 }, state()), [])
    assert.deepEqual(summary({}, state()), [])
  })

  it('wants a key to be carried by the topic itself, not inherited with the same value', () => {
    const live = state([entry('segment.ms', '1', 'default')])
    assert.deepEqual(summary({ config: { 'segment.ms': '1' } }, live), [['config.segment.ms', null, '1', 'safe']])
    assert.deepEqual(summary({ config: { 'segment.ms': '1' } }, state([entry('segment.ms', '1')])), [])
  })

  it('resets a key declared null only when the topic carries it', () => {
    const carried = entry('segment.ms', '5', 'topic', {
      synonyms: [{ name: 'log.roll.ms', value: '9', source: 'static' }]
    })
    assert.deepEqual(summary({ config: { 'segment.ms': null } }, state([carried])), [
      ['config.segment.ms', '5', null, 'safe']
    ])
    assert.deepEqual(summary({ config: { 'segment.ms': null } }, state([entry('segment.ms', '5', 'cluster')])), [])
  })

  it('judges a retention cut by what is in effect, inherited or not', () => {
    const inherited = state([entry('retention.ms', '604800000', 'default')])
    assert.deepEqual(summary({ config: { 'retention.ms': '3600000' } }, inherited), [
      ['config.retention.ms', null, '3600000', 'destructive']
    ])
  })

  it('judges a reset by what it falls back to', () => {
    const synonyms = [
      { name: 'retention.ms', value: '86400000', source: 'topic' },
      { name: 'log.retention.hours', value: '168', source: 'default' }
    ] as const
    assert.deepEqual(
      summary({ config: { 'retention.ms': null } }, state([entry('retention.ms', '86400000', 'topic', { synonyms })])),
      [['config.retention.ms', '86400000', null, 'safe']]
    )
    const longer = entry('retention.ms', '-1', 'topic', { synonyms })
    assert.deepEqual(summary({ config: { 'retention.ms': null } }, state([longer])), [
      ['config.retention.ms', '-1', null, 'destructive']
    ])
  })

  it('calls fewer partitions and another replication factor unsupported', () => {
    assert.deepEqual(summary({ partitions: 2, 'replication-factor': 3 }, state()), [
      ['partitions', 3, 2, 'unsupported'],
      ['replication-factor', 2, 3, 'unsupported']
    ])
  })

  it('calls more partitions of a compacted topic disruptive', () => {
    assert.deepEqual(summary({ partitions: 4 }, state([entry('cleanup.policy', 'compact,delete', 'default')])), [
      ['partitions', 3, 4, 'disruptive']
    ])
    assert.deepEqual(summary({ partitions: 4 }, state([entry('cleanup.policy', 'delete', 'default')])), [
      ['partitions', 3, 4, 'safe']
    ])
  })

  it('never raises min.insync.replicas above the replicas there are', () => {
    const one = state([entry('min.insync.replicas', '1', 'default')])
    assert.deepEqual(summary({ config: { 'min.insync.replicas': '2' } }, one), [
      ['config.min.insync.replicas', null, '2', 'safe']
    ])
    assert.deepEqual(summary({ config: { 'min.insync.replicas': '3' } }, one), [
      ['config.min.insync.replicas', null, '3', 'unsupported']
    ])
  })

  it('never resets min.insync.replicas to more than the replicas there are', () => {
    const falls = (to: string) =>
      entry('min.insync.replicas', '1', 'topic', {
        synonyms: [{ name: 'min.insync.replicas', value: to, source: 'cluster' }]
      })
    const reset = { config: { 'min.insync.replicas': null } }
    assert.deepEqual(summary(reset, state([falls('3')])), [['config.min.insync.replicas', '1', null, 'unsupported']])
    assert.deepEqual(summary(reset, state([falls('2')])), [['config.min.insync.replicas', '1', null, 'safe']])
  })

  it('never touches throttle keys, sensitive and read-only ones, and shows no sensitive value', () => {
    const throttle = 'leader.replication.throttled.replicas'
    assert.equal(compareTopic({ config: { [throttle]: '*' } }, state())[0]?.risk, 'unsupported')
    assert.deepEqual(undeclaredTopicFields({}, state([entry(throttle, '*')])), [])
    const secret = entry('some.key', null, 'topic', { sensitive: true })
    assert.deepEqual(summary({ config: { 'some.key': 'canary' } }, state([secret])), [
      ['config.some.key', null, '******', 'unsupported']
    ])
    assert.equal(
      compareTopic({ config: { ro: '1' } }, state([entry('ro', '2', 'static', { readOnly: true })]))[0]?.risk,
      'unsupported'
    )
  })

  it('finds no difference in a throttle that is as declared, carried by the topic or not', () => {
    const throttle = 'leader.replication.throttled.replicas'
    assert.deepEqual(summary({ config: { [throttle]: '' } }, state([entry(throttle, '', 'default')])), [])
    assert.deepEqual(summary({ config: { [throttle]: '1:2, 0:1' } }, state([entry(throttle, '0:1,1:2')])), [])
    assert.deepEqual(summary({ config: { [throttle]: '' } }, state([entry(throttle, '*')])), [
      [`config.${throttle}`, '*', '', 'unsupported']
    ])
    assert.deepEqual(summary({ config: { [throttle]: null } }, state([entry(throttle, '', 'default')])), [])
  })

  it('judges a reset of undeclared keys together with the declared ones', () => {
    const forever = entry('retention.ms', '-1', 'topic', {
      synonyms: [{ name: 'log.retention.ms', value: '1000', source: 'static' }]
    })
    const live = [entry('cleanup.policy', 'compact'), forever, entry('retention.bytes', '-1', 'default')]
    const spec = { config: { 'cleanup.policy': 'delete' } }
    assert.deepEqual(summary(spec, state(live)), [['config.cleanup.policy', 'compact', 'delete', 'disruptive']])
    assert.deepEqual(summary(spec, state(live, { exact: true })), [
      ['config.cleanup.policy', 'compact', 'delete', 'destructive']
    ])
    assert.deepEqual(
      undeclaredTopicFields(spec, state(live, { exact: true })).map(({ path, risk }) => [path, risk]),
      [['config.retention.ms', 'destructive']]
    )
  })

  it('calls more partitions disruptive of a topic that is compacted from now on, too', () => {
    const spec = { partitions: 4, config: { 'cleanup.policy': 'compact' } }
    assert.deepEqual(
      summary(spec, state([entry('cleanup.policy', 'delete')])).map((field) => [field].flat(1).at(3)),
      ['disruptive', 'destructive']
    )
  })

  it('lists undeclared overrides only after a complete reading', () => {
    const entries = [entry('a', '1'), entry('b', '2', 'default')]
    assert.deepEqual(
      undeclaredTopicFields({}, state(entries)).map(({ path, before, after }) => [path, before, after]),
      [['config.a', '1', null]]
    )
    assert.deepEqual(undeclaredTopicFields({}, state(entries, { complete: false })), [])
  })

  it('with itself finds nothing', () => {
    const keys = fc.dictionary(
      fc.constantFrom('segment.ms', 'retention.ms', 'cleanup.policy', 'min.insync.replicas', 'x'),
      fc.string()
    )
    fc.assert(
      fc.property(
        fc.integer({ min: 1 }),
        fc.integer({ min: 1, max: 9 }),
        keys,
        (partitions, replicationFactor, config) => {
          const live = state(
            Object.entries(config).map(([name, value]) => entry(name, value)),
            { partitions, replicationFactor }
          )
          const spec = { partitions, 'replication-factor': replicationFactor, config }
          assert.deepEqual([...compareTopic(spec, live), ...undeclaredTopicFields(spec, live)], [])
        }
      )
    )
  })
})
