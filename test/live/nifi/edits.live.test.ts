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
import { openLine, told, type Line } from './line.ts'
import { assertSettled } from './settled.ts'

type Fields = { readonly [name: string]: Json }

const gen = (fields: Fields = {}): Fields =>
  processorOf('gen', 'GenerateFlowFile', { properties: { 'File Size': '1B' }, schedulingPeriod: '1 day', ...fields })
const log = (name: string, fields: Fields = {}): Fields =>
  processorOf(name, 'LogAttribute', { autoTerminatedRelationships: ['success'], ...fields })
/** Holds everything back but the first. */
const hold = (name: string): Fields =>
  processorOf(name, 'ControlRate', {
    properties: { 'Rate Control Criteria': 'flowfile count', 'Maximum Rate': '1', 'Time Duration': '1 hour' },
    autoTerminatedRelationships: ['success', 'failure']
  })
const port = (name: string, type: 'INPUT_PORT' | 'OUTPUT_PORT'): Fields => ({
  identifier: name,
  name,
  type,
  position: { x: 0, y: 0 },
  concurrentlySchedulableTaskCount: 1
})
const toPort = (fields: Fields = {}): Fields =>
  connectionOf('gen', 'success', 'in', { destination: { id: 'in', type: 'INPUT_PORT', groupId: 'inner' }, ...fields })
const fromPort = (to: string): Fields => ({
  ...connectionOf('in', 'x', to, { source: { id: 'in', type: 'INPUT_PORT', groupId: 'inner' } }),
  selectedRelationships: ['']
})

const inner = (processors: readonly Json[], to: string, fields: Fields = {}): Fields => ({
  identifier: 'inner',
  name: 'inner',
  position: { x: 400, y: 0 },
  inputPorts: [port('in', 'INPUT_PORT')],
  processors,
  connections: [fromPort(to)],
  ...fields
})

