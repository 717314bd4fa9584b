import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readConnectionSettings } from '../../../../reconcilers/elasticsearch/connection/settings.ts'
import { ClientLink } from '../../../../reconcilers/elasticsearch/connection/client-link.ts'
import type { Answer, Request } from '../../../../reconcilers/elasticsearch/connection/link.ts'
import { restOf } from '../../../../reconcilers/elasticsearch/connection/send.ts'
import { ReconcileError, type ErrorCode } from '../../../../src/errors.ts'
import { Environment } from '../../../../src/connect/environment.ts'
import { FaultServer } from '../../../servers/fault-server.ts'
import { answer, hang, hold, json, page, reset, truncated, unfinished, type Fault } from '../../../servers/faults.ts'
import { freePort } from '../../../servers/ports.ts'

const never = new AbortController().signal
const read: Request = { method: 'GET', path: '/_resolve/index/*' }
const write: Request = { method: 'PUT', path: '/orders', body: { settings: {} } }

/** For requests that are never answered; all others have a deadline that no machine is too busy for. */
const hasty = { REQUEST_TIMEOUT: '100ms' }
const tooLong = 10_000

describe('a link to Elasticsearch', function () {
  this.timeout(30_000)
  const open: { close(): Promise<void> }[] = []
  /** By which the clock of credentials is ahead. */
  let elapsedMs = 0
  let server: FaultServer

  before(async () => {
    server = await FaultServer.start()
  })

  beforeEach(() => server.reset())

  afterEach(() => Promise.all(open.splice(0).map((link) => link.close())))

  after(() => server.stop())

  const linkTo = (urls: string, variables: Readonly<Record<string, string>> = {}): ClientLink => {
    const environment = new Environment({ ELASTICSEARCH_URL: urls, REQUEST_TIMEOUT: '60s', ...variables })
    const link = new ClientLink(readConnectionSettings(environment), () => performance.now() + elapsedMs)
    open.push(link)
    return link
  }
  const ask = (request: Request = read, signal = never): Promise<Answer> => linkTo(server.url).ask(request, signal)
  const failure = async (asked: Promise<unknown>): Promise<ReconcileError> => {
    const error: unknown = await asked.then(
      () => assert.fail('was answered'),
      (reason: unknown) => reason
    )
    assert.ok(error instanceof ReconcileError, String(error))
    return error
  }
  const seen = async (requests = 1): Promise<void> => {
    while (server.requests.length < requests) await sleep(5)
  }
  /** Asks, and gives up as soon as the server has the request. */
  const abandoned = async (link: ClientLink, request: Request): Promise<ReconcileError> => {
    const [caller, requests] = [new AbortController(), server.requests.length]
    const failed = failure(link.ask(request, caller.signal))
    await seen(requests + 1)
    caller.abort()
    return failed
  }

  it('sends method, path, query and body as they are, as plain JSON', async () => {
    await ask({
      method: 'PUT',
      path: '/a%2Cb',
      query: { master_timeout: '9s', reopen: true, size: 3 },
      body: { 'a.b': [1, null] }
    })
    const [request] = server.requests
    assert.ok(request)
    assert.deepEqual(
      [request.method, request.path, request.query, request.body],
      ['PUT', '/a%2Cb', 'master_timeout=9s&reopen=true&size=3', '{"a.b":[1,null]}']
    )
    assert.equal(request.headers['content-type'], 'application/json')
    assert.equal(request.headers.accept, 'application/json')
  })

  it('sends no body where there is none', async () => {
    await ask({ method: 'POST', path: '/a/_close' })
    assert.equal(server.requests[0]?.body, '')
    assert.equal(server.requests[0].headers['content-type'], undefined)
  })

  it('keeps the path of its URL in front', async () => {
    await linkTo(`${server.url}/es/`).ask(read, never)
    await linkTo(`${server.url}/es`).ask(read, never)
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      ['/es/_resolve/index/*', '/es/_resolve/index/*']
    )
  })

  it('gives what the server said, refusals included', async () => {
    for (const [status, body] of [
      [200, { a: [1] }],
      [201, {}],
      [400, { error: { type: 'x' } }],
      [404, {}],
      [404, { error: 'alias [a] missing' }],
      [500, {}]
    ] as const) {
      server.fail({}, json(status, body), 1)
      assert.deepEqual(await ask(), { status, body })
    }
  })

  it('gives how long the server wants to be left alone', async () => {
    server.fail({}, json(429, {}, { 'retry-after': '7' }), 1)
    assert.deepEqual(await ask(), { status: 429, body: {}, retryAfterMs: 7000 })
    server.fail({}, json(503, {}), 1)
    assert.deepEqual(await ask(), { status: 503, body: {} })
  })

  it('tells the server to give up before we do', () => {
    assert.deepEqual(linkTo(server.url, { REQUEST_TIMEOUT: '10s' }).patience, {
      timeout: '9000ms',
      master_timeout: '9000ms'
    })
    assert.deepEqual(linkTo(server.url, { REQUEST_TIMEOUT: '1ms' }).patience, { timeout: '1ms', master_timeout: '1ms' })
  })

  describe('that gets no usable answer', () => {
    const table: readonly (readonly [
      situation: string,
      fault: Fault,
      code: ErrorCode,
      retryable: boolean,
      message: RegExp
    ])[] = [
      [
        'a page of a gateway (502)',
        page(502, '502 Bad Gateway'),
        'UNAVAILABLE',
        true,
        /expected JSON of Elasticsearch, found HTTP 502 Bad Gateway \(text\/html\) "502 Bad Gateway"$/
      ],
      [
        'a page of a gateway (503)',
        page(503, '503 Service Temporarily Unavailable'),
        'UNAVAILABLE',
        true,
        /found HTTP 503 Service Unavailable \(text\/html\) "503 Service Temporarily Unavailable"$/
      ],
      [
        'a page of a gateway (504)',
        page(504, '504 Gateway Time-out'),
        'UNAVAILABLE',
        true,
        /found HTTP 504 Gateway Timeout/
      ],
      ['a page of a login', page(200, 'Sign in'), 'UNAVAILABLE', true, /found HTTP 200 OK \(text\/html\) "Sign in"$/],
      [
        'a page that knows no index (404)',
        page(404, '404 Not Found'),
        'UNAVAILABLE',
        true,
        /found HTTP 404 Not Found \(text\/html\)/
      ],
      [
        'a page of a port that wants TLS',
        page(400, '400 The plain HTTP request was sent to HTTPS port'),
        'UNAVAILABLE',
        true,
        /"400 The plain HTTP request was sent to HTTPS port"$/
      ],
      [
        'a page of a firewall (403)',
        page(403, 'Request blocked'),
        'NOT_PERMITTED',
        false,
        /found HTTP 403 Forbidden \(text\/html\) "Request blocked"$/
      ],
      [
        'JSON of a hosting proxy whose cluster is gone',
        json(404, { ok: false, message: 'Unknown resource.' }),
        'UNAVAILABLE',
        true,
        /found HTTP 404 Not Found \(application\/json\) "Unknown resource\."$/
      ],
      [
        'JSON of Kibana',
        json(404, { statusCode: 404, error: 'Not Found', message: 'Not Found' }),
        'UNAVAILABLE',
        true,
        /"Not Found"$/
      ],
      [
        'a redirection',
        answer(302, '', { location: 'https://login.example/start?state=canary-r1#x' }),
        'UNAVAILABLE',
        true,
        /found HTTP 302 Found that leads to https:\/\/login\.example\/start$/
      ],
      [
        'a redirection with JSON',
        json(301, { a: 1 }, { location: '/elsewhere' }),
        'UNAVAILABLE',
        true,
        /found HTTP 301 Moved Permanently \(application\/json\) that leads to \/elsewhere$/
      ],
      ['an empty body', answer(200), 'UNAVAILABLE', true, /found HTTP 200 OK$/],
      [
        'JSON that is said to be text',
        answer(200, '{"a":1}', { 'content-type': 'text/plain' }),
        'UNAVAILABLE',
        true,
        /found HTTP 200 OK \(text\/plain\)$/
      ],
      ['JSON that is no object', json(200, ['a']), 'UNAVAILABLE', true, /found HTTP 200 OK \(application\/json\)$/],
      [
        'JSON that ends too early',
        truncated(),
        'UNAVAILABLE',
        true,
        /the answer is no JSON \(Unterminated string in JSON/
      ],
      [
        'a body too large for the server',
        answer(413),
        'REJECTED',
        false,
        /the request is larger than the server takes: HTTP 413 Payload Too Large$/
      ],
      [
        'a rate limit of a proxy',
        page(429, '429 Too Many Requests', { 'retry-after': '3' }),
        'UNAVAILABLE',
        true,
        /found HTTP 429 Too Many Requests/
      ],
      [
        'credentials that are wrong',
        json(401, { error: { type: 'security_exception', reason: 'unable to authenticate' } }),
        'AUTHENTICATION',
        false,
        /refuses the credentials: unable to authenticate$/
      ],
      [
        'credentials that a proxy refuses',
        page(401, '401 Authorization Required'),
        'AUTHENTICATION',
        false,
        /refuses the credentials: HTTP 401 without a reason$/
      ],
      ['a connection reset before the request was read', reset(), 'UNREACHABLE', true, /ECONNRESET/],
      [
        'a connection reset after the request was read',
        reset({ reached: true }),
        'UNREACHABLE',
        true,
        /ECONNRESET|other side closed/
      ],
      [
        'nothing',
        hang(),
        'TIMEOUT',
        true,
        /^GET http:\/\/127\.0\.0\.1:\d+\/_resolve\/index\/\*: no answer before the deadline$|timed out|Timeout Error/
      ],
      ['headers and nothing more', unfinished(), 'TIMEOUT', true, /no answer before the deadline$|Body Timeout Error$/],
      ['a body that trickles for ever', unfinished(20), 'TIMEOUT', true, /no answer before the deadline$/]
    ]
    for (const [situation, fault, code, retryable, message] of table) {
      it(`fails with ${code} for ${situation}, within its deadline`, async () => {
        server.fail({}, fault)
        const started = performance.now()
        const error = await failure(linkTo(server.url, code === 'TIMEOUT' ? hasty : {}).ask(read, never))
        assert.ok(performance.now() - started < tooLong)
        assert.equal(error.code, code)
        assert.equal(error.retryable, retryable)
        assert.match(error.message, message)
        assert.ok(error.message.includes(server.url), `must say who: ${error.message}`)
        assert.equal(error.message.includes('\n'), false)
        assert.doesNotMatch(error.message, /canary/)
      })
    }

    it('keeps how long a proxy wants to be left alone', async () => {
      server.fail({}, page(503, 'later', { 'retry-after': '3' }))
      assert.equal((await failure(ask())).retryAfterMs, 3000)
    })

    it('works again as soon as the server does', async () => {
      const link = linkTo(server.url)
      for (const fault of [reset(), hang(), unfinished(), truncated(), page(502, 'x')]) {
        server.fail({}, fault, 1)
        await (fault.kind === 'hang' || fault.kind === 'unfinished'
          ? abandoned(link, read)
          : failure(link.ask(read, never)))
        assert.deepEqual(await link.ask(read, never), { status: 200, body: {} })
      }
    })
  })

  describe('that cannot connect', () => {
    it('says where to and why', async () => {
      const port = await freePort()
      const error = await failure(linkTo(`http://127.0.0.1:${port}`).ask(read, never))
      assert.equal(error.code, 'UNREACHABLE')
      assert.equal(error.message, `http://127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`)
    })

    it('says which name is unknown', async () => {
      const error = await failure(linkTo('http://nowhere.invalid:9200').ask(read, never))
      assert.equal(error.code, 'UNREACHABLE')
      assert.match(error.message, /^http:\/\/nowhere\.invalid:9200: getaddrinfo E(NOTFOUND|AI_AGAIN) nowhere\.invalid$/)
    })
  })

  describe('to several nodes', () => {
    it('asks the one it knows, and continues to the next for a reading when it refuses the connection', async () => {
      const dead = `http://127.0.0.1:${await freePort()}`
      const link = linkTo(`${dead},${server.url}`)
      assert.equal((await link.ask(read, never)).status, 200)
    })

    it('stays with the node that answers, for writes too', async () => {
      const dead = `http://127.0.0.1:${await freePort()}`
      const link = linkTo(`${dead},${server.url}`)
      await link.ask(read, never)
      for (let round = 0; round < 20; round += 1) assert.equal((await link.ask(write, never)).status, 200)
    })

    it('finds the living one for each of many readings that begin together', async () => {
      const [first, second] = [await freePort(), await freePort()]
      const link = linkTo(`http://127.0.0.1:${first},http://127.0.0.1:${second},${server.url}`)
      const answers = await Promise.all(Array.from({ length: 20 }, () => link.ask(read, never)))
      assert.equal(answers.filter(({ status }) => status === 200).length, 20)
    })

    it('names every node and its reason when none connects', async () => {
      const [first, second] = [await freePort(), await freePort()]
      const error = await failure(linkTo(`http://127.0.0.1:${first},http://127.0.0.1:${second}`).ask(read, never))
      assert.equal(error.code, 'UNREACHABLE')
      assert.equal(
        error.message,
        [first, second].map((port) => `http://127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`).join('; ')
      )
    })

    for (const [situation, fault, code] of [
      ['is reset before it is read', reset(), 'UNREACHABLE'],
      ['is reset afterwards', reset({ reached: true }), 'UNREACHABLE'],
      ['is not answered', hang(), 'TIMEOUT']
    ] as const) {
      it(`sends a write exactly once when it ${situation}`, async () => {
        const other = await FaultServer.start()
        open.push({ close: () => other.stop() })
        for (const node of [server, other]) node.fail({}, fault)
        assert.equal(
          (await failure(linkTo(`${server.url},${other.url}`, code === 'TIMEOUT' ? hasty : {}).ask(write, never))).code,
          code
        )
        assert.equal(server.requests.length + other.requests.length, 1)
      })
    }

    it('asks another node after one that did not answer in time or that has no master', async () => {
      const other = await FaultServer.start()
      open.push({ close: () => other.stop() })
      const link = linkTo(`${server.url},${other.url}`)
      server.fail({}, hang(), 1)
      assert.equal((await abandoned(link, read)).code, 'TIMEOUT')
      await link.ask(write, never)
      assert.deepEqual(other.counts(), { 'PUT /orders': 1 })
      other.fail({}, json(503, { error: { type: 'master_not_discovered_exception' } }))
      await link.ask(write, never)
      await link.ask(write, never)
      assert.deepEqual([server.counts()['PUT /orders'], other.counts()['PUT /orders']], [1, 2])
    })

    it('does not try wrong credentials on every node, which could lock the user', async () => {
      const other = await FaultServer.start()
      open.push({ close: () => other.stop() })
      for (const node of [server, other]) node.fail({}, json(401, {}))
      assert.equal((await failure(linkTo(`${server.url},${other.url}`).ask(read, never))).code, 'AUTHENTICATION')
      assert.equal(server.requests.length + other.requests.length, 1)
    })
  })

  describe('whose caller gives up', () => {
    for (const [situation, fault] of [
      ['no answer', hang()],
      ['half an answer', unfinished(20)]
    ] as const) {
      it(`ends at once with ${situation}`, async () => {
        const link = linkTo(server.url)
        server.fail({}, fault)
        const caller = new AbortController()
        const asked = failure(link.ask(read, caller.signal))
        await seen()
        const started = performance.now()
        caller.abort()
        assert.equal((await asked).code, 'TIMEOUT')
        assert.ok(performance.now() - started < 10_000)
      })
    }

    it('asks nothing for one who has already given up', async () => {
      assert.equal((await failure(ask(read, AbortSignal.abort()))).code, 'TIMEOUT')
      await ask()
      assert.equal(server.requests.length, 1)
    })

    it('never sends what was still waiting for its turn', async () => {
      const link = linkTo(server.url)
      const { promise, resolve } = Promise.withResolvers<void>()
      server.fail({ path: '/slow' }, hold(promise))
      const slow = Array.from({ length: 8 }, () => link.ask({ method: 'GET', path: '/slow' }, never))
      const caller = new AbortController()
      const waiting = failure(link.ask(write, caller.signal))
      await seen()
      caller.abort()
      assert.equal((await waiting).code, 'TIMEOUT')
      resolve()
      await Promise.all(slow)
      await link.ask(read, never)
      assert.equal(server.counts()['PUT /orders'], undefined)
    })
  })

  it('answers a reading and another write while a write hangs', async () => {
    const [link, caller] = [linkTo(server.url), new AbortController()]
    server.fail({ method: 'PUT', path: '/orders' }, hang())
    const hanging = failure(link.ask(write, caller.signal, 'writing'))
    await seen()
    assert.equal((await link.ask(read, never)).status, 200)
    assert.equal((await link.ask({ ...write, path: '/others' }, never, 'writing')).status, 200)
    caller.abort()
    assert.equal((await hanging).code, 'TIMEOUT')
  })

  it('answers a reading however many writes hang, and a write however many readings do', async () => {
    for (const [one, other] of [
      ['writing', 'reading'],
      ['reading', 'writing']
    ] as const) {
      server.reset()
      const [link, caller] = [linkTo(server.url), new AbortController()]
      server.fail({ path: '/orders' }, hang())
      const hanging = Array.from({ length: 20 }, () => failure(link.ask(write, caller.signal, one)))
      await seen(8)
      assert.equal((await link.ask(read, never, other)).status, 200)
      caller.abort()
      await Promise.all(hanging)
    }
  })

  it('has at most eight requests in flight, and all of them are answered', async () => {
    const link = linkTo(server.url)
    const { promise, resolve } = Promise.withResolvers<void>()
    server.fail({}, hold(promise))
    const asked = Array.from({ length: 30 }, () => link.ask(read, never))
    await seen(8)
    resolve()
    assert.equal((await Promise.all(asked)).length, 30)
    assert.equal(server.mostInFlight, 8)
  })

  describe('whose credentials rotate', () => {
    let dir = ''
    let file = ''

    beforeEach(async () => {
      dir = await mkdtemp(join(tmpdir(), 'infometis-link-'))
      file = join(dir, 'secret')
      await writeFile(file, 'canary-first\n')
    })

    afterEach(() => rm(dir, { recursive: true }))

    const header = (): string => server.requests.at(-1)?.headers.authorization ?? ''
    const basic = (password: string): string => `Basic ${Buffer.from(`operator:${password}`).toString('base64')}`

    it('sends none when there are none', async () => {
      await ask()
      assert.equal(header(), '')
    })

    it('sends those of its URL', async () => {
      await linkTo(server.url.replace('//', '//operator:canary%2Furl@')).ask(read, never)
      assert.equal(header(), basic('canary/url'))
    })

    it('sends a user with characters of any language', async () => {
      await linkTo(server.url, { ELASTICSEARCH_USERNAME: 'operator', ELASTICSEARCH_PASSWORD: 'canary-ü€' }).ask(
        read,
        never
      )
      assert.equal(header(), basic('canary-ü€'))
    })

    for (const [name, variables, expected] of [
      [
        'a password',
        (path: string) => ({ ELASTICSEARCH_USERNAME: 'operator', ELASTICSEARCH_PASSWORD_FILE: path }),
        basic
      ],
      ['an API key', (path: string) => ({ ELASTICSEARCH_API_KEY_FILE: path }), (key: string) => `ApiKey ${key}`]
    ] as const) {
      it(`uses ${name} that was replaced, and closes the connections of the old one`, async () => {
        const link = linkTo(server.url, variables(file))
        await link.ask(read, never)
        assert.equal(header(), expected('canary-first'))
        await writeFile(file, 'canary-second\n')
        elapsedMs += 1_000
        await link.ask(read, never)
        assert.equal(header(), expected('canary-second'))
        while (server.connections > 1) await sleep(5)
      })

      it(`reads ${name} again at once after it was refused`, async () => {
        const link = linkTo(server.url, variables(file))
        server.fail({}, json(401, {}), 1)
        assert.equal((await failure(link.ask(read, never))).code, 'AUTHENTICATION')
        await writeFile(file, 'canary-third')
        await link.ask(read, never)
        assert.equal(header(), expected('canary-third'))
      })
    }

    it('lets what is in flight end with the old one', async () => {
      const link = linkTo(server.url, { ELASTICSEARCH_API_KEY_FILE: file })
      const { promise, resolve } = Promise.withResolvers<void>()
      server.fail({ path: '/slow' }, hold(promise))
      const slow = link.ask({ method: 'PUT', path: '/slow' }, never)
      await seen()
      await writeFile(file, 'canary-fourth')
      elapsedMs += 1_000
      await link.ask(read, never)
      assert.equal(header(), 'ApiKey canary-fourth')
      resolve()
      assert.deepEqual(await slow, { status: 200, body: {} })
    })

    it('says which file cannot be read, and reads it again later', async () => {
      await rm(file)
      const link = linkTo(server.url, { ELASTICSEARCH_API_KEY_FILE: file })
      const error = await failure(link.ask(read, never))
      assert.equal(error.code, 'VARIABLE_INVALID')
      assert.match(error.message, /ELASTICSEARCH_API_KEY_FILE/)
      await writeFile(file, 'canary-fifth')
      assert.equal((await link.ask(read, never)).status, 200)
    })
  })

  describe('that is closed', () => {
    it('leaves no connection of requests that began together', async () => {
      const link = linkTo(server.url)
      await Promise.all(Array.from({ length: 8 }, () => link.ask(read, never)))
      await link.close()
      while (server.connections > 0) await sleep(5)
    })

    it('breaks off what is in flight', async () => {
      const link = linkTo(server.url)
      server.fail({}, hang())
      const asked = failure(link.ask(write, never))
      await seen()
      await link.close()
      assert.equal((await asked).code, 'TIMEOUT')
      while (server.connections > 0) await sleep(5)
    })

    it('may be used again, and closed again', async () => {
      const link = linkTo(server.url)
      await link.close()
      await link.ask(read, never)
      await link.close()
      await link.ask(read, never)
      await link.close()
      await link.close()
      while (server.connections > 0) await sleep(5)
    })
  })
})

describe('a Retry-After', () => {
  const now = Date.parse('Sat, 21 Nov 2026 12:00:00 GMT')
  for (const [text, ms] of [
    ['7', 7_000],
    [' 120 ', 120_000],
    ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
    ['86400', 300_000],
    ['Sat, 21 Nov 2099 12:00:00 GMT', 300_000],
    ['0', undefined],
    ['-5', undefined],
    ['Sat, 21 Nov 2020 12:00:00 GMT', undefined],
    ['soon', undefined],
    ['', undefined]
  ] as const) {
    it(`of "${text}" is ${ms === undefined ? 'none' : `${ms} ms`}`, () => assert.equal(restOf(text, now), ms))
  }
})
