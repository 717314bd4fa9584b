/** What goes wrong on the way to a real NiFi, and in it. */
import assert from 'node:assert/strict'
import type { CycleReport, Json } from '../../../src/contract.ts'
import { ClientLink } from '../../../reconcilers/nifi/client-link.ts'
import { readConnectionSettings } from '../../../reconcilers/nifi/connection.ts'
import { compareFlow } from '../../../reconcilers/nifi/flow/compare.ts'
import { completeFlow } from '../../../reconcilers/nifi/flow/complete.ts'
import { observeFlows } from '../../../reconcilers/nifi/flow/observe.ts'
import { flowSchema } from '../../../reconcilers/nifi/flow/schema.ts'
import { defaultPatience } from '../../../reconcilers/nifi/flow/write/context.ts'
import { updateFlows } from '../../../reconcilers/nifi/flow/write/update.ts'
import { Readings } from '../../../reconcilers/nifi/readings.ts'
import { Environment } from '../../../src/run/environment.ts'
import { FaultProxy, type FaultServer } from '../../servers/fault-server.ts'
import { answer, json, page, reset, type Fault } from '../../servers/faults.ts'
import { ask } from '../../servers/http.ts'
import { declare as desiredFlow } from '../../reconcilers/nifi/flow/flows.ts'
import { nifiDocuments } from './documents.ts'
import { eventually, nodeOrSkip, openScene, Scene, sharedNodeOrSkip, temporaryDirectory, type NifiNode } from './harness.ts'
import { openLine, told, type Line } from './line.ts'

/** `gen` runs once at its start and then not before the test is over. */
function pair(size = '1KB', fields: { readonly [field: string]: Json } = {}): Json {
  const gen = { type: 'GenerateFlowFile', every: '1 day', properties: { 'File Size': size } }
  return { processors: { gen, log: { type: 'LogAttribute', terminate: ['success'] } }, connections: ['gen:success -> log'], ...fields }
}

const text = (status: number, words: string): Fault => answer(status, words, { 'content-type': 'text/plain' })

/** A scene in a group of another one, reached through a proxy. */
async function through(proxy: FaultServer, { parent }: Scene, access: { readonly username?: string; readonly password?: string } = {}): Promise<Scene> {
  return new Scene(await temporaryDirectory(), { ...access, url: proxy.url }, parent)
}

