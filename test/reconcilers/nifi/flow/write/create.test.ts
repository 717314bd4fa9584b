import assert from 'node:assert/strict'
import { readComments } from '../../../../../reconcilers/nifi/flow/identity/marker.ts'
import { NifiModel } from '../../nifi-model.ts'
import { content, errorOf, flow, heartbeat, of, processor, withProcessors, World } from './world.ts'

for (const version of ['2.3.0', '1.18.0'] as const) {
  describe(`creating a flow on ${version}`, () => {
    const world = (): World => new World(new NifiModel(version))

    it('imports it, names it, marks it and starts it in one call', async () => {
      const made = world()
      const { nifi } = made
      assert.deepEqual(await made.create(flow()), [{ name: 'heartbeat', result: 'done' }])
      const [group] = nifi.named('heartbeat')
      assert.equal(nifi.root.groups.length, 1)
      assert.equal(nifi.component('gen').state, 'RUNNING')
      assert.equal(nifi.component('log').state, 'RUNNING')
      const { marker } = readComments(group?.comments ?? '')
      assert.equal(marker?.owner, 'infometis')
      assert.ok(marker.desired !== undefined && marker.live !== undefined)
      assert.equal(await made.cycle(flow()), undefined, 'the next cycle has nothing to do')
      assert.equal(nifi.of('POST', /replace-requests/).length, 0)
    })

    it('waits for what NiFi shows INVALID right after an import and no longer is', async () => {
      const made = world()
      await made.create(flow())
      assert.equal(made.nifi.component('log').state, 'RUNNING')
    })

    it('replaces a display name by the internal name before anything runs, and leaves no dynamic property', async () => {
      const made = world()
      const declared = flow(withProcessors(processor('gen', { 'Custom Text': 'hello' }), processor('log')))
      assert.deepEqual(await made.create(declared), [{ name: 'heartbeat', result: 'done' }])
      assert.equal(made.nifi.property('gen', 'generate-ff-custom-text'), 'hello')
      assert.equal(made.nifi.property('gen', 'Custom Text'), null)
      assert.equal(made.nifi.component('gen').bounces, 0)
      assert.equal(await made.cycle(declared), undefined)
    })

    it('binds the declared context, which the definition does not bring along', async () => {
      const made = world()
      const context = made.nifi.addContext('prod', { size: '1KB' })
      const group = withProcessors(processor('gen', { 'File Size': '#{size}' }), processor('log'))
      assert.deepEqual(await made.create(flow(group, { parameterContext: 'prod' })), [
        { name: 'heartbeat', result: 'done' }
      ])
      assert.equal(made.nifi.named('heartbeat')[0]?.context, context.id)
      assert.deepEqual(context.parameters, { size: '1KB' })
    })

    it('completes a group that an import left half-built in place, and makes no twin', async () => {
      const made = world()
      made.nifi.faults.breakImportAt = 'log'
      const error = errorOf((await made.create(flow()))[0])
      assert.match(error.message, /unexpected error.*incomplete group .* the next attempt completes it/)
      assert.equal(error.code, 'UNAVAILABLE')
      delete made.nifi.faults.breakImportAt
      const [left] = made.nifi.root.groups
      await made.converge(flow())
      assert.equal(made.nifi.root.groups.length, 1)
      assert.equal(made.nifi.root.groups[0]?.id, left?.id)
      assert.equal(made.nifi.root.groups[0]?.name, 'heartbeat')
      assert.equal(made.nifi.component('log').state, 'RUNNING')
    })

    it('does not complete a group with a component of another type, which NiFi would quietly leave as it is', async () => {
      const made = world()
      made.nifi.faults.breakImportAt = 'log'
      await made.create(flow())
      delete made.nifi.faults.breakImportAt
      const other = flow(withProcessors(of('LogMessage', 'gen'), processor('log')))
      const error = errorOf((await made.create(other))[0])
      assert.equal(error.code, 'UNSUPPORTED')
      assert.match(error.message, /^processors\.gen: NiFi does not change the type/)
      assert.equal(made.nifi.of('POST', /replace/).length, 0)
    })

    it('leaves what is STOPPED or IGNORE as it was imported', async () => {
      for (const state of ['STOPPED', 'IGNORE'] as const) {
        const made = world()
        await made.create(flow(heartbeat, { state }))
        assert.equal(made.nifi.component('gen').state, 'STOPPED')
        assert.equal(await made.cycle(flow(heartbeat, { state })), undefined)
      }
    })
  })
}

