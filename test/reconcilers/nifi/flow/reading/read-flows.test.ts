import assert from 'node:assert/strict'
import type { Desired, ItemResult, Observed } from '../../../../../src/contract.ts'
import { testCall, testCycle } from '../../../../../src/testing/cycle.ts'
import { compareFlow } from '../../../../../reconcilers/nifi/flow/compare.ts'
import type { FlowFacts } from '../../../../../reconcilers/nifi/flow/facts.ts'
import { observeFlows } from '../../../../../reconcilers/nifi/flow/observe.ts'
import type { FlowSpec } from '../../../../../reconcilers/nifi/flow/schema.ts'
import type { FlowState } from '../../../../../reconcilers/nifi/flow/state.ts'
import { flowTools, type FlowTools } from '../../../../../reconcilers/nifi/flow/tools.ts'
import { createFlows } from '../../../../../reconcilers/nifi/flow/write/create.ts'
import { updateFlows } from '../../../../../reconcilers/nifi/flow/write/update.ts'
import { Readings } from '../../../../../reconcilers/nifi/reading/readings.ts'
import { NifiModel } from '../../nifi-model.ts'
import { content, declare, spec } from '../flows.ts'
import { heartbeat, processor, withProcessors } from '../write/world.ts'

type Seen = Observed<FlowState, FlowFacts>

/** One process beside one NiFi with flows `f0`, `f1` … that it has made and listed once. */
class Process {
  readonly nifi: NifiModel
  readonly tools: FlowTools

  constructor(nifi: NifiModel) {
    this.nifi = nifi
    const given = { link: nifi, readings: new Readings(nifi, 'root'), owner: 'infometis', parentGroup: 'root' }
    this.tools = flowTools(given, nifi.clock)
  }

  static async of(count: number): Promise<Process> {
    const process = new Process(new NifiModel())
    const flows = named(count)
    const { facts } = await process.whole([])
    const results = await createFlows(process.tools, flows, testCall({ clock: process.nifi.clock, facts }))
    assert.ok(results.every(({ result }) => result === 'done'))
    await process.whole(flows)
    process.nifi.asked.length = 0
    return process
  }

  whole(flows: readonly Desired<FlowSpec>[]): Promise<Seen> {
    return observeFlows(this.tools, flows, testCycle())
  }

  scoped(...flows: readonly Desired<FlowSpec>[]): Promise<Seen> {
    return observeFlows(this.tools, flows, testCycle({ scope: new Set(flows.map(({ key }) => key)) }))
  }

  /** One pass over one flow: undefined where nothing was to be done. */
  async pass(flow: Desired<FlowSpec>): Promise<ItemResult | undefined> {
    const { items, facts } = await this.scoped(flow)
    const seen = items.get(flow.name)
    const call = testCall({ clock: this.nifi.clock, facts })
    if (seen === undefined) return (await createFlows(this.tools, [flow], call))[0]
    assert.ok('state' in seen)
    const fields = compareFlow(flow.spec, seen.state)
    if (fields.length === 0) return undefined
    return (await updateFlows(this.tools, [{ desired: flow, state: seen.state, fields }], call))[0]
  }

  get hasListed(): boolean {
    return this.nifi.of('GET', /^\/flow\/process-groups\/root$/).length > 0
  }
}

function named(count: number, more: Partial<FlowSpec> = {}): readonly Desired<FlowSpec>[] {
  return Array.from({ length: count }, (_, index) =>
    declare(`f${index}`, spec({ content: content(heartbeat), ...more }))
  )
}

const [f0, f1] = named(2)
assert.ok(f0 !== undefined && f1 !== undefined)

