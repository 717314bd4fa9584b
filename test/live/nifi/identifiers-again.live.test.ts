/** A definition that gives the identifier of a component to another one, of which real servers take half. */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { defaultTimeouts } from '../../../reconcilers/nifi/flow/write/call-context.ts'
import { rounds } from '../../rounds.ts'
import { groundOn } from './ground.ts'
import { connectionOf, nifiVersions, processorOf } from './harness.ts'
import { told } from './line.ts'
import { updateUnguarded } from './unguarded.ts'

type Fields = { readonly [name: string]: Json }
type Kind = 'processors' | 'inputPorts' | 'outputPorts' | 'funnels'

const types: Readonly<Record<Kind, string>> = {
  processors: 'PROCESSOR',
  inputPorts: 'INPUT_PORT',
  outputPorts: 'OUTPUT_PORT',
  funnels: 'FUNNEL'
}
const kinds: readonly Kind[] = ['processors', 'inputPorts', 'outputPorts', 'funnels']

/** First those of which NiFi takes half: silently, with an error, and so that it can go back only once all of it is stopped. */
const half: readonly (readonly [Kind, Kind])[] = [
  ['processors', 'inputPorts'],
  ['inputPorts', 'processors'],
  ['funnels', 'inputPorts']
]
const all = kinds.flatMap((from) => kinds.flatMap((to): (readonly [Kind, Kind])[] => (from === to ? [] : [[from, to]])))
const pairs = [...half, ...all.filter(([from, to]) => !half.some((pair) => pair[0] === from && pair[1] === to))]

function component(kind: Kind): Fields {
  if (kind === 'processors') return processorOf('x', 'RouteOnAttribute')
  if (kind === 'funnels') return { identifier: 'x', position: { x: 0, y: 0 } }
  return {
    identifier: 'x',
    name: 'x',
    type: types[kind],
    position: { x: 0, y: 0 },
    concurrentlySchedulableTaskCount: 1,
    scheduledState: 'ENABLED'
  }
}

/** `gen` leads to a component of this kind, and that to `log`, as far as it can be entered and left. */
function around(kind: Kind): Json {
  const lead = (identifier: string, source: Fields, destination: Fields, relationship: string): Json => ({
    ...connectionOf('a', relationship, 'b', { source, destination }),
    identifier,
    selectedRelationships: [relationship]
  })
  const [gen, x, log] = [
    { id: 'gen', type: 'PROCESSOR' },
    { id: 'x', type: types[kind] },
    { id: 'log', type: 'PROCESSOR' }
  ]
  const processors = [
    processorOf('gen', 'GenerateFlowFile', { schedulingPeriod: '1 day' }),
    processorOf('log', 'LogAttribute', { autoTerminatedRelationships: ['success'] })
  ]
  const lists: Record<Kind, readonly Json[]> = { processors, inputPorts: [], outputPorts: [], funnels: [] }
  return {
    flowContents: {
      name: 'it',
      ...lists,
      [kind]: [...lists[kind], component(kind)],
      connections: [
        ...(kind === 'inputPorts' ? [] : [lead('in', gen, x, 'success')]),
        ...(kind === 'outputPorts' ? [] : [lead('out', x, log, kind === 'processors' ? 'unmatched' : '')])
      ]
    }
  }
}

for (const version of nifiVersions) {
  describe(`an identifier that is used again on NiFi ${version}`, function () {
    this.timeout(180_000)
    const ground = groundOn(version)
    const { name, declare, apply } = ground

    const flow = (definition: Json): void =>
      declare({ it: { definition: 'it.flow.json', state: 'IGNORE' } }, { 'it.flow': definition })

    it('holds the whole flow, which runs on as it was', async () => {
      const { hand, line, scene } = ground
      const inline = (fields: Fields): Json => ({
        state: 'STOPPED',
        groups: {
          inner: {
            processors: { mark: { type: 'LogMessage', terminate: 'success' } },
            ...fields
          }
        }
      })
      declare({ it: inline({ inputPorts: { in: {} }, connections: ['in -> mark'] }) })
      await apply('it')
      const before = await hand.download(await scene.groupOf('it'))
      declare({ it: inline({ funnels: { in: {} }, connections: ['in -> mark'] }) })
      assert.match(
        told(await line.apply(), name('it')).join(),
        /^hold held groups\.inner\.funnels\.inner\/in has the key of groups\.inner\.inputPorts\.inner\/in: NiFi takes half/
      )
      assert.deepEqual(await hand.download(await scene.groupOf('it')), before)
    })

    it('is gone back from where it is sent all the same, whatever NiFi says of it, and what ran runs again', async () => {
      const { hand, scene } = ground
      const wrong: string[] = []
      const begin = async (from: Kind): Promise<string> => {
        flow(around(from))
        assert.deepEqual(await apply('it'), ['create done'], from)
        const group = await scene.groupOf('it')
        for (const { id, validation } of await hand.processors(group)) if (validation === 'VALID') await hand.start(id)
        return group
      }
      const shown = async (group: string): Promise<string> => {
        const { processors, inputPorts, outputPorts, funnels, connections } = Object(
          (await hand.download(group))['flowContents']
        )
        const running = (await hand.processors(group))
          .filter(({ state }) => state === 'RUNNING')
          .map((processor) => processor.name)
          .toSorted()
        const lists = [processors, inputPorts, outputPorts, funnels].map((list: readonly Fields[]) =>
          list.map(({ identifier }) => JSON.stringify(identifier)).toSorted()
        )
        const leads = connections.map(({ identifier, source, destination }: Record<string, Fields>) =>
          JSON.stringify([identifier, source?.['id'], source?.['type'], destination?.['id'], destination?.['type']])
        )
        return JSON.stringify([running, lists, leads.toSorted()])
      }
      for (const [from, to] of pairs.slice(0, rounds(3, pairs.length))) {
        const group = await begin(from)
        const before = await shown(group)
        const result = await updateUnguarded(
          scene,
          'it',
          { definition: Object(around(to)), state: 'IGNORE' },
          { timeouts: { ...defaultTimeouts, settle: 500 } }
        )
        const now = await shown(group)
        // Some of them NiFi takes; of the others nothing.
        if (result.result !== 'done' && now !== before)
          wrong.push(
            `${from} to ${to}: ${result.result === 'failed' ? result.error.message : result.result}: ${now} was ${before}`
          )
        await hand.remove(group)
      }
      assert.deepEqual(wrong, [])
    })
  })
}
