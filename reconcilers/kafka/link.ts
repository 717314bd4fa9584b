/**
 * What both adapters share about talking to a cluster: bootstrap servers tried in turn, one request at a time with a
 * deadline of its own, credentials that rotate, and no trust in a connection that failed once.
 * @module
 */
import pLimit from 'p-limit'
import { type CredentialWatch, type ErrorCode, ReconcileError, within } from '../../src/plugin.ts'
import { type Address, type ConnectionSettings, formatAddress, type SecurityProtocol } from './connection.ts'
import { toConnectionError } from './connection-errors.ts'
import { protocolOf, type Credentials } from './credentials.ts'

/** A client connected, or being connected, to one broker. */
export interface Line {
  /** Connects, authenticates, and checks that the broker offers what is needed. Called once. */
  open(): Promise<void>
  /** Whether the next request may use it. */
  readonly usable: boolean
  /** Ends everything at once; what is in flight fails. Never throws, may be called again. */
  destroy(): void
}

/** Makes a line without connecting it. Loads the client library, which is why it takes time. */
export type Dial<L extends Line> = (address: Address, credentials: Credentials) => Promise<L>

/** Which failure to report when every broker failed: the first of these that occurred tells most. */
const telling: readonly ErrorCode[] = [
  'AUTHENTICATION',
  'CERTIFICATE',
  'UNSUPPORTED',
  'VARIABLE_INVALID',
  'UNAVAILABLE',
  'TIMEOUT',
  'UNREACHABLE'
]

/** The connection in use. */
interface Current<L extends Line> {
  readonly line: L
  readonly address: Address
  readonly protocol: SecurityProtocol
  readonly fingerprint: string
  /** Whether a request was answered. */
  answered: boolean
}

export class Link<L extends Line> {
  readonly #brokers: readonly Address[]
  readonly #requestTimeout: number
  readonly #credentials: CredentialWatch<Credentials>
  readonly #dial: Dial<L>
  readonly #turn = pLimit(1)
  #current: Current<L> | undefined
  /** Which broker to try next, counting on past the end of the list. */
  #next = 0

  constructor(
    brokers: readonly Address[],
    { requestTimeout }: Pick<ConnectionSettings, 'requestTimeout'>,
    credentials: CredentialWatch<Credentials>,
    dial: Dial<L>
  ) {
    this.#brokers = brokers
    this.#requestTimeout = requestTimeout
    this.#credentials = credentials
    this.#dial = dial
  }

  /**
   * The result of one request. `request` must throw only when the broker gave no answer: the line is then destroyed,
   * and the next request starts with the next broker. Never tries again by itself.
   * Throws UNREACHABLE, TIMEOUT (also when `signal` aborts), AUTHENTICATION, CERTIFICATE, UNAVAILABLE or UNSUPPORTED.
   */
  ask<R>(operation: string, signal: AbortSignal, request: (line: L) => Promise<R>): Promise<R> {
    return within(operation, signal, () =>
      this.#turn(async () => {
        signal.throwIfAborted()
        const current = await this.#connected(operation, signal)
        try {
          const answer = await within(operation, this.#deadline(signal), () => request(current.line))
          current.answered = true
          return answer
        } catch (error) {
          this.discard()
          this.#next += 1
          throw failureOf(current, error)
        }
      })
    )
  }

  /** Destroys the line; the next request makes a new one. */
  discard(): void {
    this.#current?.line.destroy()
    this.#current = undefined
  }

  #deadline(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, AbortSignal.timeout(this.#requestTimeout)])
  }

  async #connected(operation: string, signal: AbortSignal): Promise<Current<L>> {
    const credentials = await this.#credentials.current()
    if (this.#current?.fingerprint !== credentials.fingerprint || !this.#current.line.usable) this.discard()
    return this.#current ?? this.#connect(operation, credentials, signal)
  }

  async #connect(operation: string, credentials: Credentials, signal: AbortSignal): Promise<Current<L>> {
    const failures: ReconcileError[] = []
    const protocol = protocolOf(credentials)
    for (const address of this.#inTurn()) {
      const line = await this.#dial(address, credentials)
      try {
        await within(`${operation}, connecting`, this.#deadline(signal), () => line.open())
        this.#current = { line, address, protocol, fingerprint: credentials.fingerprint, answered: false }
        return this.#current
      } catch (error) {
        line.destroy()
        this.#next += 1
        const failure = at(address, toConnectionError(error, { protocol, stage: 'opening' }))
        failures.push(failure)
        // Wrong credentials are wrong everywhere, and trying them on every broker may lock the account.
        if (failure.code === 'AUTHENTICATION' || signal.aborted) break
      }
    }
    throw summary(failures)
  }

  #inTurn(): Address[] {
    const start = this.#next % this.#brokers.length
    return [...this.#brokers.slice(start), ...this.#brokers.slice(0, start)]
  }
}

/** Why a request got no answer; with the address where the port may be the wrong one. */
function failureOf<L extends Line>({ address, protocol, answered }: Current<L>, error: unknown): ReconcileError {
  const failure = toConnectionError(error, { protocol, stage: answered ? 'used' : 'fresh' })
  return answered || failure === error ? failure : at(address, failure)
}

function at(address: Address, { code, message, cause }: ReconcileError): ReconcileError {
  return new ReconcileError(code, `${formatAddress(address)}: ${message}`, { cause })
}

function summary(failures: readonly ReconcileError[]): ReconcileError {
  const codes = failures.map(({ code }) => code)
  const code = telling.find((candidate) => codes.includes(candidate)) ?? codes.at(-1) ?? 'UNREACHABLE'
  return new ReconcileError(code, failures.map(({ message }) => message).join('; '), { cause: failures.at(-1) })
}
