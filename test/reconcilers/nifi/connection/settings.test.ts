import assert from 'node:assert/strict'
import { readConnectionSettings, type ConnectionSettings } from '../../../../reconcilers/nifi/connection/settings.ts'
import { mask } from '../../../../src/secrets/mask.ts'
import { Environment } from '../../../../src/connect/environment.ts'
import { refusal as refusalOf } from '../../../connect/refusal.ts'

type Variables = Readonly<Record<string, string>>

function read(variables: Variables): ConnectionSettings {
  return readConnectionSettings(new Environment({ NIFI_URL: 'https://nifi:8443', ...variables }))
}

const urlOf = (value: string): string => read({ NIFI_URL: value }).url.href

async function loginOf(variables: Variables): Promise<readonly string[]> {
  const { authentication } = read(variables)
  if (authentication.method === 'password') return [authentication.username, await authentication.password.read()]
  return authentication.method === 'token' ? [authentication.file.path] : []
}

const refusal = (variables: Variables): string => refusalOf(() => read(variables))

describe('NiFi connection settings', () => {
  it('need nothing but a URL', () => {
    assert.deepEqual(read({}), {
      url: new URL('https://nifi:8443/nifi-api'),
      parentGroup: 'root',
      authentication: { method: 'none' },
      tls: { ca: undefined, cert: undefined, key: undefined },
      requestTimeout: 10_000
    })
  })

  for (const [written, api] of [
    ['http://nifi:8080', 'http://nifi:8080/nifi-api'],
    ['http://nifi:8080/', 'http://nifi:8080/nifi-api'],
    ['http://nifi:8080/nifi-api', 'http://nifi:8080/nifi-api'],
    ['http://nifi:8080/nifi-api//', 'http://nifi:8080/nifi-api'],
    ['https://proxy/data/flow/', 'https://proxy/data/flow/nifi-api'],
    ['https://proxy/data/flow/nifi-api/', 'https://proxy/data/flow/nifi-api'],
    ['https://proxy/my-nifi-api', 'https://proxy/my-nifi-api/nifi-api'],
    ['http://[::1]:8080', 'http://[::1]:8080/nifi-api']
  ] as const) {
    it(`find the API of ${written}`, () => {
      assert.equal(urlOf(written), api)
    })
  }

  it('take a deadline with a unit', () => {
    assert.equal(read({ REQUEST_TIMEOUT: '1m30s' }).requestTimeout, 90_000)
    assert.match(
      refusal({ REQUEST_TIMEOUT: '10' }),
      /^REQUEST_TIMEOUT: expected a duration with a unit, greater than zero, found "10"/
    )
  })

  it('refuse an absent URL with an example', () => {
    assert.equal(refusal({ NIFI_URL: '' }), 'NIFI_URL: expected a value, it is not set; for example https://nifi:8443')
  })

  for (const value of ['nifi:8443', 'https://a,https://b', 'http://nifi/#/process-groups']) {
    it(`refuse the URL ${value}`, () => {
      const message = refusal({ NIFI_URL: value })
      assert.ok(message.startsWith('NIFI_URL: expected '), message)
      assert.ok(message.includes(`found "${value}"`), message)
    })
  }

  it('name the parent group by its id', () => {
    const id = '7c84501d-d10c-407c-b9f3-1d80e38fe36a'
    assert.equal(read({ NIFI_PARENT_GROUP: id }).parentGroup, id)
    for (const wrong of ['NiFi Flow', '7c84501d', `${id}/download`]) {
      assert.ok(
        refusal({ NIFI_PARENT_GROUP: wrong }).startsWith(
          `NIFI_PARENT_GROUP: expected "root" or the id of a process group, found "${wrong}"`
        )
      )
    }
  })

  it('name the files of a TLS connection, which are read later', () => {
    const { tls } = read({
      NIFI_CA_FILE: '/nowhere/ca',
      NIFI_CERT_FILE: '/nowhere/cert',
      NIFI_KEY_FILE: '/nowhere/key'
    })
    assert.deepEqual([tls.ca?.path, tls.cert?.path, tls.key?.path], ['/nowhere/ca', '/nowhere/cert', '/nowhere/key'])
  })

  for (const name of ['NIFI_CA_FILE', 'NIFI_CERT_FILE', 'NIFI_KEY_FILE']) {
    it(`refuse ${name} where nothing uses it`, () => {
      assert.ok(
        refusal({ NIFI_URL: 'http://nifi:8080', [name]: '/f' }).startsWith(
          `${name}: expected nothing, as NIFI_URL is not https, found "/f"`
        )
      )
    })
  }
})

