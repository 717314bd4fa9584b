import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { counted } from './counters.ts'
import {
  eventually,
  nifiVersions,
  openScene,
  serverOrSkip,
  type Access,
  type Hand,
  type LiveConnection,
  type Scene
} from './harness.ts'
import { openLine, told, type Line } from './line.ts'
import { assertSettled } from './settled.ts'

type Fields = { readonly [name: string]: Json }

function throttle(rate: string, time: string, terminate = ['success', 'failure']): Json {
  return {
    type: 'ControlRate',
    properties: { 'Rate Control Criteria': 'flowfile count', 'Maximum Rate': rate, 'Time Duration': time },
    terminate
  }
}

const counter = (more: Fields = {}): Json => ({
  type: 'UpdateCounter',
  properties: { 'counter-name': 'came', delta: '1' },
  ...more
})

/** What `in` gets is kept in front of `keep` and, until it is taken away, in front of `hold`. */
function heaped(withHold: boolean, more: Fields = {}): Json {
  return {
    processors: {
      gen: { type: 'GenerateFlowFile', every: '50 ms', properties: { 'File Size': '10B' } },
      in: counter(),
      keep: throttle('1', '1 hour'),
      ...(withHold && { hold: throttle('1', '1 hour') })
    },
    connections: ['gen:success -> in', 'in:success -> keep', ...(withHold ? ['in:success -> hold'] : [])],
    ...more
  }
}

/** What `in` gets is throttled by `slow` until that is taken away. */
function throttled(withSlow: boolean, more: Fields = {}): Json {
  return {
    processors: {
      gen: { type: 'GenerateFlowFile', every: '20 ms', properties: { 'File Size': '10B' } },
      in: counter(),
      ...(withSlow && { slow: throttle('20', '1 sec', ['failure']) }),
      out: counter({ terminate: ['success'] })
    },
    connections: [
      'gen:success -> in',
      ...(withSlow ? ['in:success -> slow', 'slow:success -> out'] : ['in:success -> out'])
    ],
    ...more
  }
}

async function connectionTo(hand: Hand, group: string, consumer: string): Promise<LiveConnection> {
  const found = (await hand.connections(group)).find(({ destination }) => destination.name === consumer)
  return found ?? assert.fail(`nothing leads to ${consumer}`)
}

async function queuedTo(hand: Hand, group: string, consumer: string): Promise<number> {
  return (await connectionTo(hand, group, consumer)).queued
}

async function assertRunning(hand: Hand, group: string): Promise<void> {
  assert.deepEqual(
    (await hand.processors(group)).filter(({ state }) => state !== 'RUNNING'),
    []
  )
}