describe('a pass over single flows', () => {
  it('shows the same of them as a pass over everything, and nothing else', async () => {
    const process = await Process.of(4)
    process.nifi.addRootService('cache')
    const group = process.nifi.named('f1')[0] ?? assert.fail()
    process.nifi.component('gen', group).body = {
      ...process.nifi.component('gen', group).body,
      properties: { 'File Size': '9KB' }
    }
    const part = await process.scoped(f0, f1)
    assert.ok(!process.hasListed)
    const all = await process.whole([f0, f1])
    assert.deepEqual([...part.items.keys()], ['f0', 'f1'])
    for (const name of ['f0', 'f1']) assert.deepEqual(part.items.get(name), all.items.get(name))
    const { definitions: _some, ...facts } = part.facts
    const { definitions: _all, ...allFacts } = all.facts
    assert.deepEqual(facts, allFacts)
  })

  it('costs the same however many others there are', async () => {
    const costs = await Promise.all(
      [2, 20].map(async (count) => {
        const process = await Process.of(count)
        await process.scoped(f0)
        return process.nifi.asked.length
      })
    )
    assert.deepEqual(costs, [3, 3])
  })

  it('reads parameter contexts only where it does not know one', async () => {
    const process = await Process.of(2)
    process.nifi.addContext('ctx')
    const bound = declare('f0', spec({ content: content(heartbeat), parameterContext: 'ctx' }))
    assert.ok((await process.scoped(bound)).facts.contexts.has('ctx'))
    assert.equal(process.nifi.asked.length, 4)
    await process.scoped(bound)
    assert.equal(process.nifi.asked.length, 7)
  })

  const surprises: Readonly<Record<string, (process: Process) => unknown>> = {
    'was not there': () => undefined,
    'is gone': ({ nifi }) => nifi.root.groups.splice(0, 1),
    'was renamed': ({ nifi }) => void Object.assign(nifi.root.groups[0] ?? {}, { name: 'else' }),
    'was moved': ({ nifi }) => {
      const [group, into] = nifi.root.groups
      assert.ok(group !== undefined && into !== undefined)
      nifi.root.groups.shift()
      into.groups.push(group)
    },
    'lost its marker': ({ nifi }) => void Object.assign(nifi.root.groups[0] ?? {}, { comments: '' })
  }
  for (const [title, surprise] of Object.entries(surprises)) {
    it(`reads everything where a flow ${title}`, async () => {
      const process = await Process.of(3)
      surprise(process)
      const flow = title === 'was not there' ? declare('new', f0.spec) : f0
      const part = await process.scoped(flow)
      assert.ok(process.hasListed)
      assert.deepEqual(part.items.get(flow.name), (await process.whole([flow])).items.get(flow.name))
    })
  }

  it('reads everything where another group had the same marker, and when it has listed nothing yet', async () => {
    const process = await Process.of(2)
    const [first, second] = process.nifi.root.groups
    assert.ok(first !== undefined && second !== undefined)
    second.comments = first.comments
    await process.whole([f0, f1])
    process.nifi.asked.length = 0
    const seen = (await process.scoped(f0)).items.get('f0')
    assert.ok(process.hasListed && seen !== undefined && 'state' in seen && seen.state.twins.length === 1)
    const restarted = new Process(process.nifi)
    process.nifi.asked.length = 0
    await restarted.scoped(f1)
    assert.ok(restarted.hasListed)
  })

  it('reads everything at once where that costs less than many flows one by one', async () => {
    const process = await Process.of(6)
    await process.scoped(...named(6))
    assert.ok(process.hasListed)
    assert.equal(process.nifi.asked.length, 4)
  })

  it('takes a write up where the last pass left it, until it is done', async () => {
    const process = await Process.of(3)
    const group = process.nifi.named('f0')[0] ?? assert.fail()
    process.nifi.component('c1', group).queued = 400
    process.nifi.faults.before = () => {
      for (const connection of group.components.filter(({ queued }) => queued > 0)) connection.queued -= 1
    }
    const other = declare(
      'f0',
      spec({
        content: content(withProcessors(processor('gen'))),
        onRemovedQueues: 'drain',
        drainTimeout: 600_000
      })
    )
    const results: string[] = []
    for (let pass = 0; pass < 30; pass += 1) {
      const result = await process.pass(other)
      if (result === undefined) break
      results.push(result.result)
      process.nifi.clock.pass(1000)
    }
    assert.equal(results.at(-1), 'done', results.join())
    assert.ok(results.length > 2 && results.includes('waiting') && !process.hasListed, results.join())
    const { items } = await process.whole([other])
    const seen = items.get('f0')
    assert.ok(seen !== undefined && 'state' in seen)
    assert.deepEqual(compareFlow(other.spec, seen.state), [])
  })

  it('creates a flow and continues with it', async () => {
    const process = await Process.of(2)
    const made = declare('new', spec({ content: content(heartbeat) }))
    assert.equal((await process.pass(made))?.result, 'done')
    assert.equal(await process.pass(made), undefined)
    process.nifi.asked.length = 0
    assert.equal(await process.pass(made), undefined)
    assert.equal(process.nifi.asked.length, 3)
  })
})
