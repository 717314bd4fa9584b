/**
 * Credentials that live in mounted files and rotate under a running process.
 * @module
 */
import { createHash } from 'node:crypto'

import { steadyClock } from '../time/clock.ts'

export { readTlsTexts, type TlsFiles, type TlsTexts } from './tls-files.ts'

const rereadMs = 1000

/** Credentials of one connection, re-read at most once a second. */
export class CredentialWatch<T> {
  readonly #read: () => Promise<T>
  readonly #now: () => number
  #last: { readonly at: number; readonly credentials: T } | undefined

  /** `now` in ms, monotonic. */
  constructor(read: () => Promise<T>, now: () => number = () => steadyClock.now()) {
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
