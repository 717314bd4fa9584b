/** Controller services of flows, and those of the groups above that flows use, on a real server of the one version that has some. */
import assert from 'node:assert/strict'
import type { CycleReport } from '../../../src/line.ts'
import type { Json } from '../../../src/records.ts'
import { readComments } from '../../../reconcilers/nifi/flow/identity/marker.ts'
import { detect, host, mapCacheClient } from './caches.ts'
import { groundOn } from './ground.ts'
import { connectionOf, definitionOf, processorOf } from './harness.ts'
import { gullible } from './line.ts'

/** `detect` uses what `cache` names; `log` needs nothing. */
function flow(cache: Json, services: Readonly<Record<string, Json>> = {}): Json {
  return {
    services,
    processors: {
      gen: { type: 'GenerateFlowFile', every: '1 day' },
      detect: detect(cache),
      log: { type: 'LogAttribute', terminate: ['success'] }
    },
    connections: ['gen:success -> log', { from: 'gen', relationships: ['success'], to: 'detect' }]
  }
}

/** Refers to the service "shared" outside of it by an identifier of another server. */
function referring(size: string): Json {
  const properties = { 'Distributed Cache Service': 'of-another-server' }
  const descriptor = {
    name: 'Distributed Cache Service',
    displayName: 'Distributed Cache Service',
    identifiesControllerService: true,
    sensitive: false
  }
  const processors = [
    processorOf('gen', 'GenerateFlowFile', { schedulingPeriod: '1 day', properties: { 'File Size': size } }),
    processorOf('detect', 'DetectDuplicate', {
      properties,
      propertyDescriptors: { [descriptor.name]: descriptor },
      autoTerminatedRelationships: ['duplicate', 'non-duplicate', 'failure']
    })
  ]
  const externalControllerServices = { 'of-another-server': { identifier: 'of-another-server', name: 'shared' } }
  return {
    ...Object(definitionOf('a', processors, [connectionOf('gen', 'success', 'detect')])),
    externalControllerServices
  }
}

