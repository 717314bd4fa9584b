/**
 * Connections that behave as a test tells them, and credentials that it moves.
 * @module
 */
import type { Address } from '../../../reconcilers/kafka/connection.ts'
import type { Credentials } from '../../../reconcilers/kafka/credentials.ts'
import type { Line } from '../../../reconcilers/kafka/link.ts'
import { CredentialWatch } from '../../../src/connect/credentials.ts'
import { ReconcileError, type ErrorCode } from '../../../src/errors.ts'

/** No answer, ever. */
export const never = new Promise<never>(() => undefined)
/** A failure with this code. */
export const failWith = (code: ErrorCode): Promise<never> =>
  Promise.reject(new ReconcileError(code, `because of ${code}`))

/** Lines that behave as told by the host they lead to. */
export class FakeBrokers {
  readonly dialled: string[] = []
  readonly destroyed: string[] = []
  readonly broken = new Set<string>()
  openings: Readonly<Record<string, () => Promise<void>>> = {}

  readonly dial = ({ host }: Address): Promise<Line & { readonly host: string }> => {
    this.dialled.push(host)
    const { broken, destroyed, openings } = this
    return Promise.resolve({
      host,
      open: () => openings[host]?.() ?? Promise.resolve(),
      get usable() {
        return !broken.has(host)
      },
      destroy: () => void destroyed.push(host)
    })
  }
}

/** Credentials whose fingerprint a test can move; no time passes, so they are read again only when it says so. */
export class FakeCredentials extends CredentialWatch<Credentials> {
  fingerprint = 'first'

  override current(): Promise<Credentials> {
    return Promise.resolve({ sasl: undefined, tls: undefined, fingerprint: this.fingerprint })
  }
}
