import assert from 'node:assert/strict'
import { reconcilerOn, scriptedAdmin } from '../reconcilers/kafka/scripted-admin.ts'

/** Kafka's own defaults: records are deleted after a week. */
const defaults = { 'log.cleanup.policy': 'delete', 'log.retention.ms': '604800000', 'log.retention.bytes': '-1' }

/** The verb and risk of what is planned for a topic whose `cleanup.policy` is empty. */
async function planned(topic: object, config: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const admin = scriptedAdmin({ defaults, topics: { orders: { config: { 'cleanup.policy': '', ...config } } } })
  // The first cycle reads all keys, the second only those it needs.
  const reconciler = reconcilerOn(admin, { 'topics.json': { orders: topic } })
  const verbs: string[] = []
  for (let cycle = 0; cycle < 2; cycle++) {
    const { plan } = await reconciler.plan(AbortSignal.timeout(5_000))
    verbs.push(...plan.changes.map((change) => ('risk' in change ? `${change.verb} ${change.risk}` : change.verb)))
  }
  return verbs
}

describe('an empty cleanup.policy, which keeps everything (apache/kafka#20334)', () => {
  const ends: readonly (readonly [string, object])[] = [
    ['by delete', { config: { 'cleanup.policy': 'delete' } }],
    ['by compact', { config: { 'cleanup.policy': 'compact' } }],
    ['by both', { config: { 'cleanup.policy': 'compact,delete' } }],
    ['by a reset to what it inherits', { config: { 'cleanup.policy': null } }],
    ['by leaving it out of an exact topic', { config: {}, reconcile: { exact: true } }]
  ]
  for (const [how, topic] of ends) {
    it(`is ended ${how} only when destructive changes are allowed`, async () => {
      assert.deepEqual(await planned(topic), ['hold destructive', 'hold destructive'])
    })
  }

  it('is ended by delete at once where there is no limit to delete by', async () => {
    const config = { 'retention.ms': '-1', 'retention.bytes': '-1' }
    assert.deepEqual(await planned({ config: { 'cleanup.policy': 'delete' } }, config), ['update safe', 'update safe'])
  })

  it('makes every retention harmless', async () => {
    assert.deepEqual(await planned({ config: { 'retention.ms': '1000' } }), ['update safe', 'update safe'])
  })

  it('is in sync with itself', async () => {
    assert.deepEqual(await planned({ config: { 'cleanup.policy': '' } }), ['keep', 'keep'])
    assert.deepEqual(await planned({ config: { 'cleanup.policy': [] } }), ['keep', 'keep'])
  })
})
