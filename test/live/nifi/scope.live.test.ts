/** Passes over single items on real servers: they show the same as passes over everything, and cost no more with more flows. */
import assert from 'node:assert/strict'
import type { AnyResource, Desired, Observed, Service } from '../../../src/contract.ts'
import type { Json } from '../../../src/records.ts'
import { keyOf } from '../../../src/records.ts'
import { Environment } from '../../../src/connect/environment.ts'
import { testCall, testCycle } from '../../../src/testing/index.ts'
import { ClientLink } from '../../../reconcilers/nifi/connection/client-link.ts'
import type { Request } from '../../../reconcilers/nifi/connection/link.ts'
import { readConnectionSettings } from '../../../reconcilers/nifi/connection/settings.ts'
import { digestOf } from '../../../reconcilers/nifi/flow/definition/canonical.ts'
import type { FlowState } from '../../../reconcilers/nifi/flow/state.ts'
import { nifiService } from '../../../reconcilers/nifi/index.ts'
import { tapOn } from '../line.ts'
import { nifiVersions, openScene, serverOrSkip, type Scene } from './harness.ts'
import { pair } from './pair.ts'

type Declared = readonly Desired<unknown>[]

/** One process beside a NiFi: a pass after the other, each over the kinds that are asked for. */
class Process {
  readonly #service: Service
  readonly #link: ClientLink
  readonly seen: Request[]

