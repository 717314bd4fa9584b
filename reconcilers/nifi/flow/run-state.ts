/**
 * Whether a flow runs as declared.
 * @module
 */
import type { FieldChange } from '../../../src/contract.ts'
import type { RunState } from './schema.ts'
import type { FlowState } from './state.ts'

/** The field `state` where it differs: something that should run does not, or the other way round. Pure. */
export function runStateField(declared: RunState, state: FlowState): readonly FieldChange[] {
  return isInSync(declared, state) ? [] : [{ path: 'state', before: runStateOf(state), after: declared, risk: 'safe' }]
}

/** What we stopped for a change and did not start again, whatever is declared or ignored of the run state. Pure. */
export function unfinishedField({ marker }: Pick<FlowState, 'marker'>): readonly FieldChange[] {
  const stopped = marker?.stopped ?? []
  return stopped.length === 0 ? [] : [{ path: 'unfinished', before: `${stopped.length} stopped for a change`, after: null, risk: 'safe' }]
}

/** Whether everything runs that should, or nothing that should not. Services of a flow that is to be stopped do not count. Pure. */
export function isInSync(declared: RunState, { counts: { running, stopped, invalid }, services }: FlowState): boolean {
  if (declared === 'RUNNING') return stopped + invalid === 0 && services.every(({ state }) => state === 'ENABLED')
  return declared === 'IGNORE' || running === 0
}

/** In words: `RUNNING`, `STOPPED`, or how much of it runs. */
function runStateOf({ counts: { running, stopped, invalid }, services }: FlowState): string {
  if (running + invalid === 0 && stopped > 0) return 'STOPPED'
  const waiting = services.filter(({ state }) => state !== 'ENABLED').map(({ name, state }) => `${name} ${state}`)
  if (running > 0 && stopped + invalid + waiting.length === 0) return 'RUNNING'
  const counted = Object.entries({ running, stopped, invalid }).flatMap(([what, count]) => (count === 0 ? [] : [`${count} ${what}`]))
  return [...counted, ...waiting].join(', ')
}
