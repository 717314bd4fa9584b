import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { counted } from './counters.ts'
import { eventually, nifiVersions, openScene, serverOrSkip, type Scene } from './harness.ts'
import { applied } from './settled.ts'

interface Version {
  readonly message: string
  /** Name of a processor that is added beside `mark`. */
  readonly extra?: boolean
}

/**
 * `gen` works all the time; `in` counts what it made, `out` what has come through `mark`. Of each a copy is kept in front
 * of `hold`, which lets nothing through but the first.
 */
function loaded({ message, extra = false }: Version): Json {
  return {
    processors: {
      gen: { type: 'GenerateFlowFile', every: '20 ms', properties: { 'File Size': '10B' } },
      in: { type: 'UpdateCounter', properties: { 'counter-name': 'in', delta: '1' } },
      mark: { type: 'LogMessage', properties: { 'log-level': 'debug', 'log-message': message } },
      out: {
        type: 'UpdateCounter',
        properties: { 'counter-name': 'out', delta: '1' },
        ...(!extra && { terminate: ['success'] })
      },
      hold: {
        type: 'ControlRate',
        properties: { 'Rate Control Criteria': 'flowfile count', 'Maximum Rate': '1', 'Time Duration': '1 hour' },
        terminate: ['success', 'failure']
      },
      ...(extra && { extra: { type: 'LogAttribute', terminate: ['success'] } })
    },
    connections: [
      'gen:success -> in',
      'in:success -> mark',
      'mark:success -> out',
      'in:success -> hold',
      ...(extra ? ['out:success -> extra'] : [])
    ]
  }
}

/** What a replacement adds to the revisions: 1 for what it leaves alone, 3 for what it stops, changes and starts. */
function steps(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(after).map(([name, version]) => [name, version - (before[name] ?? 0)]))
}

for (const version of nifiVersions) {
  describe(`a flow under load on NiFi ${version}`, function () {
    this.timeout(180_000)
    let scene: Scene
    let group: string
    /** Another one at each attempt. */
    let message = 'one'

    const declared = async (flow: Version): Promise<void> => {
      await scene.declare({ flows: { load: loaded(flow) } })
      await applied(scene)
    }

    before(async function () {
      scene = await openScene(await serverOrSkip(this, version))
      await declared({ message })
      group = await scene.groupOf('load')
    })

    const queuedBefore = async (consumer: string): Promise<number> => {
      const found = (await scene.hand.connections(group)).find(({ destination }) => destination.name === consumer)
      return found?.queued ?? assert.fail(`nothing leads to ${consumer}`)
    }

    it('loses nothing and stops nothing else while one processor is changed', async () => {
      const { hand } = scene
      await eventually(async () => assert.ok((await queuedBefore('hold')) > 20))
      const before = await hand.revisions(group)
      const held = await queuedBefore('hold')
      message += ' more'
      await declared({ message })
      assert.deepEqual(steps(before, await hand.revisions(group)), { gen: 1, in: 1, mark: 3, out: 1, hold: 1 })
      assert.equal((await hand.processor(group, 'mark')).properties['log-message'], message)
      assert.ok((await hand.processors(group)).every(({ state }) => state === 'RUNNING'))
      assert.ok((await queuedBefore('hold')) >= held)
    })

    it('starts what is added, and leaves the others running', async () => {
      const { hand } = scene
      // Not there yet, also after another attempt.
      await declared({ message })
      const before = await hand.revisions(group)
      await declared({ message, extra: true })
      const after = await hand.revisions(group)
      assert.deepEqual(
        ['gen', 'in', 'mark', 'hold'].map((name) => steps(before, after)[name]),
        [1, 1, 1, 1]
      )
      assert.ok((await hand.processors(group)).every(({ state }) => state === 'RUNNING'))
    })

    it('has brought out or kept every FlowFile that went in', async () => {
      const { hand } = scene
      await hand.stop((await hand.processor(group, 'gen')).id)
      await eventually(async () => {
        assert.deepEqual(await Promise.all(['in', 'mark', 'out', 'extra'].map(queuedBefore)), [0, 0, 0, 0])
        assert.ok((await hand.processors(group)).every(({ threads }) => threads === 0))
      })
      const came = await counted(hand, group, 'in')
      assert.ok(came > 20)
      assert.equal(await counted(hand, group, 'out'), came)
      // How much a throttle lets through at once is its own business.
      assert.ok((await queuedBefore('hold')) <= came)
    })

    it('is in sync afterwards, and stays so', async () => {
      await applied(scene)
      const before = await scene.hand.revisions(group)
      assert.equal((await scene.diff()).document.status, 'in-sync')
      await applied(scene)
      assert.deepEqual(await scene.hand.revisions(group), before)
    })
  })
}
