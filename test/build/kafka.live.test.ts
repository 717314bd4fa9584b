import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { clients, clusterOrSkip } from '../reconcilers/kafka/adapters/harness.ts'
import type { KafkaCluster, SecureKafka } from '../servers/kafka.ts'
import { layoutOf, type Made } from './layouts.ts'
import { start } from './program.ts'

describe('the bundle for Kafka, far from any node_modules', function () {
  this.timeout(120_000)
  let dir = ''
  let made: Made

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'infometis-bundle-'))
    made = await layoutOf('kafka')
  })
  after(() => rm(dir, { recursive: true, force: true }))

  it('refuses a bad variable in the container as the command line does', async () => {
    const { code, stderr } = await start(made.container, [], {
      KAFKA_BOOTSTRAP_SERVERS: 'kafka:9092',
      RECONCILE_INTERVAL: '5'
    }).ended
    assert.equal(code, 2)
    assert.match(stderr, /RECONCILE_INTERVAL: expected a duration with a unit.*VARIABLE_INVALID/s)
  })

  it('knows its one service', async () => {
    assert.match((await start(made.commandLine, ['--help'], {}).ended).stdout, /Services: kafka\n/)
  })

  describe('on a real broker', () => {
    let cluster: KafkaCluster | undefined
    const secure = (): SecureKafka => cluster?.secure ?? assert.fail('no secured cluster')

    before(async function () {
      cluster = await clusterOrSkip(this, { secure: true })
    })
    after(() => cluster?.stop())

    /** A name that no attempt before this one has used. */
    const newTopic = (prefix: string): string => `${prefix}-${randomUUID().slice(0, 8)}`

    const declare = async (topic: string): Promise<string> => {
      const directory = join(dir, topic)
      await mkdir(directory)
      await writeFile(
        join(directory, 'topics.json'),
        JSON.stringify({ [topic]: { partitions: 2, config: { 'retention.ms': 3_600_000 } } })
      )
      return directory
    }

    for (const client of clients) {
      it(`logs in with SCRAM over TLS and creates what is declared, with ${client}`, async () => {
        const { saslSsl, caFile, users } = secure()
        const variables = {
          CONFIG_DIR: await declare(newTopic(`secured-by-${client}`)),
          KAFKA_BOOTSTRAP_SERVERS: saslSsl,
          KAFKA_CLIENT: client,
          KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
          KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
          KAFKA_SASL_USERNAME: users.admin.username,
          KAFKA_SASL_PASSWORD: users.admin.password,
          KAFKA_SSL_CA_FILE: caFile
        }
        const applied = await start(made.commandLine, ['apply', 'kafka', '--yes'], variables).ended
        assert.equal(applied.code, 0, applied.stderr)
        const seen = await start(made.commandLine, ['diff', 'kafka'], variables).ended
        assert.equal(seen.code, 0, seen.stdout + seen.stderr)
      })

      it(`reconciles in the container until SIGTERM and ends with 0, with ${client}`, async () => {
        const topic = newTopic(`contained-by-${client}`)
        const variables = {
          CONFIG_DIR: await declare(topic),
          KAFKA_BOOTSTRAP_SERVERS: secure().plaintext,
          KAFKA_CLIENT: client
        }
        const { child, ended } = start(made.container, [], variables)
        const diff = () => start(made.commandLine, ['diff', 'kafka'], variables).ended
        const deadline = performance.now() + 30_000
        while ((await diff()).code !== 0 && performance.now() < deadline) await sleep(100)
        child.kill('SIGTERM')
        const { code, stdout, stderr } = await ended
        assert.equal(code, 0, stderr)
        assert.match(stdout, new RegExp(`kafka/topic/${topic} created`))
      })
    }
  })
})