for (const version of nifiVersions) {
  describe(`edits of a running flow on NiFi ${version}`, function () {
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

    const declare = (definition: Json, fields: Fields = {}): void =>
      line.declare({
        flows: scene.named({ it: { definition: 'it.flow.json', ...fields } }),
        'it.flow.json': Buffer.from(JSON.stringify(definition))
      })

    /** Makes a flow, and lets `gen` make some FlowFiles; gives the id of its group. */
    const begin = async (definition: Json, count = 3): Promise<string> => {
      declare(definition)
      await assertSettled(line, await line.apply())
      const group = await scene.groupOf('it')
      const { id } = await hand.processor(group, 'gen')
      await hand.stop(id)
      await hand.generate(id, count)
      await hand.start(id)
      return group
    }

    const assertRunning = async (group: string): Promise<void> =>
      assert.deepEqual(
        (await hand.processors(group)).filter(({ state }) => state !== 'RUNNING'),
        []
      )

    const queued = async (group: string): Promise<number> => (await hand.group(group))?.queued ?? 0

    it('lead a queue elsewhere with all that is in it', async () => {
      const lead = (to: string): Fields => connectionOf('gen', 'success', to, { identifier: 'lead' })
      const group = await begin(definitionOf('it', [gen(), hold('hold')], [lead('hold')]))
      await eventually(async () => assert.ok((await queued(group)) >= 3))
      const before = await queued(group)
      declare(
        definitionOf(
          'it',
          [gen(), hold('hold'), hold('other')],
          [lead('other'), connectionOf('gen', 'success', 'hold', { identifier: 'second' })]
        )
      )
      await assertSettled(line, await line.apply())
      const connection = (await hand.connections(group)).find(({ destination }) => destination.name === 'other')
      // The throttle lets one through.
      assert.ok((connection?.queued ?? 0) >= before - 1, `${connection?.queued} of ${before}`)
      await assertRunning(group)
    })

    it('that take a queue from another source are no reason to lose it', async () => {
      const lead = (from: string): Fields => connectionOf(from, 'success', 'hold', { identifier: 'lead' })
      const second = processorOf('second', 'GenerateFlowFile', { schedulingPeriod: '1 day' })
      const group = await begin(definitionOf('it', [gen(), hold('hold')], [lead('gen')]))
      declare(
        definitionOf('it', [gen({ autoTerminatedRelationships: ['success'] }), second, hold('hold')], [lead('second')])
      )
      assert.match(
        told(await line.cycle(), scene.name('it')).join(),
        /^hold held connections\.gen:success -> hold holds \d+ FlowFiles and would be removed; /
      )
      await assertRunning(group)
      declare(
        definitionOf('it', [gen({ autoTerminatedRelationships: ['success'] }), second, hold('hold')], [lead('second')]),
        { onRemovedQueues: 'drop' }
      )
      const report = await line.apply()
      if (version === '2.3.0') {
        await assertSettled(line, report)
        await assertRunning(group)
      } else {
        // 1.18 leaves the connection as it is, and says nothing.
        assert.match(
          told(report, scene.name('it')).join(),
          /^update failed REJECTED: .*connections\.second:success -> hold\.source; applied only in part, and rolled back$/
        )
        await assertRunning(group)
      }
    })

    it('cannot give a processor another type: that is held, and the rest is done', async () => {
      const change = (processor: Fields, size = '1B'): Json =>
        definitionOf(
          'it',
          [gen({ properties: { 'File Size': size } }), processor],
          [connectionOf('gen', 'success', 'it')]
        )
      const group = await begin(change(hold('it')))
      declare(change(log('it'), '2B'))
      const said = told(await line.apply(), scene.name('it'))
      assert.ok(
        said.some((text) => text.startsWith('hold held processors.it: NiFi does not change the type of what is there')),
        said.join('\n')
      )
      assert.equal((await hand.processor(group, 'gen')).properties['File Size'], '2B')
      const kept = await hand.processor(group, 'it')
      assert.match(kept.type, /ControlRate$/)
      assert.equal(kept.properties['Maximum Rate'], '1')
      await assertRunning(group)
      line.take()
      await line.cycle()
      assert.deepEqual(line.takeWrites(), [])
    })

    it('take away a group inside, whose queues are named, drained or dropped as any other', async () => {
      const withInner = (processors: readonly Json[], to: string): Json =>
        definitionOf('it', [gen()], [toPort()], { processGroups: [inner(processors, to)] })
      const without = definitionOf('it', [gen({ autoTerminatedRelationships: ['success'] })], [])
      const group = await begin(withInner([hold('hold')], 'hold'))
      await eventually(async () => assert.ok((await queued(group)) >= 3))
      declare(without)
      assert.match(
        told(await line.cycle(), scene.name('it')).join(),
        /^hold held .*inner.* holds \d+ FlowFiles and would be removed; /
      )
      await assertRunning(group)
      declare(withInner([log('log')], 'log'), { onRemovedQueues: 'drop' })
      await assertSettled(line, await line.apply())
      await assertRunning(group)
      declare(without, { onRemovedQueues: 'drain' })
      await assertSettled(line, await line.apply())
      assert.deepEqual(
        (await hand.processors(group)).map(({ name }) => name),
        ['gen']
      )
      await assertRunning(group)
    })

    it('move a processor into a group inside', async () => {
      const outside = definitionOf('it', [gen(), log('log')], [connectionOf('gen', 'success', 'log')])
      const inside = definitionOf('it', [gen()], [toPort()], { processGroups: [inner([log('log')], 'log')] })
      const group = await begin(outside)
      for (const definition of [inside, outside]) {
        declare(definition, { onRemovedQueues: 'drain' })
        await assertSettled(line, await line.apply())
        assert.deepEqual((await hand.processors(group)).map(({ name }) => name).toSorted(), ['gen', 'log'])
        await assertRunning(group)
      }
    })

    it('rename and move everything, which stops nothing that NiFi does not stop', async () => {
      const group = await begin(definitionOf('it', [gen(), log('log')], [connectionOf('gen', 'success', 'log')]))
      declare(
        definitionOf(
          'it',
          [gen({ name: 'renamed', position: { x: 50, y: 60 } }), log('log', { comments: 'why not' })],
          [
            connectionOf('gen', 'success', 'log', {
              name: 'lead',
              prioritizers: ['org.apache.nifi.prioritizer.FirstInFirstOutPrioritizer']
            })
          ]
        )
      )
      await assertSettled(line, await line.apply())
      assert.deepEqual((await hand.processors(group)).map(({ name }) => name).toSorted(), ['log', 'renamed'])
      await assertRunning(group)
    })

    it('give groups inside parameter contexts of their own, other ones, and none', async () => {
      for (const name of ['a', 'b']) await hand.createContext(scene.name(name), { size: `${name === 'a' ? 1 : 2}KB` })
      const bound = (size: string, context?: string): Json =>
        definitionOf('it', [], [], {
          processGroups: [
            {
              identifier: 'inner',
              name: 'inner',
              position: { x: 0, y: 0 },
              processors: [gen({ properties: { 'File Size': size }, autoTerminatedRelationships: ['success'] })],
              ...(context !== undefined && { parameterContextName: scene.name(context) })
            }
          ]
        })
      for (const definition of [bound('#{size}', 'a'), bound('#{size}', 'b'), bound('1KB')]) {
        declare(definition)
        await assertSettled(line, await line.apply())
        await assertRunning(await scene.groupOf('it'))
      }
    })
  })
}
