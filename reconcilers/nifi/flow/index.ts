/**
 * NiFi flows: process groups under one parent, each as its definition says.
 * @module
 */
import type { Resource } from '../../../src/plugin.ts'
import type { FlowFacts } from './facts.ts'
import { flowKind } from './kind.ts'
import { observeFlows } from './observe.ts'
import type { FlowSpec } from './schema.ts'
import type { FlowState } from './state.ts'
import type { FlowTools } from './tools.ts'
import type { WriteOptions } from './write/call-context.ts'
import { createFlows } from './write/create.ts'
import { updateFlows } from './write/update.ts'

export { flowKind } from './kind.ts'

/** The flows of a parent group. They are never removed. */
export function flowResource(tools: FlowTools, writing: WriteOptions = {}): Resource<FlowSpec, FlowState, FlowFacts> {
  return {
    ...flowKind,
    scoped: true,
    observe: (desired, cycle) => observeFlows(tools, desired, cycle),
    create: (items, call) => createFlows(tools, items, call, writing),
    update: (updates, call) => updateFlows(tools, updates, call, writing)
  }
}
