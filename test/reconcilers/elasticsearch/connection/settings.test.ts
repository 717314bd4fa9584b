import assert from 'node:assert/strict'
import {
  readConnectionSettings,
  type ConnectionSettings
} from '../../../../reconcilers/elasticsearch/connection/settings.ts'
import { mask } from '../../../../src/secrets/mask.ts'
import { Environment } from '../../../../src/connect/environment.ts'
import { refusal as refusalOf } from '../../../connect/refusal.ts'

type Variables = Readonly<Record<string, string>>

const one = { ELASTICSEARCH_URL: 'https://elasticsearch:9200' }

function read(variables: Variables): ConnectionSettings {
  return readConnectionSettings(new Environment({ ...one, ...variables }))
}

const urlsOf = (value: string): string[] => read({ ELASTICSEARCH_URL: value }).urls.map(String)

async function loginOf(variables: Variables): Promise<readonly string[]> {
  const { authentication } = read(variables)
  if (authentication.method === 'basic') return [authentication.username, await authentication.password.read()]
  return authentication.method === 'api-key' ? [await authentication.apiKey.read()] : []
}

const refusal = (variables: Variables): string => refusalOf(() => read(variables))

describe('Elasticsearch connection settings', () => {
  it('need nothing but a URL', () => {
    assert.deepEqual(read({}), {
      urls: [new URL('https://elasticsearch:9200')],
      authentication: { method: 'none' },
      tls: { ca: undefined, cert: undefined, key: undefined },
      requestTimeout: 10_000
    })
  })

  it('keep several URLs in their order', () => {
    assert.deepEqual(urlsOf('http://es-1:9200, http://es-2.ns.svc:9200,https://10.0.0.7'), [
      'http://es-1:9200/',
      'http://es-2.ns.svc:9200/',
      'https://10.0.0.7/'
    ])
  })

  it('take a URL that is named twice once', () => {
    assert.deepEqual(urlsOf('http://es:9200,http://es:9200/'), ['http://es:9200/'])
  })

  it('take IPv6 in brackets', () => {
    assert.deepEqual(urlsOf('http://[::1]:9200,https://[fe80::1]'), ['http://[::1]:9200/', 'https://[fe80::1]/'])
  })

  it('keep the path a proxy wants', () => {
    assert.deepEqual(urlsOf('https://proxy/es/,https://proxy/two/es'), ['https://proxy/es/', 'https://proxy/two/es'])
  })

  it('take a deadline with a unit', () => {
    assert.equal(read({ REQUEST_TIMEOUT: '1m30s' }).requestTimeout, 90_000)
    assert.match(
      refusal({ REQUEST_TIMEOUT: '10' }),
      /^REQUEST_TIMEOUT: expected a duration with a unit, greater than zero, found "10"/
    )
  })

  it('refuse an absent URL with an example', () => {
    assert.equal(
      refusal({ ELASTICSEARCH_URL: '' }),
      'ELASTICSEARCH_URL: expected a value, it is not set; for example https://elasticsearch:9200'
    )
  })

  for (const [value, found] of [
    ['https://es-1:9200,es-2:9200', 'https://es-1:9200,es-2:9200'],
    ['https://es-1,es-2', 'https://es-1,es-2'],
    ['http://good:9200,ftp://bad', 'ftp://bad'],
    ['http://es:9200/?pretty', 'http://es:9200/?pretty']
  ] as const) {
    it(`refuse the URL ${value} by what is wrong in it`, () => {
      const message = refusal({ ELASTICSEARCH_URL: value })
      assert.ok(message.startsWith('ELASTICSEARCH_URL: expected '), message)
      assert.ok(message.includes(`found "${found}"`), message)
    })
  }

  it('refuse a CA file that nothing uses', () => {
    const message = refusal({ ELASTICSEARCH_URL: 'http://es:9200', ELASTICSEARCH_CA_FILE: '/ca.pem' })
    assert.match(
      message,
      /^ELASTICSEARCH_CA_FILE: expected nothing, as ELASTICSEARCH_URL is not https, found "\/ca.pem"/
    )
  })

  it('name the CA file, which is read later', () => {
    assert.equal(read({ ELASTICSEARCH_CA_FILE: '/nowhere/ca.pem' }).tls.ca?.path, '/nowhere/ca.pem')
  })
})

