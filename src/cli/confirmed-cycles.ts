/**
 * Cycles that apply only what was confirmed, where somebody is asked. Where nobody is, everything is confirmed.
 * @module
 */
import type { CycleReport } from '../contract.ts'
import { toReconcileError, type ReconcileError } from '../errors.ts'
import type { Clock } from '../run/clock.ts'
import type { MadePlan, ServiceReconciler } from '../service-reconciler.ts'
import type { Confirmation } from './confirmation.ts'
import { lookPatiently } from './patience.ts'
import type { TimeAllowed } from './time-allowed.ts'

export interface ConfirmedCyclesOptions {
  readonly runner: Pick<ServiceReconciler, 'plan' | 'reconcile'>
  /** Undefined: nobody is asked. */
  readonly confirmation: Confirmation | undefined
  readonly time: TimeAllowed
  readonly clock: Clock
  /** Given the reason for waiting whenever it is a new one. */
  readonly onWait: (reason: ReconcileError) => void
}

export class ConfirmedCycles {
  readonly #options: ConfirmedCyclesOptions
  readonly #declined = new AbortController()
  /** Made, confirmed and not applied yet. */
  #next: MadePlan | undefined
  #last: CycleReport | undefined

  constructor(options: ConfirmedCyclesOptions) {
    this.#options = options
  }

  /** Aborts when the time is over, or when somebody has said no. */
  get signal(): AbortSignal {
    return AbortSignal.any([this.#options.time.signal, this.#declined.signal])
  }

  /**
   * The plan that the first cycle applies; undefined when it was not confirmed. Waits for a service that is not there yet.
   * Throws why it could not be looked at.
   */
  async first(): Promise<MadePlan | undefined> {
    const { time, clock, onWait } = this.#options
    const made = await lookPatiently(() => this.#look(), { waitsFor: 'absent', signal: time.signal, clock, onWait })
    this.#next = await this.#confirmed(made)
    return this.#next
  }

  /** The next cycle; the last one again when somebody says no to it. Never throws. */
  async cycle(): Promise<CycleReport> {
    this.#last = (await this.#cycle()) ?? this.#last ?? (await this.#options.runner.reconcile(this.signal))
    return this.#last
  }

  async #cycle(): Promise<CycleReport | undefined> {
    const { runner, time, confirmation } = this.#options
    const apply = (made: Promise<MadePlan>): Promise<CycleReport> => runner.reconcile(time.signal, undefined, made)
    const made = this.#next
    this.#next = undefined
    if (made !== undefined) return apply(Promise.resolve(made))
    if (confirmation === undefined) return runner.reconcile(time.signal)
    try {
      const confirmed = await this.#confirmed(await this.#look())
      if (confirmed !== undefined) return await apply(Promise.resolve(confirmed))
      this.#declined.abort()
      return undefined
    } catch (error) {
      return apply(Promise.reject(toReconcileError(error)))
    }
  }

  #look(): Promise<MadePlan> {
    return this.#options.runner.plan(this.#options.time.signal)
  }

  /** What was shown may be old when it is confirmed: it is looked at again, until nothing is to be done that was not shown. */
  async #confirmed(made: MadePlan): Promise<MadePlan | undefined> {
    const { confirmation, time } = this.#options
    if (confirmation === undefined || confirmation.covers(made.plan)) return made
    const isConfirmed = await time.outside(() => confirmation.ask(made.plan))
    return isConfirmed ? this.#confirmed(await this.#look()) : undefined
  }
}
