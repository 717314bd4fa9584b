import assert from 'node:assert/strict'
import { reconcilerOn, scriptedAdmin } from '../reconcilers/kafka/scripted-admin.ts'

const throttles = { 'leader.replication.throttled.replicas': '', 'follower.replication.throttled.replicas': '' }

describe('a topic declared with every key a broker shows of it', () => {
  it('is in sync with its empty throttles, which are never written', async () => {
    const admin = scriptedAdmin({ defaults: throttles, topics: { orders: {} } })
    const reconciler = reconcilerOn(admin, { 'topics.json': { orders: { config: throttles } } })
    assert.equal((await reconciler.reconcile()).status, 'in-sync')
    assert.equal((await reconciler.reconcile()).status, 'in-sync')
  })

  it('is drift while replicas are being moved', async () => {
    const moving = { config: { 'leader.replication.throttled.replicas': '0:1' } }
    const admin = scriptedAdmin({ defaults: throttles, topics: { orders: moving } })
    const report = await reconcilerOn(admin, { 'topics.json': { orders: { config: throttles } } }).reconcile()
    assert.deepEqual(
      report.outcomes.map(({ verb, fields }) => [verb, fields.map(({ path }) => path)]),
      [['hold', ['config.leader.replication.throttled.replicas']]]
    )
  })
})

describe('a key of the cluster that only the file of a broker can change', () => {
  const key = 'log.dirs'
  const readOnly = (values: readonly string[]) =>
    scriptedAdmin({
      brokers: Object.fromEntries(values.map((_, index) => [index + 1, {}])),
      admin: {
        describeConfigs: async (queries) =>
          queries.map(({ type, name }) => {
            const value = values[Number(name) - 1] ?? null
            const entry = {
              name: key,
              value,
              source: 'static',
              sensitive: false,
              readOnly: true,
              type: 2,
              synonyms: []
            } as const
            return { type, name, entries: type === 'broker' ? [entry] : [] }
          })
      }
    })
  const statusOf = async (values: readonly string[]) =>
    (await reconcilerOn(readOnly(values), { 'cluster.json': { config: { [key]: '/data' } } }).reconcile()).status

  it('is in sync where every broker runs with the declared value', async () => {
    assert.equal(await statusOf(['/data', '/data']), 'in-sync')
  })

  it('is held where one does not', async () => {
    assert.equal(await statusOf(['/data', '/elsewhere']), 'drift')
    assert.equal(await statusOf(['/elsewhere', '/data']), 'drift')
  })
})
