import assert from 'node:assert/strict'
import { ReconcileError } from '../../src/errors.ts'
import { reconcilerOn, scriptedAdmin, type ScriptedCluster } from '../reconcilers/kafka/scripted-admin.ts'

/** Warnings about a topic that is created. */
async function warnings(topic: object, script: ScriptedCluster): Promise<readonly string[]> {
  const { plan } = await reconcilerOn(scriptedAdmin(script), { 'topics.json': { fresh: topic } }).plan(
    AbortSignal.timeout(5_000)
  )
  assert.deepEqual(
    plan.changes.map(({ verb }) => verb),
    ['create']
  )
  return plan.warnings.map(({ code, message }) => `${code} ${message}`)
}

const two = {
  defaults: { 'default.replication.factor': '1' },
  brokers: { 1: { file: { 'min.insync.replicas': '2' } }, 2: {}, 3: {} }
}

describe('a new topic with fewer replicas than acks=all needs', () => {
  it('is created with a warning where the brokers ask for more than it declares', async () => {
    assert.deepEqual(await warnings({ 'replication-factor': 1 }, two), [
      'MIN_INSYNC_REPLICAS expected min.insync.replicas of at most the replication factor 1, found 2, the default of the brokers: producers with acks=all would fail'
    ])
    assert.match((await warnings({ 'replication-factor': 2 }, two))[0] ?? '', /fail as soon as one broker is down/)
    assert.deepEqual(await warnings({ 'replication-factor': 3 }, two), [])
  })

  it('is created with a warning where it declares more than the brokers give it', async () => {
    const [warning = ''] = await warnings(
      { config: { 'min.insync.replicas': 2 } },
      { defaults: { 'default.replication.factor': '1', 'min.insync.replicas': '1' } }
    )
    assert.match(warning, /of at most the replication factor 1 that brokers give by default, found 2/)
  })

  it('is created with a warning where the brokers contradict themselves', async () => {
    assert.equal((await warnings({}, two)).length, 1)
    assert.deepEqual(
      await warnings({}, { defaults: { 'default.replication.factor': '1', 'min.insync.replicas': '1' } }),
      []
    )
  })

  it('is created without a warning where the broker may not be asked, or does not answer', async () => {
    const silent = new ReconcileError('TIMEOUT', 'no answer')
    assert.deepEqual(await warnings({ 'replication-factor': 1 }, { brokers: { 1: { silent } } }), [])
  })

  it('costs no request where both are declared, or the topic exists', async () => {
    const admin = scriptedAdmin({ topics: { orders: {} }, defaults: { 'min.insync.replicas': '1' } })
    const topics = { fresh: { 'replication-factor': 1, config: { 'min.insync.replicas': 1 } }, orders: {} }
    await reconcilerOn(admin, { 'topics.json': topics }).plan(AbortSignal.timeout(5_000))
    assert.deepEqual(
      admin.asked.filter((request) => request.startsWith('describe broker')),
      []
    )
  })
})