  constructor(scene: Scene) {
    const environment = new Environment({ ...scene.env, REQUEST_TIMEOUT: '30s' })
    this.#link = new ClientLink(readConnectionSettings(environment))
    const { ask, seen } = tapOn((request: Request, signal) => this.#link.ask(request, signal))
    this.seen = seen
    const link = { ask, clientId: this.#link.clientId, close: () => this.#link.close() }
    this.#service = nifiService(link, { owner: 'infometis', parentGroup: scene.parent })
  }

  kind(kind: string): AnyResource {
    return this.#service.resources.find((each) => each.kind === kind) ?? assert.fail(kind)
  }

  items(kind: string, declared: Readonly<Record<string, Json>>): Declared {
    const resource = this.kind(kind)
    return Object.entries(declared).map(([name, item]) => {
      const spec = resource.schema.parse(item)
      return {
        key: keyOf('nifi', kind, name),
        name,
        spec: resource.complete?.(spec, new Map()) ?? spec,
        digest: JSON.stringify(item),
        control: { paused: false, ignore: [], exact: false },
        at: { file: 'file', line: 1, column: 1 }
      }
    })
  }

  whole(kind: string, items: Declared): Promise<Observed<unknown, unknown>> {
    return this.kind(kind).observe(items, testCycle())
  }

  scoped(kind: string, items: Declared): Promise<Observed<unknown, unknown>> {
    return this.kind(kind).observe(items, testCycle({ scope: new Set(items.map(({ key }) => key)) }))
  }

  async create(kind: string, items: Declared): Promise<void> {
    const { facts } = await this.whole(kind, [])
    const results = (await this.kind(kind).create?.(items, testCall({ facts }))) ?? []
    assert.deepEqual(
      results.filter(({ result }) => result !== 'done'),
      []
    )
  }

  close(): Promise<void> {
    return this.#link.close()
  }
}

/** What does not depend on the order in which NiFi lists, nor on where a definition was downloaded from. */
function comparable(state: unknown): unknown {
  if (!isFlow(state)) return state
  const byId = <T extends { readonly id: string }>(list: readonly T[] = []): readonly T[] =>
    list.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const { definition, services, offered, ...rest } = state
  assert.ok(definition !== undefined)
  return { ...rest, definition: digestOf(definition), services: byId(services), offered: byId(offered) }
}

function isFlow(state: unknown): state is FlowState {
  return typeof state === 'object' && state !== null && 'definition' in state
}

for (const version of nifiVersions) {
  describe(`passes over single items of NiFi ${version}`, function () {
    this.timeout(300_000)
    let scene: Scene
    let process: Process

    before(async function () {
      scene = await openScene(await serverOrSkip(this, version))
    })

    beforeEach(() => {
      process = new Process(scene)
    })

    afterEach(async () => {
      await process.close()
      await scene.hand.clear(scene.parent)
      await scene.hand.clearContexts(scene.prefix)
    })

    const flows = (count: number, fields: Parameters<typeof pair>[0] = {}): Declared =>
      process.items(
        'flow',
        Object.fromEntries(
          Array.from({ length: count }, (_, index) => [scene.name(`f${index}`), pair({ state: 'STOPPED', ...fields })])
        )
      )

    async function assertSame(kind: string, items: Declared, others: Declared): Promise<void> {
      await process.whole(kind, [...items, ...others])
      process.seen.length = 0
      const part = await process.scoped(kind, items)
      assert.ok(
        !process.seen.some(({ path }) => path === '/flow/parameter-contexts' || path.endsWith(scene.parent)),
        process.seen.map(({ path }) => path).join('\n')
      )
      const all = await process.whole(kind, [...items, ...others])
      assert.deepEqual(
        [...part.items.keys()],
        items.map(({ name }) => name)
      )
      for (const { name, spec } of items) {
        const [one, same] = [part.items.get(name), all.items.get(name)]
        assert.ok(one !== undefined && same !== undefined && 'state' in one && 'state' in same)
        assert.deepEqual({ ...one, state: comparable(one.state) }, { ...same, state: comparable(same.state) })
        const resource = process.kind(kind)
        assert.deepEqual(resource.compare(spec, one.state), resource.compare(spec, same.state))
      }
      const remarks = (observed: Observed<unknown, unknown>) =>
        process.kind(kind).check?.(items, { observed, declared: new Map([[kind, [...items, ...others]]]) })
      assert.deepEqual(remarks(part), remarks(all))
    }

    it('show parameter contexts as a pass over everything does', async () => {
      const [base, own, other] = ['base', 'own', 'other'].map((short) => scene.name(short))
      assert.ok(base !== undefined && own !== undefined && other !== undefined)
      const items = process.items('parameter-context', {
        [base]: { parameters: { size: '1KB', both: 'b' } },
        [own]: { description: 'd', parameters: { both: 'o', file: { value: null } }, inherits: [base] },
        [other]: { parameters: { other: '1' } }
      })
      await process.create('parameter-context', items)
      await process.create('flow', flows(1, { parameterContext: own, size: '#{size}' }))
      await assertSame('parameter-context', items.slice(1, 2), [...items.slice(0, 1), ...items.slice(2)])
    })

    it('show flows as a pass over everything does, in sync and changed by hand', async () => {
      const context = scene.name('ctx')
      await process.create(
        'parameter-context',
        process.items('parameter-context', { [context]: { parameters: { size: '1KB' } } })
      )
      const [changed, ...others] = flows(3, { parameterContext: context, size: '#{size}', state: 'RUNNING' })
      assert.ok(changed !== undefined)
      await process.create('flow', [changed, ...others])
      await assertSame('flow', [changed], others)
      const group = await scene.groupOf('f0')
      await scene.hand.configure((await scene.hand.processor(group, 'log')).id, { properties: { 'Log Level': 'warn' } })
      await assertSame('flow', [changed], others)
    })

    it('show the settings of the controller as a pass over everything does', async () => {
      await assertSame('controller', process.items('controller', { settings: { maxTimerDrivenThreadCount: 10 } }), [])
    })

    it('cost the same with 5 and with 25 flows', async () => {
      const costs: number[] = []
      for (const count of [5, 25]) {
        const items = flows(count)
        await process.create('flow', items.slice(costs.length === 0 ? 0 : 5))
        await process.whole('flow', items)
        process.seen.length = 0
        const [first] = items
        assert.ok(first !== undefined)
        const seen = (await process.scoped('flow', [first])).items.get(first.name)
        assert.ok(seen !== undefined && 'state' in seen)
        assert.deepEqual(process.kind('flow').compare(first.spec, seen.state), [])
        costs.push(process.seen.length)
      }
      assert.deepEqual(costs, [3, 3])
    })
  })
}
