/**
 * The order in which a flow becomes what is declared. What to do next depends on what NiFi holds and on nothing else, so
 * that whoever comes after a crash goes on where it stands.
 * @module
 */
import { listQueues } from '../queues/queued.ts'
import type { QueuePolicy } from '../schema.ts'
import type { ApartField } from './replace/differences.ts'
import type { Doomed } from './queues/doomed.ts'

/** Queues that the new definition removes, and what moves around them. */
export interface Queues {
  readonly policy: QueuePolicy
  /** All connections that would be removed. */
  readonly removed: readonly Doomed[]
  /** Live ids of what is running or still has threads. */
  readonly running: ReadonlySet<string>
  /** Live ids of what could be started. */
  readonly startable: ReadonlySet<string>
  /** For how long it is being drained, in ms; undefined: not yet. */
  readonly drainingFor?: number
  /** In ms. */
  readonly drainTimeout: number
  /** Whether we may start what is stopped. */
  readonly mayStart: boolean
}

/** What NiFi holds of one flow, and what is declared. */
export interface Facts {
  /** What would be replaced differs from what is live. */
  readonly differs: boolean
  /** Paths of what was sent and what NiFi has left as it was. */
  readonly left: readonly string[]
  /** Whether the group can be made again what it was before that was sent. */
  readonly canGoBack: boolean
  /** Set where something differs and connections would be removed. */
  readonly queues?: Queues
  /** Whether the declared context is bound, or may not be. */
  readonly isBound: boolean
  /** What a replacement leaves as it is, and was not written yet. */
  readonly apart: readonly ApartField[]
  /** Whether name, comments and marker are as they are to be. */
  readonly isDressed: boolean
  /** Whether it runs as declared, or may not. */
  readonly isInState: boolean
}

export type Step =
  /** Nothing is left to do. */
  | { readonly step: 'rest' }
  /** A queue that must not be lost stands in the way. */
  | { readonly step: 'refuse'; readonly why: string }
  /** Stop what feeds the queues, and remember that and since when. */
  | { readonly step: 'hold back'; readonly ids: readonly string[]; readonly isDrain: boolean }
  /** Start what empties the queues. */
  | { readonly step: 'feed on'; readonly ids: readonly string[] }
  /** Wait until the queues are empty. */
  | { readonly step: 'wait'; readonly why: string }
  /** Draining is given up: start again what was stopped for it. */
  | { readonly step: 'let go'; readonly why: string }
  /** Take everything out of the queues. */
  | { readonly step: 'drop'; readonly queues: readonly Doomed[] }
  | { readonly step: 'replace' }
  | { readonly step: 'bind' }
  /** Write a field that a replacement leaves as it is. */
  | { readonly step: 'write apart'; readonly field: ApartField }
  /** Write name, comments and marker; start what was stopped for a write. */
  | { readonly step: 'dress' }
  /** NiFi says that it has done what it has not: that must not look like done, nor stay half done. */
  | { readonly step: 'go back'; readonly why: string }
  | { readonly step: 'reject'; readonly why: string }
  /** Start or stop it. */
  | { readonly step: 'enter' }

type Rule = (facts: Facts) => Step | undefined

/** What is done first stands first; the first that has something to do is next. The name comes late: a group that is not finished is found by the one it was begun under. */
const order: readonly Rule[] = [
  ({ differs, queues }) => (differs && queues !== undefined ? queueStep(queues) : undefined),
  ({ differs }) => (differs ? { step: 'replace' } : undefined),
  ({ left, canGoBack }) => (left.length > 0 && canGoBack ? { step: 'go back', why: whyLeft(left) } : undefined),
  ({ isBound }) => (isBound ? undefined : { step: 'bind' }),
  ({ apart: [field] }) => (field === undefined ? undefined : { step: 'write apart', field }),
  ({ isDressed }) => (isDressed ? undefined : { step: 'dress' }),
  ({ left }) => (left.length > 0 ? { step: 'reject', why: whyLeft(left) } : undefined),
  ({ isInState }) => (isInState ? undefined : { step: 'enter' })
]

function whyLeft(left: readonly string[]): string {
  return `NiFi accepted the definition but did not change: ${left.join(', ')}`
}

/** Pure and total. */
export function nextStep(facts: Facts): Step {
  for (const rule of order) {
    const step = rule(facts)
    if (step !== undefined) return step
  }
  return { step: 'rest' }
}

/** Whether it lets queues run empty: what was done for that so far stays of use. Pure. */
export function isDraining(step: Step): boolean {
  return step.step === 'hold back' ? step.isDrain : step.step === 'feed on' || step.step === 'wait'
}

/** What the queues need before the connections can go; undefined: nothing. */
function queueStep(queues: Queues): Step | undefined {
  const full = queues.removed.filter(({ queued }) => queued > 0)
  if (full.length === 0) return undefined
  if (queues.policy === 'fail') return { step: 'refuse', why: `${listQueues(full)} and would be removed` }
  return queues.policy === 'drop' ? dropStep(queues, full) : drainStep(queues, full)
}

function dropStep({ running }: Queues, full: readonly Doomed[]): Step {
  const ids = new Set(full.flatMap(({ feeders, consumer }) => [...feeders, consumer]).filter((id) => running.has(id)))
  return ids.size > 0 ? { step: 'hold back', ids: [...ids], isDrain: false } : { step: 'drop', queues: full }
}

/** What empties one of the queues must run, also where it feeds another one. */
function drainStep(
  { removed, running, startable, drainingFor, drainTimeout, mayStart }: Queues,
  full: readonly Doomed[]
): Step {
  const consumers = new Set(full.map(({ consumer }) => consumer))
  const feeding = new Set(
    removed.flatMap(({ feeders }) => feeders).filter((id) => running.has(id) && !consumers.has(id))
  )
  if (drainingFor !== undefined && drainingFor >= drainTimeout)
    return { step: 'let go', why: `${listQueues(full)} after draining for ${Math.round(drainTimeout / 1000)} s` }
  const idle = [...consumers].filter((id) => startable.has(id))
  if (idle.length > 0 && !mayStart)
    return { step: 'let go', why: `${listQueues(full)} and nothing runs that would empty them` }
  if (feeding.size > 0 || drainingFor === undefined) return { step: 'hold back', ids: [...feeding], isDrain: true }
  return idle.length > 0 ? { step: 'feed on', ids: idle } : { step: 'wait', why: listQueues(full) }
}
