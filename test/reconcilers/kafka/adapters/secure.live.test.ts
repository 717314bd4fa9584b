import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Answer, KafkaAdmin } from '../../../../reconcilers/kafka/admin.ts'
import type { KafkaCluster, SecureKafka } from '../../../servers/kafka.ts'
import { sharedClusterOrSkip } from '../../../live/kafka/clusters.ts'
import { adminFor, clients, eventually, patience } from './harness.ts'

const login = (
  mechanism: string,
  { username, password }: { readonly username: string; readonly password: string }
) => ({
  KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT',
  KAFKA_SASL_MECHANISM: mechanism,
  KAFKA_SASL_USERNAME: username,
  KAFKA_SASL_PASSWORD: password
})
const clusterId = async (admin: KafkaAdmin): Promise<string> => (await admin.metadata([], patience())).clusterId
const codes = (answers: readonly Answer[]) => answers.map(({ error }) => error?.code)

describe('both adapters on a secured broker', function () {
  this.timeout(120_000)
  let cluster: KafkaCluster | undefined
  let dir = ''
  const secure = (): SecureKafka => cluster?.secure ?? assert.fail('no secured cluster')

  before(async function () {
    cluster = await sharedClusterOrSkip(this, 'secure')
    dir = await mkdtemp(join(tmpdir(), 'infometis-secure-'))
  })

  after(async () => {
    if (dir !== '') await rm(dir, { recursive: true })
  })

  for (const client of clients) {
    describe(client, () => {
      const opened: KafkaAdmin[] = []
      const open = (bootstrap: string, variables: Readonly<Record<string, string>>): KafkaAdmin => {
        const admin = adminFor(client, bootstrap, variables)
        opened.push(admin)
        return admin
      }

      afterEach(() => Promise.all(opened.splice(0).map((admin) => admin.close())))

      it('logs in with every mechanism, in the clear and with TLS', async () => {
        const { users, saslPlaintext, saslSsl, caFile } = secure()
        for (const [mechanism, user] of [
          ['SCRAM-SHA-256', users.admin],
          ['SCRAM-SHA-512', users.admin],
          ['PLAIN', users.plain]
        ] as const) {
          const variables = login(mechanism, user)
          assert.equal(await clusterId(open(saslPlaintext, variables)), cluster?.clusterId, mechanism)
          const tls = { ...variables, KAFKA_SECURITY_PROTOCOL: 'SASL_SSL', KAFKA_SSL_CA_FILE: caFile }
          assert.equal(await clusterId(open(saslSsl, tls)), cluster?.clusterId, `${mechanism} with TLS`)
        }
      })

      it('speaks TLS with and without a certificate of its own, by address and by name', async () => {
        const { ssl, mutualTls, caFile, certFile, keyFile } = secure()
        const tls = { KAFKA_SECURITY_PROTOCOL: 'SSL', KAFKA_SSL_CA_FILE: caFile }
        assert.equal(await clusterId(open(ssl, tls)), cluster?.clusterId)
        assert.equal(await clusterId(open(ssl.replace('127.0.0.1', 'localhost'), tls)), cluster?.clusterId)
        const own = { ...tls, KAFKA_SSL_CERT_FILE: certFile, KAFKA_SSL_KEY_FILE: keyFile }
        assert.equal(await clusterId(open(mutualTls, own)), cluster?.clusterId)
      })

      it('calls it CERTIFICATE when the broker demands a certificate and gets none', async () => {
        const admin = open(secure().mutualTls, { KAFKA_SECURITY_PROTOCOL: 'SSL', KAFKA_SSL_CA_FILE: secure().caFile })
        await assert.rejects(clusterId(admin), { code: 'CERTIFICATE' })
      })

      it('calls it CERTIFICATE when nobody it trusts has signed the broker’s', async () => {
        const { ssl, certFile } = secure()
        await assert.rejects(clusterId(open(ssl, { KAFKA_SECURITY_PROTOCOL: 'SSL', KAFKA_SSL_CA_FILE: certFile })), {
          code: 'CERTIFICATE'
        })
        await assert.rejects(clusterId(open(ssl, { KAFKA_SECURITY_PROTOCOL: 'SSL' })), { code: 'CERTIFICATE' })
      })

      it('calls it AUTHENTICATION when the password or the user is wrong, and prints neither', async () => {
        const { users, saslPlaintext } = secure()
        for (const [mechanism, user] of [
          ['SCRAM-SHA-256', { ...users.admin, password: 'wrong-password' }],
          ['SCRAM-SHA-512', { username: 'nobody-knows', password: 'wrong-password' }],
          ['PLAIN', { ...users.plain, password: 'wrong-password' }]
        ] as const) {
          await assert.rejects(
            clusterId(open(saslPlaintext, login(mechanism, user))),
            (error: Error & { code?: string }) => {
              assert.equal(error.code, 'AUTHENTICATION', error.message)
              assert.doesNotMatch(error.message, /wrong-password|nobody-knows|plainuser/)
              return true
            }
          )
        }
      })

      it('fails in time, and not as wrong credentials, when the protocol does not fit the port', async () => {
        const { saslPlaintext, ssl } = secure()
        const soon = { REQUEST_TIMEOUT: '3s' }
        for (const admin of [
          open(saslPlaintext, soon),
          open(ssl, soon),
          open(saslPlaintext, { ...soon, KAFKA_SECURITY_PROTOCOL: 'SSL' })
        ]) {
          await assert.rejects(clusterId(admin), { code: 'UNREACHABLE' })
        }
      })

      it('tells forbidden from missing: nothing in a list, 29 by name', async () => {
        const { plaintext, saslPlaintext, users } = secure()
        const name = `${client}-forbidden-${randomUUID()}`
        const [created] = await open(plaintext, {}).createTopics(
          [{ name, partitions: 1, replicationFactor: 1, config: {} }],
          patience()
        )
        assert.equal(created?.error, undefined)
        const limited = open(saslPlaintext, login('SCRAM-SHA-512', users.limited))
        assert.deepEqual((await limited.metadata('all', patience())).topics, [])
        const { topics } = await limited.metadata([name, `${name}-missing`], patience())
        assert.deepEqual(
          new Map(topics.map((topic) => [topic.name, topic.error?.code])),
          new Map([
            [name, 29],
            [`${name}-missing`, 29]
          ])
        )
        const described = await limited.describeConfigs(
          [{ type: 'topic', name, keys: 'all' }],
          { synonyms: false },
          patience()
        )
        assert.deepEqual(
          described.map(({ error, entries }) => [error?.code, entries.length]),
          [[29, 0]]
        )
      })

      it('answers for every item it may not write', async () => {
        const { saslPlaintext, users } = secure()
        const name = `${client}-forbidden-write`
        const limited = open(saslPlaintext, login('SCRAM-SHA-256', users.limited))
        assert.deepEqual(
          codes(await limited.createTopics([{ name, partitions: 1, replicationFactor: 1, config: {} }], patience())),
          [29]
        )
        assert.deepEqual(codes(await limited.createPartitions([{ name, count: 2 }], patience())), [29])
        assert.deepEqual(
          codes(
            await limited.alterConfigs([{ type: 'topic', name, set: { 'retention.ms': '1' }, remove: [] }], patience())
          ),
          [29]
        )
        await assert.rejects(limited.reassignments([name], patience()), { code: 'NOT_PERMITTED' })
      })

      it('takes a rotated password file into use without a restart', async () => {
        const { saslPlaintext, users } = secure()
        const file = join(dir, `${client}-password`)
        const { KAFKA_SASL_PASSWORD: _, ...variables } = login('SCRAM-SHA-512', users.admin)
        // As the kubelet does it: the new content replaces the old at once.
        const rotate = async (password: string): Promise<void> => {
          await writeFile(`${file}.new`, `${password}\n`)
          await rename(`${file}.new`, file)
        }
        await rotate('not-yet-valid')
        const admin = open(saslPlaintext, { ...variables, KAFKA_SASL_PASSWORD_FILE: file })
        await assert.rejects(clusterId(admin), { code: 'AUTHENTICATION' })
        await rotate(users.admin.password)
        await eventually(async () => assert.equal(await clusterId(admin), cluster?.clusterId), 5000)
        // The connection in use was made with the old password: it must not outlive it.
        await rotate('revoked-password')
        // Files are read once a second.
        await eventually(() => assert.rejects(clusterId(admin), { code: 'AUTHENTICATION' }), 5000)
        await rotate(users.admin.password)
        await eventually(async () => assert.equal(await clusterId(admin), cluster?.clusterId), 5000)
      })
    })
  }
})
