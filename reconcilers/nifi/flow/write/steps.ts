/**
 * The order in which a flow becomes what is declared. What to do next depends on what NiFi holds and on nothing else, so
 * that after a crash the next pass continues from there.
 * @module
 */
import type { Apart } from '../definition/apart.ts'
import { listQueues } from '../queues/queued.ts'
import type { QueuePolicy } from '../schema.ts'
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

/** A field that a replacement leaves as it is. */
export interface ApartField extends Apart {
  /** Tells the difference it is, with the value it is to get. */
  readonly key: string
}

/** What NiFi holds of one flow, and what is declared. */
export interface StepFacts {
  /** What would be replaced differs from what is live. */
  readonly differs: boolean
  /** Paths of what was sent and what NiFi has left as it was. */
  readonly left: readonly string[]
  /** Whether the group can be made again what it was before that was sent. */
  readonly canRollBack: boolean
  /** Set where something differs and connections would be removed. */
  readonly queues?: Queues
  /** Whether the declared context is bound, or may not be. */
  readonly isBound: boolean
  /** What a replacement leaves as it is, and was not written yet. */
  readonly apart: readonly ApartField[]
  /** Whether name, comments and marker are as they are to be. */
  readonly hasMetadata: boolean
  /** Whether it runs as declared, or may not. */
  readonly isInRunState: boolean
}

/** Empties queues whose connections the new definition removes. */
export type QueueStep =
  /** Stop what feeds the queues, and remember that and since when. */
  | { readonly step: 'stop-feeders'; readonly ids: readonly string[]; readonly isDrain: boolean }
  /** Start what empties the queues. */
  | { readonly step: 'start-consumers'; readonly ids: readonly string[] }
  /** Wait until the queues are empty. */
  | { readonly step: 'await-drain'; readonly why: string }
  /** Take everything out of the queues. */
  | { readonly step: 'drop-queues'; readonly queues: readonly Doomed[] }

export type Step =
  | QueueStep
  /** Nothing is left to do. */
  | { readonly step: 'done' }
  /** A queue that must not be lost stands in the way. */
  | { readonly step: 'refuse'; readonly why: string }
  /** Draining is given up: start again what was stopped for it. */
  | { readonly step: 'abort-drain'; readonly why: string }
  | { readonly step: 'replace-definition' }
  /** Bind the group itself to its parameter context. */
  | { readonly step: 'bind-context' }
  /** Write a field that a replacement leaves as it is. */
  | { readonly step: 'write-field'; readonly field: ApartField }
  /** Write name, comments and marker; start what was stopped for a write. */
  | { readonly step: 'write-metadata' }
  /** NiFi says that it has done what it has not: that must not look like done, nor stay half done. */
  | { readonly step: 'roll-back'; readonly why: string }
  | { readonly step: 'reject'; readonly why: string }
  /** Start or stop it. */
  | { readonly step: 'apply-run-state' }

const queueSteps: readonly Step['step'][] = ['stop-feeders', 'start-consumers', 'await-drain', 'drop-queues']

/** Whether a step empties queues. Pure. */
export function isQueueStep(step: Step): step is QueueStep {
  return queueSteps.includes(step.step)
}

type Rule = (facts: StepFacts) => Step | undefined

/** What is done first stands first; the first that has something to do is next. The name comes late: a group that is not finished is found by the one it was begun under. */
const order: readonly Rule[] = [
  ({ differs, queues }) => (differs && queues !== undefined ? queueStep(queues) : undefined),
  ({ differs }) => (differs ? { step: 'replace-definition' } : undefined),
  ({ left, canRollBack }) => (left.length > 0 && canRollBack ? { step: 'roll-back', why: whyLeft(left) } : undefined),
  ({ isBound }) => (isBound ? undefined : { step: 'bind-context' }),
  ({ apart: [field] }) => (field === undefined ? undefined : { step: 'write-field', field }),
  ({ hasMetadata }) => (hasMetadata ? undefined : { step: 'write-metadata' }),
  ({ left }) => (left.length > 0 ? { step: 'reject', why: whyLeft(left) } : undefined),
  ({ isInRunState }) => (isInRunState ? undefined : { step: 'apply-run-state' })
]

function whyLeft(left: readonly string[]): string {
  return `NiFi accepted the definition but did not change: ${left.join(', ')}`
}

/** Pure and total. */
export function nextStep(facts: StepFacts): Step {
  for (const rule of order) {
    const step = rule(facts)
    if (step !== undefined) return step
  }
  return { step: 'done' }
}

/** Whether it lets queues run empty: the next pass continues from what was done for that so far. Pure. */
export function isDraining(step: Step): boolean {
  return step.step === 'stop-feeders' ? step.isDrain : step.step === 'start-consumers' || step.step === 'await-drain'
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
  return ids.size > 0 ? { step: 'stop-feeders', ids: [...ids], isDrain: false } : { step: 'drop-queues', queues: full }
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
    return { step: 'abort-drain', why: `${listQueues(full)} after draining for ${Math.round(drainTimeout / 1000)} s` }
  const idle = [...consumers].filter((id) => startable.has(id))
  if (idle.length > 0 && !mayStart)
    return { step: 'abort-drain', why: `${listQueues(full)} and nothing runs that would empty them` }
  if (feeding.size > 0 || drainingFor === undefined) return { step: 'stop-feeders', ids: [...feeding], isDrain: true }
  return idle.length > 0 ? { step: 'start-consumers', ids: idle } : { step: 'await-drain', why: listQueues(full) }
}
