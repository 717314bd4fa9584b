/**
 * A NiFi in memory, what is declared for it, and cycles as the framework makes them.
 */
import assert from 'node:assert/strict'
import type { Desired, FieldChange, ItemResult, WriteCall } from '../../../../../src/contract.ts'
import type { Json } from '../../../../../src/records.ts'
import { testCall, testCycle } from '../../../../../src/testing/cycle.ts'
import { compareFlow } from '../../../../../reconcilers/nifi/flow/compare.ts'
import type { Component, Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import type { FlowFacts } from '../../../../../reconcilers/nifi/flow/facts.ts'
import { observeFlows } from '../../../../../reconcilers/nifi/flow/observe.ts'
import type { FlowSpec } from '../../../../../reconcilers/nifi/flow/schema.ts'
import { flowTools, type FlowTools } from '../../../../../reconcilers/nifi/flow/tools.ts'
import { createFlows } from '../../../../../reconcilers/nifi/flow/write/create.ts'
import { updateFlows } from '../../../../../reconcilers/nifi/flow/write/update.ts'
import type { Link } from '../../../../../reconcilers/nifi/connection/link.ts'
import { Readings } from '../../../../../reconcilers/nifi/reading/readings.ts'
import { resultsOf } from '../../call-results.ts'
import { NifiModel } from '../../nifi-model.ts'
import { content, declare, heartbeat, processor, spec } from '../flows.ts'

export class World {
  readonly nifi: NifiModel
  readonly #link: Link
  /** The last cycle's plan. */
  fields: readonly FieldChange[] = []

  constructor(nifi: NifiModel = new NifiModel(), link: Link = nifi) {
    this.nifi = nifi
    this.#link = link
  }

  get tools(): FlowTools {
    const link = this.#link
    const given = { link, readings: new Readings(link, 'root'), owner: 'infometis', parentGroup: 'root' }
    return flowTools(given, this.nifi.clock)
  }

  /** A call, after a pass that saw what is there. */
  async call(tools: FlowTools): Promise<WriteCall<FlowFacts>> {
    const { facts } = await observeFlows(tools, [], testCycle())
    return testCall({ clock: this.nifi.clock, facts })
  }

  create(...items: readonly Desired<FlowSpec>[]): Promise<readonly ItemResult[]> {
    const names = items.map(({ name }) => name)
    const { tools } = this
    return resultsOf(names, async () => createFlows(tools, items, await this.call(tools)))
  }

  /** Observes, plans and writes one flow; undefined: nothing was to be done. */
  async cycle(
    declared: Desired<FlowSpec>,
    mayWrite: (field: FieldChange) => boolean = () => true
  ): Promise<ItemResult | undefined> {
    const tools = this.tools
    const { items, facts } = await observeFlows(tools, [declared], testCycle())
    const seen = items.get(declared.name)
    const call = testCall({ clock: this.nifi.clock, facts })
    const write = async (begin: () => Promise<readonly ItemResult[]>): Promise<ItemResult | undefined> =>
      (await resultsOf([declared.name], begin))[0]
    if (seen === undefined) return write(() => createFlows(tools, [declared], call))
    if ('refused' in seen) return assert.fail(seen.refused)
    this.fields = compareFlow(declared.spec, seen.state).filter(mayWrite)
    if (this.fields.length === 0) return undefined
    return write(() => updateFlows(tools, [{ desired: declared, state: seen.state, fields: this.fields }], call))
  }

  /** Cycles a second apart until nothing is to be done; what the cycles said. */
  async converge(declared: Desired<FlowSpec>, most = 30): Promise<readonly ItemResult[]> {
    const said: ItemResult[] = []
    for (let cycles = 0; cycles < most; cycles += 1) {
      const result = await this.cycle(declared)
      if (result === undefined) return said
      said.push(result)
      if (result.result === 'failed') return said
      this.nifi.clock.pass(1000)
    }
    return assert.fail(`not converged: ${JSON.stringify(said.slice(-3))}`)
  }
}

/** A declared flow "heartbeat". */
export function flow(group: Group = heartbeat, more: Partial<FlowSpec> = {}): Desired<FlowSpec> {
  return declare('heartbeat', spec({ content: content(group), ...more }))
}

/** A processor of a type of the standard bundle. */
export function of(type: string, identifier: string, properties: Readonly<Record<string, Json>> = {}): Component {
  return processor(identifier, properties, { type: `org.apache.nifi.processors.standard.${type}` })
}

export { content, heartbeat, processor }

/** The group with other processors, and connections only among those. */
export function withProcessors(...processors: readonly Component[]): Group {
  const names = new Set(processors.map(({ identifier }) => identifier))
  const connections = (heartbeat.connections ?? []).filter(({ source, destination }) =>
    [source, destination].every((end) => names.has(idOf(end)))
  )
  return { ...heartbeat, processors, connections }
}

function idOf(end: Component[string] | undefined): string {
  return typeof end === 'object' && end !== null && 'id' in end && typeof end.id === 'string' ? end.id : ''
}

/** Why an item failed. */
export function errorOf(result: ItemResult | undefined): { readonly code: string; readonly message: string } {
  assert.ok(result?.result === 'failed', `expected a failure, found ${JSON.stringify(result)}`)
  return result.error
}
