/**
 * What keeps parts of a flow from running, and how that is said.
 * @module
 */
import { type ErrorCode, ReconcileError } from '../../../../../src/plugin.ts'
import { means } from '../../../connection/prose.ts'
import type { Labels } from '../../identity/live-labels.ts'
import type { Part } from '../../run-state/part.ts'

/** What keeps something from running, in NiFi's words. */
export interface PartFault {
  /** Live id of the component. */
  readonly id: string
  readonly name: string
  readonly why: string
  readonly code: ErrorCode
}

/**
 * Of something invalid. What only misses a service is right as soon as somebody enables that, whatever becomes of the
 * declaration: it is retried. Pure.
 */
export function whyInvalid(errors: readonly string[]): Pick<PartFault, 'why' | 'code'> {
  const isMissing = errors.length > 0 && errors.every((error) => means(error, 'service-disabled'))
  return {
    why: `is invalid: ${errors.join('; ') || 'NiFi does not say why'}`,
    code: isMissing ? 'UNAVAILABLE' : 'REJECTED'
  }
}

/** NiFi takes the order to start or stop a group from anybody, leaves out what he may not operate, and says nothing. Pure. */
export function closedTo({ id, name }: Part): PartFault {
  return {
    id,
    name,
    why: 'may not be started or stopped: grant "operate the component", or "modify the component", on the process group around it',
    code: 'NOT_PERMITTED'
  }
}

/** The target of a remote port may be there at any time, whatever becomes of the declaration. Pure. */
export function faultOf({ kind, id, name, errors }: Part): PartFault {
  if (kind === 'remote-ports') return { id, name, why: `cannot transmit: ${errors.join('; ')}`, code: 'UNAVAILABLE' }
  return { id, name, ...whyInvalid(errors) }
}

/** Throws all of them as one error, by what people call the parts; nothing where there are none. */
export function throwFaults(faults: readonly PartFault[], labels: Labels): void {
  const [first] = faults
  if (first === undefined) return
  const code = faults.find((fault) => fault.code === 'REJECTED')?.code ?? first.code
  throw new ReconcileError(code, faults.map(({ id, name, why }) => `${labels.get(id) ?? name} ${why}`).join('; '))
}

/** The first few by name, the others counted. Pure. */
export function listed(parts: readonly Part[], labels: Labels): string {
  const names = parts.slice(0, 3).map(({ id, name }) => labels.get(id) ?? name)
  const more = parts.length - names.length
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''} ${parts.length === 1 ? 'is' : 'are'}`
}
