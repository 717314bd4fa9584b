/** A write that NiFi never answered was the failure of an item, and its call counted as a success. */
import assert from 'node:assert/strict'
import type { ItemResult } from '../../src/contract.ts'
import { ReconcileError } from '../../src/errors.ts'
import { testCall, testCycle } from '../../src/testing/cycle.ts'
import { controllerKind, controllerResource } from '../../reconcilers/nifi/controller/index.ts'
import { compareFlow } from '../../reconcilers/nifi/flow/compare.ts'
import { observeFlows } from '../../reconcilers/nifi/flow/observe.ts'
import { createFlows } from '../../reconcilers/nifi/flow/write/create.ts'
import { updateFlows } from '../../reconcilers/nifi/flow/write/update.ts'
import type { Request } from '../../reconcilers/nifi/connection/link.ts'
import { declare } from '../reconcilers/nifi/flow/flows.ts'
import { flow, heartbeat, processor, World, withProcessors } from '../reconcilers/nifi/flow/write/world.ts'
import { declared, Scene } from '../reconcilers/nifi/parameter-context/scene.ts'

const other = withProcessors(processor('gen', { 'File Size': '2KB' }), processor('log'))

/** A NiFi with a flow, its next change, and a network that breaks at some requests. */
async function changing(breaksAt: (request: Request) => boolean): Promise<() => Promise<readonly ItemResult[]>> {
  const world = new World()
  await world.create(flow())
  const { tools } = world
  const { items, facts } = await observeFlows(tools, [flow(other)], testCycle())
  const seen = items.get('heartbeat')
  assert.ok(seen !== undefined && 'state' in seen)
  const { state } = seen
  world.nifi.faults.refuseConnection = breaksAt
  const fields = compareFlow(flow(other).spec, state)
  const call = testCall({ clock: world.nifi.clock, facts })
  return () => updateFlows(tools, [{ desired: flow(other), state, fields }], call)
}

async function creating(
  breaksAt: (request: Request) => boolean,
  names: readonly string[]
): Promise<readonly ItemResult[]> {
  const world = new World()
  const items = names.map((name) => declare(name, flow(heartbeat).spec))
  const { tools } = world
  const call = await world.call(tools)
  world.nifi.faults.refuseConnection = breaksAt
  return createFlows(tools, items, call)
}

const unanswered = (error: unknown): boolean => error instanceof ReconcileError && error.code === 'UNREACHABLE'
const isWrite = ({ method }: Request): boolean => method !== 'GET'

describe('a write that NiFi does not answer', () => {
  it('is thrown, of flows, contexts and settings alike', async () => {
    const change = await changing(isWrite)
    await assert.rejects(change, unanswered)
    await assert.rejects(() => creating(isWrite, ['a', 'b']), unanswered)
    const scene = new Scene()
    scene.server.hold('a', { p: '1' })
    const [item] = declared({ a: { parameters: { p: 2 } } })
    assert.ok(item !== undefined)
    const { items, facts } = await scene.observe([item])
    const state = items.get('a')
    assert.ok(state !== undefined && 'state' in state)
    const fields = scene.resource.compare(item.spec, state.state)
    const cut = (): void =>
      void scene.server.faults.push({ on: /./, act: () => new ReconcileError('UNREACHABLE', 'connection refused') })
    cut()
    await assert.rejects(async () => scene.resource.create?.(declared({ b: {} }), testCall({ facts })), unanswered)
    cut()
    await assert.rejects(
      async () => scene.resource.update?.([{ desired: item, state: state.state, fields }], testCall({ facts })),
      unanswered
    )
  })

  it('is thrown where NiFi falls silent before any request of the call, or in the middle of its steps', async () => {
    for (const breaksAt of [
      () => true,
      ({ method, path }: Request) => method === 'GET' && path.includes('/replace-requests/')
    ]) {
      await assert.rejects(await changing(breaksAt), unanswered)
    }
  })

  it('is the failure of its own item where another one was answered', async () => {
    const results = await creating(
      ({ path, body }) => path.endsWith('/import') && JSON.stringify(body).includes('"b [infometis'),
      ['a', 'b']
    )
    assert.deepEqual(
      results.map((result) => [result.name, result.result === 'failed' ? result.error.code : result.result]),
      [
        ['a', 'done'],
        ['b', 'UNREACHABLE']
      ]
    )
  })
})

describe('settings of the controller', () => {
  it('are not written, and the call throws, where NiFi gives no answer', async () => {
    const ask = async (): Promise<never> => Promise.reject(new ReconcileError('TIMEOUT', 'no answer'))
    const world = new World()
    const resource = controllerResource({ ask, clientId: 'c', close: () => Promise.resolve() }, world.tools.readings)
    const spec = controllerKind.schema.parse({ maxTimerDrivenThreadCount: 20 })
    const desired = { ...declare('settings'), spec }
    const state = { maxTimerDrivenThreadCount: 10, canModify: true }
    await assert.rejects(
      async () => resource.update?.([{ desired, state, fields: resource.compare(spec, state) }], testCall()),
      { code: 'TIMEOUT' }
    )
  })
})
