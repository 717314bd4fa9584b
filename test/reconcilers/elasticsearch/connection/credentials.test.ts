import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConnectionSettings } from '../../../../reconcilers/elasticsearch/connection/settings.ts'
import { resolveCredentials, type Credentials } from '../../../../reconcilers/elasticsearch/connection/credentials.ts'
import { mask } from '../../../../src/secrets/mask.ts'
import { CredentialWatch } from '../../../../src/connect/credentials.ts'
import { Environment } from '../../../../src/connect/environment.ts'

describe('Elasticsearch credentials', () => {
  let dir = ''
  let file = ''

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'infometis-credentials-'))
    file = join(dir, 'secret')
  })

  afterEach(() => rm(dir, { recursive: true }))

  const resolve = (variables: Readonly<Record<string, string>>): Promise<Credentials> =>
    resolveCredentials(readConnectionSettings(new Environment({ ELASTICSEARCH_URL: 'https://es:9200', ...variables })))
  const withPassword = (): Promise<Credentials> =>
    resolve({ ELASTICSEARCH_USERNAME: 'operator', ELASTICSEARCH_PASSWORD_FILE: file })
  const withKey = (): Promise<Credentials> => resolve({ ELASTICSEARCH_API_KEY_FILE: file })

  it('are empty when none are given', async () => {
    const { auth, tls } = await resolve({})
    assert.deepEqual([auth, tls], [undefined, {}])
  })

  it('hold the content of the mounted file without its trailing newline', async () => {
    await writeFile(file, 'canary-c1\n')
    assert.deepEqual((await withPassword()).auth, { username: 'operator', password: 'canary-c1' })
    assert.deepEqual((await withKey()).auth, { apiKey: 'canary-c1' })
  })

  it('are masked, also as the header that carries them', async () => {
    await writeFile(file, 'canary-c2')
    await withPassword()
    assert.equal(mask(`canary-c2 Basic ${Buffer.from('operator:canary-c2').toString('base64')}`), '****** Basic ******')
  })

  for (const [name, read] of [
    ['password', withPassword],
    ['API key', withKey]
  ] as const) {
    it(`keep their fingerprint until the ${name} moves, and do not show it there`, async () => {
      await writeFile(file, 'first-secret')
      const first = await read()
      const same = await read()
      await writeFile(file, 'second-secret')
      const second = await read()
      assert.equal(first.fingerprint, same.fingerprint)
      assert.notEqual(first.fingerprint, second.fingerprint)
      assert.match(second.fingerprint, /^[0-9a-f]{64}$/)
    })

    it(`name the variable and the file when the ${name} cannot be read`, async () => {
      await assert.rejects(read(), {
        code: 'VARIABLE_INVALID',
        message: /^ELASTICSEARCH_(PASSWORD|API_KEY)_FILE: .*ENOENT/
      })
    })
  }

  for (const key of ['', 'canary d1', 'canary\nd2', '{"encoded": "canary-d3"}', 'canary-ü']) {
    it(`refuse the API key ${JSON.stringify(key)}, which cannot be sent, and do not show it`, async () => {
      await writeFile(file, key)
      await assert.rejects(withKey(), ({ code, message }: Error & { code: string }) => {
        assert.equal(code, 'VARIABLE_INVALID')
        assert.match(message, /^ELASTICSEARCH_API_KEY: expected one line/)
        assert.doesNotMatch(message, /canary/)
        return true
      })
    })
  }

  it('name the variable of a CA file that is no certificate', async () => {
    await writeFile(file, 'garbage')
    await assert.rejects(resolve({ ELASTICSEARCH_CA_FILE: file }), {
      code: 'CERTIFICATE',
      message: /^ELASTICSEARCH_CA_FILE: expected PEM/
    })
  })

  it('are read again at most once a second', async () => {
    let now = 0
    const watch = new CredentialWatch(withKey, () => now)
    const keyAt = async (time: number): Promise<Credentials['auth']> => {
      now = time
      return (await watch.current()).auth
    }
    await writeFile(file, 'first-key')
    assert.deepEqual(await keyAt(0), { apiKey: 'first-key' })
    await writeFile(file, 'second-key')
    assert.deepEqual(await keyAt(999), { apiKey: 'first-key' })
    assert.deepEqual(await keyAt(1000), { apiKey: 'second-key' })
  })
})
