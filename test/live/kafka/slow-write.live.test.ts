/**
 * Writes that a real broker answers late: what else is asked meanwhile does not wait for them.
 */
import assert from 'node:assert/strict'
import type { KafkaAdmin } from '../../../reconcilers/kafka/admin.ts'
import { adminFor } from '../../reconcilers/kafka/adapters/harness.ts'
import { clients, openScene, tappedClusterOrSkip, type Scene, type TappedCluster } from './harness.ts'

const { signal } = new AbortController()

describe('while the answer to a write is late', function () {
  this.timeout(60_000)
  let tapped: TappedCluster

  before(async function () {
    tapped = await tappedClusterOrSkip(this)
  })

  for (const client of clients) {
    describe(`through ${client}`, () => {
      let scene: Scene
      let admin: KafkaAdmin

      before(async () => {
        scene = await openScene(tapped.cluster.bootstrap, client)
        // A request that waits for another one fails at its deadline, and the test with it.
        admin = adminFor(client, tapped.bootstrap, { REQUEST_TIMEOUT: '30s' })
      })

      after(() => admin?.close())

      /** Holds the next CreateTopics back; resolves when it has reached the broker's door. */
      function hold(): { readonly held: Promise<void>; readonly release: () => void } {
        const held = Promise.withResolvers<void>()
        const released = Promise.withResolvers<void>()
        tapped.wiretap.ambush('CreateTopics', () => {
          held.resolve()
          return released.promise
        })
        return { held: held.promise, release: released.resolve }
      }

      const create = async (name: string) => {
        const topic = { name: scene.name(name), partitions: 1, replicationFactor: 1, config: {} }
        const [answer] = await admin.createTopics([topic], signal)
        assert.equal(answer?.error, undefined)
      }

      it('a reading and another write are answered, each over a connection of its own', async () => {
        const before = tapped.wiretap.connections
        const { held, release } = hold()
        let isAnswered = false
        const slow = create('slow').finally(() => (isAnswered = true))
        await held
        const { clusterId } = await admin.metadata([], signal)
        assert.equal(clusterId, tapped.cluster.clusterId)
        await create('quick')
        await admin.describeConfigs(
          [{ type: 'topic', name: scene.name('quick'), keys: 'all' }],
          { synonyms: false },
          signal
        )
        assert.equal(isAnswered, false)
        assert.equal(tapped.wiretap.connections - before, 3)
        release()
        await slow
        const created = await scene.hand.topics([scene.name('slow'), scene.name('quick')])
        assert.equal(created.size, 2)
      })

      it('closing ends the write and all connections', async () => {
        const { held, release } = hold()
        const slow = create('closed')
        const ended = assert.rejects(slow, { code: 'UNREACHABLE' })
        await held
        await admin.close()
        await ended
        release()
        await admin.metadata([], signal)
      })
    })
  }
})
