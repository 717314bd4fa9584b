/**
 * One component of a flow that is started and stopped.
 * @module
 */
import type { Revision } from '../../reading/entities.ts'

/** A component with a run state. */
export interface Part {
  readonly kind: 'processors' | 'input-ports' | 'output-ports' | 'remote-ports'
  /** Where its run state is written. */
  readonly path: string
  /** The live id. */
  readonly id: string
  readonly revision: Revision
  readonly name: string
  /** A remote port runs while it transmits. */
  readonly state: 'RUNNING' | 'STOPPED' | 'DISABLED'
  readonly validation: 'VALID' | 'INVALID' | 'VALIDATING'
  /** Whether we may start and stop it. */
  readonly canOperate: boolean
  /** In NiFi's words. */
  readonly errors: readonly string[]
  /** Threads at work in it; one that is stopped ends them first. */
  readonly threads: number
}

/** Whether it could be started now. A remote port may wait for its target: it begins to transmit when that is there. Pure. */
export function isStartable({ kind, state, validation }: Part): boolean {
  return state === 'STOPPED' && (validation === 'VALID' || kind === 'remote-ports')
}

/** Whether something is wrong with it; what is disabled need not be valid. Pure. */
export function isInvalid({ state, validation }: Part): boolean {
  return state !== 'DISABLED' && validation === 'INVALID'
}
