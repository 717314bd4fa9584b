import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import {
  connectionOf,
  definitionOf,
  eventually,
  nifiVersions,
  openScene,
  processorOf,
  serverOrSkip,
  type Access,
  type Hand,
  type Scene
} from './harness.ts'
import { gullible, openLine, told, type Line } from './line.ts'
import { assertSettled } from './settled.ts'

type Fields = { readonly [name: string]: Json }

/** NiFi finds out that `penalty` is no duration when it comes to `log`, and that `size` is none when it comes to the connection. */
function definition({ file = '1KB', penalty = '30 sec', size = '1 GB' }, fields: Fields = {}): string {
  const gen = processorOf('gen', 'GenerateFlowFile', { properties: { 'File Size': file }, schedulingPeriod: '1 day' })
  const log = processorOf('log', 'LogAttribute', { autoTerminatedRelationships: ['success'], penaltyDuration: penalty })
  return JSON.stringify(
    definitionOf(
      'it',
      [gen, log],
      [connectionOf('gen', 'success', 'log', { backPressureDataSizeThreshold: size })],
      fields
    )
  )
}

for (const version of nifiVersions) {
  describe(`what goes wrong half-way on NiFi ${version}`, function () {
    this.timeout(180_000)
    let server: Access
    let scene: Scene
    let hand: Hand
    let line: Line

    before(async function () {
      server = await serverOrSkip(this, version)
    })

    beforeEach(async () => {
      scene = await openScene(server)
      hand = scene.hand
      line = openLine(scene)
    })

    const declare = (file: string, fields: Fields = {}): void =>
      line.declare({
        flows: scene.named({ it: { definition: 'it.flow.json', ...fields } }),
        'it.flow.json': Buffer.from(file)
      })

    /** What is said of the flow in one cycle. */
    const cycle = async (): Promise<string> => told(await line.cycle(), scene.name('it')).join('\n')

    it('is gone back from when a definition could be replaced only in part', async () => {
      declare(definition({}))
      await assertSettled(line, await line.apply())
      const group = await scene.groupOf('it')
      const { flowContents } = await hand.download(group)
      for (const broken of [{ penalty: 'long' }, { size: 'lots' }]) {
        declare(definition({ file: '2KB', ...broken }))
        assert.match(
          await cycle(),
          /^update failed REJECTED: .*(?:'long'|lots; applied only in part, and rolled back$)/
        )
        assert.deepEqual((await hand.download(group))['flowContents'], flowContents)
        assert.ok((await hand.processors(group)).every(({ state }) => state === 'RUNNING'))
        line.take()
        await cycle()
        assert.deepEqual(line.takeWrites(), [], 'it is not tried again before its file changes')
      }
      declare(definition({ file: '2KB' }))
      await assertSettled(line, await line.apply())
      assert.equal((await hand.processor(group, 'gen')).properties['File Size'], '2KB')
    })

    it('is completed in its place when an import left half a group behind', async () => {
      for (const broken of [{ penalty: 'long' }, { size: 'lots' }]) {
        declare(definition(broken))
        assert.match(
          await cycle(),
          /(long|lots).*; NiFi left the incomplete group [-\da-f]{36} behind, the next attempt completes it$/
        )
        const [left, ...more] = await hand.groups(scene.parent)
        assert.ok(left !== undefined && more.length === 0)
        assert.equal(left.running, 0)
        declare(definition({}))
        await assertSettled(line, await line.apply())
        assert.equal(await scene.groupOf('it'), left.id)
        assert.equal((await hand.groups(scene.parent)).length, 1)
        assert.equal((await hand.connections(left.id)).length, 1)
        assert.ok((await hand.processors(left.id)).every(({ state }) => state === 'RUNNING'))
        await hand.remove(left.id)
      }
    })

    it('does not come from taking a parameter context away, or giving another', async () => {
      const [first, second] = [
        await hand.createContext(scene.name('first'), { size: '3KB' }),
        await hand.createContext(scene.name('second'), { size: '4KB' })
      ]
      declare(definition({ file: '#{size}' }, { parameterContextName: scene.name('first') }))
      await assertSettled(line, await line.apply())
      const group = await scene.groupOf('it')
      assert.equal((await hand.group(group))?.context, first)
      declare(definition({ file: '#{size}' }, { parameterContextName: scene.name('second') }))
      await assertSettled(line, await line.apply())
      assert.equal((await hand.group(group))?.context, second)
      declare(definition({}))
      await assertSettled(line, await line.apply())
      assert.equal((await hand.group(group))?.context, undefined)
      assert.ok((await hand.processors(group)).every(({ state }) => state === 'RUNNING'))
    })
  })
}

describe('a controller service that cannot be enabled, on NiFi 2.3.0', function () {
  this.timeout(180_000)
  let scene: Scene

  before(async function () {
    scene = await openScene(await serverOrSkip(this))
  })

  const flow = (port: string): Json => ({
    services: {
      good: { type: 'MapCacheClientService', properties: { 'Server Hostname': '127.0.0.1', 'Server Port': port } },
      broken: { type: 'MapCacheClientService', properties: { 'Server Hostname': '127.0.0.1', 'Server Port': 'none' } }
    },
    processors: {
      gen: { type: 'GenerateFlowFile', every: '1 day' },
      once: {
        type: 'DetectDuplicate',
        properties: { 'Distributed Cache Service': 'good', 'Cache Entry Identifier': '${uuid}' },
        terminate: ['duplicate', 'non-duplicate', 'failure']
      }
    },
    connections: ['gen:success -> once']
  })

  it('is named, poisons no replacement, and keeps nothing else from running', async () => {
    const { hand } = scene
    const line = openLine(scene, { timeouts: gullible })
    line.declare({ flows: scene.named({ it: flow('4557') }) })
    const said = async (): Promise<string> => told(await line.cycle(), scene.name('it')).join('\n')
    await eventually(async () =>
      assert.match(await said(), /^\w+ failed REJECTED: .*services\.broken is invalid: .*Server Port/)
    )
    const group = await scene.groupOf('it')
    const running = async (): Promise<void> => {
      assert.ok((await hand.processors(group)).every(({ state }) => state === 'RUNNING'))
      const services = await hand.services(group)
      assert.deepEqual(Object.fromEntries(services.map(({ name, state }) => [name, state])), {
        good: 'ENABLED',
        broken: 'DISABLED'
      })
    }
    await running()
    const broken = (await hand.services(group)).find(({ name }) => name === 'broken')
    assert.ok(broken)
    // Somebody tries; there it stays.
    await hand.must('PUT', `/controller-services/${broken.id}/run-status`, {
      revision: { version: broken.version },
      state: 'ENABLED'
    })
    line.declare({ flows: scene.named({ it: flow('4558') }) })
    await eventually(async () => {
      assert.match(await said(), /services\.broken is invalid/)
      await running()
    }, 60_000)
    const good = (await hand.services(group)).find(({ name }) => name === 'good')
    assert.equal(good?.properties['Server Port'], '4558')
  })
})
