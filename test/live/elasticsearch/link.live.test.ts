/**
 * The link on real servers: what the unit tests make a server say, real ones say.
 */
import assert from 'node:assert/strict'
import { isBody } from '../../../reconcilers/elasticsearch/body.ts'
import { readCatalog } from '../../../reconcilers/elasticsearch/catalog.ts'
import { readConnectionSettings } from '../../../reconcilers/elasticsearch/connection/settings.ts'
import { ClientLink } from '../../../reconcilers/elasticsearch/connection/client-link.ts'
import type { Answer, Request } from '../../../reconcilers/elasticsearch/connection/link.ts'
import { encodeName, nameLists } from '../../../reconcilers/elasticsearch/connection/paths.ts'
import { Readings } from '../../../reconcilers/elasticsearch/readings.ts'
import { isUnknownApi, refusalOf, typeOf } from '../../../reconcilers/elasticsearch/connection/refusal.ts'
import { askServer } from '../../../reconcilers/elasticsearch/connection/server.ts'
import { ReconcileError, type ErrorCode } from '../../../src/errors.ts'
import { testCycle } from '../../../src/testing/cycle.ts'
import { Environment } from '../../../src/connect/environment.ts'
import { FaultProxy } from '../../servers/fault-server.ts'
import { hang, reset } from '../../servers/faults.ts'
import {
  elasticsearchVersions,
  eventually,
  securedNodeOrSkip,
  sharedNodeOrSkip,
  variablesFor,
  type Access,
  type ElasticsearchNode
} from './harness.ts'

const never = new AbortController().signal
const prefix = 'link-'

function linkTo(access: Access, variables: Readonly<Record<string, string>> = {}): ClientLink {
  return new ClientLink(readConnectionSettings(new Environment({ ...variablesFor(access), ...variables })))
}

async function failure(asked: Promise<unknown>): Promise<ReconcileError> {
  const error: unknown = await asked.then(
    () => assert.fail('was answered'),
    (reason: unknown) => reason
  )
  assert.ok(error instanceof ReconcileError, String(error))
  return error
}

/** Refusals every server has: the type is part of what `refusalOf` goes by. */
const refusals: readonly (readonly [
  situation: string,
  request: Request,
  status: number,
  type: string,
  code: ErrorCode
])[] = [
  [
    'an index that does not exist',
    { method: 'GET', path: `/${prefix}none` },
    404,
    'index_not_found_exception',
    'UNAVAILABLE'
  ],
  [
    'an index that exists already',
    { method: 'PUT', path: `/${prefix}there` },
    400,
    'resource_already_exists_exception',
    'CONFLICT'
  ],
  [
    'a name that is an alias',
    { method: 'PUT', path: `/${prefix}alias` },
    400,
    'invalid_index_name_exception',
    'REJECTED'
  ],
  [
    'a field of another type',
    { method: 'PUT', path: `/${prefix}there/_mapping`, body: { properties: { a: { type: 'long' } } } },
    400,
    'illegal_argument_exception',
    'REJECTED'
  ],
  [
    'a field of no type',
    { method: 'PUT', path: `/${prefix}there/_mapping`, body: { properties: { b: { type: 'nope' } } } },
    400,
    'mapper_parsing_exception',
    'REJECTED'
  ],
  [
    'an alias that is to be removed and is not there',
    {
      method: 'POST',
      path: '/_aliases',
      body: { actions: [{ remove: { index: `${prefix}there`, alias: `${prefix}none`, must_exist: true } }] }
    },
    404,
    'aliases_not_found_exception',
    'CONFLICT'
  ],
  [
    'a second write index',
    {
      method: 'POST',
      path: '/_aliases',
      body: {
        actions: [
          { add: { index: `${prefix}there`, alias: `${prefix}w`, is_write_index: true } },
          { add: { index: `${prefix}other`, alias: `${prefix}w`, is_write_index: true } }
        ]
      }
    },
    500,
    'illegal_state_exception',
    'REJECTED'
  ],
  [
    'a request line that is too long',
    { method: 'GET', path: `/${'a'.repeat(200)},`.repeat(25) },
    400,
    'too_long_http_line_exception',
    'REJECTED'
  ],
  [
    'a write of blocked metadata',
    { method: 'PUT', path: `/${prefix}blocked/_mapping`, body: { properties: { b: { type: 'long' } } } },
    403,
    'cluster_block_exception',
    'UNAVAILABLE'
  ]
]

