import assert from 'node:assert/strict'
import type { Desired } from '../../../../../src/contract.ts'
import { ReconcileError } from '../../../../../src/errors.ts'
import { readComments } from '../../../../../reconcilers/nifi/flow/identity/marker.ts'
import type { FlowSpec } from '../../../../../reconcilers/nifi/flow/schema.ts'
import type { Answer, Link, Request } from '../../../../../reconcilers/nifi/connection/link.ts'
import type { NifiModel } from '../../nifi-model.ts'
import { flow, heartbeat, processor, withProcessors, World } from './world.ts'

/** A process that is killed with its request number `last`: before NiFi has it, or before the answer comes. */
class DyingLink implements Link {
  readonly clientId = 'client-1'
  readonly #nifi: NifiModel
  readonly #last: number
  readonly #isDone: boolean
  #asked = 0

  constructor(nifi: NifiModel, last: number, isDone: boolean) {
    this.#nifi = nifi
    this.#last = last
    this.#isDone = isDone
  }

  get isDead(): boolean {
    return this.#asked >= this.#last
  }

  async ask(request: Request, signal: AbortSignal): Promise<Answer> {
    this.#asked += 1
    if (this.#asked < this.#last) return this.#nifi.ask(request, signal)
    if (this.#asked === this.#last && this.#isDone) await this.#nifi.ask(request, signal)
    throw new ReconcileError('UNREACHABLE', 'killed')
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

/** Dies at every request of a life, and lives again each time. */
async function dieEverywhere(
  begin: () => Promise<World>,
  declared: Desired<FlowSpec>,
  check: (world: World, where: string) => void
): Promise<number> {
  for (const isDone of [false, true]) {
    for (let last = 1; ; last += 1) {
      const { nifi } = await begin()
      const link = new DyingLink(nifi, last, isDone)
      await new World(nifi, link).converge(declared).catch(() => undefined)
      const where = `killed at request ${last}, ${isDone ? 'after' : 'before'} NiFi had it`
      const world = new World(nifi)
      // What is still under way in NiFi ends by itself.
      nifi.clock.pass(1000)
      const said = await world.converge(declared)
      assert.ok(
        said.every(({ result }) => result !== 'failed'),
        `${where}: ${JSON.stringify(said)}`
      )
      check(world, where)
      if (!link.isDead) {
        if (isDone) return last
        break
      }
    }
  }
  return 0
}

function checkRunning(world: World, where: string): void {
  assert.equal(world.nifi.root.groups.length, 1, where)
  const [group] = world.nifi.named('heartbeat')
  assert.ok(group, where)
  const { marker } = readComments(group.comments ?? '')
  assert.ok(marker?.desired, where)
  assert.equal(marker.drain, undefined, where)
  for (const name of ['gen', 'log']) assert.equal(world.nifi.component(name).state, 'RUNNING', where)
}

describe('whoever comes after a kill', () => {
  it('finishes a flow that was being created, whichever request was the last, and makes no twin', async () => {
    const declared = flow(withProcessors(processor('gen', { 'Custom Text': 'hello' }), processor('log')))
    const requests = await dieEverywhere(
      () => Promise.resolve(new World()),
      declared,
      (world, where) => {
        checkRunning(world, where)
        assert.equal(world.nifi.of('POST', /import$/).length, 1, where)
      }
    )
    assert.ok(requests > 10)
  })

  it('finishes a flow that was being replaced, whichever request was the last', async () => {
    const begin = async (): Promise<World> => {
      const world = new World()
      await world.create(flow())
      return world
    }
    const changed = withProcessors(processor('gen', { 'File Size': '2KB' }), processor('log'), processor('extra'))
    await dieEverywhere(begin, flow(changed, { comments: 'new' }), (world, where) => {
      checkRunning(world, where)
      assert.equal(world.nifi.component('extra').state, 'RUNNING', where)
      assert.equal(readComments(world.nifi.named('heartbeat')[0]?.comments ?? '').text, 'new', where)
    })
  })

  for (const onRemovedQueues of ['drain', 'drop'] as const) {
    for (const state of ['RUNNING', 'IGNORE'] as const) {
      it(`continues where queues were being emptied (${onRemovedQueues}, ${state}), and starts again what was stopped for it`, async () => {
        const begin = async (): Promise<World> => {
          const world = new World()
          await world.create(flow(heartbeat, { state }))
          for (const name of ['gen', 'log']) world.nifi.component(name).state = 'RUNNING'
          world.nifi.component('c1').queued = 8
          world.nifi.faults.before = () => {
            if (world.nifi.has('c1') && world.nifi.component('log').state === 'RUNNING')
              world.nifi.component('c1').queued = Math.max(0, world.nifi.component('c1').queued - 1)
          }
          return world
        }
        await dieEverywhere(
          begin,
          flow({ ...heartbeat, connections: [] }, { state, onRemovedQueues }),
          (world, where) => {
            checkRunning(world, where)
            assert.ok(!world.nifi.has('c1'), where)
          }
        )
      })
    }
  }
})
