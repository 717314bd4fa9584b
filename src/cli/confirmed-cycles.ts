/**
 * Cycles that apply only what was confirmed, where somebody is asked. Where nobody is, everything is confirmed.
 * @module
 */
import type { CycleReport } from '../line.ts'
import type { ReconcileError } from '../errors.ts'
import type { Clock } from '../time/clock.ts'
import type { Look } from '../reconciler/pass.ts'
import type { ServiceReconciler } from '../reconciler/service-reconciler.ts'
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
  /** Confirmed, and not applied yet. */
  #next: Look | undefined
  #last: CycleReport | undefined

  constructor(options: ConfirmedCyclesOptions) {
    this.#options = options
  }

  /** Aborts when the time is over, or when somebody has said no. */
  get signal(): AbortSignal {
    return AbortSignal.any([this.#options.time.signal, this.#declined.signal])
  }

  /**
   * What the first cycle applies; undefined when it was not confirmed. Waits for a service that is not there yet.
   * Throws why it could not be looked at.
   */
  async first(): Promise<Look | undefined> {
    this.#next = await this.#confirmed(await this.#look())
    return this.#next
  }

  /**
   * The next cycle; the last one again when somebody says no to it. Throws only where somebody is asked, why the
   * service could not be looked at for that.
   */
  async cycle(): Promise<CycleReport> {
    const { runner, time, confirmation } = this.#options
    const look = this.#next ?? (confirmation === undefined ? undefined : await this.#confirmed(await this.#look()))
    this.#next = undefined
    if (look === undefined && confirmation !== undefined && this.#last !== undefined) {
      this.#declined.abort()
      return this.#last
    }
    this.#last = await runner.reconcile(time.signal, undefined, look)
    return this.#last
  }

  #look(): Promise<Look> {
    const { runner, time, clock, onWait } = this.#options
    return lookPatiently(() => runner.plan(time.signal), { waitsFor: 'absent', signal: time.signal, clock, onWait })
  }

  /** After the answer the plan may be old: it is made again, until it holds nothing that was not shown. */
  async #confirmed(look: Look): Promise<Look | undefined> {
    const { confirmation, time } = this.#options
    if (confirmation === undefined || confirmation.covers(look.plan)) return look
    const isConfirmed = await time.outside(() => confirmation.ask(look.plan))
    return isConfirmed ? this.#confirmed(await this.#look()) : undefined
  }
}