for (const version of elasticsearchVersions) {
  describe(`the link on ${version}`, function () {
    this.timeout(120_000)
    let node: ElasticsearchNode
    let link: ClientLink

    before(async function () {
      node = await sharedNodeOrSkip(this, version)
      link = linkTo(node)
      const make = (name: string, body: Request['body'] = {}): Promise<Answer> =>
        link.ask({ method: 'PUT', path: `/${prefix}${name}`, query: { wait_for_active_shards: 0 }, body }, never)
      await make('there', { mappings: { properties: { a: { type: 'keyword' } } }, aliases: { [`${prefix}alias`]: {} } })
      await make('other')
      await make('blocked', { settings: { 'index.blocks.metadata': true } })
    })

    after(async () => {
      if (node === undefined) return
      await link.ask(
        { method: 'PUT', path: `/${prefix}blocked/_settings`, body: { 'index.blocks.metadata': null } },
        never
      )
      await link.close()
      for (const name of ['there', 'other', 'blocked'])
        await fetch(`${node.url}/${prefix}${name}`, { method: 'DELETE' })
    })

    it('knows which server this is', async () => {
      const answer = await link.ask({ method: 'GET', path: '/' }, never)
      const { distribution, version: found, clusterId } = await askServer(link, never)
      assert.equal(distribution, node.distribution)
      // The bare distribution of the newest version does not answer this question.
      assert.deepEqual([found, clusterId !== ''], answer.status === 405 ? ['', false] : [node.version, true])
    })

    it('finds the same id by the state of the cluster, which every server tells', async () => {
      const id = await new Readings(link).clusterId(testCycle({ signal: AbortSignal.timeout(10_000) }))
      assert.match(id, /^[\w-]{22}$/)
      const { clusterId } = await askServer(link, never)
      assert.ok(clusterId === '' || clusterId === id)
    })

    for (const [situation, request, status, type, code] of refusals) {
      it(`is refused with ${type} for ${situation}`, async () => {
        const answer = await link.ask(request, never)
        assert.equal(answer.status, status)
        assert.ok(isBody(answer.body) && isBody(answer.body['error']), 'the form the unit tests imitate')
        assert.ok(
          Array.isArray(answer.body['error']['root_cause']) && typeof answer.body['error']['reason'] === 'string'
        )
        assert.equal(answer.body['status'], status)
        assert.equal(typeOf(answer), type)
        assert.equal(refusalOf(answer).code, code)
        assert.ok(refusalOf(answer).message.length > 10)
      })
    }

    it('is refused in text for an API nobody has', async () => {
      const answer = await link.ask({ method: 'GET', path: '/_infometis/nope' }, never)
      assert.ok(isUnknownApi(answer), JSON.stringify(answer))
      assert.equal(refusalOf(answer).code, 'UNSUPPORTED')
    })

    it('reads the catalog of names', async () => {
      const reader = { ...testCycle(), link, server: await askServer(link, never) }
      const { indices, aliases } = await readCatalog(reader)
      assert.deepEqual(indices.get(`${prefix}there`)?.attributes.includes('open'), true)
      assert.deepEqual(aliases.get(`${prefix}alias`), [`${prefix}there`])
    })

    it('sends as many names in one path as the server takes', async () => {
      const names = Array.from({ length: 600 }, (_, index) => `${prefix}%ü-${index}`)
      for (const { path } of nameLists(names)) {
        const answer = await link.ask(
          {
            method: 'GET',
            path: `/${path}/_settings`,
            query: { ignore_unavailable: true, flat_settings: true, expand_wildcards: 'all' }
          },
          never
        )
        assert.equal(answer.status, 200)
      }
      assert.equal((await link.ask({ method: 'GET', path: `/${encodeName('%ü')}` }, never)).status, 404)
    })

    it('asks one small thing in a cycle in which nothing changed', async () => {
      const proxy = await FaultProxy.start(node.url)
      const through = linkTo({ url: proxy.url })
      try {
        const readings = new Readings(through)
        const observe = async (): Promise<unknown> => {
          const cycle = testCycle({ signal: AbortSignal.timeout(10_000) })
          return readings.observe(
            'index',
            [],
            cycle,
            ({ link: one, signal }) => one.ask({ method: 'GET', path: '/_resolve/index/*' }, signal),
            () => true
          )
        }
        for (let cycle = 0; cycle < 2; cycle += 1) await observe()
        proxy.reset()
        await observe()
        assert.deepEqual(proxy.counts(), { 'GET /_cluster/state/version': 1 })
      } finally {
        await through.close()
        await proxy.stop()
      }
    })

    const lost = [
      ['its connection breaks', reset({ reached: true }), '30s', 'UNREACHABLE'],
      ['no answer comes', hang({ reached: true }), '1s', 'TIMEOUT']
    ] as const
    for (const [what, fault, patience, code] of lost) {
      it(`does not know whether a write took effect when ${what}, and never sends it again`, async () => {
        const proxy = await FaultProxy.start(node.url)
        const through = linkTo({ url: proxy.url }, { REQUEST_TIMEOUT: patience })
        try {
          proxy.fail({ method: 'PUT' }, fault)
          const set: Request = {
            method: 'PUT',
            path: `/${prefix}other/_settings`,
            body: { 'index.priority': code.length }
          }
          assert.equal((await failure(through.ask(set, never))).code, code)
          // It has reached the server, which may still be at it.
          await eventually(async () => {
            const { body } = await link.ask(
              { method: 'GET', path: `/${prefix}other/_settings/index.priority`, query: { flat_settings: true } },
              never
            )
            assert.match(JSON.stringify(body), new RegExp(`"index.priority":"${code.length}"`))
          })
          assert.equal(proxy.requests.length, 1)
        } finally {
          await through.close()
          await proxy.stop()
        }
      })
    }

    it('gives up a server that is frozen, and continues when it thaws', async () => {
      const impatient = linkTo(node, { REQUEST_TIMEOUT: '1s' })
      const asked = (): Promise<Answer> => impatient.ask({ method: 'GET', path: '/_cluster/health' }, never)
      assert.equal((await eventually(asked)).status, 200)
      await node.pause()
      try {
        assert.equal((await failure(asked())).code, 'TIMEOUT')
      } finally {
        node.resume()
      }
      assert.equal((await eventually(asked)).status, 200)
      await impatient.close()
    })
  })
}

