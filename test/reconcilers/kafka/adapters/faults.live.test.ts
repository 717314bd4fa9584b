import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import type { KafkaAdmin } from '../../../../reconcilers/kafka/admin.ts'
import type { KafkaCluster } from '../../../servers/kafka.ts'
import type { KafkaNode } from '../../../servers/kafka-node.ts'
import { freePort } from '../../../servers/ports.ts'
import { sharedClusterOrSkip } from '../../../live/kafka/clusters.ts'
import { adminFor, clients, eventually, failing, patience } from './harness.ts'

const look = (admin: KafkaAdmin, signal = patience()) => admin.metadata([], signal)

describe('both adapters when the broker fails', function () {
  this.timeout(180_000)
  let cluster: KafkaCluster | undefined

  before(async function () {
    cluster = await sharedClusterOrSkip(this)
  })

  const running = (): { readonly node: KafkaNode; readonly bootstrap: string } => {
    const node = cluster?.nodes[0]
    return cluster && node ? { node, bootstrap: cluster.bootstrap } : assert.fail('no cluster')
  }

  // Both at once: a broker that was killed is let in again only when its session is over.
  it('fail without an answer while the broker is away, and connect by themselves when it is back', async () => {
    const { node, bootstrap } = running()
    const admins = clients.map((client) => adminFor(client, bootstrap, { REQUEST_TIMEOUT: '1s' }))
    try {
      await Promise.all(admins.map((admin) => look(admin)))
      await node.kill()
      for (const admin of admins) await assert.rejects(look(admin), { code: 'UNREACHABLE' })
      await node.restart()
      for (const admin of admins) assert.equal((await eventually(() => look(admin))).brokers.length, 1)
    } finally {
      await Promise.all(admins.map((admin) => admin.close()))
    }
  })

  for (const client of clients) {
    describe(client, () => {
      const opened: KafkaAdmin[] = []
      const open = (bootstrap: string, variables: Readonly<Record<string, string>> = {}): KafkaAdmin => {
        const admin = adminFor(client, bootstrap, { REQUEST_TIMEOUT: '1s', ...variables })
        opened.push(admin)
        return admin
      }

      afterEach(() => Promise.all(opened.splice(0).map((admin) => admin.close())))

      it('is UNREACHABLE, naming the address, when nobody listens', async () => {
        const port = await freePort()
        const { error } = await failing(look(open(`127.0.0.1:${port}`)))
        assert.ok(error instanceof Error && 'code' in error)
        assert.equal(error.code, 'UNREACHABLE')
        assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port}: .*ECONNREFUSED`))
      })

      it('is UNREACHABLE when the name is unknown', async () => {
        await assert.rejects(look(open('no-such-host.invalid:9092')), { code: 'UNREACHABLE' })
      })

      it('continues with the next bootstrap server when the first is not there', async () => {
        const { bootstrap } = running()
        const { brokers } = await look(open(`127.0.0.1:${await freePort()},${bootstrap}`))
        assert.equal(brokers.length, 1)
      })

      it('gives up a port that accepts and never answers, and continues with the next server', async () => {
        const { bootstrap } = running()
        const silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1')
        await new Promise((resolve) => silent.once('listening', resolve))
        const address = silent.address()
        assert.ok(typeof address === 'object' && address)
        try {
          const alone = await failing(look(open(`127.0.0.1:${address.port}`)))
          assert.ok(alone.error instanceof Error && 'code' in alone.error)
          assert.equal(alone.error.code, 'TIMEOUT')
          assert.ok(alone.ms > 700 && alone.ms < 15_000, `${alone.ms} ms`)
          assert.equal((await look(open(`127.0.0.1:${address.port},${bootstrap}`))).brokers.length, 1)
        } finally {
          silent.close()
        }
      })

      it('is TIMEOUT within the deadline when the broker hangs, and works again once it continues', async () => {
        const { node, bootstrap } = running()
        const admin = open(bootstrap)
        await look(admin)
        await node.pause()
        try {
          // On the connection in use, and on a new one, which the kernel still accepts.
          for (const attempt of ['in use', 'new']) {
            const { error, ms } = await failing(look(admin))
            assert.ok(error instanceof Error && 'code' in error)
            assert.equal(error.code, 'TIMEOUT', attempt)
            assert.ok(ms > 700 && ms < 15_000, `${attempt}: ${ms} ms`)
          }
        } finally {
          node.resume()
        }
        assert.equal((await eventually(() => look(admin))).brokers.length, 1)
      })

      it('ends within a second when the caller gives up on a hung broker', async () => {
        const { node, bootstrap } = running()
        const admin = open(bootstrap, { REQUEST_TIMEOUT: '60s' })
        await look(admin)
        await node.pause()
        try {
          const { error, ms } = await failing(look(admin, AbortSignal.timeout(300)))
          assert.ok(error instanceof Error && 'code' in error)
          assert.equal(error.code, 'TIMEOUT')
          assert.ok(ms < 1300, `${ms} ms`)
        } finally {
          node.resume()
        }
        assert.equal((await eventually(() => look(admin))).brokers.length, 1)
      })

      it('leaves the process free to end, with nothing unhandled, after all this and a close', async () => {
        const { node, bootstrap } = running()
        // Other tests of this process may hold connections of their own.
        const openSockets = (): number =>
          process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length
        const before = openSockets()
        const unhandled: unknown[] = []
        const record = (reason: unknown): void => void unhandled.push(reason)
        process.on('unhandledRejection', record)
        try {
          const admin = open(bootstrap)
          await look(admin)
          await node.pause()
          const hung = failing(look(admin))
          const waiting = failing(look(admin, AbortSignal.timeout(100)))
          await waiting
          await admin.close()
          await hung
          node.resume()
          await eventually(async () => assert.ok(openSockets() <= before))
          assert.deepEqual(unhandled, [])
        } finally {
          node.resume()
          process.off('unhandledRejection', record)
        }
      })
    })
  }
})
