/**
 * What is asked of a cluster about topics, and when.
 */
import assert from 'node:assert/strict'
import type { KafkaAdmin } from '../../../../reconcilers/kafka/admin.ts'
import { topicResource } from '../../../../reconcilers/kafka/topic/index.ts'
import type { TopicSpec } from '../../../../reconcilers/kafka/topic/state.ts'
import type { Control, Cycle } from '../../../../src/contract.ts'
import { ReconcileError } from '../../../../src/errors.ts'
import { testCycle } from '../../../../src/testing/cycle.ts'
import { desired } from '../entries.ts'
import { reconcilerOn, scriptedAdmin, type ScriptedCluster } from '../scripted-admin.ts'

const { signal } = new AbortController()
const defaults = { 'log.cleanup.policy': 'delete', 'log.retention.bytes': '-1' }

/** What was asked to observe one topic `t`, and what was seen. */
async function observe(
  script: ScriptedCluster,
  spec: TopicSpec,
  control: Partial<Control> = {},
  given: Partial<Cycle> = {}
) {
  const admin = scriptedAdmin({ defaults, ...script })
  const seen = await topicResource(admin).observe([desired('topic', 't', spec, control)], testCycle(given))
  return { asked: admin.asked, seen, state: seen.items.get('t') }
}

describe('observing a topic', () => {
  it('asks for its declared keys, and for all where all are wanted', async () => {
    const script = { topics: { t: {}, u: {} } }
    assert.deepEqual((await observe(script, { config: { 'compression.type': 'zstd' } })).asked, [
      'metadata all',
      'describe topic/t compression.type'
    ])
    assert.deepEqual((await observe(script, {})).asked, ['metadata all'])
    assert.deepEqual((await observe(script, {}, { exact: true })).asked, ['metadata all', 'describe topic/t all'])
    assert.deepEqual((await observe(script, {}, {}, { full: true })).asked, ['metadata all', 'describe topic/t all'])
    assert.deepEqual((await observe(script, {}, {}, { everything: true })).asked, [
      'metadata all',
      'describe topic/t all',
      'describe topic/u all'
    ])
  })

  it('asks for cleanup.policy where it adds partitions', async () => {
    assert.deepEqual((await observe({ topics: { t: {} } }, { partitions: 2 })).asked, [
      'metadata all',
      'describe topic/t cleanup.policy'
    ])
  })

  it('asks for what decides together with a key that differs, and for nothing where none does', async () => {
    const topics = { t: { config: { 'retention.ms': '5' } } }
    assert.equal((await observe({ topics }, { config: { 'retention.ms': '5' } })).asked.length, 2)
    const { asked } = await observe({ topics }, { config: { 'retention.ms': '1' } })
    assert.deepEqual(asked.slice(2), ['describe topic/t local.retention.ms,remote.storage.enable,cleanup.policy'])
  })

  it('asks a broker for coarser keys where a reset falls back to them', async () => {
    const topics = { t: { config: { 'retention.ms': '5', 'segment.ms': '5' } } }
    const brokers = { 7: { file: { 'log.retention.hours': '1', 'log.roll.hours': '2' } } }
    const { asked, state } = await observe(
      { topics, brokers },
      { config: { 'retention.ms': null, 'segment.ms': null } }
    )
    assert.deepEqual(asked.slice(3), [
      'describe broker/7 log.retention.ms,log.retention.minutes,log.retention.hours,log.roll.ms,log.roll.hours'
    ])
    assert.ok(state !== undefined && 'state' in state)
    const behind = (key: string) => state.state.config.get(key)?.synonyms.map(({ name, value }) => `${name} ${value}`)
    assert.deepEqual(behind('retention.ms'), ['retention.ms 5', 'log.retention.hours 1'])
    assert.deepEqual(behind('segment.ms'), ['segment.ms 5', 'log.roll.hours 2'])
  })

  it('counts a broker that gives no answer as one that says nothing', async () => {
    const topics = { t: { config: { 'retention.ms': '5' } } }
    const brokers = { 7: { silent: new ReconcileError('TIMEOUT', 'no answer') } }
    const { plan } = await reconcilerOn(scriptedAdmin({ topics, brokers, defaults }), {
      'topics.json': { t: { config: { 'retention.ms': null } } }
    }).plan(signal)
    assert.deepEqual(
      plan.changes.map((change) => 'risk' in change && change.risk),
      ['destructive']
    )
  })

  it('asks a missing topic by name, and a topic that exists for the keys of one that does not', async () => {
    const { asked } = await observe(
      { topics: { u: {} } },
      { 'replication-factor': 1, config: { 'retention.ms': '1', 'min.insync.replicas': '1' } }
    )
    assert.deepEqual(asked, ['metadata all', 'metadata t', 'describe topic/u retention.ms,min.insync.replicas'])
  })

  it('says that a topic is refused by name, and leaves out one that is unknown', async () => {
    const refused = { partitions: 0, error: { code: 29, name: 'TOPIC_AUTHORIZATION_FAILED', message: 'not yours' } }
    assert.deepEqual((await observe({ topics: { t: refused } }, {})).state, { refused: 'not yours' })
    assert.equal((await observe({}, {})).state, undefined)
  })

  it('excludes internal topics from orphans', async () => {
    const { state } = await observe({ topics: { t: { internal: true } } }, {})
    assert.ok(state !== undefined && 'excluded' in state)
  })
})

describe('the replication factor of a topic', () => {
  const moving = {
    t: {
      partitions: 2,
      replicationFactor: 3
    }
  }
  const factor = async (reassignments: KafkaAdmin['reassignments'], declared = 2) => {
    const { state } = await observe({ topics: moving, admin: { reassignments } }, { 'replication-factor': declared })
    return state !== undefined && 'state' in state ? state.state.replicationFactor : undefined
  }

  it('is what it will be once replicas on the move have arrived', async () => {
    const move = { adding: [], removing: [3] }
    assert.equal(
      await factor(() =>
        Promise.resolve(
          new Map([
            [
              't',
              new Map([
                [0, move],
                [1, move]
              ])
            ]
          ])
        )
      ),
      2
    )
    assert.equal(await factor(() => Promise.resolve(new Map())), 3)
  })

  it('is that of the partition that will have fewest, where partitions differ', async () => {
    const topics = { t: { partitions: 2, replicationFactor: 2, replicaCounts: [2, 3] } }
    const moves = new Map([[1, { adding: [], removing: [1, 2] }]])
    const reassignments = () => Promise.resolve(new Map([['t', moves]]))
    const { state } = await observe({ topics, admin: { reassignments } }, { 'replication-factor': 3 })
    assert.equal(state !== undefined && 'state' in state && state.state.replicationFactor, 1)
  })

  it('is asked about only where it differs', async () => {
    assert.equal(await factor(() => assert.fail('asked'), 3), 3)
  })

  it('counts as it is where moves may not be seen, and is not guessed where nobody answers', async () => {
    assert.equal(await factor(() => Promise.reject(new ReconcileError('NOT_PERMITTED', 'no'))), 3)
    await assert.rejects(
      factor(() => Promise.reject(new ReconcileError('UNREACHABLE', 'gone'))),
      { code: 'UNREACHABLE' }
    )
  })
})
