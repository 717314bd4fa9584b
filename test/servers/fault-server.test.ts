import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FaultProxy, FaultServer } from './fault-server.ts'
import { answer, hang, hold, json, page, reset, truncated, unfinished, type Fault } from './faults.ts'
import { ask } from './http.ts'
import { selfSigned } from './tls.ts'

describe('a server that misbehaves as ordered', () => {
  let server: FaultServer

  before(async () => {
    server = await FaultServer.start()
  })

  beforeEach(() => server.reset())

  after(() => server.stop())

  it('answers with an empty object when nothing is ordered, and remembers what it was asked', async () => {
    assert.deepEqual(await ask(server, { method: 'PUT', path: '/a%2Cb?x=1&y', body: { z: 1 } }), {
      status: 200,
      body: {}
    })
    const [seen] = server.requests
    assert.ok(seen)
    assert.deepEqual([seen.method, seen.path, seen.query, seen.body], ['PUT', '/a%2Cb', 'x=1&y', '{"z":1}'])
    assert.equal(seen.headers['content-type'], 'application/json')
  })

  it('counts by method and path', async () => {
    await ask(server, { path: '/a?x=1' })
    await ask(server, { path: '/a?x=2' })
    await ask(server, { method: 'PUT', path: '/a' })
    assert.deepEqual(server.counts(), { 'GET /a': 2, 'PUT /a': 1 })
  })

  it('disturbs only what matches, and only so often', async () => {
    server.fail({ method: 'PUT', path: /^\/index/ }, json(503, {}), 1, 1)
    const statuses = []
    for (const [method, path] of [
      ['PUT', '/index-1'],
      ['GET', '/index-1'],
      ['PUT', '/other'],
      ['PUT', '/index-2'],
      ['PUT', '/index-3']
    ] as const) {
      statuses.push((await ask(server, { method, path })).status)
    }
    assert.deepEqual(statuses, [200, 200, 200, 503, 200])
  })

  it('follows the latest order first', async () => {
    server.fail({}, json(500, {}))
    server.fail({ path: '/' }, json(503, {}), 1)
    const statuses = [await ask(server, { path: '/' }), await ask(server, { path: '/' })].map(({ status }) => status)
    assert.deepEqual(statuses, [503, 500])
  })

  it('gives a page, an empty body and a body cut in the middle of a text as they are', async () => {
    for (const [fault, status, body] of [
      [page(502, '502 Bad Gateway'), 502, /<title>502 Bad Gateway<\/title>/],
      [answer(413), 413, /^$/],
      [answer(200, 'text', { 'content-type': 'text/plain' }), 200, /^text$/]
    ] as const) {
      server.fail({}, fault, 1)
      const answered = await ask(server, { path: '/' })
      assert.equal(answered.status, status)
      assert.match(String(answered.body), body)
    }
    server.fail({}, truncated(), 1)
    await assert.rejects(ask(server, { path: '/' }), SyntaxError)
  })

  for (const [name, fault] of [
    ['a hang', hang()],
    ['a body without an end', unfinished()],
    ['a body that trickles', unfinished(10)]
  ] as const) {
    it(`leaves its client without an answer by ${name}`, async () => {
      server.fail({}, fault)
      await assert.rejects(ask(server, { path: '/', timeoutMs: 100 }), /aborted/)
    })
  }

  it('resets the connection', async () => {
    server.fail({}, reset())
    await assert.rejects(ask(server, { path: '/' }), { code: 'ECONNRESET' })
  })

  it('says how many it served at the same time', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    server.fail({}, hold(promise), 3)
    const asked = [1, 2, 3].map(() => ask(server, { path: '/' }))
    while (server.requests.length < 3) await sleep(5)
    resolve()
    await Promise.all(asked)
    await ask(server, { path: '/' })
    assert.equal(server.mostInFlight, 3)
  })

  it('speaks TLS when it is told to', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'infometis-faults-'))
    const tls = await selfSigned(dir, 'server', 'localhost')
    const secure = await FaultServer.start({ tls })
    try {
      assert.deepEqual(await ask({ url: secure.url, caFile: tls.certFile }, { path: '/' }), { status: 200, body: {} })
    } finally {
      await secure.stop()
      await rm(dir, { recursive: true })
    }
  })
})

describe('a proxy that disturbs as ordered', () => {
  let target: FaultServer
  let proxy: FaultServer

  beforeEach(async () => {
    target = await FaultServer.start()
    proxy = await FaultProxy.start(`${target.url}/prefix/`)
  })

  afterEach(async () => {
    await proxy.stop()
    await target.stop()
  })

  it('passes everything on and back as it is', async () => {
    target.fail({}, json(404, { error: 'a' }, { 'retry-after': '5' }))
    assert.deepEqual(
      await ask({ url: proxy.url, username: 'a', password: 'b' }, { method: 'POST', path: '/x?y=1', body: { z: 1 } }),
      { status: 404, body: { error: 'a' } }
    )
    const [seen] = target.requests
    assert.ok(seen)
    assert.deepEqual(
      [seen.method, seen.path, seen.query, seen.body, seen.headers.authorization],
      ['POST', '/prefix/x', 'y=1', '{"z":1}', 'Basic YTpi']
    )
  })

  for (const [name, fault, reached] of [
    ['a reset', reset(), 0],
    ['a reset after the target was reached', reset({ reached: true }), 1],
    ['a hang', hang(), 0],
    ['a hang after the target was reached', hang({ reached: true }), 1],
    ['an answer of its own', json(503, {}), 0],
    ['an answer of its own after the target was reached', { ...json(503, {}), reached: true }, 1]
  ] satisfies readonly (readonly [string, Fault, number])[]) {
    it(`lets ${reached} requests through with ${name}, and the next one too`, async () => {
      proxy.fail({ method: 'PUT' }, fault, 1)
      await ask(proxy, { method: 'PUT', path: '/x', timeoutMs: 200 }).catch(() => undefined)
      assert.equal(target.requests.length, reached)
      assert.equal((await ask(proxy, { method: 'PUT', path: '/x' })).status, 200)
      assert.equal(proxy.counts()['PUT /x'], 2)
    })
  }

  it('breaks the connection while the target is away', async () => {
    await target.stop()
    await assert.rejects(ask(proxy, { path: '/' }), { code: 'ECONNRESET' })
  })
})