describe('the link on a server that asks who we are', function () {
  this.timeout(120_000)
  let node: ElasticsearchNode
  const open: ClientLink[] = []

  before(async function () {
    node = await securedNodeOrSkip(this)
  })

  after(async () => {
    for (const link of open) await link.close()
  })

  const as = (access: Partial<Access>, variables: Readonly<Record<string, string>> = {}): ClientLink => {
    const { url, caFile } = node
    const link = linkTo({ url, ...(caFile === undefined ? {} : { caFile }), ...access }, variables)
    open.push(link)
    return link
  }
  const health: Request = { method: 'GET', path: '/_cluster/health' }

  /** An API key that may do no more than this, as Elasticsearch encodes it. */
  async function keyFor(role: Request['body'] = {}): Promise<string> {
    const keeper = as({ username: 'keeper', password: 'keeper-secret' })
    const { body } = await keeper.ask(
      { method: 'POST', path: '/_security/api_key', body: { name: 'link', role_descriptors: { only: role } } },
      never
    )
    assert.ok(isBody(body) && typeof body['encoded'] === 'string', JSON.stringify(body))
    return body['encoded']
  }

  it('lets a user in with the right password', async () => {
    assert.equal((await as({ username: 'keeper', password: 'keeper-secret' }).ask(health, never)).status, 200)
  })

  it('lets a user of a URL in', async () => {
    assert.equal((await as({ url: node.url.replace('//', '//keeper:keeper-secret@') }).ask(health, never)).status, 200)
  })

  it('refuses a wrong password, and prints neither it nor the user of a URL', async () => {
    const error = await failure(
      as({ url: node.url.replace('//', '//canary-live:canary-live-password@') }).ask(health, never)
    )
    assert.equal(error.code, 'AUTHENTICATION')
    assert.match(error.message, /refuses the credentials: unable to authenticate/)
    assert.doesNotMatch(error.message, /canary/)
  })

  it('refuses a wrong API key', async () => {
    const key = Buffer.from('nobody:canary-live-key').toString('base64')
    const error = await failure(as({ apiKey: key }).ask(health, never))
    assert.equal(error.code, 'AUTHENTICATION')
    assert.ok(!error.message.includes(key))
  })

  it('refuses nobody', async () => {
    const error = await failure(as({}).ask(health, never))
    assert.equal(error.code, 'AUTHENTICATION')
    assert.match(error.message, /missing authentication credentials/)
  })

  it('lets an API key do what it may, and says what it may not', async () => {
    const link = as({
      apiKey: await keyFor({ cluster: ['monitor'], indices: [{ names: ['app-*'], privileges: ['manage'] }] })
    })
    assert.equal((await link.ask(health, never)).status, 200)
    const refused = await link.ask({ method: 'PUT', path: '/other-1' }, never)
    assert.equal(refused.status, 403)
    assert.equal(refusalOf(refused).code, 'NOT_PERMITTED')
    assert.match(refusalOf(refused).message, /indices:admin\/create/)
  })

  it('takes a server that may not be asked for an Elasticsearch, and reads it every time', async () => {
    const link = as({ apiKey: await keyFor({ indices: [{ names: ['app-*'], privileges: ['manage'] }] }) })
    assert.deepEqual(await askServer(link, never), { distribution: 'elasticsearch', version: '', clusterId: '' })
    const readings = new Readings(link)
    let reads = 0
    for (let cycle = 0; cycle < 3; cycle += 1) {
      await readings.observe(
        'index',
        [],
        testCycle({ signal: AbortSignal.timeout(10_000) }),
        () => Promise.resolve((reads += 1)),
        () => true
      )
    }
    assert.equal(reads, 3)
  })

  it('refuses a request that is too large for it, without a word', async () => {
    const link = as({ username: 'keeper', password: 'keeper-secret' })
    const error = await failure(
      link.ask(
        { method: 'PUT', path: '/_index_template/large', body: { _meta: { text: 'a'.repeat(2_000_000) } } },
        never
      )
    )
    assert.equal(error.code, 'REJECTED')
    assert.equal(error.message, `${node.url}: the request is larger than the server takes: HTTP 413 Payload Too Large`)
  })

  it('is not trusted without its CA', async () => {
    const link = new ClientLink(
      readConnectionSettings(
        new Environment({
          ELASTICSEARCH_URL: node.url,
          ELASTICSEARCH_USERNAME: 'keeper',
          ELASTICSEARCH_PASSWORD: 'keeper-secret'
        })
      )
    )
    open.push(link)
    const error = await failure(link.ask(health, never))
    assert.equal(error.code, 'CERTIFICATE')
    assert.equal(
      error.message,
      `${node.url}: self-signed certificate; to trust its CA, name the CA's certificate in ELASTICSEARCH_CA_FILE`
    )
  })

  it('names https when it is spoken to in http', async () => {
    const link = new ClientLink(
      readConnectionSettings(new Environment({ ELASTICSEARCH_URL: node.url.replace('https', 'http') }))
    )
    open.push(link)
    const error = await failure(link.ask(health, never))
    assert.equal(error.code, 'UNREACHABLE')
    assert.match(error.message, /speaks? TLS: try https:\/\//)
  })
})