for (const version of nifiVersions) {
  describe(`queues of removed connections on NiFi ${version}`, function () {
    this.timeout(180_000)
    let server: Access
    let scene: Scene
    let hand: Hand
    let line: Line

    before(async function () {
      server = await serverOrSkip(this, version)
    })

    const open = async (): Promise<void> => {
      scene = await openScene(server)
      hand = scene.hand
      line = openLine(scene)
    }

    const declare = (flows: Readonly<Record<string, Json>>): void => line.declare({ flows: scene.named(flows) })

    /** Cycles until what is said of a flow matches. */
    const cyclesUntil = async (flow: string, pattern: RegExp): Promise<readonly string[]> => {
      const said: string[] = []
      return eventually(async () => {
        said.push(...told(await line.cycle(), scene.name(flow)))
        assert.match(said.at(-1) ?? '', pattern, said.join('\n'))
        return said
      }, 90_000)
    }

    describe('with data that nothing takes out', () => {
      let group: string
      let definition: Json

      beforeEach(async () => {
        await open()
        declare({ heap: heaped(true) })
        await assertSettled(line, await line.apply())
        group = await scene.groupOf('heap')
        await eventually(async () => assert.ok((await queuedTo(hand, group, 'hold')) > 10))
        definition = await hand.download(group)
      })

      it('are not removed: they are named with their counts, and nothing is touched', async () => {
        const before = await hand.revisions(group)
        declare({ heap: heaped(false) })
        const [said] = told(await line.cycle(), scene.name('heap'))
        assert.match(
          said ?? '',
          /^hold held connections\.in:success -> hold holds [\d,]+ FlowFiles and would be removed; /
        )
        assert.deepEqual(await hand.download(group), definition)
        assert.deepEqual(await hand.revisions(group), before)
        await assertRunning(hand, group)
      })

      it('are drained only until the deadline: what was stopped runs again, and what is left is named', async () => {
        declare({ heap: heaped(false, { onRemovedQueues: 'drain', drainTimeout: '2s' }) })
        const said = await cyclesUntil('heap', /failed/)
        assert.match(
          said.at(-1) ?? '',
          /^update failed CONFLICT: connections\.in:success -> hold holds [\d,]+ FlowFiles after draining for \d+ s; restarted what was stopped for it$/
        )
        assert.deepEqual((await hand.download(group))['flowContents'], Object(definition)['flowContents'])
        await assertRunning(hand, group)
      })

      it('are emptied when that is declared, and no other queue is; how much it was is told', async () => {
        const kept = await queuedTo(hand, group, 'keep')
        declare({ heap: heaped(false, { onRemovedQueues: 'drop' }) })
        const said = await cyclesUntil('heap', /done|failed/)
        assert.ok(
          said.some((text) =>
            /^update waiting dropped [1-9][\d,]* FlowFiles of connections\.in:success -> hold$/.test(text)
          ),
          said.join('\n')
        )
        assert.match(said.at(-1) ?? '', /^update done/)
        await assertSettled(line, await line.apply())
        assert.ok((await queuedTo(hand, group, 'keep')) >= kept)
        assert.deepEqual((await hand.processors(group)).map(({ name }) => name).toSorted(), ['gen', 'in', 'keep'])
        await assertRunning(hand, group)
        await hand.stop((await hand.processor(group, 'gen')).id)
        await eventually(async () => assert.equal(await queuedTo(hand, group, 'in'), 0))
        const [came, left] = [await counted(hand, group, 'in'), await queuedTo(hand, group, 'keep')]
        assert.ok(left >= came - 2 && left <= came, `${left} of ${came}`)
      })
    })

    it('are drained by what empties them, and not one FlowFile is lost', async () => {
      await open()
      declare({ river: throttled(true) })
      await assertSettled(line, await line.apply())
      const group = await scene.groupOf('river')
      await eventually(async () => assert.ok((await queuedTo(hand, group, 'slow')) > 10))
      const { version: before } = await hand.processor(group, 'gen')
      declare({ river: throttled(false, { onRemovedQueues: 'drain' }) })
      const said = await cyclesUntil('river', /done|failed/)
      assert.match(said.at(-1) ?? '', /^update done/, said.join('\n'))
      assert.equal(
        (await hand.processor(group, 'gen')).version,
        before + 1,
        'what feeds no removed queue is not stopped'
      )
      await assertSettled(line, await line.apply())
      await assertRunning(hand, group)
      await hand.stop((await hand.processor(group, 'gen')).id)
      await eventually(async () => assert.equal((await hand.group(group))?.queued, 0))
      const came = await counted(hand, group, 'in')
      assert.ok(came > 10)
      await eventually(async () => assert.equal(await counted(hand, group, 'out'), came))
    })

    it('are not removed when they fill after they were looked at: NiFi is believed, and the flow runs on', async () => {
      await open()
      let interferes = false
      line = openLine(scene, {
        before: async ({ method, path }) => {
          if (!interferes || method !== 'POST' || !path.endsWith('/replace-requests')) return
          const { id } = await hand.processor(group, 'gen')
          await hand.stop(id)
          await hand.generate(id, 2)
          await hand.start(id)
        }
      })
      const slow: Json = { type: 'GenerateFlowFile', every: '1 day', properties: { 'File Size': '10B' } }
      const [hold, log] = [throttle('1', '1 hour', ['failure']), { type: 'LogAttribute', terminate: ['success'] }]
      const full: Json = {
        processors: { gen: slow, hold, log },
        connections: ['gen:success -> hold', 'hold:success -> log']
      }
      const empty: Json = { processors: { gen: slow, log }, connections: ['gen:success -> log'] }
      declare({ race: full })
      await assertSettled(line, await line.apply())
      const group = await scene.groupOf('race')
      await eventually(async () => assert.equal(await queuedTo(hand, group, 'hold'), 0))
      const { flowContents } = await hand.download(group)
      interferes = true
      declare({ race: empty })
      const [said] = told(await line.cycle(), scene.name('race'))
      assert.match(
        said ?? '',
        /^update failed CONFLICT: .*connections\.gen:success -> hold.* currently has data in the queue/
      )
      assert.deepEqual((await hand.download(group))['flowContents'], flowContents)
      await assertRunning(hand, group)
      assert.ok((await queuedTo(hand, group, 'hold')) > 0)
      line.take()
      await line.cycle()
      assert.deepEqual(line.takeWrites(), [], 'each try interrupts the flow: the next one has to wait')
      interferes = false
      await hand.drop((await connectionTo(hand, group, 'hold')).id)
      await assertSettled(line, await line.apply())
    })
  })
}
