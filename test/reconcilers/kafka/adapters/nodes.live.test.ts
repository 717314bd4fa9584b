import assert from 'node:assert/strict'
import * as platformatic from '@platformatic/kafka'
import type { KafkaAdmin } from '../../../../reconcilers/kafka/admin.ts'
import type { KafkaCluster } from '../../../servers/kafka.ts'
import type { KafkaNode } from '../../../servers/kafka-node.ts'
import { sharedClusterOrSkip } from '../../../live/kafka/clusters.ts'
import { adminFor, clients, eventually, patience } from './harness.ts'

const alreadyExists = 36

/** Moves partition 0 of a topic through the raw API, which the port leaves out on purpose. */
async function move(port: number, name: string, replicas: number[] | null): Promise<void> {
  const connection = new platformatic.Connection('test', { requestTimeout: 6_000 })
  await connection.connect('127.0.0.1', port)
  try {
    const topics = [{ name, partitions: [{ partitionIndex: 0, replicas }] }]
    await platformatic.alterPartitionReassignmentsV1.api.async(connection, 5000, true, topics)
  } finally {
    await connection.close()
  }
}

/** The nodes that partition 0 of a topic is assigned to. */
async function assigned(port: number, name: string): Promise<readonly number[]> {
  const connection = new platformatic.Connection('test')
  await connection.connect('127.0.0.1', port)
  try {
    const { topics } = await platformatic.metadataV12.api.async(connection, [name], false)
    return topics[0]?.partitions[0]?.replicaNodes.toSorted((a, b) => a - b) ?? []
  } finally {
    await connection.close()
  }
}

/** The node that leads the controllers now; while it is paused nothing can be changed for a while. */
async function activeController(port: number): Promise<number> {
  const connection = new platformatic.Connection('test')
  await connection.connect('127.0.0.1', port)
  try {
    const quorum = [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }]
    const { topics } = await platformatic.describeQuorumV1.api.async(connection, quorum)
    return topics[0]?.partitions[0]?.leaderId ?? assert.fail('no controller')
  } finally {
    await connection.close()
  }
}

