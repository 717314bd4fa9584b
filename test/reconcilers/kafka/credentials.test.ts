import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConnectionSettings } from '../../../reconcilers/kafka/connection.ts'
import { resolveCredentials } from '../../../reconcilers/kafka/credentials.ts'
import { CredentialWatch } from '../../../src/connect/credentials.ts'
import { mask } from '../../../src/secrets/mask.ts'
import { Environment } from '../../../src/connect/environment.ts'

describe('Kafka credentials', () => {
  let dir = ''
  let passwordFile = ''

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'infometis-credentials-'))
    passwordFile = join(dir, 'password')
    await writeFile(passwordFile, 'first-password\n')
  })

  afterEach(() => rm(dir, { recursive: true }))

  const settings = (more: Readonly<Record<string, string>> = {}) =>
    readConnectionSettings(
      new Environment({
        KAFKA_BOOTSTRAP_SERVERS: 'kafka:9092',
        KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
        KAFKA_SASL_MECHANISM: 'PLAIN',
        KAFKA_SASL_USERNAME: 'operator',
        KAFKA_SASL_PASSWORD_FILE: passwordFile,
        ...more
      })
    )

  it('are empty without a protocol that needs them', async () => {
    const plain = readConnectionSettings(new Environment({ KAFKA_BOOTSTRAP_SERVERS: 'kafka:9092' }))
    const { sasl, tls } = await resolveCredentials(plain)
    assert.deepEqual([sasl, tls], [undefined, undefined])
  })

  it('hold the content of the mounted file without its trailing newline, masked everywhere else', async () => {
    const { sasl, tls } = await resolveCredentials(settings())
    assert.deepEqual(sasl, { mechanism: 'PLAIN', username: 'operator', password: 'first-password' })
    assert.deepEqual(tls, {})
    assert.equal(mask('it is first-password'), 'it is ******')
  })

  it('keep their fingerprint until a value moves', async () => {
    const first = await resolveCredentials(settings())
    const same = await resolveCredentials(settings())
    await writeFile(passwordFile, 'second-password')
    const second = await resolveCredentials(settings())
    assert.equal(first.fingerprint, same.fingerprint)
    assert.notEqual(first.fingerprint, second.fingerprint)
    assert.doesNotMatch(second.fingerprint, /second/)
  })

  it('name the variable and the file that cannot be read', async () => {
    await rm(passwordFile)
    await assert.rejects(resolveCredentials(settings()), {
      code: 'VARIABLE_INVALID',
      message: /KAFKA_SASL_PASSWORD_FILE: .*ENOENT/
    })
  })

  it('name the variable of a file that is no certificate', async () => {
    const garbage = join(dir, 'garbage')
    await writeFile(garbage, 'garbage')
    await assert.rejects(resolveCredentials(settings({ KAFKA_SSL_CA_FILE: garbage })), {
      code: 'CERTIFICATE',
      message: /KAFKA_SSL_CA_FILE: expected PEM/
    })
    const own = { KAFKA_SSL_CERT_FILE: garbage, KAFKA_SSL_KEY_FILE: garbage }
    await assert.rejects(resolveCredentials(settings(own)), {
      code: 'CERTIFICATE',
      message: /KAFKA_SSL_CERT_FILE: expected PEM.*; KAFKA_SSL_KEY_FILE: expected a PEM private key/
    })
  })

  it('are read again at most once a second', async () => {
    let now = 0
    const watch = new CredentialWatch(
      () => resolveCredentials(settings()),
      () => now
    )
    const passwordAt = async (time: number): Promise<string | undefined> => {
      now = time
      return (await watch.current()).sasl?.password
    }
    assert.equal(await passwordAt(0), 'first-password')
    await writeFile(passwordFile, 'second-password')
    assert.equal(await passwordAt(999), 'first-password')
    assert.equal(await passwordAt(1000), 'second-password')
    await writeFile(passwordFile, 'third-password')
    watch.forget()
    assert.equal(await passwordAt(1001), 'third-password')
  })
})
