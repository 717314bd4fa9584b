import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConnectionSettings } from '../../../../reconcilers/nifi/connection/settings.ts'
import { resolveCredentials, type Credentials } from '../../../../reconcilers/nifi/connection/credentials.ts'
import { mask } from '../../../../src/secrets/mask.ts'
import { Environment } from '../../../../src/connect/environment.ts'

describe('NiFi credentials', () => {
  let dir = ''
  let file = ''

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'infometis-nifi-credentials-'))
    file = join(dir, 'secret')
  })

  afterEach(() => rm(dir, { recursive: true }))

  const resolve = (variables: Readonly<Record<string, string>>): Promise<Credentials> =>
    resolveCredentials(readConnectionSettings(new Environment({ NIFI_URL: 'https://nifi:8443', ...variables })))
  const withPassword = (): Promise<Credentials> => resolve({ NIFI_USERNAME: 'operator', NIFI_PASSWORD_FILE: file })
  const withToken = (): Promise<Credentials> => resolve({ NIFI_TOKEN_FILE: file })

  it('are empty when none are given', async () => {
    const { auth, tls } = await resolve({})
    assert.deepEqual([auth, tls], [undefined, {}])
  })

  it('hold the content of the mounted file without its trailing newline', async () => {
    await writeFile(file, 'canary-nc1\n')
    assert.deepEqual((await withPassword()).auth, { username: 'operator', password: 'canary-nc1' })
    assert.deepEqual((await withToken()).auth, { token: 'canary-nc1' })
  })

  it('are masked once they are read', async () => {
    await writeFile(file, 'canary-nc2\n')
    await withToken()
    assert.equal(mask('Bearer canary-nc2'), 'Bearer ******')
  })

  for (const [name, read] of [
    ['password', withPassword],
    ['token', withToken]
  ] as const) {
    it(`keep their fingerprint until the ${name} moves, and do not show it there`, async () => {
      await writeFile(file, 'first-secret')
      const [first, same] = [await read(), await read()]
      await writeFile(file, 'second-secret')
      const second = await read()
      assert.equal(first.fingerprint, same.fingerprint)
      assert.notEqual(first.fingerprint, second.fingerprint)
      assert.match(second.fingerprint, /^[0-9a-f]{64}$/)
    })

    it(`name the variable and the file when the ${name} cannot be read`, async () => {
      await assert.rejects(read(), { code: 'VARIABLE_INVALID', message: /^NIFI_(PASSWORD|TOKEN)_FILE: .*ENOENT/ })
    })
  }

  for (const token of ['', '  \n', 'canary nd1', 'canary\nnd2', '{"token": "canary nd3"}', 'canary-ü']) {
    it(`refuse the token ${JSON.stringify(token)}, which cannot be sent, and do not show it`, async () => {
      await writeFile(file, token)
      await assert.rejects(withToken(), ({ code, message }: Error & { code: string }) => {
        assert.equal(code, 'VARIABLE_INVALID')
        assert.match(message, /^NIFI_TOKEN_FILE: expected a file that holds one line/)
        assert.doesNotMatch(message, /canary/)
        return true
      })
    })
  }

  it('name the variable of a file that is no certificate', async () => {
    await writeFile(file, 'garbage')
    await assert.rejects(resolve({ NIFI_CA_FILE: file }), {
      code: 'CERTIFICATE',
      message: /^NIFI_CA_FILE: expected PEM/
    })
    await assert.rejects(resolve({ NIFI_CERT_FILE: file, NIFI_KEY_FILE: file }), {
      code: 'CERTIFICATE',
      message: /^NIFI_CERT_FILE: expected PEM.*; NIFI_KEY_FILE: expected a PEM private key/
    })
  })
})
