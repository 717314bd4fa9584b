/**
 * One connection to a cluster, as both adapters need it: bootstrap servers tried in turn, one request at a time with a
 * deadline of its own, credentials that rotate, and no trust in a connection that failed once.
 * @module
 */
import pLimit from 'p-limit'
import { type Clock, type CredentialWatch, type ErrorCode, ReconcileError, within } from '../../src/plugin.ts'
import type { BrokerOrder } from './broker-order.ts'
import { type Address, formatAddress, type SecurityProtocol } from './connection.ts'
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

export interface LinkOptions {
  /** REQUEST_TIMEOUT in ms. */
  readonly requestTimeout: number
  /** When to end a connection that nobody uses; absent: never. */
  readonly idle?: { readonly clock: Clock; readonly idleAfterMs: number }
}

export class Link<L extends Line> {
  readonly #brokers: BrokerOrder
  readonly #options: LinkOptions
  readonly #credentials: CredentialWatch<Credentials>
  readonly #dial: Dial<L>
  readonly #turn = pLimit(1)
  #current: Current<L> | undefined
  #stopIdling: () => void = () => undefined

  constructor(brokers: BrokerOrder, credentials: CredentialWatch<Credentials>, dial: Dial<L>, options: LinkOptions) {
    this.#brokers = brokers
    this.#credentials = credentials
    this.#dial = dial
    this.#options = options
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
        this.#stopIdling()
        try {
          return await this.#send(operation, signal, request)
        } finally {
          this.#idle()
        }
      })
    )
  }

  /** Destroys the line; the next request makes a new one. */
  discard(): void {
    this.#stopIdling()
    this.#current?.line.destroy()
    this.#current = undefined
  }

  async #send<R>(operation: string, signal: AbortSignal, request: (line: L) => Promise<R>): Promise<R> {
    const current = await this.#connected(operation, signal)
    try {
      const answer = await within(operation, this.#deadline(signal), () => request(current.line))
      current.answered = true
      return answer
    } catch (error) {
      this.discard()
      this.#brokers.failed(current.address)
      throw failureOf(current, error)
    }
  }

  /** Ends the connection when nobody uses it for so long. */
  #idle(): void {
    const { idle } = this.#options
    if (idle === undefined || this.#current === undefined) return
    const timeout = idle.clock.timeout(idle.idleAfterMs)
    this.#stopIdling = () => timeout.clear()
    timeout.signal.addEventListener('abort', () => this.discard(), { once: true })
  }

  #deadline(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, AbortSignal.timeout(this.#options.requestTimeout)])
  }

  async #connected(operation: string, signal: AbortSignal): Promise<Current<L>> {
    const credentials = await this.#credentials.current()
    if (this.#current?.fingerprint !== credentials.fingerprint || !this.#current.line.usable) this.discard()
    return this.#current ?? this.#connect(operation, credentials, signal)
  }

  async #connect(operation: string, credentials: Credentials, signal: AbortSignal): Promise<Current<L>> {
    const failures: ReconcileError[] = []
    const protocol = protocolOf(credentials)
    for (const address of this.#brokers.inTurn()) {
      const line = await this.#dial(address, credentials)
      try {
        await within(`${operation}, connecting`, this.#deadline(signal), () => line.open())
        this.#current = { line, address, protocol, fingerprint: credentials.fingerprint, answered: false }
        return this.#current
      } catch (error) {
        line.destroy()
        this.#brokers.failed(address)
        const failure = at(address, toConnectionError(error, { protocol, stage: 'opening' }))
        failures.push(failure)
        // Wrong credentials are wrong everywhere, and trying them on every broker may lock the account.
        if (failure.code === 'AUTHENTICATION' || signal.aborted) break
      }
    }
    throw summary(failures)
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