function writesOf({ requests }: FaultServer): readonly string[] {
  return requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`)
}

function assertBlind(report: CycleReport, code: string): void {
  assert.deepEqual([report.status, report.error?.code], ['blind', code], JSON.stringify(report))
  assert.doesNotMatch(report.error?.message ?? '', /<\w/)
}

describe('a NiFi whose answers go astray', function () {
  this.timeout(180_000)
  let node: NifiNode
  let outer: Scene
  let proxy: FaultServer
  let scene: Scene
  let line: Line

  before(async function () {
    node = await sharedNodeOrSkip(this)
    outer = await openScene(node)
    proxy = await FaultProxy.start(node.url)
  })

  beforeEach(async () => {
    proxy.reset()
    scene = await through(proxy, outer)
    line = openLine(scene)
  })

  afterEach(async () => {
    proxy.reset()
    await line.close()
    await outer.hand.clear(outer.parent)
  })

  after(() => proxy?.stop())

  const declare = (flow: Json): void => line.declare({ flows: { [scene.name('flow')]: flow } })

  const groups = async (): Promise<readonly string[]> => (await outer.hand.groups(outer.parent)).map(({ name }) => name)

  const assertRunning = async (): Promise<void> => {
    const [group, ...others] = await outer.hand.groups(outer.parent)
    assert.deepEqual(others, [])
    assert.deepEqual([group?.name, group?.running, group?.stopped, group?.invalid], [scene.name('flow'), 2, 0, 0])
  }

  it('makes no twin when the answer to an import is lost', async () => {
    declare(pair())
    proxy.fail({ method: 'POST', path: /\/import$/ }, reset({ reached: true }), 1)
    assert.match(told(await line.cycle(), scene.name('flow')).join(), /^create failed UNREACHABLE/)
    assert.equal((await line.apply()).status, 'in-sync')
    assert.equal(writesOf(proxy).filter((write) => write.endsWith('/import')).length, 1)
    await assertRunning()
  })

  for (const [write, lost] of Object.entries({
    'beginning a replacement': /\/replace-requests$/,
    'taking a replacement away': /\/replace-requests\//,
    'marking the group': /^\/nifi-api\/process-groups\/[\da-f-]+$/,
    'starting the group': /^\/nifi-api\/flow\/process-groups\/[\da-f-]+$/
  })) {
    it(`comes to the same when the answer to ${write} is lost`, async () => {
      declare(pair())
      assert.equal((await line.apply()).status, 'in-sync')
      for (const method of ['POST', 'PUT', 'DELETE']) proxy.fail({ method, path: lost }, reset({ reached: true }), 1)
      declare(pair('2KB', { processors: { gen: { type: 'GenerateFlowFile', every: '1 day' }, log: { type: 'LogAttribute' }, last: { type: 'LogMessage', terminate: ['success'] } }, connections: ['gen:success -> log', 'log:success -> last'] }))
      assert.equal((await line.apply()).status, 'in-sync')
      const [group] = await outer.hand.groups(outer.parent)
      assert.equal(group?.running, 3)
    })
  }

  it('plans again when somebody else writes between its look and its write', async () => {
    let isSooner = false
    const before = async ({ method, path }: { readonly method: string; readonly path: string }): Promise<void> => {
      const id = /^\/process-groups\/([\da-f-]+)\/replace-requests$/.exec(path)?.[1]
      if (method !== 'POST' || id === undefined || isSooner) return
      isSooner = true
      await outer.hand.changeGroup(id, { position: { x: 700, y: 700 } })
    }
    const watched = openLine(scene, { before })
    watched.declare({ flows: { [scene.name('flow')]: pair() } })
    assert.equal((await watched.apply()).status, 'in-sync')
    watched.declare({ flows: { [scene.name('flow')]: pair('2KB') } })
    watched.take()
    assert.deepEqual(await watched.applied(scene.name('flow')), ['update done'])
    assert.equal(isSooner, true)
    assert.equal(watched.takeWrites().filter((write) => write.startsWith('POST') && write.endsWith('/replace-requests')).length, 2)
    await assertRunning()
  })

  it('is blind, and writes nothing, while NiFi has not loaded its flow', async () => {
    declare(pair())
    proxy.fail({ path: /^\/nifi-api\// }, text(409, 'The Flow Controller is initializing the Data Flow.'))
    assertBlind(await line.cycle(), 'UNAVAILABLE')
    assert.deepEqual(writesOf(proxy), [])
    proxy.reset()
    assert.equal((await line.apply()).status, 'in-sync')
    await assertRunning()
  })

  it('never takes a parent that may not be read, or is not there, for an empty one', async () => {
    declare(pair())
    const paths = [`/flow/process-groups/${outer.parent}`, `/process-groups/${outer.parent}/download`, `/flow/process-groups/${outer.parent}/controller-services`]
    for (const path of paths.map((each) => `/nifi-api${each}`)) {
      proxy.fail({ path }, text(403, 'No applicable policies could be found. Contact the system administrator.'))
      assertBlind(await line.cycle(), 'NOT_PERMITTED')
      proxy.fail({ path }, text(404, `Unable to locate group with id '${outer.parent}'.`))
      assertBlind(await line.cycle(), 'VARIABLE_INVALID')
      assert.deepEqual(writesOf(proxy), [])
      proxy.reset()
    }
    assert.equal((await line.cycle()).status === 'blind', false)
  })

  it('tells pages and texts of whoever is in between from what NiFi says', async () => {
    declare(pair())
    for (const [fault, code] of [
      [page(502, 'Bad Gateway'), 'UNAVAILABLE'],
      [page(200, 'Please log in'), 'UNAVAILABLE'],
      [page(404, 'Not Found'), 'UNAVAILABLE'],
      [page(403, 'Forbidden'), 'NOT_PERMITTED'],
      [answer(503, 'no healthy upstream', { 'content-type': 'text/plain' }), 'UNAVAILABLE']
    ] as const) {
      proxy.fail({ path: /\/flow\/process-groups\// }, fault)
      assertBlind(await line.cycle(), code)
      assert.deepEqual(writesOf(proxy), [])
      proxy.reset()
    }
    proxy.fail({ method: 'POST', path: /\/import$/ }, page(502, 'Bad Gateway'), 1)
    assert.match(told(await line.cycle(), scene.name('flow')).join(), /^create failed UNAVAILABLE: [^<]*Bad Gateway/)
    assert.deepEqual(await groups(), [])
  })

  it('writes nothing while a node of the cluster is not connected', async () => {
    const declared = { 'parameter-contexts': { [scene.name('context')]: { parameters: { size: '1KB' } } }, flows: { [scene.name('flow')]: pair() } }
    line.declare(declared)
    proxy.fail({ path: '/nifi-api/flow/cluster/summary' }, json(200, { clusterSummary: { clustered: true, connectedToCluster: true, connectedNodeCount: 2, totalNodeCount: 3 } }))
    const report = await line.cycle()
    for (const short of ['context', 'flow']) assert.match(told(report, scene.name(short)).join(), /failed UNAVAILABLE: nothing is written while only 2 of 3 nodes/)
    assert.deepEqual(writesOf(proxy), [])
    assert.deepEqual(await groups(), [])
    proxy.reset()
    assert.equal((await line.apply()).status, 'in-sync')
    await outer.hand.clear(outer.parent)
    await outer.hand.clearContexts(scene.prefix)
  })

  it('is blind by its own deadline while NiFi is paused, and makes nothing', async () => {
    const paused = new Scene(await temporaryDirectory(), node, outer.parent)
    await paused.declare({ flows: { flow: pair() } })
    node.pause()
    try {
      const { code, stdout } = await paused.run('apply', ['--timeout', '3s'])
      assert.equal(code, 2, stdout)
      assert.equal(nifiDocuments.readFailure(stdout).error.code, 'TIMEOUT')
    } finally {
      node.resume()
    }
    assert.deepEqual(await eventually(groups), [])
  })

  for (const state of ['RUNNING', 'IGNORE']) {
    it(`cancels a replacement that does not end, and leaves nothing stopped (${state})`, async () => {
      // Whoever stops it waits for its last thread.
      const slow = (wait: string): Json => ({
        state,
        processors: {
          gen: { type: 'GenerateFlowFile', every: '1 sec', penalty: wait },
          sleep: { type: 'ExecuteStreamCommand', penalty: wait, terminate: ['original', 'output stream', 'nonzero status'], properties: { 'Command Path': 'sleep', 'Command Arguments': '6', 'Ignore STDIN': 'true' } }
        },
        connections: ['gen:success -> sleep']
      })
      declare(slow('10 sec'))
      assert.equal((await line.apply()).status, 'in-sync')
      const [{ id } = assert.fail('no group')] = await outer.hand.groups(outer.parent)
      await outer.hand.setState(id, 'RUNNING')
      await eventually(async () => assert.ok((await outer.hand.processor(id, 'sleep')).threads > 0))
      proxy.reset()
      const [result] = await impatient(scene, slow('20 sec'))
      assert.ok(result?.result === 'failed')
      assert.equal(result.error.code, 'UNAVAILABLE')
      assert.match(result.error.message, /not replaced the definition within 1 s.*cancelled/)
      assert.equal(writesOf(proxy).filter((write) => /^DELETE .*\/replace-requests\//.test(write)).length, 1)
      await eventually(async () => assert.equal((await outer.hand.processor(id, 'gen')).state, 'RUNNING'))
      declare(slow('20 sec'))
      const last = await line.apply()
      assert.equal(last.status, 'in-sync', told(last, scene.name('flow')).join())
      const [group] = await outer.hand.groups(outer.parent)
      assert.equal(group?.running, 2)
      assert.doesNotMatch(group.comments, /stopped=/)
    })
  }
})

/** One cycle of one flow that waits a second for a replacement. */
async function impatient(scene: Scene, declared: Json): ReturnType<typeof updateFlows> {
  const link = new ClientLink(readConnectionSettings(new Environment(scene.env)))
  try {
    const signal = AbortSignal.timeout(60_000)
    const tools = { link, readings: new Readings(link, scene.parent), owner: 'infometis', parentGroup: scene.parent }
    const spec = completeFlow(flowSchema.parse(declared), new Map())
    const desired = desiredFlow(scene.name('flow'), spec)
    const seen = (await observeFlows(tools, [desired], { full: true, everything: false, signal })).items.get(desired.name)
    assert.ok(seen !== undefined && 'state' in seen)
    const update = { desired, state: seen.state, fields: compareFlow(spec, seen.state) }
    return await updateFlows(tools, [update], signal, { patience: { ...defaultPatience, replace: 1_000, call: 3_000 } })
  } finally {
    await link.close()
  }
}

describe('a NiFi that forgets a login', function () {
  this.timeout(300_000)
  let node: NifiNode
  let proxy: FaultServer

  before(async function () {
    node = await nodeOrSkip(this, { security: 'login' })
    proxy = await FaultProxy.start(node.url, node.caFile === undefined ? {} : { caFile: node.caFile })
  })

  after(async () => {
    await proxy?.stop()
    await node?.stop()
  })

  it('is logged in to once more, in the middle of everything', async () => {
    const { username = '', password = '' } = node
    const scene = await through(proxy, await openScene(node), { username, password })
    let isRevoked = false
    const revoke = async (): Promise<void> => {
      const token = proxy.requests.findLast(({ headers }) => headers.authorization !== undefined)?.headers.authorization?.replace('Bearer ', '')
      assert.ok(token !== undefined)
      const { status } = await ask({ url: node.url, token, ...(node.caFile !== undefined && { caFile: node.caFile }) }, { method: 'DELETE', path: '/nifi-api/access/logout' })
      assert.equal(status, 200)
      isRevoked = true
    }
    const line = openLine(scene, { before: async ({ path }) => (path.endsWith('/import') && !isRevoked ? revoke() : undefined) })
    line.declare({ flows: { [scene.name('flow')]: pair() } })
    assert.equal((await line.apply()).status, 'in-sync')
    assert.equal(isRevoked, true)
    const writes = writesOf(proxy)
    assert.equal(writes.filter((write) => write.endsWith('/access/token')).length, 2)
    assert.equal(writes.filter((write) => write.endsWith('/import')).length, 2, 'the first was refused')
    assert.equal((await scene.hand.groups(scene.parent)).length, 1)
    await line.close()
  })
})
