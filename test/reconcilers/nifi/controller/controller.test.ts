import assert from 'node:assert/strict'
import type { Desired } from '../../../../src/contract.ts'
import { type Json, keyOf } from '../../../../src/records.ts'
import { controllerKind, controllerResource } from '../../../../reconcilers/nifi/controller/index.ts'
import type { ControllerSpec } from '../../../../reconcilers/nifi/controller/kind.ts'
import { testCall, testCycle } from '../../../../src/testing/cycle.ts'
import { Readings } from '../../../../reconcilers/nifi/reading/readings.ts'
import { inTurn, refusal, ScriptedLink, type Scripted } from '../scripted-link.ts'

const path = '/controller/config'
const config = (threads: number, version = 3): Json => ({
  revision: { version },
  component: { maxTimerDrivenThreadCount: threads, maxEventDrivenThreadCount: 1 }
})
const stale = refusal(400, '[3, x, FlowController] is not the most up-to-date revision.')

function setUp(script: Readonly<Record<string, Scripted>> = {}) {
  const link = new ScriptedLink({ [`GET ${path}`]: config(10), [`PUT ${path}`]: config(20, 4), ...script })
  return { link, resource: controllerResource(link, new Readings(link, 'root')) }
}

/** The settings with a number of threads, as the framework hands them over. */
function declared(threads: number): Desired<ControllerSpec> {
  const spec = controllerKind.schema.parse({ maxTimerDrivenThreadCount: threads })
  const at = { file: 'cluster.json', line: 1, column: 1 }
  return {
    key: keyOf('nifi', 'controller', 'settings'),
    name: 'settings',
    spec,
    digest: '',
    control: { paused: false, ignore: [], exact: false },
    at
  }
}

/** The result of declaring a number of threads where there are 10. */
async function declare(resource: ReturnType<typeof setUp>['resource'], threads: number): Promise<string> {
  const desired = declared(threads)
  const { spec } = desired
  const state = { maxTimerDrivenThreadCount: 10, canModify: true }
  const [result] =
    (await resource.update?.([{ desired, state, fields: resource.compare(spec, state) }], testCall())) ?? []
  return result?.result === 'failed' ? `${result.error.code}: ${result.error.message}` : String(result?.result)
}

describe('settings of the controller', () => {
  it('are one item, read in one request, and exported as declared', async () => {
    const { link, resource } = setUp()
    const { items } = await resource.observe([], testCycle({ full: true, everything: true }))
    assert.deepEqual([...items], [['settings', { state: { maxTimerDrivenThreadCount: 10, canModify: true } }]])
    assert.equal(link.asked.length, 1)
    assert.deepEqual(controllerKind.describe?.({ maxTimerDrivenThreadCount: 10, canModify: true }), {
      maxTimerDrivenThreadCount: 10
    })
    assert.ok(!('create' in resource) && !('remove' in resource))
  })

  it('are refused where we may not see them', async () => {
    const { items } = await setUp({ [`GET ${path}`]: refusal(403, 'No policy') }).resource.observe([], testCycle())
    assert.deepEqual(items.get('settings'), { refused: 'No policy' })
  })

  it('differ where something is declared', () => {
    const compare = (item: unknown): unknown =>
      controllerKind.compare(controllerKind.schema.parse(item), { maxTimerDrivenThreadCount: 10, canModify: true })
    assert.deepEqual([compare({}), compare({ maxTimerDrivenThreadCount: 10 })], [[], []])
    assert.deepEqual(compare({ maxTimerDrivenThreadCount: 20 }), [
      { path: 'maxTimerDrivenThreadCount', before: 10, after: 20, risk: 'safe' }
    ])
    for (const wrong of [{ maxTimerDrivenThreadCount: 0 }, { maxTimerDrivenThreadCount: '5' }, { threads: 5 }])
      assert.ok(!controllerKind.schema.safeParse(wrong).success)
  })

  it('are held, with what to grant, where they may be viewed and not modified, unless nothing differs', async () => {
    const { resource } = setUp({
      [`GET ${path}`]: { ...Object(config(10)), permissions: { canRead: true, canWrite: false } }
    })
    const observed = await resource.observe([], testCycle())
    const check = (threads: number): unknown =>
      resource
        .check?.([declared(threads)], { observed, declared: new Map() })
        .map(({ verdict, code, message }) => `${verdict} ${code} ${message}`)
    assert.deepEqual(check(20), [
      'hold NOT_PERMITTED the controller may not be modified: grant "access the controller", modify (write /controller)'
    ])
    assert.deepEqual([check(10), resource.check?.([declared(20)], { declared: new Map() })], [[], []])
  })

  it('are written with the revision of their own', async () => {
    const { link, resource } = setUp()
    assert.equal(await declare(resource, 20), 'done')
    assert.deepEqual(
      link.of('PUT').map(({ body }) => body),
      [{ revision: { version: 3, clientId: 'client-1' }, component: { maxTimerDrivenThreadCount: 20 } }]
    )
  })

  it('are left alone when somebody has set them meanwhile', async () => {
    const { link, resource } = setUp({ [`GET ${path}`]: config(20) })
    assert.equal(await declare(resource, 20), 'unchanged')
    assert.deepEqual(link.of('PUT'), [])
  })

  it('are read and written again, once, when the revision is stale', async () => {
    const again = setUp({
      [`GET ${path}`]: inTurn(config(10, 3), config(11, 4)),
      [`PUT ${path}`]: inTurn(stale, config(20, 5))
    })
    assert.equal(await declare(again.resource, 20), 'done')
    assert.deepEqual(
      again.link.of('PUT').map(({ body }) => JSON.stringify(body).match(/"version":\d/)?.[0]),
      ['"version":3', '"version":4']
    )
    const never = setUp({ [`PUT ${path}`]: stale })
    assert.match(await declare(never.resource, 20), /^CONFLICT: .*not the most up-to-date/)
    assert.equal(never.link.of('PUT').length, 2)
  })

  it('fail in the words of NiFi', async () => {
    assert.equal(
      await declare(
        setUp({ [`PUT ${path}`]: refusal(400, 'Maximum Timer Driven Thread Count must be at least 2') }).resource,
        1
      ),
      'REJECTED: Maximum Timer Driven Thread Count must be at least 2'
    )
    assert.match(await declare(setUp({ [`GET ${path}`]: 'what else' }).resource, 20), /^UNAVAILABLE/)
  })
})
