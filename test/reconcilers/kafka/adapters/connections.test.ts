/**
 * Connections to a broker that is not there, falls silent or closes them.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { KafkaAdmin } from '../../../../reconcilers/kafka/admin.ts'
import { LoopbackBroker, type Api, type LoopbackOptions } from '../loopback-broker.ts'
import { adminFor, clients, type ClientName } from './harness.ts'

const { signal } = new AbortController()

const topic = { name: 'a', partitions: 1, replicationFactor: 1, config: {} }
const alteration = { type: 'topic', name: 'a', set: { 'retention.ms': '1' }, remove: [] } as const

/** Every call that writes, and the API at which a broker hears of it. */
const writes: readonly (readonly [string, Api, Api, (admin: KafkaAdmin) => Promise<unknown>])[] = [
  [
    'createTopics',
    'CreateTopics',
    'CreateTopics',
    (admin) => admin.createTopics([topic, { ...topic, name: 'b' }], signal)
  ],
  [
    'createPartitions',
    'CreatePartitions',
    'CreatePartitions',
    (admin) => admin.createPartitions([{ name: 'a', count: 2 }], signal)
  ],
  // kafkajs reads what it has to keep first.
  ['alterConfigs', 'IncrementalAlterConfigs', 'DescribeConfigs', (admin) => admin.alterConfigs([alteration], signal)]
]

for (const client of clients) {
  describe(`a connection of ${client}`, () => {
    const opened: (() => Promise<void>)[] = []

    const start = async (options: LoopbackOptions = {}): Promise<LoopbackBroker> => {
      const broker = await LoopbackBroker.start(options)
      opened.push(() => broker.stop())
      return broker
    }
    const open = (
      bootstrap: string,
      variables: Readonly<Record<string, string>> = {},
      by: ClientName = client
    ): KafkaAdmin => {
      const admin = adminFor(by, bootstrap, { REQUEST_TIMEOUT: '300ms', ...variables })
      opened.push(() => admin.close())
      return admin
    }

    afterEach(async () => {
      for (const close of opened.splice(0).toReversed()) await close()
    })

    it('tells who answers, and is used again', async () => {
      const broker = await start()
      const admin = open(broker.bootstrap)
      for (let times = 0; times < 2; times++) {
        const { clusterId, brokers, controllerId, topics } = await admin.metadata([], signal)
        assert.deepEqual({ clusterId, controllerId, topics }, { clusterId: 'loopback', controllerId: 1, topics: [] })
        assert.deepEqual(brokers, [{ id: 1, host: '127.0.0.1', port: broker.port }])
      }
      assert.ok(broker.asked.filter((api) => api === 'ApiVersions').length <= 2, broker.asked.join())
    })

    it('is made again when it was cut between two requests', async () => {
      const broker = await start()
      const admin = open(broker.bootstrap)
      await admin.metadata([], signal)
      broker.cut()
      await new Promise((resolve) => setImmediate(resolve))
      // What is in flight when the end is noticed may still fail, once.
      await admin.metadata([], signal).catch(() => undefined)
      assert.equal((await admin.metadata([], signal)).clusterId, 'loopback')
    })

    for (const [call, ofPlatformatic, ofKafkajs, write] of writes) {
      const api = client === 'kafkajs' ? ofKafkajs : ofPlatformatic
      it(`that ends without an answer to ${call} throws, and tries nothing again`, async () => {
        const broker = await start({ closesAt: [api] })
        await assert.rejects(write(open(broker.bootstrap)), { code: 'UNREACHABLE' })
        assert.equal(broker.asked.filter((asked) => asked === api).length, 1, broker.asked.join())
      })

      it(`that stays without an answer to ${call} throws at the deadline`, async () => {
        const broker = await start({ hangsAt: [api] })
        await assert.rejects(write(open(broker.bootstrap)), { code: 'TIMEOUT' })
      })
    }

    it('that ends before the first answer may be one to a port that wants a login', async () => {
      const broker = await start({ closesAt: ['Metadata'] })
      await assert.rejects(open(broker.bootstrap).metadata([], signal), {
        code: 'UNREACHABLE',
        message: `${broker.bootstrap}: the broker closed the connection; if this persists, the port speaks SASL_PLAINTEXT (KAFKA_SECURITY_PROTOCOL is PLAINTEXT)`
      })
    })

    it('that ends while it is opened may be one to a port that speaks TLS', async () => {
      const broker = await start({ closesAt: ['ApiVersions'] })
      await assert.rejects(open(broker.bootstrap).metadata([], signal), {
        code: 'UNREACHABLE',
        message: /speaks SSL or SASL_SSL \(KAFKA_SECURITY_PROTOCOL is PLAINTEXT\)/
      })
    })

    it('that ends in the middle of TLS may be one to a port that does not speak it', async () => {
      const plain = createServer((socket) => void socket.once('data', () => socket.destroy())).listen(0, '127.0.0.1')
      await once(plain, 'listening')
      opened.push(async () => void plain.close())
      const address = plain.address()
      assert.ok(typeof address === 'object' && address)
      const admin = open(`127.0.0.1:${address.port}`, { KAFKA_SECURITY_PROTOCOL: 'SSL' })
      await assert.rejects(admin.metadata([], signal), {
        code: 'UNREACHABLE',
        message: /speaks PLAINTEXT or SASL_PLAINTEXT \(KAFKA_SECURITY_PROTOCOL is SSL\)/
      })
    })

    for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']) {
      it(`that ends at a login with ${mechanism} says nothing about the password`, async () => {
        const broker = await start({ closesAt: ['SaslHandshake'] })
        const sasl = {
          KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT',
          KAFKA_SASL_MECHANISM: mechanism,
          KAFKA_SASL_USERNAME: 'u',
          KAFKA_SASL_PASSWORD: 'canary-password'
        }
        await assert.rejects(
          open(broker.bootstrap, sasl).metadata([], signal),
          (error: Error & { readonly code?: string }) => {
            assert.equal(error.code, 'UNREACHABLE', error.message)
            assert.doesNotMatch(error.message, /canary/)
            return true
          }
        )
      })
    }

    it('is refused where nobody listens', async () => {
      const broker = await LoopbackBroker.start()
      await broker.stop()
      await assert.rejects(open(broker.bootstrap).metadata([], signal), {
        code: 'UNREACHABLE',
        message: /ECONNREFUSED/
      })
    })
  })
}