describe('both adapters on three nodes', function () {
  this.timeout(240_000)
  let cluster: KafkaCluster | undefined

  before(async function () {
    cluster = await sharedClusterOrSkip(this, 'three')
  })

  const running = (): KafkaCluster => cluster ?? assert.fail('no cluster')
  const node = (id: number): KafkaNode => running().nodes.find((each) => each.id === id) ?? assert.fail(`no node ${id}`)

  for (const client of clients) {
    describe(client, () => {
      let admin: KafkaAdmin
      const lonely = `${client}-lonely`

      before(() => {
        admin = adminFor(client, running().bootstrap, { REQUEST_TIMEOUT: '4s' })
      })

      after(async () => {
        // The next one pauses a node, and kafkajs shows nothing while any partition has no leader.
        await move(node(1).port, lonely, [1, 2, 3])
        await eventually(async () => assert.equal((await admin.reassignments([lonely], patience())).size, 0))
        await admin.close()
      })

      /** kafkajs creates nothing while the leader of another new topic is not known everywhere. */
      const create = (name: string, size = { partitions: 1, replicationFactor: 1 }): Promise<void> =>
        eventually(async () => {
          const [answer] = await admin.createTopics([{ name, config: {}, ...size }], patience())
          assert.ok(answer?.error === undefined || answer.error.code === alreadyExists, answer?.error?.message)
        })

      /** Creates a topic of one partition, and moves it to node 3 alone. */
      const onNodeThree = async (name: string): Promise<void> => {
        await create(name)
        await move(node(1).port, name, [3])
        await eventually(async () => {
          assert.deepEqual((await admin.reassignments([name], patience())).size, 0)
          assert.deepEqual(await assigned(node(1).port, name), [3])
        })
      }

      it('shows how many replicas the partitions are assigned to', async () => {
        const name = `${client}-replicas`
        await create(name, { partitions: 2, replicationFactor: 3 })
        const topic = await eventually(async () => {
          const [seen] = (await admin.metadata([name], patience())).topics
          assert.ok(seen && seen.error === undefined)
          return seen
        })
        assert.deepEqual(topic, { name, internal: false, partitions: 2, replicationFactor: 3 })
      })

      it('asks each broker for its own configuration', async () => {
        const queries = [1, 2, 3].map((id) => ({ type: 'broker', name: String(id), keys: ['node.id'] }) as const)
        const answers = await admin.describeConfigs(queries, { synonyms: false }, patience())
        assert.deepEqual(
          answers.map(({ name, entries }) => [name, entries[0]?.value]),
          [
            ['1', '1'],
            ['2', '2'],
            ['3', '3']
          ]
        )
      })

      if (client === 'kafkajs') {
        it('shows a partition on the move, with what it gains and loses', async () => {
          const name = `${client}-moving`
          await create(name, { partitions: 1, replicationFactor: 1 })
          const before = await eventually(async () => {
            const nodes = await assigned(node(1).port, name)
            assert.equal(nodes.length, 1)
            return nodes
          })
          const controller = await activeController(node(1).port)
          const [elsewhere] = [1, 2, 3].filter((id) => !before.includes(id) && id !== controller)
          assert.ok(elsewhere !== undefined)
          // A paused node cannot catch up, and is taken for alive for some seconds more.
          await node(elsewhere).pause()
          try {
            const [from] = before
            assert.ok(from !== undefined)
            // A broker that still takes the paused node for the controller does not answer.
            await eventually(() => move(node(from).port, name, [elsewhere]))
            // kafkajs may ask the paused node, which KRaft names as a controller like any other.
            const own = adminFor(client, `127.0.0.1:${node(from).port}`, { REQUEST_TIMEOUT: '2s' })
            await eventually(async () => {
              assert.deepEqual(
                await own.reassignments([name], patience()),
                new Map([[name, new Map([[0, { adding: [elsewhere], removing: before }]])]])
              )
            })
            await own.close()
          } finally {
            node(elsewhere).resume()
          }
        })
      }

      describe('with one node away', () => {
        before(async () => {
          await onNodeThree(lonely)
          // Cleanly: after a kill, Kafka 4 leaves the only replica of a partition without a leader for good.
          await node(3).stop()
        })

        after(async () => {
          await node(3).restart()
          await node(3).ready(3)
        })

        if (client === 'platformatic') {
          it('still shows a topic whose partition has no leader, with its assigned replicas', async () => {
            await eventually(async () => {
              const { brokers, topics } = await admin.metadata([lonely], patience())
              assert.deepEqual(
                brokers.map(({ id }) => id).toSorted((a, b) => a - b),
                [1, 2]
              )
              assert.deepEqual(topics, [{ name: lonely, internal: false, partitions: 1, replicationFactor: 1 }])
            })
          })

          it('shows a partition on the move, with what it gains and loses', async () => {
            const name = `${client}-moving`
            await create(name, { partitions: 1, replicationFactor: 1 })
            const before = await eventually(async () => {
              const nodes = await assigned(node(1).port, name)
              assert.equal(nodes.length, 1)
              return nodes
            })
            // Node 3 is away, so the move cannot end.
            await move(node(1).port, name, [3])
            const moves = await admin.reassignments([name, lonely], patience())
            assert.deepEqual(moves, new Map([[name, new Map([[0, { adding: [3], removing: before }]])]]))
            await eventually(async () => {
              const [seen] = (await admin.metadata([name], patience())).topics
              assert.equal(seen?.replicationFactor, 2)
            })
            const legacy = adminFor('kafkajs', running().bootstrap)
            await assert.rejects(
              legacy.reassignments([name], patience()),
              { code: 'UNAVAILABLE' },
              'the topic without a leader stops kafkajs'
            )
            await legacy.close()
            await move(node(1).port, name, null)
          })

          it('calls a broker that is away by that name', async () => {
            await eventually(async () => {
              const answers = await admin.describeConfigs(
                [{ type: 'broker', name: '3', keys: 'all' }],
                { synonyms: false },
                patience()
              )
              assert.deepEqual(
                answers.map(({ error }) => error?.code),
                [8]
              )
            })
          })
        } else {
          it('is UNAVAILABLE, naming the reason, while a partition has no leader, as kafkajs shows nothing then', async () => {
            await eventually(() =>
              assert.rejects(admin.metadata('all', patience()), {
                code: 'UNAVAILABLE',
                message: /no leader; KAFKA_CLIENT=platformatic/
              })
            )
          })
        }
      })

      describe('with the node back', () => {
        it('works as before when the node is back', async () => {
          await eventually(async () => {
            const { brokers, topics } = await admin.metadata([lonely], patience())
            assert.equal(brokers.length, 3)
            assert.equal(topics[0]?.error, undefined)
          })
        })
      })
    })
  }
})