describe('NiFi credentials in variables', () => {
  const user = { NIFI_USERNAME: 'infometis', NIFI_PASSWORD: 'canary-n1' }

  it('are a user and a password', async () => {
    assert.deepEqual(await loginOf(user), ['infometis', 'canary-n1'])
  })

  it('are the file of a token', async () => {
    assert.deepEqual(await loginOf({ NIFI_TOKEN_FILE: '/token' }), ['/token'])
  })

  it('are masked wherever they appear', () => {
    read({ ...user, NIFI_PASSWORD: 'canary-n2' })
    assert.equal(mask('canary-n2'), '******')
  })

  for (const [what, variables, message] of [
    [
      'a token beside a user',
      { NIFI_USERNAME: 'infometis', NIFI_TOKEN_FILE: '/t' },
      /^NIFI_TOKEN_FILE: expected either a token or a user and a password, found "\/t"/
    ],
    ['a token beside a password', { NIFI_PASSWORD_FILE: '/p', NIFI_TOKEN_FILE: '/t' }, /^NIFI_TOKEN_FILE: /],
    [
      'a certificate without its key',
      { NIFI_CERT_FILE: '/c' },
      /^NIFI_KEY_FILE: expected a private key, as NIFI_CERT_FILE is set, it is not set/
    ],
    [
      'a key without its certificate',
      { NIFI_KEY_FILE: '/k' },
      /^NIFI_CERT_FILE: expected a certificate, as NIFI_KEY_FILE is set, it is not set/
    ],
    [
      'a certificate beside a user',
      { ...user, NIFI_CERT_FILE: '/c', NIFI_KEY_FILE: '/k' },
      /^NIFI_CERT_FILE: expected either a client certificate or other credentials, found "\/c"/
    ],
    [
      'a certificate beside a token',
      { NIFI_TOKEN_FILE: '/t', NIFI_CERT_FILE: '/c', NIFI_KEY_FILE: '/k' },
      /^NIFI_CERT_FILE: /
    ]
  ] as const) {
    it(`are refused when there is ${what}`, () => {
      const found = refusal(variables)
      assert.match(found, message)
      assert.doesNotMatch(found, /canary/)
    })
  }
})

describe('NiFi credentials in the URL', () => {
  it('are used and no part of the URL', async () => {
    assert.deepEqual(await loginOf({ NIFI_URL: 'https://admin:canary-q1@nifi:8443/x' }), ['admin', 'canary-q1'])
    assert.equal(urlOf('https://admin:canary-q1@nifi:8443/x'), 'https://nifi:8443/x/nifi-api')
  })

  for (const variables of [
    { NIFI_USERNAME: 'a' },
    { NIFI_PASSWORD: 'canary-t1' },
    { NIFI_PASSWORD_FILE: '/p' },
    { NIFI_TOKEN_FILE: '/t' }
  ]) {
    it(`are refused beside ${Object.keys(variables).join()}`, () => {
      assert.match(
        refusal({ NIFI_URL: 'https://admin:canary-t2@nifi', ...variables }),
        /^NIFI_URL: expected no credentials beside those of other variables, found "\*{6}"/
      )
    })
  }

  it('are refused beside a client certificate', () => {
    assert.match(
      refusal({ NIFI_URL: 'https://admin:canary-t3@nifi', NIFI_CERT_FILE: '/c', NIFI_KEY_FILE: '/k' }),
      /^NIFI_CERT_FILE: expected either a client certificate or other credentials/
    )
  })
})
