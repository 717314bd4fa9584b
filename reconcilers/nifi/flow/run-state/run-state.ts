/**
 * Whether a flow runs as declared.
 * @module
 */
import type { FieldChange } from '../../../../src/plugin.ts'
import type { RunState } from '../schema.ts'
import type { ServiceStatus } from '../../reading/entities.ts'
import type { FlowState, Invalid } from '../state.ts'

/** The field `state` where it differs: something that should run does not, or the other way round. Pure. */
export function runStateField(declared: RunState, state: FlowState): readonly FieldChange[] {
  return isInSync(declared, state) ? [] : [{ path: 'state', before: runStateOf(state), after: declared, risk: 'safe' }]
}

/** What we stopped for a change and did not start again, whatever is declared or ignored of the run state. Pure. */
export function unfinishedField({ marker }: Pick<FlowState, 'marker'>): readonly FieldChange[] {
  const stopped = marker?.stopped ?? []
  return stopped.length === 0
    ? []
    : [{ path: 'unfinished', before: `${stopped.length} stopped for a change`, after: null, risk: 'safe' }]
}

/** Whether everything runs and transmits that should, or nothing that should not. Services of a flow that is to be stopped do not count. Pure. */
export function isInSync(
  declared: RunState,
  { counts: { running, stopped, invalid: broken }, services, invalid = [], remotePorts = [] }: FlowState
): boolean {
  if (declared === 'IGNORE') return true
  if (declared === 'STOPPED') return running === 0 && remotePorts.every(({ isTransmitting }) => !isTransmitting)
  return (
    stopped + broken + invalid.length === 0 &&
    services.every(({ state }) => state === 'ENABLED') &&
    remotePorts.every(({ isTransmitting }) => isTransmitting)
  )
}

/** In words: `RUNNING`, `STOPPED`, or how much of it runs, and what keeps the rest from it. */
function runStateOf({
  counts: { running, stopped, invalid: broken },
  services,
  invalid = [],
  remotePorts = []
}: FlowState): string {
  const [on, off] = [
    remotePorts.filter(({ isTransmitting }) => isTransmitting),
    remotePorts.filter(({ isTransmitting }) => !isTransmitting)
  ]
  if (running + broken + invalid.length + on.length === 0 && stopped + off.length > 0) return 'STOPPED'
  const waiting = services.filter(({ state }) => state !== 'ENABLED').map(serviceWords)
  if (running > 0 && stopped + broken + invalid.length + waiting.length + off.length === 0) return 'RUNNING'
  const counts = { running, stopped, invalid: broken, transmitting: on.length, 'not transmitting': off.length }
  const counted = Object.entries(counts).flatMap(([what, count]) => (count === 0 ? [] : [`${count} ${what}`]))
  return [...counted, ...waiting, ...said(invalid)].join(', ')
}

/** What is wrong with it says more than that it is DISABLED. */
function serviceWords({ name, state, validation, validationErrors }: ServiceStatus): string {
  return validation === 'INVALID' ? `${name} INVALID: ${validationErrors.join('; ')}` : `${name} ${state}`
}

/** The first few by name, in NiFi's words. */
function said(invalid: readonly Invalid[]): readonly string[] {
  const shown = invalid.slice(0, mostNamed).map(({ name, errors }) => `${name}: ${errors.join('; ')}`)
  return invalid.length > mostNamed ? [...shown, `and ${invalid.length - mostNamed} more`] : shown
}

const mostNamed = 3
