/**
 * Credentials that live in mounted files and rotate under a running process.
 * @module
 */
import { createHash, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { ReconcileError } from '../errors.ts'
import type { MountedFile } from './environment.ts'

const rereadMs = 1000

/** Credentials of one connection, re-read at most once a second. */
export class CredentialWatch<T> {
  readonly #read: () => Promise<T>
  readonly #now: () => number
  #last: { readonly at: number; readonly credentials: T } | undefined

  /** `now` in ms, monotonic. */
  constructor(read: () => Promise<T>, now: () => number = () => performance.now()) {
    this.#read = read
    this.#now = now
  }

  /** What the files hold, at most a second old. Throws what `read` throws. */
  async current(): Promise<T> {
    const at = this.#now()
    if (this.#last === undefined || at - this.#last.at >= rereadMs) {
      this.#last = { at, credentials: await this.#read() }
    }
    return this.#last.credentials
  }

  /** The next call reads the files whatever their age. */
  forget(): void {
    this.#last = undefined
  }
}

/** SHA-256 of plain values: a connection made with another fingerprint is out of date. */
export function fingerprintOf(values: object): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex')
}

/** The files of a TLS connection, each absent when not given. */
export interface TlsFiles {
  /** Certificates to trust instead of the system's. */
  readonly ca: MountedFile | undefined
  /** Set together with `key`: the client's own certificate, for mutual TLS. */
  readonly cert: MountedFile | undefined
  readonly key: MountedFile | undefined
}

/** PEM texts; without `ca` the system's certificates are trusted. */
export interface TlsTexts {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/**
 * Reads the files; `variables` begins their variables' names, e.g. `KAFKA_SSL` for `KAFKA_SSL_CA_FILE`. Throws
 * VARIABLE_INVALID for a file that cannot be read, CERTIFICATE for one that is no PEM.
 */
export async function readTlsTexts(files: TlsFiles, variables: string): Promise<TlsTexts> {
  const [ca, cert, key] = await Promise.all([files.ca?.read(), files.cert?.read(), files.key?.read()])
  const texts = { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) }
  // Node trusts nobody when the CA is no PEM, which would show only as a server that cannot be verified.
  if (ca !== undefined) expectPem(`${variables}_CA_FILE`, files.ca?.path, () => new X509Certificate(ca))
  expectPem(`${variables}_CERT_FILE and ${variables}_KEY_FILE`, files.cert?.path, () => createSecureContext(texts))
  return texts
}

function expectPem(variable: string, path: string | undefined, read: () => unknown): void {
  try {
    read()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ReconcileError('CERTIFICATE', `${variable}: expected PEM, found "${path ?? ''}" (${reason})`, { cause: error })
  }
}
