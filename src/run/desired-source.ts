/**
 * The configuration in force: the newest one, or the last good one while the newest cannot be used.
 * @module
 */
import { ReconcileError, toReconcileError } from '../errors.ts'
import { parseDesired, type ConfigFiles, type Declares, type DesiredState } from '../parse/desired.ts'
import { describeProblem } from '../plan/plan.ts'
import type { ConfigTrouble } from '../report/cycle-report.ts'
import type { Observer } from '../report/observer.ts'

/** What a reading found. */
export interface DesiredReading {
  readonly desired: DesiredState
  /** Set while the newest configuration cannot be used and the last good one is in force. */
  readonly trouble?: ConfigTrouble
}

export class DesiredSource {
  readonly #read: () => Promise<ConfigFiles>
  readonly #service: Declares
  readonly #observer: Observer
  #lastGood: DesiredState | undefined
  #lastRefused = ''
  #readDigest = ''

  constructor(read: () => Promise<ConfigFiles>, service: Declares, observer: Observer) {
    this.#read = read
    this.#service = service
    this.#observer = observer
  }

  /** Digest of the files read last, usable or not; `''` before the first reading. */
  get readDigest(): string {
    return this.#readDigest
  }

  /** Digest of the configuration in force; `''` when there is none. */
  get digestInForce(): string {
    return this.#lastGood?.digest ?? ''
  }

  /**
   * Reads and parses; files that have not changed are not parsed again. While they cannot be used the last good ones
   * stay in force; without these it throws CONFIG_MISSING or CONFIG_SYNTAX. The observer is told once per
   * reason and content, and once per configuration that comes into force.
   */
  async current(): Promise<DesiredReading> {
    try {
      const files = await this.#read()
      this.#readDigest = files.digest
      const isKnown = files.digest === this.#lastGood?.digest
      const desired = isKnown && this.#lastGood !== undefined ? this.#lastGood : this.#parse(files)
      this.#accept(desired, isKnown)
      return { desired }
    } catch (error) {
      const reason = toReconcileError(error)
      this.#tell(reason)
      if (this.#lastGood === undefined) throw reason
      return { desired: this.#lastGood, trouble: { error: reason.toRecord(), problems: reason.problems } }
    }
  }

  #parse(files: ConfigFiles): DesiredState {
    const parsed = parseDesired(files, this.#service)
    if (parsed.problems === undefined) return parsed.desired
    const errors = parsed.problems.filter((problem) => problem.severity === 'error')
    throw new ReconcileError('CONFIG_SYNTAX', errors.map(describeProblem).join('\n'), { problems: parsed.problems })
  }

  #accept(desired: DesiredState, isKnown: boolean): void {
    const recovered = this.#lastRefused !== ''
    this.#lastGood = desired
    this.#lastRefused = ''
    if (!isKnown || recovered) this.#observer.configuration({ event: 'accepted', digest: desired.digest, recovered })
  }

  #tell(reason: ReconcileError): void {
    const { code, message, problems } = reason
    const digest = code === 'CONFIG_SYNTAX' ? this.#readDigest : ''
    if (digest + message === this.#lastRefused) return
    this.#lastRefused = digest + message
    const keepsLastGood = this.#lastGood !== undefined
    this.#observer.configuration(
      code === 'CONFIG_SYNTAX' ? { event: 'refused', digest, keepsLastGood, problems, message } : { event: 'unreadable', keepsLastGood, message }
    )
  }
}
