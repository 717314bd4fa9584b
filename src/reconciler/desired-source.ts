/**
 * The configuration in force: the newest one, or the last good one while the newest cannot be used.
 * @module
 */
import { ReconcileError, toReconcileError } from '../errors.ts'
import { DesiredParser, type Declares, type DesiredState } from '../parse/desired.ts'
import type { ConfigFiles } from '../read/config-files.ts'
import { describeProblem } from '../parse/describe-problem.ts'
import type { ConfigTrouble } from '../report/cycle-report.ts'
import type { Observer } from '../report/observer.ts'

/** What a reading found. */
export interface DesiredReading {
  readonly desired: DesiredState
  /** Set while the newest configuration cannot be used and the last good one is in force. */
  readonly trouble?: ConfigTrouble
}

/** What a look at the files found. */
export interface ConfigLook {
  /** Of the files; `''` when they could not be read. */
  readonly digest: string
  readonly found: { readonly desired: DesiredState } | { readonly reason: ReconcileError }
}

/** A look changes nothing; what it found is in force once it is accepted. */
export class DesiredSource {
  readonly #read: () => Promise<ConfigFiles>
  readonly #parser: DesiredParser
  readonly #observer: Observer
  #lastGood: DesiredState | undefined
  #lastLook: ConfigLook | undefined
  #lastRefused = ''
  #readDigest = ''

  constructor(read: () => Promise<ConfigFiles>, service: Declares, observer: Observer) {
    this.#read = read
    this.#parser = new DesiredParser(service)
    this.#observer = observer
  }

  /** Digest of the files accepted or refused last; `''` before the first ones. */
  get readDigest(): string {
    return this.#readDigest
  }

  /** Digest of the configuration in force; `''` when there is none. */
  get digestInForce(): string {
    return this.#lastGood?.digest ?? ''
  }

  /** Reads and parses. Changes nothing, tells nobody, never throws. */
  async look(): Promise<ConfigLook> {
    try {
      return this.lookAt(await this.#read())
    } catch (error) {
      return { digest: '', found: { reason: toReconcileError(error) } }
    }
  }

  /**
   * The same for files that were read already, by a watch say. Those that are in force or were looked at last are not
   * parsed again, and of others only what is new.
   */
  lookAt(files: ConfigFiles): ConfigLook {
    if (this.#lastLook?.digest !== files.digest) this.#lastLook = { digest: files.digest, found: this.#find(files) }
    return this.#lastLook
  }

  /**
   * What is to be worked with after a look: the newest configuration or the last good one. Without either it throws
   * why.
   */
  inForce({ found }: ConfigLook): DesiredReading {
    if ('desired' in found) return { desired: found.desired }
    if (this.#lastGood === undefined) throw found.reason
    return { desired: this.#lastGood, trouble: { error: found.reason.toRecord(), problems: found.reason.problems } }
  }

  /**
   * Puts in force what a look found, or notes why it cannot be. The observer is told once per reason and content, and
   * once per configuration that comes into force.
   */
  accept({ digest, found }: ConfigLook): void {
    if (digest !== '') this.#readDigest = digest
    if ('reason' in found) return this.#refuse(found.reason, digest)
    const isKnown = found.desired === this.#lastGood
    const recovered = this.#lastRefused !== ''
    this.#lastGood = found.desired
    this.#lastRefused = ''
    if (!isKnown || recovered) this.#observer.configuration({ event: 'accepted', digest, recovered })
    return undefined
  }

  #find(files: ConfigFiles): ConfigLook['found'] {
    try {
      return { desired: files.digest === this.#lastGood?.digest ? this.#lastGood : this.#parse(files) }
    } catch (error) {
      return { reason: toReconcileError(error) }
    }
  }

  #parse(files: ConfigFiles): DesiredState {
    const parsed = this.#parser.parse(files)
    if (parsed.problems === undefined) return parsed.desired
    const errors = parsed.problems.filter((problem) => problem.severity === 'error')
    throw new ReconcileError('CONFIG_SYNTAX', errors.map(describeProblem).join('\n'), { problems: parsed.problems })
  }

  #refuse({ code, message, problems }: ReconcileError, digest: string): void {
    const isBroken = code === 'CONFIG_SYNTAX'
    const refused = (isBroken ? digest : '') + message
    if (refused === this.#lastRefused) return
    this.#lastRefused = refused
    const told = { keepsLastGood: this.#lastGood !== undefined, message }
    const event = isBroken ? ({ event: 'refused', digest, problems } as const) : ({ event: 'unreadable' } as const)
    this.#observer.configuration({ ...event, ...told })
  }
}
