import assert from 'node:assert/strict'
import type { ConfigQuery, KafkaAdmin } from '../../reconcilers/kafka/admin.ts'
import { kafkaService } from '../../reconcilers/kafka/index.ts'
import { ServiceReconciler } from '../../src/reconciler/service-reconciler.ts'
import { reading } from '../reading.ts'

const throttle = 'leader.replication.throttled.replicas'
const unused = (): Promise<never> => Promise.reject(new Error('not a part of this'))

/** A cluster with one topic that carries a throttle. */
const cluster: KafkaAdmin = {
  missing: new Map(),
  metadata: () =>
    Promise.resolve({
      clusterId: 'c',
      brokers: [{ id: 1, host: 'localhost', port: 9092 }],
      controllerId: 1,
      topics: [{ name: 'orders', internal: false, partitions: 1, replicationFactor: 1 }]
    }),
  describeConfigs: (queries) =>
    Promise.resolve(queries.map(({ type, name, keys }) => ({ type, name, entries: entriesFor(keys) }))),
  reassignments: () => Promise.resolve(new Map()),
  createTopics: unused,
  createPartitions: unused,
  alterConfigs: unused,
  close: () => Promise.resolve()
}

function entriesFor(keys: ConfigQuery['keys']) {
  if (keys !== 'all' && !keys.includes(throttle)) return []
  return [
    { name: throttle, value: '*', source: 'topic', sensitive: false, readOnly: false, type: 7, synonyms: [] } as const
  ]
}

function statusesOf(value: string): Promise<readonly string[]> {
  const files = new Map([
    ['topics.json', new TextEncoder().encode(JSON.stringify({ orders: { config: { [throttle]: value } } }))]
  ])
  const reconciler = new ServiceReconciler(kafkaService(cluster), {
    directory: '',
    source: reading(() => Promise.resolve({ digest: 'd', files }))
  })
  // The first cycle reads every key, the second only the declared ones.
  return reconciler.reconcile().then(async (first) => [first.status, (await reconciler.reconcile()).status])
}

describe('a declared replication throttle', () => {
  it('is judged alike by a cycle that reads all keys and by one that reads the declared ones', async () => {
    assert.deepEqual(await statusesOf('*'), ['in-sync', 'in-sync'])
    assert.deepEqual(await statusesOf('0:1'), ['drift', 'drift'])
  })
})
