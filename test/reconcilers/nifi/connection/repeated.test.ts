import assert from 'node:assert/strict'
import type { Answer, Request } from '../../../../reconcilers/nifi/connection/link.ts'
import { testCycle } from '../../../../src/testing/cycle.ts'
import { Downloads } from '../../../../reconcilers/nifi/flow/reading/downloads.ts'
import { rememberedDigest } from '../../../../reconcilers/nifi/flow/identity/remembered-digest.ts'
import { FaultServer } from '../../../servers/fault-server.ts'
import { answer, json, reset } from '../../../servers/faults.ts'
import { Links, never } from './links.ts'

const repeated: Request = { method: 'GET', path: '/process-groups/root/download', isRepeated: true }
const inJson = { 'content-type': 'application/json' }

describe('a request to NiFi that is asked again and again', function () {
  this.timeout(10_000)
  const links = new Links('2s')
  let server: FaultServer
  let ask: (request?: Request) => Promise<Answer>

  before(async () => {
    server = await FaultServer.start()
  })

  beforeEach(() => {
    server.reset()
    const link = links.to(server.url)
    ask = (request = repeated) => link.ask(request, never)
  })

  afterEach(() => links.close())

  after(() => server.stop())

  const says = (value: unknown): void => server.fail({}, json(200, value))

  it('gives the very same body while the answer stays the same byte by byte', async () => {
    says({ a: [1] })
    const first = await ask()
    const second = await ask()
    assert.deepEqual(first, { status: 200, body: { a: [1] } })
    assert.equal(second.body, first.body)
    assert.equal(server.requests.length, 2)
  })

  it('gives what has changed at once, and what has changed back too', async () => {
    for (const value of ['1KB', '2KB', '1KB', null, '3KB']) {
      says({ 'File Size': value })
      assert.deepEqual((await ask()).body, { 'File Size': value })
    }
  })

  it('sees a change between requests that are in flight together', async () => {
    says({ a: 1 })
    await ask()
    server.fail({}, json(200, { a: 2 }), 1)
    const bodies = (await Promise.all([ask(), ask()])).map(({ body }) => JSON.stringify(body))
    assert.deepEqual(bodies.toSorted(), ['{"a":1}', '{"a":2}'])
    assert.deepEqual((await ask()).body, { a: 1 })
  })

  it('takes an answer to something else, or of another kind, for no answer to this', async () => {
    says({ a: 1 })
    const { body } = await ask()
    for (const other of [{ path: '/process-groups/x/download' }, { query: { a: 1 } }]) {
      const found = await ask({ ...repeated, ...other })
      assert.deepEqual(found.body, body)
      assert.notEqual(found.body, body)
    }
    server.fail({}, answer(404, '{"a":1}', { 'content-type': 'text/plain' }), 1)
    assert.deepEqual(await ask(), { status: 404, body: '{"a":1}' })
    assert.deepEqual((await ask()).body, { a: 1 })
  })

  it('keeps nothing of an answer that cannot be read', async () => {
    const broken = answer(200, '{"a":', inJson)
    server.fail({}, broken, 2)
    await assert.rejects(ask(), { code: 'UNAVAILABLE' })
    await assert.rejects(ask(), { code: 'UNAVAILABLE' })
    says({ a: 1 })
    const { body } = await ask()
    server.fail({}, broken, 1)
    await assert.rejects(ask(), { code: 'UNAVAILABLE' })
    assert.deepEqual((await ask()).body, body)
  })

  it('gives the very same body after a connection that broke', async () => {
    says({ a: 1 })
    const { body } = await ask()
    server.fail({}, reset(), 1)
    assert.equal((await ask()).body, body)
  })

  it('is the only one whose answer is kept', async () => {
    says({ a: 1 })
    const plain: Request = { method: 'GET', path: repeated.path }
    const [first, second] = [await ask(plain), await ask(plain)]
    assert.deepEqual(first, second)
    assert.notEqual(first.body, second.body)
  })
})

describe('definitions of a NiFi that answers the same', function () {
  this.timeout(10_000)
  const links = new Links('2s')
  let server: FaultServer
  let downloads: Downloads

  before(async () => {
    server = await FaultServer.start()
  })

  beforeEach(() => {
    server.reset()
    downloads = new Downloads(links.to(server.url), 'root')
  })

  afterEach(() => links.close())

  after(() => server.stop())

  const group = (id: string, size: string) => ({
    identifier: `${id}-file`,
    instanceIdentifier: id,
    processors: [{ identifier: 'gen', type: 'org.x.Generate', properties: { 'File Size': size } }]
  })
  const read = async (...groups: readonly unknown[]) => {
    server.fail({}, json(200, { flowContents: { processGroups: groups } }))
    return (await downloads.all(testCycle(), () => Promise.resolve([]))).definitions
  }

  it('are asked for in every cycle and are the same objects', async () => {
    const first = await read(group('a', '1KB'), group('b', '1KB'))
    assert.equal(await read(group('a', '1KB'), group('b', '1KB')), first)
    assert.equal(server.requests.length, 2)
  })

  it('show the one that has changed in the same cycle, with a digest of its own, and the others as the same objects', async () => {
    const first = await read(group('a', '1KB'), group('b', '1KB'))
    const [a, b] = [first.get('a') ?? assert.fail(), first.get('b') ?? assert.fail()]
    const before = rememberedDigest(b)
    const second = await read(group('a', '1KB'), group('b', '2KB'))
    const changed = second.get('b') ?? assert.fail()
    assert.equal(second.get('a'), a)
    assert.deepEqual(changed, group('b', '2KB'))
    assert.notEqual(rememberedDigest(changed), before)
    assert.equal(rememberedDigest((await read(group('a', '1KB'), group('b', '1KB'))).get('b') ?? assert.fail()), before)
  })

  it('show what has come and what has gone', async () => {
    await read(group('a', '1KB'))
    assert.deepEqual([...(await read(group('a', '1KB'), group('b', '1KB'))).keys()], ['a', 'b'])
    assert.deepEqual([...(await read(group('b', '1KB'))).keys()], ['b'])
    assert.deepEqual([...(await read())], [])
  })
})
