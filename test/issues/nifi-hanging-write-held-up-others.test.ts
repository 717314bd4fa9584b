/** Requests that NiFi did not answer took the places of all others, and one parameter context held up every other one. */
import assert from 'node:assert/strict'
import type { ItemResult } from '../../src/contract.ts'
import type { Json } from '../../src/records.ts'
import { testCall, testCycle } from '../../src/testing/cycle.ts'
import type { ClientLink } from '../../reconcilers/nifi/connection/client-link.ts'
import type { Link } from '../../reconcilers/nifi/connection/link.ts'
import { observeFlows } from '../../reconcilers/nifi/flow/observe.ts'
import { flowTools, type FlowTools } from '../../reconcilers/nifi/flow/tools.ts'
import { createFlows } from '../../reconcilers/nifi/flow/write/create.ts'
import { parameterContextResource } from '../../reconcilers/nifi/parameter-context/index.ts'
import { Readings } from '../../reconcilers/nifi/reading/readings.ts'
import { eventually } from '../live/eventually.ts'
import { Links, never } from '../reconcilers/nifi/connection/links.ts'
import { declare } from '../reconcilers/nifi/flow/flows.ts'
import { flow } from '../reconcilers/nifi/flow/write/world.ts'
import { NifiModel } from '../reconcilers/nifi/nifi-model.ts'
import { ContextServer } from '../reconcilers/nifi/parameter-context/context-server.ts'
import { declared } from '../reconcilers/nifi/parameter-context/scene.ts'
import { FaultServer, type SeenRequest } from '../servers/fault-server.ts'
import { hang } from '../servers/faults.ts'

const methods = { GET: 'GET', PUT: 'PUT', POST: 'POST', DELETE: 'DELETE' } as const

/** A NiFi in memory, over HTTP and with faults. */
function over(model: Link): Promise<FaultServer> {
  return FaultServer.start({}, async ({ method, path, query }: SeenRequest, body) => {
    const asked = {
      method: Object.values(methods).find((each) => each === method) ?? assert.fail(method),
      path: path.replace('/nifi-api', ''),
      query: Object.fromEntries(
        [...new URLSearchParams(query)].map(([name, value]) => [
          name,
          /^(?:true|false)$/.test(value) ? value === 'true' : value
        ])
      ),
      ...(body.length > 0 && { body: json(body) })
    }
    const answer = await model.ask(asked, never)
    const { status, body: said } = answer
    const [type, text] = typeof said === 'string' ? ['text/plain', said] : ['application/json', JSON.stringify(said)]
    return { status, headers: { 'content-type': type }, body: Buffer.from(text) }
  })
}

function json(body: Buffer): Json {
  const parsed: Json = JSON.parse(body.toString())
  return parsed
}

describe('a write that NiFi does not answer', function () {
  this.timeout(20_000)
  const links = new Links('60s')
  const controller = new AbortController()
  const servers: FaultServer[] = []

  afterEach(async () => {
    await links.close()
    await Promise.all(servers.splice(0).map((server) => server.stop()))
  })

  const serve = async (model: Link): Promise<readonly [FaultServer, ClientLink]> => {
    const server = await over(model)
    servers.push(server)
    return [server, links.to(server.url)]
  }
  const hasSeen = (server: FaultServer, method: string, count: number): Promise<void> =>
    eventually(() => {
      assert.equal(server.requests.filter((request) => request.method === method).length, count)
      return Promise.resolve()
    })

  it('delays no reading and no write of another flow, however many of them hang', async () => {
    const model = new NifiModel()
    const [server, link] = await serve(model)
    const given = { link, readings: new Readings(link, 'root'), owner: 'infometis', parentGroup: 'root' }
    const tools: FlowTools = flowTools(given, model.clock)
    const { facts } = await observeFlows(tools, [], testCycle())
    const create = (name: string): Promise<readonly ItemResult[]> =>
      createFlows(
        tools,
        [declare(name, flow().spec)],
        testCall({ facts, clock: model.clock, signal: controller.signal })
      )
    const count = 12
    server.fail({ method: 'POST', path: /import$/ }, hang(), count)
    const hanging = Array.from({ length: count }, (_, index) => create(`slow ${index}`))
    const ended = Promise.allSettled(hanging)
    await hasSeen(server, 'POST', count)

    assert.equal((await observeFlows(tools, [], testCycle())).items.size, 0)
    assert.deepEqual(
      (await create('other')).map(({ result }) => result),
      ['done']
    )
    assert.deepEqual([...(await observeFlows(tools, [], testCycle())).items.keys()], ['other'])
    controller.abort()
    assert.ok((await ended).every(({ status }) => status === 'rejected'))
  })

  it('delays no parameter context but its relatives', async () => {
    const model = new ContextServer()
    const [server, link] = await serve(model)
    const readings = new Readings(link, 'root')
    const resource = parameterContextResource({ link, readings, owner: 'us' }, undefined)
    const items = declared({ slow: {}, child: { inherits: ['slow'] }, free: {}, other: { inherits: ['free'] } })
    const { facts } = await resource.observe(items, testCycle())
    server.fail({ method: 'POST', path: /parameter-contexts$/ }, hang(), 1)
    const call = new AbortController()
    const ended = resource.create?.(items, testCall({ facts, signal: call.signal })) ?? assert.fail()
    await eventually(() => {
      assert.deepEqual(model.contexts.map(({ name }) => name).toSorted(), ['free', 'other'])
      return Promise.resolve()
    })
    assert.ok((await readings.contexts(testCycle())).length === 2)
    call.abort()
    assert.deepEqual(
      (await ended).map(({ name, result }) => `${name} ${result}`),
      ['slow failed', 'child failed', 'free done', 'other done']
    )
  })
})
