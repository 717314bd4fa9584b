/**
 * Changes flows in place.
 * @module
 */
import { answerEach, type ItemResult, type Update, type WriteCall } from '../../../../src/plugin.ts'
import type { FlowFacts } from '../facts.ts'
import { runStateField } from '../run-state/run-state.ts'
import type { FlowSpec } from '../schema.ts'
import type { FlowState } from '../state.ts'
import type { FlowTools } from '../tools.ts'
import { callContext, type WriteOptions } from './call-context.ts'
import type { FlowTask } from './step-context.ts'
import { runFlow } from './run-flow.ts'

type FlowUpdate = Update<FlowSpec, FlowState>

/**
 * Writes the named fields, and nothing that is live and not among them. Queued data is kept but for what `onRemovedQueues`
 * says, and what does not change keeps running. A result for every item; throws where NiFi stops answering before one of them has its own.
 */
export function updateFlows(
  tools: FlowTools,
  updates: readonly FlowUpdate[],
  call: WriteCall<FlowFacts>,
  options: WriteOptions = {}
): Promise<readonly ItemResult[]> {
  const context = callContext(tools, call, options)
  return answerEach(updates, async (update) => {
    await tools.readings.assertWritable(context.fresh)
    return runFlow(update.state.id, taskOf(update), context)
  })
}

function taskOf(update: FlowUpdate): FlowTask {
  const { desired, state, fields } = update
  const allowed = new Set(fields.map(({ path }) => path))
  // What is in a component that is added is not among the fields.
  const added = fields.filter(({ before }) => before === null).map(({ path }) => `${path}.`)
  const allows = (path: string): boolean => allowed.has(path) || added.some((start) => path.startsWith(start))
  return { desired, allows, isManaged: isManaged(update), planned: state }
}

/** Where it runs as declared already, it does so afterwards too; where it does not, only the plan may say that it shall. */
function isManaged({ desired: { spec, control }, state, fields }: FlowUpdate): boolean {
  if (spec.state === 'IGNORE' || control.ignore.includes('state')) return false
  return fields.some(({ path }) => path === 'state') || runStateField(spec.state, state).length === 0
}
