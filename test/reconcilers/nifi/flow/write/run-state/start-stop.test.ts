import assert from 'node:assert/strict'
import type { Component } from '../../../../../../reconcilers/nifi/flow/definition/model.ts'
import { NifiModel } from '../../../nifi-model.ts'
import { errorOf, flow, heartbeat, of, processor, withProcessors, World } from '../world.ts'

function service(
  identifier: string,
  properties: Component['properties'] = { 'Server Hostname': 'localhost' }
): Component {
  const type = 'org.apache.nifi.distributed.cache.client.MapCacheClientService'
  return {
    identifier,
    name: identifier,
    type,
    bundle: { group: 'org.apache.nifi', artifact: 'nifi-standard-nar' },
    properties,
    propertyDescriptors: {}
  }
}

const cached = {
  ...withProcessors(of('DetectDuplicate', 'gen', { 'Distributed Cache Service': 'cache' }), processor('log')),
  controllerServices: [service('cache')]
}

for (const version of ['2.3.0', '1.18.0'] as const) {
  describe(`the run state of a flow on ${version}`, () => {
    it('enables services before what uses them starts', async () => {
      const world = new World(new NifiModel(version))
      assert.deepEqual(await world.create(flow(cached)), [{ name: 'heartbeat', result: 'done' }])
      assert.equal(world.nifi.component('cache').state, 'ENABLED')
      assert.equal(world.nifi.component('gen').state, 'RUNNING')
    })

    it('names what stays invalid with the reasons of NiFi, and runs the rest', async () => {
      const world = new World(new NifiModel(version))
      const group = withProcessors(processor('gen'), of('PutFile', 'put'))
      const error = errorOf((await world.create(flow(group)))[0])
      assert.equal(error.code, 'REJECTED')
      assert.equal(error.message, "processors.put is invalid: 'Directory' is invalid because Directory is required")
      assert.equal(world.nifi.component('gen').state, 'RUNNING')
      world.nifi.component('gen').state = 'STOPPED'
      assert.equal(errorOf(await world.cycle(flow(group))).code, 'REJECTED')
      assert.equal(
        world.nifi.component('gen').state,
        'RUNNING',
        'also where NiFi refuses the group while one waits to become valid'
      )
    })

    it('does not wait for what is disabled, which NiFi never validates', async () => {
      const world = new World(new NifiModel(version))
      const group = withProcessors(processor('gen'), processor('off', {}, { scheduledState: 'DISABLED' }))
      assert.deepEqual(await world.create(flow(group)), [{ name: 'heartbeat', result: 'done' }])
      assert.equal(world.nifi.component('gen').state, 'RUNNING')
      assert.equal(world.nifi.component('off').state, 'DISABLED')
    })

    it('leaves an invalid service DISABLED, never ENABLING, and runs the rest', async () => {
      const world = new World(new NifiModel(version))
      const group = { ...cached, controllerServices: [service('cache', { 'Server Hostname': null })] }
      const error = errorOf((await world.create(flow(group)))[0])
      assert.equal(error.code, 'REJECTED')
      assert.match(
        error.message,
        /controllerServices\.cache is invalid: 'Server Hostname' .*processors\.gen is invalid: .*is disabled/
      )
      assert.equal(world.nifi.component('cache').state, 'DISABLED')
      assert.equal(world.nifi.component('log').state, 'RUNNING')
    })

    it('disables a service again that somebody left ENABLING for ever', async () => {
      const world = new World(new NifiModel(version))
      const group = { ...cached, controllerServices: [service('cache', { 'Server Hostname': null })] }
      await world.create(flow(group))
      world.nifi.component('cache').state = 'ENABLING'
      await world.cycle(flow(group))
      assert.equal(world.nifi.component('cache').state, 'DISABLED')
    })

    it('gives a service up that does not come up in time, and runs the rest', async () => {
      const world = new World(new NifiModel(version))
      world.nifi.faults.unreachableServices = true
      const error = errorOf((await world.create(flow(cached)))[0])
      assert.equal(error.code, 'UNAVAILABLE', 'to be tried again, also for what uses it')
      assert.match(error.message, /controllerServices\.cache still ENABLING after 30 s, disabled again/)
      assert.equal(world.nifi.component('cache').state, 'DISABLED')
      assert.equal(world.nifi.component('log').state, 'RUNNING')
      world.nifi.faults.unreachableServices = false
      await world.converge(flow(cached))
      assert.equal(world.nifi.component('gen').state, 'RUNNING')
    })

    it('is tried again soon where all it lacks is a service of others that is disabled', async () => {
      const world = new World(new NifiModel(version))
      const shared = world.nifi.addRootService('shared')
      shared.state = 'DISABLED'
      const group = withProcessors(
        of('DetectDuplicate', 'gen', { 'Distributed Cache Service': shared.id }),
        processor('log')
      )
      const error = errorOf((await world.create(flow(group)))[0])
      assert.equal(error.code, 'UNAVAILABLE')
      assert.match(error.message, /^processors\.gen is invalid: .*is disabled$/)
      assert.equal(world.nifi.component('log').state, 'RUNNING')
      shared.state = 'ENABLED'
      await world.converge(flow(group))
      assert.equal(world.nifi.component('gen').state, 'RUNNING')
      assert.equal(shared.state, 'ENABLED')
    })

    it('is not tried again soon where anything else is wrong beside that', async () => {
      const world = new World(new NifiModel(version))
      const shared = world.nifi.addRootService('shared')
      shared.state = 'DISABLED'
      const group = withProcessors(
        of('DetectDuplicate', 'gen', { 'Distributed Cache Service': shared.id }),
        of('PutFile', 'put')
      )
      assert.equal(errorOf((await world.create(flow(group)))[0]).code, 'REJECTED')
    })

    it('stops everything and leaves services as they are', async () => {
      const world = new World(new NifiModel(version))
      await world.create(flow(cached))
      assert.equal((await world.cycle(flow(cached, { state: 'STOPPED' })))?.result, 'done')
      assert.equal(world.nifi.component('gen').state, 'STOPPED')
      assert.equal(world.nifi.component('cache').state, 'ENABLED')
      assert.equal(world.nifi.of('POST', /replace/).length, 0)
      assert.equal(await world.cycle(flow(cached, { state: 'STOPPED' })), undefined)
    })

    it('starts what somebody stopped, without replacing anything', async () => {
      const world = new World(new NifiModel(version))
      await world.create(flow())
      world.nifi.component('log').state = 'STOPPED'
      assert.equal((await world.cycle(flow()))?.result, 'done')
      assert.equal(world.nifi.component('log').state, 'RUNNING')
      assert.equal(world.nifi.of('POST', /replace/).length, 0)
    })

    it('does not start what is disabled', async () => {
      const world = new World(new NifiModel(version))
      const group = withProcessors(processor('gen'), processor('off', {}, { scheduledState: 'DISABLED' }))
      await world.converge(flow(group))
      assert.equal(world.nifi.component('off').state, 'DISABLED')
    })

    it('starts ports, also of groups inside it', async () => {
      const world = new World(new NifiModel(version))
      const port = {
        identifier: 'in',
        name: 'in',
        type: 'INPUT_PORT',
        position: { x: 0, y: 0 },
        concurrentlySchedulableTaskCount: 1
      }
      const group = {
        ...heartbeat,
        processGroups: [{ identifier: 'inner', name: 'inner', position: { x: 0, y: 0 }, inputPorts: [port] }]
      }
      await world.converge(flow(group))
      assert.equal(world.nifi.component('in').state, 'RUNNING')
    })
  })
}
