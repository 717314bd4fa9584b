import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { Environment } from '../../src/connect/environment.ts'
import { readTlsTexts, type TlsTexts } from '../../src/connect/tls-files.ts'
import { skipLoudly } from '../live/skip.ts'
import { run } from '../servers/process.ts'
import { hasOpenssl, selfSigned, type Identity } from '../servers/tls.ts'

describe('the PEM files of a TLS connection', () => {
  let dir: string
  let own: Identity
  let other: Identity

  before(async function () {
    if (!(await hasOpenssl())) return skipLoudly(this, 'no openssl')
    dir = await mkdtemp(join(tmpdir(), 'tls-files-'))
    own = await selfSigned(dir, 'own', 'localhost')
    other = await selfSigned(dir, 'other', 'localhost')
    return undefined
  })
  after(async () => {
    if (dir !== undefined) await rm(dir, { recursive: true })
  })

  const write = async (name: string, content: string | Uint8Array): Promise<string> => {
    await writeFile(join(dir, name), content)
    return join(dir, name)
  }
  /** Reads as a service does whose variables begin with SHOP. */
  const read = (variables: Readonly<Record<string, string>>): Promise<TlsTexts> => {
    const environment = new Environment(variables)
    const [ca, cert, key] = ['SHOP_CA_FILE', 'SHOP_CERT_FILE', 'SHOP_KEY_FILE'].map((name) => environment.file(name))
    return readTlsTexts({ ca, cert, key, passphrase: environment.secret('SHOP_KEY_PASSPHRASE') }, 'SHOP')
  }
  const told = async (variables: Readonly<Record<string, string>>): Promise<string> => {
    const error: unknown = await read(variables).then(
      () => assert.fail('it should be refused'),
      (thrown: unknown) => thrown
    )
    assert.ok(error instanceof Error && 'code' in error && error.code === 'CERTIFICATE')
    return error.message.replaceAll(dir, '')
  }

  it('are read as they are', async () => {
    assert.deepEqual(await read({}), {})
    const texts = await read({ SHOP_CA_FILE: other.certFile, SHOP_CERT_FILE: own.certFile, SHOP_KEY_FILE: own.keyFile })
    assert.deepEqual(texts, {
      ca: await readFile(other.certFile, 'utf8'),
      cert: await readFile(own.certFile, 'utf8'),
      key: await readFile(own.keyFile, 'utf8')
    })
  })

  it('may hold a chain, words between, and the parameters of a curve', async () => {
    const chain = await write(
      'chain.pem',
      `Bag Attributes\n  friendlyName: x\n${await readFile(own.certFile, 'utf8')}subject=CN = y\n${await readFile(other.certFile, 'utf8')}`
    )
    const { stdout } = await run('openssl', ['ecparam', '-name', 'prime256v1', '-genkey'])
    const curve = await write('curve.key', stdout)
    assert.match(stdout, /BEGIN EC PARAMETERS/)
    assert.ok((await read({ SHOP_CA_FILE: chain })).ca)
    assert.equal(
      await told({ SHOP_CERT_FILE: own.certFile, SHOP_KEY_FILE: curve }),
      'SHOP_CERT_FILE and SHOP_KEY_FILE: expected a certificate and its own key, found the key of another one ("/own.pem", "/curve.key")'
    )
    assert.ok((await read({ SHOP_CERT_FILE: own.bothFile, SHOP_KEY_FILE: own.bothFile })).key)
  })

  for (const [name, arguments_] of [
    ['PKCS 8', ['pkcs8', '-topk8', '-v2', 'aes-256-cbc']],
    ['the traditional form', ['ec', '-aes256']]
  ] as const) {
    it(`open an encrypted key in ${name} with its passphrase`, async () => {
      const path = join(dir, 'encrypted.key')
      await run('openssl', [...arguments_, '-in', own.keyFile, '-passout', 'pass:canary-pass', '-out', path])
      const phrase = await write('phrase', 'canary-pass\n')
      const key = { SHOP_CERT_FILE: own.certFile, SHOP_KEY_FILE: path }
      for (const given of [{ SHOP_KEY_PASSPHRASE: 'canary-pass' }, { SHOP_KEY_PASSPHRASE_FILE: phrase }]) {
        const texts = await read({ ...key, ...given })
        assert.match(texts.key ?? '', /^-----BEGIN PRIVATE KEY-----/)
        createSecureContext(texts)
      }
      assert.equal(
        await told(key),
        'SHOP_KEY_FILE: expected a private key without a passphrase, or its passphrase in SHOP_KEY_PASSPHRASE, found an encrypted key in "/encrypted.key"'
      )
      const wrong = await told({ ...key, SHOP_KEY_PASSPHRASE: 'canary-wrong' })
      assert.match(
        wrong,
        /^SHOP_KEY_FILE: expected a private key that SHOP_KEY_PASSPHRASE opens, found another in "\/encrypted\.key" \(/
      )
      assert.doesNotMatch(wrong, /canary/)
    })
  }

  it('are refused by the variable and the file, with what was found', async () => {
    const [empty, text, broken] = [
      await write('empty', ' \n'),
      await write('text', 'pem, please'),
      await write('broken.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
    ]
    const der = await write('der', Buffer.from([0x30, 0x82, 0x01, 0x00]))
    assert.equal(
      await told({ SHOP_CA_FILE: empty }),
      'SHOP_CA_FILE: expected PEM certificates, found an empty file ("/empty")'
    )
    assert.equal(
      await told({ SHOP_CA_FILE: text }),
      'SHOP_CA_FILE: expected PEM certificates, found a file that is no PEM ("/text")'
    )
    assert.equal(
      await told({ SHOP_CA_FILE: der }),
      'SHOP_CA_FILE: expected PEM certificates, found a file that is no PEM ("/der")'
    )
    assert.equal(
      await told({ SHOP_CA_FILE: own.keyFile }),
      'SHOP_CA_FILE: expected PEM certificates, found the PEM of a private key ("/own.key")'
    )
    assert.match(
      await told({ SHOP_CA_FILE: broken }),
      /^SHOP_CA_FILE: expected PEM certificates, found one that cannot be read \(number 1 in "\/broken\.pem": /
    )
    assert.equal(
      await told({ SHOP_CERT_FILE: own.certFile, SHOP_KEY_FILE: own.certFile }),
      'SHOP_KEY_FILE: expected a PEM private key, found the PEM of a certificate ("/own.pem")'
    )
    const brokenKey = await write('broken.key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n')
    assert.match(
      await told({ SHOP_CERT_FILE: own.certFile, SHOP_KEY_FILE: brokenKey }),
      /^SHOP_KEY_FILE: expected a PEM private key, found one that cannot be read in "\/broken\.key" \(/
    )
  })

  it('are refused all at once', async () => {
    const empty = await write('empty', '')
    const message = await told({ SHOP_CA_FILE: empty, SHOP_CERT_FILE: own.keyFile, SHOP_KEY_FILE: empty })
    assert.deepEqual(
      [...message.matchAll(/SHOP_\w+(?=: expected)/g)].map(([variable]) => variable),
      ['SHOP_CA_FILE', 'SHOP_CERT_FILE', 'SHOP_KEY_FILE']
    )
  })

  it('are named when they cannot be read', async () => {
    await assert.rejects(read({ SHOP_CA_FILE: join(dir, 'gone') }), {
      code: 'VARIABLE_INVALID',
      message: /^SHOP_CA_FILE: expected a readable file/
    })
  })
})