describe('creating flows', () => {
  it('makes no twin when the answer to an import is lost', async () => {
    const world = new World()
    world.nifi.faults.loseAnswer = ({ path }) => path.endsWith('/import')
    assert.equal(errorOf((await world.create(flow()))[0]).code, 'TIMEOUT')
    world.nifi.faults.loseAnswer = () => false
    assert.deepEqual(await world.create(flow()), [{ name: 'heartbeat', result: 'done' }])
    assert.equal(world.nifi.root.groups.length, 1)
    assert.equal(world.nifi.of('POST', /import$/).length, 1)
  })

  it('says that nothing was to be done when it is there already and equal', async () => {
    const world = new World()
    await world.create(flow())
    assert.deepEqual(await world.create(flow()), [{ name: 'heartbeat', result: 'unchanged' }])
  })

  it('refuses a type this NiFi has not, naming the nearest, and leaves no ghost', async () => {
    const world = new World()
    const error = errorOf((await world.create(flow(withProcessors(of('GenerateFlowFiles', 'gen')))))[0])
    assert.equal(error.code, 'REJECTED')
    assert.match(error.message, /processors\.gen\.type: .*GenerateFlowFiles".*did you mean "GenerateFlowFile"/)
    assert.equal(world.nifi.root.groups.length, 0)
  })

  it('asks for types again when one is unknown: a bundle may have come since', async () => {
    const world = new World()
    await world.create(flow(withProcessors(of('Unknown', 'gen'))))
    assert.equal(world.nifi.of('GET', /processor-types/).length, 2)
  })

  it('refuses a service outside of the flow that nobody offers, by name', async () => {
    const world = new World()
    const group = withProcessors(of('DetectDuplicate', 'gen', { 'Distributed Cache Service': 'there' }))
    const declared = flow(group, {
      content: content(group, { externalControllerServices: { there: { identifier: 'there', name: 'Cache' } } })
    })
    const error = errorOf((await world.create(declared))[0])
    assert.equal(error.code, 'REJECTED')
    assert.match(error.message, /exactly one service "Cache".*found none/)
    assert.equal(world.nifi.root.groups.length, 0)
  })

  it('waits for a parameter context that is not there', async () => {
    const world = new World()
    const error = errorOf((await world.create(flow(heartbeat, { parameterContext: 'later' })))[0])
    assert.equal(error.code, 'UNAVAILABLE')
    assert.match(error.message, /"later"/)
  })

  it('never sends a mask', async () => {
    const world = new World()
    const context = { name: 'prod', parameters: [{ name: 'password', sensitive: true, value: '********' }] }
    const declared = flow(heartbeat, {
      parameterContext: 'prod',
      content: content(heartbeat, { parameterContexts: { prod: context } })
    })
    await world.create(declared)
    assert.ok(!JSON.stringify(world.nifi.asked).includes('********'))
  })

  it('does not let one bad flow fail its neighbours', async () => {
    const world = new World()
    const bad = { ...flow(withProcessors(of('Unknown', 'gen'))), name: 'bad' }
    const results = await world.create(bad, flow())
    assert.deepEqual(
      results.map(({ name, result }) => [name, result]),
      [
        ['bad', 'failed'],
        ['heartbeat', 'done']
      ]
    )
  })

  it('writes nothing while a node of the cluster is not connected', async () => {
    const world = new World()
    world.nifi.connectedNodes = [2, 3]
    assert.equal(errorOf((await world.create(flow()))[0]).code, 'UNAVAILABLE')
    assert.equal(world.nifi.root.groups.length, 0)
  })
})
