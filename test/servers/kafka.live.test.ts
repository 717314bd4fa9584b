import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { kafkaTool, kafkaTools, missingPrerequisites, startKafka, type KafkaCluster } from './kafka.ts'
import { liveBrokers } from './kafka-probe.ts'

describe('a real Kafka cluster for tests', function () {
  this.timeout(300_000)
  let cluster: KafkaCluster | undefined

  before(async function () {
    const missing = await missingPrerequisites({ tools: true })
    assert.equal(missing, undefined, missing)
    cluster = await startKafka()
  })

  after(() => cluster?.stop())

  it('starts, keeps port and topics over a restart, and leaves nothing behind', async function () {
    // It ends what a second attempt would need.
    this.retries(0)
    assert.ok(cluster)
    const [node] = cluster.nodes
    assert.ok(node)
    const { port, pid } = node
    await kafkaTool(cluster, kafkaTools.topics, ['--create', '--topic', 'kept'])
    await node.restart()
    assert.notEqual(node.pid, pid)
    assert.deepEqual(await liveBrokers(port), [1])
    assert.match(await kafkaTool(cluster, kafkaTools.topics, ['--list']), /^kept$/m)
    await cluster.stop()
    await assert.rejects(liveBrokers(port))
    assert.throws(() => process.kill(node.pid, 0), { code: 'ESRCH' })
    assert.equal(existsSync(cluster.dir), false)
  })
})
