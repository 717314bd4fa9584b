/**
 * Reads the mounted credentials of a connection, and notices when they rotate.
 * @module
 */
import { createHash, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { ReconcileError } from '../../src/errors.ts'
import type { ConnectionSettings, SaslMechanism, TlsSettings } from './connection.ts'

/** Values as the files hold them now; `undefined` where the protocol has none. */
export interface Credentials {
  readonly sasl: { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string } | undefined
  /** PEM texts; without `ca` the system's certificates are trusted. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined
  /** SHA-256 over everything above: a connection made with another fingerprint is out of date. */
  readonly fingerprint: string
}

/** Reads the files anew. Throws VARIABLE_INVALID for a file that cannot be read, CERTIFICATE for one that is no PEM. */
export async function resolveCredentials(settings: ConnectionSettings): Promise<Credentials> {
  const { sasl, tls } = settings
  const values = {
    sasl: sasl && { mechanism: sasl.mechanism, username: sasl.username, password: await sasl.password.read() },
    tls: tls && (await readTls(tls))
  }
  return { ...values, fingerprint: createHash('sha256').update(JSON.stringify(values)).digest('hex') }
}

async function readTls(files: TlsSettings): Promise<NonNullable<Credentials['tls']>> {
  const [ca, cert, key] = await Promise.all([files.ca?.read(), files.cert?.read(), files.key?.read()])
  const values = { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) }
  // Node trusts nobody when the CA is no PEM, which would show only as a broker that cannot be verified.
  if (ca !== undefined) expectPem('KAFKA_SSL_CA_FILE', files.ca?.path, () => new X509Certificate(ca))
  expectPem('KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE', files.cert?.path, () => createSecureContext(values))
  return values
}

function expectPem(variable: string, path: string | undefined, read: () => unknown): void {
  try {
    read()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ReconcileError('CERTIFICATE', `${variable}: expected PEM, found "${path ?? ''}" (${reason})`, { cause: error })
  }
}

const rereadMs = 1000

/** Credentials of one connection, re-read at most once a second. */
export class CredentialWatch {
  readonly #settings: ConnectionSettings
  readonly #now: () => number
  #last: { readonly at: number; readonly credentials: Credentials } | undefined

  constructor(settings: ConnectionSettings, now: () => number = () => performance.now()) {
    this.#settings = settings
    this.#now = now
  }

  /** What the files hold, at most a second old. Throws as `resolveCredentials` does. */
  async current(): Promise<Credentials> {
    const at = this.#now()
    if (this.#last === undefined || at - this.#last.at >= rereadMs) {
      this.#last = { at, credentials: await resolveCredentials(this.#settings) }
    }
    return this.#last.credentials
  }

  /** The next call reads the files whatever their age. */
  forget(): void {
    this.#last = undefined
  }
}
