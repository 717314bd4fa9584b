/**
 * The conformance suite on a real broker, with both clients.
 */
import { conformance, type Subject } from '../../../src/testing/index.ts'
import { plugin } from '../../../reconcilers/kafka/index.ts'
import { Environment } from '../../../src/connect/environment.ts'
import type { KafkaCluster } from '../../servers/kafka.ts'
import { clients, Hand, tappedClusterOrSkip, type ClientName } from './harness.ts'
import type { Wiretap } from './wiretap.ts'

const clusterKey = 'log.segment.delete.delay.ms'

describe('Kafka keeps the contract', function () {
  this.timeout(120_000)
  let cluster: KafkaCluster
  let bootstrap: string
  let wiretap: Wiretap

  before(async function () {
    ;({ cluster, bootstrap, wiretap } = await tappedClusterOrSkip(this))
  })

  const open = (client: ClientName): Subject & { readonly hand: Hand } => {
    const hand = new Hand(cluster.bootstrap)
    const broker = cluster.nodes[0]
    return {
      hand,
      service: plugin.open(new Environment({ KAFKA_BOOTSTRAP_SERVERS: bootstrap, KAFKA_CLIENT: client })),
      snapshot: async () => [...(await hand.topics(await hand.names(''))), await hand.cluster()],
      // kafkajs leaves out a request that would come in the same millisecond as the one before.
      ...(client === 'platformatic' && { requests: () => wiretap.total }),
      stall: async () => broker?.pause(),
      cleanup: async () => {
        broker?.resume()
        // Other suites share the broker.
        await hand.setCluster({ [clusterKey]: null })
        await hand.close()
      }
    }
  }

  for (const client of clients) {
    describe(`with ${client}`, () => {
      conformance({
        kind: 'topic',
        open: () => {
          const subject = open(client)
          return {
            ...subject,
            createByHand: (name) => subject.hand.create({ [name]: {} }),
            changeByHand: (name) => subject.hand.set(name, { 'file.delete.delay.ms': '300000' })
          }
        },
        valid: {
          partitions: 2,
          'replication-factor': 1,
          config: { 'file.delete.delay.ms': '100000', 'max.message.bytes': '2000000' }
        },
        changed: { config: { 'file.delete.delay.ms': '200000' } },
        // No broker of these tests but one can tier topics.
        bad: { item: { config: { 'remote.storage.enable': true } } }
      })
    })
  }

  const single = 'there is one item, and it always exists'
  conformance({
    kind: 'cluster',
    open: () => {
      const subject = open('platformatic')
      return { ...subject, changeByHand: () => subject.hand.setCluster({ [clusterKey]: '70000' }) }
    },
    valid: { config: { [clusterKey]: '61000' } },
    changed: { config: { [clusterKey]: '62000' } },
    policy: { hold: [] },
    skips: {
      'an observation of nothing declared lists what is there': single,
      'one bad item fails alone': single,
      'orphans are reported and untouched': single
    }
  })
})
