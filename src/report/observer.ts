/**
 * The port through which the outside learns what happens: log, metrics, events, audit. The core never asks whether
 * anybody listens.
 * @module
 */
import type { CycleReport, Outcome } from '../line.ts'
import type { Problem, Target } from '../records.ts'
import type { ReconcileError } from '../errors.ts'
import type { ServiceCall } from '../apply/service-call.ts'

/** Identifies one cycle on every line about it. */
export interface CycleIdentity {
  readonly runId: string
  readonly service: string
  /** Which of several instances; `''` where there is one. */
  readonly target: Target
  readonly digest: string
}

/** How far an apply is. */
export interface Progress {
  readonly done: number
  readonly total: number
}

/** What happened to the configuration. */
export type ConfigurationEvent =
  | { readonly event: 'changed'; readonly foundBy: 'event' | 'poll' | 'start'; readonly digest: string }
  /** It is in force from now on. `recovered`: the one before could not be used. */
  | { readonly event: 'accepted'; readonly digest: string; readonly recovered: boolean }
  | {
      readonly event: 'refused'
      readonly digest: string
      readonly keepsLastGood: boolean
      readonly problems: readonly Problem[]
      readonly message: string
    }
  | { readonly event: 'unreadable'; readonly keepsLastGood: boolean; readonly message: string }
  | { readonly event: 'polling'; readonly message: string }

/** Who of several replicas reconciles. */
export type LeadershipEvent =
  /** Somebody else leads; an empty name for nobody. */
  | { readonly event: 'following'; readonly leader: string }
  | { readonly event: 'leading' }
  | { readonly event: 'lost'; readonly why: string }
  /** The lease could not be read or written; told once for each reason until it works again. */
  | { readonly event: 'unseen'; readonly why: string }
  /** It works again. */
  | { readonly event: 'seen' }
  /** One that stands by has looked at the lease once more, whatever came of it. */
  | { readonly event: 'tried' }

/** What waits, and whether the service is asked at all. */
export interface LoopState {
  /** Keys that wait, by class. */
  readonly pending: { readonly fresh: number; readonly drift: number; readonly retry: number }
  /** How long the key has waited that is due and waits longest, in ms. */
  readonly oldestMs: number
  readonly breaker: 'closed' | 'half-open' | 'open'
}

/** Every method is called synchronously and must not throw. Values are not masked: what prints them masks them. */
export interface Observer {
  configuration(event: ConfigurationEvent): void
  /** One change, the moment its result is known. */
  outcome(cycle: CycleIdentity, outcome: Outcome, progress: Progress): void
  /** A call of the plugin ended; failures of single items are not failures of the call. */
  called(call: ServiceCall): void
  cycleFinished(report: CycleReport): void
  /**
   * A plugin broke its contract or threw what is no error of ours, which is the `cause`; the outcomes say what that
   * did.
   */
  fault?(fault: ReconcileError): void
  /** The call that writes an item begins; it was known for `waitedMs` that it is to be written. */
  begun?(kind: string, waitedMs: number): void
  /** After each pass of a sidecar. */
  state?(state: LoopState): void
  /** Only where several replicas elect one. */
  leadership(event: LeadershipEvent): void
}

/** Listens to nothing. */
export const silentObserver: Observer = {
  configuration: () => undefined,
  outcome: () => undefined,
  called: () => undefined,
  cycleFinished: () => undefined,
  leadership: () => undefined
}

/** Tells several observers in turn. */
export function observers(...all: readonly Observer[]): Observer {
  return {
    configuration: (event) => all.forEach((observer) => observer.configuration(event)),
    outcome: (cycle, outcome, progress) => all.forEach((observer) => observer.outcome(cycle, outcome, progress)),
    called: (call) => all.forEach((observer) => observer.called(call)),
    cycleFinished: (report) => all.forEach((observer) => observer.cycleFinished(report)),
    begun: (kind, waitedMs) => all.forEach((observer) => observer.begun?.(kind, waitedMs)),
    state: (state) => all.forEach((observer) => observer.state?.(state)),
    fault: (fault) => all.forEach((observer) => observer.fault?.(fault)),
    leadership: (event) => all.forEach((observer) => observer.leadership(event))
  }
}
