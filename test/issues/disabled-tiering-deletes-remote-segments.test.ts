import assert from 'node:assert/strict'
import { reconcilerOn, scriptedAdmin } from '../reconcilers/kafka/scripted-admin.ts'

/** `<verb> <risk> <fields>` of what is planned for a tiered topic. */
async function planned(topic: object): Promise<readonly string[]> {
  const tiered = { config: { 'remote.storage.enable': 'true' } }
  const defaults = {
    'log.cleanup.policy': 'delete',
    'log.retention.ms': '1000',
    'remote.log.delete.on.disable': 'false'
  }
  const admin = scriptedAdmin({ defaults, topics: { orders: tiered } })
  const { plan } = await reconcilerOn(admin, { 'topics.json': { orders: topic } }).plan(AbortSignal.timeout(5_000))
  return plan.changes.map((change) => {
    const paths = 'fields' in change ? change.fields.map(({ path }) => path.replace('config.', '')) : []
    return [change.verb, ...('risk' in change ? [change.risk] : []), ...paths].join(' ')
  })
}

describe('tiered storage of a topic', () => {
  it('is left only when destructive changes are allowed, as its remote segments are deleted', async () => {
    const off = { 'remote.storage.enable': false, 'remote.log.delete.on.disable': true }
    assert.deepEqual(await planned({ config: off }), [
      'update safe remote.log.delete.on.disable',
      'hold destructive remote.storage.enable'
    ])
    assert.deepEqual(await planned({ config: { 'remote.storage.enable': false } }), [
      'hold destructive remote.storage.enable'
    ])
  })

  it('is not left by a reset either, nor by leaving it out of an exact topic', async () => {
    assert.deepEqual(await planned({ config: { 'remote.storage.enable': null } }), [
      'hold destructive remote.storage.enable'
    ])
    assert.deepEqual(await planned({ reconcile: { exact: true } }), ['hold destructive remote.storage.enable'])
  })
})
