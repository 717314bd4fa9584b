import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Request } from '../../../../reconcilers/nifi/connection/link.ts'
import type { ErrorCode } from '../../../../src/errors.ts'
import { FaultServer } from '../../../servers/fault-server.ts'
import { answer, hang, hold, json, page, reset, truncated, unfinished, type Fault } from '../../../servers/faults.ts'
import { freePort } from '../../../servers/ports.ts'
import { failure, Links, never, reading, writing } from './links.ts'

const plainText = { 'content-type': 'text/plain' }
const html = { 'content-type': 'text/html;charset=iso-8859-1' }
/** As NiFi 1.x answers a name it does not know, with status 200. */
const invalidHost =
  '<h1>System Error</h1>\n<h2>The request contained an invalid host header [<code>canary</code>] in the request [<code>/nifi-api</code>]. Check for request manipulation or third-party intercept.</h2>\n<h3>Valid host headers are [<code>empty</code>] or: <br/><code><ul></ul></code></h3>\n'
const invalidSni =
  '<html>\n<head>\n<title>Error 400 Invalid SNI</title>\n</head>\n<body><h2>HTTP ERROR 400 Invalid SNI</h2></body>\n</html>\n'

describe('a link to NiFi', function () {
  this.timeout(30_000)
  const links = new Links('400ms')
  let server: FaultServer

  before(async () => {
    server = await FaultServer.start()
  })

  beforeEach(() => server.reset())

  afterEach(() => links.close())

  after(() => server.stop())

  const ask = (request: Request = reading, signal = never): Promise<Answer> => links.to(server.url).ask(request, signal)
  const seen = async (count = 1): Promise<void> => {
    while (server.requests.length < count) await sleep(5)
  }

  it('sends method, path, query and body as they are, below /nifi-api', async () => {
    await ask({
      method: 'PUT',
      path: '/a%2Cb',
      query: { version: 3, clientId: 'c d', recursive: true },
      body: { 'a.b': [1, null, 'ü'] }
    })
    const [request] = server.requests
    assert.ok(request)
    assert.deepEqual(
      [request.method, request.path, request.query, request.body],
      ['PUT', '/nifi-api/a%2Cb', 'version=3&clientId=c+d&recursive=true', '{"a.b":[1,null,"ü"]}']
    )
    assert.equal(request.headers['content-type'], 'application/json')
    assert.equal(request.headers['content-length'], '21')
    assert.equal(request.headers.authorization, undefined)
  })

  it('sends no body where there is none', async () => {
    await ask({ method: 'POST', path: '/flowfile-queues/a/drop-requests' })
    await ask({ method: 'DELETE', path: '/a' })
    for (const { body, headers } of server.requests) assert.deepEqual([body, headers['content-type']], ['', undefined])
  })

  it('keeps the path of its URL in front', async () => {
    for (const url of [`${server.url}/flows/`, `${server.url}/flows/nifi-api`]) await links.to(url).ask(reading, never)
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      ['/flows/nifi-api/flow/about', '/flows/nifi-api/flow/about']
    )
  })

  it('is one client for its whole life, and another one than other links', () => {
    const [one, other] = [links.to(server.url), links.to(server.url)]
    assert.equal(one.clientId, one.clientId)
    assert.notEqual(one.clientId, other.clientId)
    assert.match(one.clientId, /^[0-9a-f-]{36}$/)
  })

  it('gives what NiFi said, refusals included', async () => {
    for (const [status, fault, body] of [
      [200, json(200, { a: [1] }), { a: [1] }],
      [201, json(201, [1]), [1]],
      [200, answer(200), null],
      [400, answer(400, 'is not the most up-to-date revision', plainText), 'is not the most up-to-date revision'],
      [403, answer(403, 'No applicable policies', plainText), 'No applicable policies'],
      [404, answer(404, 'Unable to find', plainText), 'Unable to find'],
      [409, answer(409, 'Queue not empty {"a"', plainText), 'Queue not empty {"a"'],
      [500, answer(500, 'An unexpected error', plainText), 'An unexpected error'],
      [503, answer(503, 'No coordinator', plainText), 'No coordinator']
    ] as const) {
      server.fail({}, fault, 1)
      assert.deepEqual(await ask(writing), { status, body })
    }
  })

  it('gives a number that a double prints in another way as it is written', async () => {
    const body =
      '{"max": 9223372036854775807, "id": "00000000-0000-0000-0000-123456789012", "digits": "1234567890123456789", "list": [1.5, 10000, -9007199254740993, 100.0]}'
    server.fail({}, answer(200, body, { 'content-type': 'application/json' }))
    assert.deepEqual((await ask()).body, {
      max: JSON.rawJSON('9223372036854775807'),
      id: '00000000-0000-0000-0000-123456789012',
      digits: '1234567890123456789',
      list: [1.5, 10000, JSON.rawJSON('-9007199254740993'), JSON.rawJSON('100.0')]
    })
  })

  it('never sends a cookie back', async () => {
    server.fail({}, json(200, {}, { 'set-cookie': '__Secure-Authorization-Bearer=x; Path=/' }))
    const link = links.to(server.url)
    await link.ask(reading, never)
    await link.ask(writing, never)
    for (const { headers } of server.requests) assert.equal(headers.cookie, undefined)
  })

  it('uses one connection again', async () => {
    const link = links.to(server.url)
    for (let turn = 0; turn < 5; turn += 1) await link.ask(reading, never)
    assert.equal(server.connections, 1)
  })

  it('ignores the proxy of its environment', async () => {
    const before = process.env['http_proxy']
    process.env['http_proxy'] = `http://127.0.0.1:${await freePort()}`
    try {
      assert.equal((await ask()).status, 200)
    } finally {
      if (before === undefined) delete process.env['http_proxy']
      else process.env['http_proxy'] = before
    }
  })

  it('has at most eight readings in flight', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    server.fail({}, hold(promise))
    const link = links.to(server.url, { REQUEST_TIMEOUT: '5s' })
    const asked = Array.from({ length: 20 }, () => link.ask(reading, never))
    await seen(8)
    await sleep(50)
    assert.equal(server.requests.length, 8)
    resolve()
    await Promise.all(asked)
    assert.equal(server.mostInFlight, 8)
  })

  describe('that gets no usable answer', () => {
    const table: readonly (readonly [situation: string, fault: Fault, code: ErrorCode, message: RegExp])[] = [
      [
        'a page of a gateway (502)',
        page(502, '502 Bad Gateway'),
        'UNAVAILABLE',
        /nifi-api: expected JSON of NiFi, found HTTP 502 Bad Gateway \(text\/html\) "502 Bad Gateway"$/
      ],
      [
        'a page of a gateway (503)',
        page(503, '503 Service Temporarily Unavailable'),
        'UNAVAILABLE',
        /found HTTP 503 Service Unavailable/
      ],
      ['a page of a login', page(200, 'Sign in'), 'UNAVAILABLE', /found HTTP 200 OK \(text\/html\) "Sign in"$/],
      [
        'text instead of JSON',
        answer(200, 'hello', plainText),
        'UNAVAILABLE',
        /found HTTP 200 OK \(text\/plain\) "hello"$/
      ],
      ['a page that knows no group (404)', page(404, '404 Not Found'), 'UNAVAILABLE', /found HTTP 404 Not Found/],
      ['a page of a firewall (403)', page(403, 'Request blocked'), 'NOT_PERMITTED', /"Request blocked"$/],
      [
        'a page that refuses credentials',
        page(401, '401 Authorization Required'),
        'AUTHENTICATION',
        /wants credentials, and none are set: 401 Authorization Required$/
      ],
      [
        'no credentials where some are wanted',
        answer(401, 'Unauthorized', plainText),
        'AUTHENTICATION',
        /wants credentials, and none are set: Unauthorized$/
      ],
      [
        'a redirection',
        answer(302, '', { location: 'https://login.example/start?state=canary#x' }),
        'UNAVAILABLE',
        /found HTTP 302 Found that leads to https:\/\/login\.example\/start$/
      ],
      [
        'an address of the canvas',
        answer(302, '', { location: '/nifi/' }),
        'UNAVAILABLE',
        /that leads to \/nifi\/; NIFI_URL is the address without the \/nifi of the canvas$/
      ],
      [
        'a redirection with JSON',
        json(307, { a: 1 }, { location: '/elsewhere' }),
        'UNAVAILABLE',
        /that leads to \/elsewhere$/
      ],
      ['JSON that ends too early', truncated(), 'UNAVAILABLE', /nifi-api: the answer is no JSON \(Unterminated string/],
      [
        'a body too large for a proxy',
        page(413, '413 Request Entity Too Large'),
        'REJECTED',
        /the request is larger than the server takes: HTTP 413/
      ],
      [
        'a NiFi that is starting',
        answer(409, 'The Flow Controller is initializing the Data Flow.', plainText),
        'UNAVAILABLE',
        /is still starting: The Flow Controller is initializing the Data Flow\.$/
      ],
      [
        'a name that is not in the certificate',
        answer(400, invalidSni, html),
        'CERTIFICATE',
        /NiFi does not go by the name 127\.0\.0\.1 \(Invalid SNI\); use a name of its certificate in NIFI_URL$/
      ],
      [
        'a name that NiFi 1.x does not know',
        answer(200, invalidHost, html),
        'UNREACHABLE',
        /does not go by the name 127\.0\.0\.1:\d+ \(invalid host header\); .* or add 127\.0\.0\.1:\d+ to nifi\.web\.proxy\.host$/
      ],
      [
        'a name or port that NiFi 2 does not know',
        answer(421, '<html><body><h2>HTTP ERROR 421</h2></body></html>', html),
        'UNREACHABLE',
        /\(Misdirected Request\); .* or add 127\.0\.0\.1:\d+ to nifi\.web\.proxy\.host$/
      ],
      [
        'a forwarded name that NiFi 2.10 does not know',
        answer(421, 'Misdirected', plainText),
        'UNREACHABLE',
        /nifi\.web\.proxy\.host$/
      ],
      ['a connection reset before the request was read', reset(), 'UNREACHABLE', /ECONNRESET|socket hang up/],
      [
        'a connection reset after the request was read',
        reset({ reached: true }),
        'UNREACHABLE',
        /ECONNRESET|socket hang up/
      ],
      [
        'nothing',
        hang(),
        'TIMEOUT',
        /^(GET|PUT) http:\/\/127\.0\.0\.1:\d+\/nifi-api\/.*: no answer before the deadline$/
      ],
      ['headers and nothing more', unfinished(), 'TIMEOUT', /no answer before the deadline$/],
      ['a body that trickles for ever', unfinished(20), 'TIMEOUT', /no answer before the deadline$/]
    ]
    for (const [situation, fault, code, message] of table) {
      for (const request of [reading, writing]) {
        it(`says so after ${situation}, asked to ${request.method}`, async () => {
          server.fail({}, fault)
          const error = await failure(ask(request))
          assert.equal(error.code, code)
          assert.match(error.message, message)
          assert.doesNotMatch(error.message, /canary/)
        })
      }
    }

    it('says so when nobody listens', async () => {
      const port = await freePort()
      const error = await failure(links.to(`http://127.0.0.1:${port}`).ask(reading, never))
      assert.equal(error.code, 'UNREACHABLE')
      assert.equal(error.message, `http://127.0.0.1:${port}/nifi-api: connect ECONNREFUSED 127.0.0.1:${port}`)
    })

    it('says so when there is no such host', async () => {
      const error = await failure(links.to('http://nowhere.invalid').ask(reading, never))
      assert.equal(error.code, 'UNREACHABLE')
      assert.match(error.message, /nowhere\.invalid/)
    })

    it('asks once more for a reading whose connection broke, and never for a write', async () => {
      server.fail({}, reset({ reached: true }), 1)
      assert.equal((await ask(reading)).status, 200)
      assert.equal(server.requests.length, 2)
      server.reset()
      server.fail({}, reset({ reached: true }), 1)
      assert.equal((await failure(ask(writing))).code, 'UNREACHABLE')
      assert.equal(server.requests.length, 1)
    })
  })

  describe('that is to end', () => {
    it('asks nothing for a signal that has aborted', async () => {
      const error = await failure(ask(reading, AbortSignal.abort()))
      assert.equal(error.code, 'TIMEOUT')
      assert.equal(server.requests.length, 0)
    })

    it('gives up with the signal, also what waits for its turn', async () => {
      server.fail({}, hang())
      const link = links.to(server.url, { REQUEST_TIMEOUT: '30s' })
      const controller = new AbortController()
      const asked = Promise.all(Array.from({ length: 10 }, () => failure(link.ask(reading, controller.signal))))
      await seen(8)
      const started = performance.now()
      controller.abort()
      for (const { code } of await asked) assert.equal(code, 'TIMEOUT')
      assert.ok(performance.now() - started < 10_000)
      assert.equal(server.requests.length, 8)
    })

    it('breaks what is in flight when it is closed, leaves no connection, and connects again', async () => {
      server.fail({}, hang(), 1)
      const link = links.to(server.url, { REQUEST_TIMEOUT: '30s' })
      const asked = failure(link.ask(reading, never))
      await seen()
      await link.close()
      assert.equal((await asked).code, 'TIMEOUT')
      const started = performance.now()
      while (server.connections > 0) {
        assert.ok(performance.now() - started < 15_000, 'a connection is left')
        await sleep(5)
      }
      assert.equal((await link.ask(reading, never)).status, 200)
    })
  })
})
