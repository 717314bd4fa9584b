import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SecureKafka } from '../../servers/kafka.ts'
import { readApplied, readFailure, readPlan } from './documents.ts'
import {
  clients,
  entriesOf,
  infometis,
  openScene,
  sharedClusterOrSkip,
  temporaryDirectory,
  type Scene
} from './harness.ts'
import { infometisHere } from './in-process.ts'
import { Security, type TopicRights } from './security.ts'

type Variables = Readonly<Record<string, string>>

describe('a secured cluster', function () {
  this.timeout(120_000)
  let security: Security
  let secure: SecureKafka

  before(async function () {
    secure = (await sharedClusterOrSkip(this, 'secure')).secure ?? assert.fail('the cluster is not secure')
    security = new Security(secure.plaintext)
  })

  after(() => security?.close())

  /** SASL as a user, over TLS unless told otherwise. */
  const sasl = (
    user: keyof SecureKafka['users'],
    mechanism: string,
    protocol: 'SASL_SSL' | 'SASL_PLAINTEXT' = 'SASL_SSL'
  ): Variables => ({
    KAFKA_BOOTSTRAP_SERVERS: protocol === 'SASL_SSL' ? secure.saslSsl : secure.saslPlaintext,
    KAFKA_SECURITY_PROTOCOL: protocol,
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: secure.users[user].username,
    KAFKA_SASL_PASSWORD: secure.users[user].password,
    ...(protocol === 'SASL_SSL' && { KAFKA_SSL_CA_FILE: secure.caFile })
  })

  const limited = () => secure.users.limited.username
  const changePassword = (password: string) => security.changePassword(secure.users.admin.username, password)

  for (const client of clients) {
    describe(`through ${client}`, () => {
      let scene: Scene

      beforeEach(async () => {
        scene = await openScene(secure.plaintext, client)
      })

      it('is reached with every mechanism, with TLS and with a certificate', async () => {
        await scene.declare({ made: {} })
        const tls = { KAFKA_SECURITY_PROTOCOL: 'SSL', KAFKA_SSL_CA_FILE: secure.caFile }
        const ways: readonly Variables[] = [
          sasl('admin', 'SCRAM-SHA-512'),
          sasl('admin', 'SCRAM-SHA-256'),
          sasl('admin', 'SCRAM-SHA-512', 'SASL_PLAINTEXT'),
          sasl('admin', 'SCRAM-SHA-256', 'SASL_PLAINTEXT'),
          { ...tls, KAFKA_BOOTSTRAP_SERVERS: secure.ssl },
          {
            ...tls,
            KAFKA_BOOTSTRAP_SERVERS: secure.mutualTls,
            KAFKA_SSL_CERT_FILE: secure.certFile,
            KAFKA_SSL_KEY_FILE: secure.keyFile
          }
        ]
        assert.equal((await scene.apply([], ways[0])).code, 0)
        const others = await Promise.all(ways.slice(1).map((way) => scene.diff(way)))
        assert.deepEqual(
          others.map(({ code }) => code),
          [0, 0, 0, 0, 0]
        )
      })

      it('tells wrong credentials and certificates apart: 2 and blind, each with its code', async () => {
        await scene.declare({ made: {} })
        const wrong: readonly (readonly [string, Variables])[] = [
          ['AUTHENTICATION', { ...sasl('admin', 'SCRAM-SHA-512'), KAFKA_SASL_PASSWORD: 'not-the-password' }],
          ['AUTHENTICATION', { ...sasl('plain', 'PLAIN', 'SASL_PLAINTEXT'), KAFKA_SASL_PASSWORD: 'not-the-password' }],
          ['CERTIFICATE', { ...sasl('admin', 'SCRAM-SHA-512'), KAFKA_SSL_CA_FILE: secure.certFile }]
        ]
        for (const [code, env] of wrong) {
          for (const ended of await Promise.all(
            ['diff', 'apply'].map((verb) => scene.spawn(verb, ['--timeout', '15s'], env))
          )) {
            assert.equal(ended.code, 2, ended.stdout)
            const { status, error } = readFailure(ended.stdout)
            assert.equal(status, 'blind')
            assert.equal(error.code, code, error.message)
            assert.equal(error.message.includes('KAFKA_SSL_CA_FILE'), code === 'CERTIFICATE', error.message)
            assert.doesNotMatch(ended.stdout + ended.stderr, /not-the-password/)
          }
        }
        assert.equal(await scene.hand.topic(scene.name('made')), undefined)
      })

      it('names the protocol that a port speaks, with its address, when it is spoken to in another one', async () => {
        await scene.declare({ made: {} })
        const tls = { KAFKA_SSL_CA_FILE: secure.caFile }
        const {
          KAFKA_BOOTSTRAP_SERVERS: _,
          KAFKA_SSL_CA_FILE: __,
          ...login
        } = sasl('admin', 'SCRAM-SHA-512', 'SASL_PLAINTEXT')
        const wrong: readonly (readonly [string, string, Variables, string])[] = [
          [secure.plaintext, 'SSL', tls, 'PLAINTEXT or SASL_PLAINTEXT'],
          [secure.saslPlaintext, 'SASL_SSL', { ...login, ...tls }, 'PLAINTEXT or SASL_PLAINTEXT'],
          [secure.ssl, 'PLAINTEXT', {}, 'SSL or SASL_SSL'],
          [secure.saslSsl, 'SASL_PLAINTEXT', login, 'SSL or SASL_SSL'],
          [secure.saslPlaintext, 'PLAINTEXT', {}, 'SASL_PLAINTEXT'],
          [secure.saslSsl, 'SSL', tls, 'SASL_SSL'],
          [secure.plaintext, 'SASL_PLAINTEXT', login, 'PLAINTEXT'],
          [secure.ssl, 'SASL_SSL', { ...login, ...tls }, 'SSL']
        ]
        for (const [address, protocol, more, speaks] of wrong) {
          const env = { ...more, KAFKA_BOOTSTRAP_SERVERS: address, KAFKA_SECURITY_PROTOCOL: protocol }
          const ended = await scene.run('diff', ['--timeout', '10s'], env)
          assert.equal(ended.code, 2, ended.stdout)
          const { error } = readFailure(ended.stdout)
          assert.ok(error.message.startsWith(`${address}: `), error.message)
          assert.ok(
            error.message.endsWith(`the port speaks ${speaks} (KAFKA_SECURITY_PROTOCOL is ${protocol})`),
            error.message
          )
        }
      })

      it('shows nothing to a user without rights: 2, blind, nothing created', async () => {
        await scene.hand.create({ [scene.name('there')]: {} })
        await scene.declare({ there: {}, missing: {} })
        for (const env of [sasl('limited', 'SCRAM-SHA-512'), sasl('plain', 'PLAIN')]) {
          for (const ended of await Promise.all(
            ['diff', 'apply'].map((verb) => scene.spawn(verb, ['--timeout', '15s'], env))
          )) {
            assert.equal(ended.code, 2, ended.stdout)
            const { status, error } = readFailure(ended.stdout)
            assert.equal(status, 'blind')
            assert.equal(error.code, 'NOT_PERMITTED')
            assert.match(
              error.message,
              /shows none of the 2 declared items; kafka\/topic\/.*(authoriz|not authorized)/i
            )
            assert.match(error.hint, /Grant the rights/)
          }
        }
        assert.deepEqual(await scene.hand.names(scene.prefix), [scene.name('there')])
      })

      it('holds, item by item, what a user may not see, and does the rest', async () => {
        await scene.hand.create({ [scene.name('mine')]: {}, [scene.name('theirs')]: {} })
        const rights: TopicRights = { operations: ['ALL'], topic: scene.name('mine') }
        await security.allow(limited(), rights)
        await scene.declare(
          {
            mine: { config: { 'retention.ms': '3600000' } },
            theirs: { config: { 'retention.ms': '3600000' } },
            nowhere: {}
          },
          { hold: [] }
        )
        const env = sasl('limited', 'SCRAM-SHA-512')
        const diff = await scene.run('diff', [], env)
        assert.equal(diff.code, 1, diff.stdout)
        const { changes } = readPlan(diff.stdout)
        for (const short of ['theirs', 'nowhere']) {
          const { hold } = entriesOf(changes, scene.key(short))
          assert.equal(hold?.risk, 'unsupported')
          assert.equal(hold?.reason, 'not-permitted')
        }
        const apply = await scene.run('apply', [], env)
        assert.equal(apply.code, 1, apply.stdout)
        assert.equal(entriesOf(readApplied(apply.stdout).outcomes, scene.key('mine'))['update']?.result, 'done')
        const live = await scene.hand.topics(['mine', 'theirs', 'nowhere'].map((short) => scene.name(short)))
        const configs = Object.fromEntries([...live].map(([name, { config }]) => [name, config]))
        assert.deepEqual(configs, { [scene.name('mine')]: { 'retention.ms': '3600000' }, [scene.name('theirs')]: {} })
        await security.withdraw(limited(), rights)
      })

      it('reports what a user may see and not change as failed, not as done', async () => {
        await scene.hand.create({ [scene.name('seen')]: {} })
        const rights: TopicRights = {
          operations: ['DESCRIBE', 'DESCRIBE_CONFIGS'],
          topic: scene.prefix,
          prefixed: true
        }
        await security.allow(limited(), rights)
        await scene.declare({ seen: { partitions: 2, config: { 'file.delete.delay.ms': '120000' } }, fresh: {} })
        const ended = await scene.run('apply', ['--timeout', '15s'], sasl('limited', 'SCRAM-SHA-512'))
        assert.equal(ended.code, 1, ended.stdout)
        const { outcomes } = readApplied(ended.stdout)
        assert.deepEqual(
          outcomes.map(({ verb, result, error }) => `${verb} ${result} ${error?.code ?? ''}`).toSorted(),
          ['create failed NOT_PERMITTED', 'update failed NOT_PERMITTED']
        )
        assert.deepEqual(await scene.hand.names(scene.prefix), [scene.name('seen')])
        await security.withdraw(limited(), rights)
      })

      it('takes a rotated password into use while the sidecar runs', async () => {
        const rotated = `rotated-${client}-password`
        const file = join(await temporaryDirectory(), 'password')
        const { KAFKA_SASL_PASSWORD: original = '', ...env } = sasl('admin', 'SCRAM-SHA-512')
        await writeFile(file, `${original}\n`)
        await scene.declare({ made: {} })
        const sidecar = scene.sidecar({ ...env, KAFKA_SASL_PASSWORD_FILE: file, RECONCILE_INTERVAL: '500ms' })
        await sidecar.waitForLine(({ status }) => status === 'in-sync')
        try {
          await changePassword(rotated)
          // Connections that are open stay open; the old password shows when the next one is made.
          await writeFile(file, 'neither-of-the-two\n')
          const blind = await sidecar.waitForLine(({ status }) => status === 'blind')
          assert.match(blind.message, /\(AUTHENTICATION\)/)
          await writeFile(file, `${rotated}\n`)
          await scene.declare({ made: { config: { 'retention.ms': '3600000' } } }, { hold: [] })
          await sidecar.waitForLine(({ message }) => message.startsWith(`${scene.key('made')} updated`))
          assert.equal(await sidecar.stop(), 0)
          for (const secret of [original, rotated, 'neither-of-the-two'])
            assert.ok(!sidecar.output().includes(secret), secret)
        } finally {
          await changePassword(original)
        }
      })
    })
  }

  it('never prints a password or a user name, wherever it comes from and whatever goes wrong', async () => {
    const canary = 'canary-8dF3+/=x'
    const scene = await openScene(secure.plaintext, 'platformatic')
    const file = join(await temporaryDirectory(), 'password')
    await writeFile(file, `${canary}\n`)
    // Kafka has no password among the keys of a topic, but a file may hold anything.
    await scene.declare({
      made: { config: { 'sasl.jaas.config': `user password="${canary}";`, 'ssl.truststore.password': canary } },
      good: {}
    })
    const { KAFKA_SASL_PASSWORD: _, ...user } = sasl('admin', 'SCRAM-SHA-512')
    const inline: Variables = { ...user, KAFKA_SASL_PASSWORD: canary }
    const mounted: Variables = { ...user, KAFKA_SASL_PASSWORD_FILE: file }
    const inUrl: Variables = { KAFKA_BOOTSTRAP_SERVERS: `admin:${canary}@127.0.0.1:9092` }
    const inUrlToo: Variables = { KAFKA_BOOTSTRAP_SERVERS: `kafka://admin:${canary}@127.0.0.1:9092` }
    const asUser: Variables = { ...inline, KAFKA_SASL_USERNAME: canary, KAFKA_SASL_PASSWORD: 'wrong-one' }
    const asUserInUrl: Variables = { KAFKA_BOOTSTRAP_SERVERS: `${canary}:secret@127.0.0.1:9092` }
    const right: Variables = { KAFKA_BOOTSTRAP_SERVERS: secure.plaintext }
    const unused: Variables = { ...right, KAFKA_SASL_PASSWORD: canary }

    const check = async (env: Variables, verb: string, output: string): Promise<void> => {
      const args = [
        verb,
        'kafka',
        '--config',
        scene.dir,
        '--output',
        output,
        ...(verb === 'validate' ? [] : ['--timeout', '10s'])
      ]
      const variables = { LOG_LEVEL: 'debug', ...env }
      const { stdout, stderr } = await (env === right
        ? infometisHere([...args, ...(verb === 'apply' ? ['--yes'] : [])], variables)
        : infometis(args, { env: variables }))
      assert.notEqual(stdout + stderr, '')
      assert.ok(!(stdout + stderr).includes(canary), `${args.join(' ')}\n${stdout}${stderr}`)
    }
    for (const env of [inline, mounted, inUrl, inUrlToo, asUser, asUserInUrl, right, unused]) {
      await Promise.all([check(env, 'diff', 'text'), check(env, 'apply', 'json')])
    }
    await Promise.all([check(right, 'diff', 'yaml'), check(right, 'diff', 'json')])
    await Promise.all([check(right, 'validate', 'text'), check(right, 'validate', 'yaml')])
    const watch = async (env: Variables): Promise<void> => {
      const sidecar = scene.sidecar({ LOG_LEVEL: 'debug', RECONCILE_INTERVAL: '300ms', ...env })
      await sidecar.waitForLine(({ status }) => status !== undefined)
      assert.equal(await sidecar.stop(), 0)
      assert.ok(!sidecar.output().includes(canary), sidecar.output())
    }
    await Promise.all([inline, mounted, asUser, right].map(watch))
  })
})
