import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { KafkaCluster } from '../../servers/kafka.ts'
import { readFailure } from './documents.ts'
import { clients, infometis, openScene, sharedClusterOrSkip, temporaryDirectory } from './harness.ts'

const files = z.record(z.string(), z.record(z.string(), z.json()))

describe('export', function () {
  this.timeout(120_000)
  let cluster: KafkaCluster

  before(async function () {
    cluster = await sharedClusterOrSkip(this)
  })

  for (const client of clients) {
    it(`adopts a cluster: what it prints is in sync at once, through ${client}`, async () => {
      const scene = await openScene(cluster.bootstrap, client)
      await scene.hand.create({
        [scene.name('plain')]: {},
        [scene.name('configured')]: {
          partitions: 3,
          config: {
            'retention.ms': '3600000',
            'cleanup.policy': 'compact,delete',
            'leader.replication.throttled.replicas': '*'
          }
        },
        __internal: {}
      })
      const printed = await infometis(['export', 'kafka'], { env: scene.env })
      assert.equal(printed.code, 0, printed.stderr)
      const topics = files.parse(JSON.parse(printed.stdout))
      assert.deepEqual(topics[scene.name('plain')], { partitions: 1, 'replication-factor': 1 })
      // Throttles come and go with a reassignment; nobody wants to declare one.
      assert.deepEqual(topics[scene.name('configured')], {
        partitions: 3,
        'replication-factor': 1,
        config: { 'cleanup.policy': 'compact,delete', 'retention.ms': '3600000' }
      })
      assert.deepEqual(
        Object.keys(topics).filter((name) => name.startsWith('__')),
        []
      )

      const out = join(await temporaryDirectory(), 'adopted')
      const written = await infometis(['export', 'kafka', '--out', out], { env: scene.env })
      assert.equal(written.code, 0, written.stderr)
      assert.equal(written.stdout, '')
      assert.deepEqual((await readdir(out)).toSorted(), ['cluster.json', 'topics.json'])
      const before = await readFile(join(out, 'topics.json'), 'utf8')
      const diff = await infometis(['diff', 'kafka', '--config', out], { env: scene.env })
      assert.equal(diff.code, 0, diff.stdout + diff.stderr)

      const again = await infometis(['export', 'kafka', '--out', out, '--output', 'json'], { env: scene.env })
      assert.equal(again.code, 2)
      assert.match(readFailure(again.stdout).error.message, /--out: expected a directory without topics\.json/)
      assert.equal(await readFile(join(out, 'topics.json'), 'utf8'), before)
      await scene.hand.delete([scene.name('plain'), scene.name('configured'), '__internal'])
    })
  }
})
