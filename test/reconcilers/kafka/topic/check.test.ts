/**
 * Rules over declared topics.
 */
import assert from 'node:assert/strict'
import { topicKind } from '../../../../reconcilers/kafka/topic/kind.ts'
import type { TopicFacts, TopicSpec, TopicState } from '../../../../reconcilers/kafka/topic/state.ts'
import type { Observed } from '../../../../src/contract.ts'
import { entry, desired, topicState } from '../entries.ts'

function seen(facts: Partial<TopicFacts> = {}, names: readonly string[] = []): Observed<TopicState, TopicFacts> {
  const nothing = { replicationFactor: undefined, minInsyncReplicas: undefined }
  return {
    items: new Map(names.map((name) => [name, { state: topicState() }])),
    facts: {
      liveBrokers: 1,
      unknownKeys: new Set(),
      unaskedKeys: new Set(),
      names: new Set(names),
      missing: new Set(['t', 'fresh'].filter((name) => !names.includes(name))),
      defaults: nothing,
      ...facts
    }
  }
}

/** `<name> <verdict> <code>` of every remark. */
function remarks(
  specs: Readonly<Record<string, TopicSpec>>,
  observed?: Observed<TopicState, TopicFacts>
): readonly string[] {
  const topics = Object.entries(specs).map(([name, spec]) => desired('topic', name, spec))
  const said = topicKind.check?.(topics, { declared: new Map(), ...(observed !== undefined && { observed }) }) ?? []
  return said.map(({ name, verdict, code }) => `${name} ${verdict} ${code}`)
}

describe('the name of a topic', () => {
  it('is one that Kafka takes', () => {
    const long = 'x'.repeat(250)
    assert.deepEqual(remarks({ ok: {}, '.': {}, '..': {}, 'a b': {}, ü: {}, [long]: {} }), [
      '. invalid NAME',
      '.. invalid NAME',
      'a b invalid NAME',
      'ü invalid NAME',
      `${long} invalid NAME`
    ])
  })

  it('differs from others in more than dots and underscores, declared or live', () => {
    assert.deepEqual(remarks({ 'a.b': {}, a_b: {} }), ['a.b invalid NAME_COLLISION', 'a_b invalid NAME_COLLISION'])
    assert.deepEqual(remarks({ 'a.b': {} }, seen({}, ['a_b'])), ['a.b invalid NAME_COLLISION'])
    assert.deepEqual(remarks({ 'a.b': {} }, seen({}, ['a_b', 'a.b'])), [])
  })
})

describe('the keys of a topic', () => {
  it('are known to a broker, or a warning where none could be asked', () => {
    const spec = { t: { config: { 'no.such': '1' } } }
    assert.deepEqual(remarks(spec), ['t warn UNKNOWN_KEY'])
    assert.deepEqual(remarks(spec, seen({ unaskedKeys: new Set(['no.such']) })), ['t warn UNKNOWN_KEY'])
    assert.deepEqual(remarks(spec, seen({ unknownKeys: new Set(['no.such']) })), ['t invalid UNKNOWN_KEY'])
    assert.deepEqual(remarks(spec, seen()), [])
  })

  it('have values that fit, resets apart', () => {
    assert.deepEqual(
      remarks({ t: { config: { 'retention.ms': '1d', 'segment.ms': null, preallocate: 'TRUE' } } }, seen()),
      ['t invalid VALUE']
    )
  })
})

describe('min.insync.replicas', () => {
  const declared = (replicas: number | undefined, least: string) => ({
    t: { ...(replicas !== undefined && { 'replication-factor': replicas }), config: { 'min.insync.replicas': least } }
  })

  it('is at most the declared replication factor, and less where a broker may be down', () => {
    assert.deepEqual(remarks(declared(3, '4')), ['t invalid MIN_INSYNC_REPLICAS'])
    assert.deepEqual(remarks(declared(3, '3')), ['t warn MIN_INSYNC_REPLICAS'])
    assert.deepEqual(remarks(declared(3, '2')), [])
    assert.deepEqual(remarks(declared(1, '1')), [])
  })

  it('is compared with the defaults of the brokers for new topics only', () => {
    const observed = seen({ defaults: { replicationFactor: 1, minInsyncReplicas: 2 } }, ['there'])
    assert.deepEqual(remarks({ there: { 'replication-factor': 1 }, fresh: { 'replication-factor': 1 } }, observed), [
      'fresh warn MIN_INSYNC_REPLICAS'
    ])
    assert.deepEqual(remarks(declared(undefined, '2'), observed), ['t warn MIN_INSYNC_REPLICAS'])
    assert.deepEqual(remarks({ t: { partitions: 1 } }, observed), ['t warn MIN_INSYNC_REPLICAS'])
    assert.deepEqual(remarks({ t: { 'replication-factor': 3 } }, seen({ ...observed.facts, liveBrokers: 3 })), [])
  })

  it('that is no number is invalid for that alone', () => {
    assert.deepEqual(remarks(declared(1, 'two')), ['t invalid VALUE'])
  })
})

describe('a topic that needs more brokers than are alive', () => {
  it('waits, unless it is there', () => {
    const spec = { t: { 'replication-factor': 3 } }
    assert.deepEqual(remarks(spec, seen({ liveBrokers: 2 })), ['t hold TOO_FEW_BROKERS'])
    assert.deepEqual(remarks(spec, seen({ liveBrokers: 3 })), [])
    assert.deepEqual(remarks(spec, seen({ liveBrokers: 2 }, ['t'])), [])
  })

  it('waits as well where the brokers’ default is what it needs', () => {
    const defaults = { replicationFactor: 3, minInsyncReplicas: 2 }
    assert.deepEqual(remarks({ t: {} }, seen({ liveBrokers: 2, defaults })), ['t hold TOO_FEW_BROKERS'])
    assert.deepEqual(remarks({ t: {} }, seen({ liveBrokers: 3, defaults })), [])
    assert.deepEqual(remarks({ t: { 'replication-factor': 2 } }, seen({ liveBrokers: 2, defaults })), [
      't warn MIN_INSYNC_REPLICAS'
    ])
  })
})

describe('a topic as a declaration', () => {
  it('has what the topic itself carries, in the order of the keys, without throttles and hidden values', () => {
    const entries = [
      entry('segment.ms', '1'),
      entry('retention.ms', '2'),
      entry('compression.type', 'zstd', 'default'),
      entry('leader.replication.throttled.replicas', '*'),
      entry('hidden', null)
    ]
    assert.deepEqual(topicKind.describe?.(topicState(entries)), {
      partitions: 3,
      'replication-factor': 2,
      config: { 'retention.ms': '2', 'segment.ms': '1' }
    })
    assert.deepEqual(topicKind.describe?.(topicState()), { partitions: 3, 'replication-factor': 2 })
  })

  it('weighs as many records as it makes', () => {
    assert.equal(topicKind.batching?.weigh({ partitions: 6, config: { a: '1', b: '2' } }), 9)
    assert.equal(topicKind.batching?.weigh({}), 2)
  })
})
