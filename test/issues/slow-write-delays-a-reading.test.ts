import assert from 'node:assert/strict'
import { adminFor, clients, eventually } from '../reconcilers/kafka/adapters/harness.ts'
import { LoopbackBroker } from '../reconcilers/kafka/loopback-broker.ts'

const { signal } = new AbortController()
const topic = { name: 'a', partitions: 1, replicationFactor: 1, config: {} }

describe('a write that the broker does not answer', () => {
  for (const client of clients) {
    it(`does not hold up a reading until REQUEST_TIMEOUT, through ${client}`, async () => {
      const broker = await LoopbackBroker.start({ hangsAt: ['CreateTopics'] })
      const admin = adminFor(client, broker.bootstrap)
      let isOver = false
      const write = admin.createTopics([topic], signal).finally(() => (isOver = true))
      try {
        await eventually(async () => assert.ok(broker.asked.includes('CreateTopics')))
        assert.equal((await admin.metadata([], signal)).clusterId, 'loopback')
        assert.equal(isOver, false)
      } finally {
        await admin.close()
        await assert.rejects(write)
        await broker.stop()
      }
    })
  }
})