describe('Elasticsearch credentials in variables', () => {
  const user = { ELASTICSEARCH_USERNAME: 'infometis', ELASTICSEARCH_PASSWORD: 'canary-v1' }

  it('are a user and a password', async () => {
    assert.deepEqual(await loginOf(user), ['infometis', 'canary-v1'])
  })

  it('are an API key', async () => {
    assert.deepEqual(await loginOf({ ELASTICSEARCH_API_KEY: 'canary-v2' }), ['canary-v2'])
  })

  it('are masked wherever they appear', () => {
    read({ ELASTICSEARCH_API_KEY: 'canary-v3' })
    read({ ...user, ELASTICSEARCH_PASSWORD: 'canary-v4' })
    assert.equal(mask('canary-v3 canary-v4'), '****** ******')
  })

  for (const [what, variables, message] of [
    [
      'an API key beside its file',
      { ELASTICSEARCH_API_KEY: 'canary-v6', ELASTICSEARCH_API_KEY_FILE: '/k' },
      /^ELASTICSEARCH_API_KEY_FILE: /
    ],
    [
      'an API key beside a user',
      { ...user, ELASTICSEARCH_API_KEY: 'canary-v7' },
      /^ELASTICSEARCH_API_KEY: expected either an API key or a user and a password, found "\*{6}"/
    ],
    [
      'an API key beside a password alone',
      { ELASTICSEARCH_PASSWORD: 'canary-v8', ELASTICSEARCH_API_KEY: 'canary-v9' },
      /^ELASTICSEARCH_API_KEY: /
    ],
    ['an API key file beside a user', { ...user, ELASTICSEARCH_API_KEY_FILE: '/k' }, /^ELASTICSEARCH_API_KEY: /]
  ] as const) {
    it(`are refused when there is ${what}`, () => {
      const found = refusal(variables)
      assert.match(found, message)
      assert.doesNotMatch(found, /canary/)
    })
  }
})

describe('Elasticsearch credentials in a URL', () => {
  const inUrl = (credentials: string): Promise<readonly string[]> =>
    loginOf({ ELASTICSEARCH_URL: `https://${credentials}@es:9200/es` })

  for (const [written, user, password] of [
    ['elastic:canary-u1', 'elastic', 'canary-u1'],
    ['elastic:canary,u3', 'elastic', 'canary,u3'],
    ['elastic:canary,@u4,x', 'elastic', 'canary,@u4,x']
  ] as const) {
    it(`are used and no part of the URL (${written})`, async () => {
      assert.deepEqual(await inUrl(written), [user, password])
      assert.deepEqual(urlsOf(`https://${written}@es:9200/es`), ['https://es:9200/es'])
    })
  }

  it('are masked from then on, the password in every form and the user where servers name it', () => {
    read({ ELASTICSEARCH_URL: 'https://canary-u8:canary%2Fu9@x@es' })
    assert.equal(mask('said canary/u9@x and canary%2Fu9%40x'), 'said ****** and ******')
    assert.equal(
      mask('unable to authenticate user [canary-u8] for REST request [/]'),
      'unable to authenticate ****** for REST request [/]'
    )
    assert.equal(
      mask('no permissions for [x] and User [name=canary-u8, roles=[]]'),
      'no permissions for [x] and ****** roles=[]]'
    )
  })

  it('count for all URLs, wherever they stand', async () => {
    assert.deepEqual(await loginOf({ ELASTICSEARCH_URL: 'http://es-1:9200,http://elastic:canary-ua@es-2:9200' }), [
      'elastic',
      'canary-ua'
    ])
    assert.deepEqual(
      await loginOf({ ELASTICSEARCH_URL: 'http://elastic:canary,ub@es-1:9200,http://elastic:canary,ub@es-2:9200' }),
      ['elastic', 'canary,ub']
    )
  })

  for (const [what, url, expected] of [
    [
      'differ between URLs',
      'http://a:canary-x1@es-1,http://b:canary-x1@es-2',
      'the same user and password in all URLs'
    ],
    [
      'have different passwords',
      'http://a:canary-x2@es-1,http://a:canary-x3@es-2',
      'the same user and password in all URLs'
    ],
    ['hold a slash', 'http://elastic:canary/x8@es', 'http or https URLs'],
    ['hold a line break and a bad port', 'http://elastic:canary\nxb@es:port', 'http or https URLs']
  ] as const) {
    it(`are refused and not shown when they ${what}`, () => {
      const message = refusal({ ELASTICSEARCH_URL: url })
      assert.ok(message.startsWith('ELASTICSEARCH_URL: expected '), message)
      assert.ok(message.includes(expected), message)
      assert.doesNotMatch(message, /canary|elastic:|x8|xb/)
    })
  }

  for (const variables of [
    { ELASTICSEARCH_USERNAME: 'a' },
    { ELASTICSEARCH_PASSWORD: 'canary-y1' },
    { ELASTICSEARCH_API_KEY: 'canary-y2' },
    { ELASTICSEARCH_PASSWORD_FILE: '/p' }
  ]) {
    it(`are refused beside ${Object.keys(variables).join()}`, () => {
      const message = refusal({ ELASTICSEARCH_URL: 'https://elastic:canary-y3@es', ...variables })
      assert.match(
        message,
        /^ELASTICSEARCH_URL: expected no credentials beside those of other variables, found "\*{6}"/
      )
    })
  }
})