describe('services on NiFi 2.3.0', function () {
  this.timeout(180_000)
  const ground = groundOn('2.3.0', { makesContexts: true })
  const { name, declare, apply, paths, assertAtRest } = ground
  const services = async (group: string): Promise<readonly string[]> =>
    (await ground.hand.services(group)).map((service) => `${service.name} ${service.state}`).toSorted()

  it('are enabled before what uses them runs, again after somebody disabled them, and stay on when something else changes', async () => {
    const { scene, hand } = ground
    const own = { cache: { type: 'MapCacheClientService', properties: host } }
    declare({ a: flow('cache', own) })
    assert.deepEqual(await apply('a'), ['create done'])
    const group = await scene.groupOf('a')
    assert.deepEqual(await services(group), ['cache ENABLED'])
    assert.equal((await hand.group(group))?.running, 3)
    await assertAtRest()
    const [service] = await hand.services(group)
    await hand.setService(service?.id ?? '', 'DISABLED')
    assert.deepEqual(await paths('a'), ['state'])
    assert.deepEqual(await apply('a'), ['update done'])
    assert.deepEqual(await services(group), ['cache ENABLED'])
    assert.equal((await hand.group(group))?.running, 3)

    const before = await hand.revisions(group)
    const changed = {
      cache: { type: 'MapCacheClientService', properties: { ...host, 'Communications Timeout': '7 secs' } }
    }
    declare({ a: flow('cache', changed) })
    assert.deepEqual(await paths('a'), ['services.cache.properties.Communications Timeout'])
    assert.deepEqual(await apply('a'), ['update done'])
    assert.deepEqual(await services(group), ['cache ENABLED'])
    assert.equal((await hand.group(group))?.running, 3)
    assert.equal(
      ((await hand.revisions(group))['log'] ?? 0) - (before['log'] ?? 0),
      1,
      'what does not use it was stopped'
    )
    await assertAtRest()
  })

  it('that are invalid are never left ENABLING; they and what needs them are named, and the rest runs', async () => {
    const { scene, hand } = ground
    await ground.reopen({ timeouts: gullible })
    declare({ a: flow('cache', { cache: { type: 'MapCacheClientService', properties: { 'Server Hostname': null } } }) })
    assert.match(
      (await apply('a')).join(),
      /failed REJECTED: .*services\.cache.*is invalid: 'Server Hostname'.*is required/
    )
    const group = await scene.groupOf('a')
    assert.deepEqual(await services(group), ['cache DISABLED'])
    assert.equal((await hand.processor(group, 'log')).state, 'RUNNING')
    const [service] = await hand.services(group)
    const { id = '', version = 0 } = service ?? {}
    // As the button on the canvas does.
    await hand.must('PUT', `/controller-services/${id}/run-status`, { revision: { version }, state: 'ENABLED' })
    await ground.reopen({ timeouts: gullible })
    declare({ a: flow('cache', { cache: { type: 'MapCacheClientService', properties: { 'Server Hostname': null } } }) })
    assert.match((await apply('a')).join(), /failed REJECTED: .*services\.cache/)
    assert.deepEqual(await services(group), ['cache DISABLED'])
    await ground.reopen()
    declare({ a: flow('cache', { cache: { type: 'MapCacheClientService', properties: host } }) })
    assert.deepEqual(await apply('a'), ['update done'])
    assert.deepEqual(await services(group), ['cache ENABLED'])
    assert.equal((await hand.group(group))?.running, 3)
  })

  it('of the parent are found by their names, and a flow that names none or two of them is refused before anything is made', async () => {
    const { scene, hand } = ground
    declare({ a: { definition: referring('1KB') } })
    assert.match(
      (await apply('a')).join(),
      /expected exactly one service "shared" in the parent group or above it, found none/
    )
    assert.deepEqual(await hand.groups(scene.parent), [])
    const first = await hand.createService(scene.parent, 'shared', mapCacheClient, host)
    await hand.setService(first, 'ENABLED')
    assert.deepEqual(await apply('a'), ['create done'])
    const group = await scene.groupOf('a')
    assert.equal((await hand.processor(group, 'detect')).properties['Distributed Cache Service'], first)
    assert.equal((await hand.group(group))?.running, 2)
    await assertAtRest()
    const before = await hand.revisions(group)
    declare({ a: { definition: referring('2KB') } })
    assert.deepEqual(await paths('a'), ['processors.gen.properties.File Size'])
    assert.deepEqual(await apply('a'), ['update done'])
    assert.equal((await hand.processor(group, 'detect')).properties['Distributed Cache Service'], first)
    assert.equal(
      ((await hand.revisions(group))['detect'] ?? 0) - (before['detect'] ?? 0),
      1,
      'what did not change was stopped'
    )
    await assertAtRest()
    await hand.createService(scene.parent, 'shared', mapCacheClient, host)
    assert.match(
      (await apply('a')).join(),
      /expected exactly one service "shared" in the parent group or above it, found 2/
    )
  })

  it('of the parent can be named by their ids in a flow written by hand', async () => {
    const { scene, hand } = ground
    const id = await hand.createService(scene.parent, 'shared', mapCacheClient, host)
    await hand.setService(id, 'ENABLED')
    declare({ a: flow(id) })
    assert.deepEqual(await apply('a'), ['create done'])
    const group = await scene.groupOf('a')
    assert.equal((await hand.processor(group, 'detect')).properties['Distributed Cache Service'], id)
    assert.equal((await hand.group(group))?.running, 3)
    await assertAtRest()
    const before = readComments(await hand.comments(group)).marker
    const { processors, ...rest } = Object(flow(id))
    declare({
      a: {
        ...rest,
        processors: {
          ...processors,
          log: { type: 'LogAttribute', terminate: ['success'], properties: { 'Log Level': 'debug' } }
        }
      }
    })
    assert.deepEqual(await paths('a'), ['processors.log.properties.Log Level'])
    assert.deepEqual(await apply('a'), ['update done'])
    await assertAtRest()
    const after = readComments(await hand.comments(group)).marker
    assert.notEqual(after?.desired, before?.desired, 'taken as a whole')
    assert.notEqual(after?.live, before?.live)
  })

  describe('with a secret', () => {
    const proxy = (password: string, server: string): Json => ({
      parameterContext: name('context'),
      services: {
        proxy: {
          type: 'StandardProxyConfigurationService',
          properties: {
            'Proxy Type': 'HTTP',
            'Proxy Server Host': server,
            'Proxy Server Port': '8080',
            'Proxy User Name': 'me',
            'Proxy User Password': password
          }
        }
      }
    })
    const declareProxy = (password: string, server: string): void =>
      ground.line.declare({
        'parameter-contexts': {
          [name('context')]: { parameters: { 'proxy-secret': { valueFrom: { file: 'proxy.parameter' } } } }
        },
        flows: { [name('a')]: proxy(password, server) },
        'proxy.parameter': Buffer.from('canary-1f')
      })
    const said: unknown[] = []
    const look = async (): Promise<CycleReport> => {
      const { line } = ground
      const { changes, undeclared, warnings } = await line.plan()
      said.push(
        changes.map((change) => ('fields' in change ? change.fields : change.verb)),
        undeclared,
        warnings
      )
      const reports = [await line.cycle(), await line.apply()] as const
      said.push(reports)
      return reports[1]
    }
    const assertUntold = async (): Promise<void> => {
      const { hand, scene } = ground
      for (const text of [said, await hand.download(scene.parent), await hand.groups(scene.parent)])
        assert.doesNotMatch(JSON.stringify(text), /canary-/)
    }

    it('from a parameter are made, changed and told about without it', async () => {
      const { scene, hand } = ground
      declareProxy('#{proxy-secret}', 'one')
      assert.equal((await look()).status, 'in-sync')
      await assertAtRest()
      const group = await scene.groupOf('a')
      assert.deepEqual(await services(group), ['proxy ENABLED'])
      declareProxy('#{proxy-secret}', 'two')
      assert.equal((await look()).status, 'in-sync')
      await assertAtRest()
      const [service] = await hand.services(group)
      assert.equal(service?.state, 'ENABLED')
      assert.ok(Object.values(service.properties).includes('two'))
      await assertUntold()
    })

    it('that stands in the file are refused before anything is sent, and told about without it', async () => {
      declareProxy('canary-2e', 'one')
      const { status, outcomes } = await look()
      assert.equal(status, 'degraded')
      assert.match(JSON.stringify(outcomes), /"invalid".*services.proxy.properties.*a property this NiFi keeps secret/)
      assert.deepEqual(await ground.hand.groups(ground.scene.parent), [])
      await assertUntold()
    })
  })
})
