/**
 * Asks a cluster through kafkajs, and tells what the broker refused from what it never answered.
 * @module
 */
import type { Admin } from 'kafkajs'
import { CredentialWatch, ReconcileError } from '../../../src/plugin.ts'
import type { BrokerError } from '../admin.ts'
import { brokerError, toItemError } from '../broker-errors.ts'
import type { ConnectionSettings } from '../connection.ts'
import { resolveCredentials, type Credentials } from '../credentials.ts'
import { Lanes, type Purpose } from '../lanes.ts'
import { KafkajsLine } from './line.ts'

/** The broker's answer to one call. */
export type Outcome<T> = { readonly value: T } | { readonly refusal: BrokerError }

/** What the operations need of a session. */
export interface Asking {
  /** Deadline in ms that is sent along with a write: shorter than ours, so that the broker's answer comes first. */
  readonly brokerTimeout: number
  /** One call of kafkajs, which is a Metadata request for all topics and then the request itself. Throws as `Link.ask` does. */
  ask<T>(operation: string, signal: AbortSignal, call: (admin: Admin) => Promise<T>): Promise<Outcome<T>>
}

export class Session {
  readonly #brokerTimeout: number
  readonly #credentials: CredentialWatch<Credentials>
  readonly #lanes: Lanes<KafkajsLine>

  constructor(settings: ConnectionSettings) {
    const { brokers, requestTimeout } = settings
    this.#brokerTimeout = Math.ceil(requestTimeout * 0.8)
    this.#credentials = new CredentialWatch(() => resolveCredentials(settings))
    this.#lanes = new Lanes(brokers, {
      requestTimeout,
      credentials: this.#credentials,
      dial: (address, credentials) => KafkajsLine.dial(address, credentials, requestTimeout),
      keepsReading: true
    })
  }

  /** The session for calls of this purpose. */
  for(purpose: Purpose): Asking {
    return {
      brokerTimeout: this.#brokerTimeout,
      ask: (operation, signal, call) =>
        this.#lanes.ask(purpose, operation, signal, ({ admin }) => outcomeOf(() => call(admin)))
    }
  }

  /** Ends all connections, and reads credentials again for the next. */
  close(): void {
    this.#credentials.forget()
    this.#lanes.discard()
  }
}

/** The broker's answer. Throws when there was none. */
export async function outcomeOf<T>(call: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await call() }
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal !== undefined) return { refusal }
    // kafkajs swallows why no broker gave metadata (brokerPool.withBroker), and stumbles over the missing result.
    if (error instanceof TypeError)
      throw new ReconcileError('UNAVAILABLE', 'the brokers gave kafkajs no metadata', { cause: error })
    throw error
  }
}

/** The value, or the refusal as the error of the whole call. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if ('value' in outcome) return outcome.value
  const { refusal } = outcome
  if (refusal.code !== leaderNotAvailable) throw toItemError(refusal)
  throw new ReconcileError(
    'UNAVAILABLE',
    'kafkajs gives no metadata while any partition has no leader; KAFKA_CLIENT=platformatic does',
    { cause: refusal }
  )
}

const leaderNotAvailable = 5

/** The broker's error inside what kafkajs throws; undefined when there was no answer. */
export function refusalOf(error: unknown): BrokerError | undefined {
  if (!(error instanceof Error)) return undefined
  if (!('type' in error) || !('code' in error) || typeof error.code !== 'number') return refusalOf(error.cause)
  // The table of kafkajs ends at 88; a newer code is left in the text only.
  const newer = /^Unknown error code (-?\d+)$/.exec(error.message)?.[1]
  const code = newer === undefined ? error.code : Number(newer)
  return brokerError(code, `${error.message}; kafkajs gives no broker text`)
}
