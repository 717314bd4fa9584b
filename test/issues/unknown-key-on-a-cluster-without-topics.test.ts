import assert from 'node:assert/strict'
import { reconcilerOn, scriptedAdmin } from '../reconcilers/kafka/scripted-admin.ts'

const files = {
  'topics.json': { fresh: { 'replication-factor': 1, config: { 'retention.hours': 24, 'min.insync.replicas': 1 } } }
}

describe('a key that is not known, of a topic that is created', () => {
  it('is a warning on a cluster without topics, where nobody can be asked about it', async () => {
    const { plan } = await reconcilerOn(scriptedAdmin({}), files).plan(AbortSignal.timeout(5_000))
    assert.deepEqual(
      plan.changes.map(({ verb }) => verb),
      ['create']
    )
    assert.deepEqual(
      plan.warnings.map(({ code, path }) => [code, path]),
      [['UNKNOWN_KEY', 'fresh.config.retention.hours']]
    )
  })

  it('is invalid as soon as there is a topic to ask about', async () => {
    const admin = scriptedAdmin({ topics: { orders: {} } })
    const { plan } = await reconcilerOn(admin, files).plan(AbortSignal.timeout(5_000))
    assert.deepEqual(
      plan.changes.map(({ name, verb }) => [name, verb]),
      [
        ['fresh', 'invalid'],
        ['orders', 'orphan']
      ]
    )
  })
})
