/**
 * Whether NiFi still holds the secret that is declared, which it never shows. With a key of our own a keyed digest in the
 * parameter's description tells; without one we remember what we saw while we run.
 * @module
 */
import { createHmac, randomBytes } from 'node:crypto'
import { type MountedFile, ReconcileError, registerSecret } from '../../../src/plugin.ts'
import type { LiveParameter } from './state.ts'

/** Names the variable that names the file. */
export const keyVariable = 'INFOMETIS_DIGEST_KEY_FILE'
/** With less, a short secret could be guessed from its digest by trying keys. */
const leastKey = 16

/** Which parameter of which context. */
export interface Place {
  readonly context: string
  readonly parameter: string
}

export class Secrets {
  readonly #keyFile: MountedFile | undefined
  /** Only for what is remembered: it never leaves the process. */
  readonly #ownKey: Buffer
  /** Place → digest of the value NiFi is believed to hold. */
  readonly #remembered = new Map<string, string>()

  /** `ownKey` is random unless a test gives one. */
  constructor(keyFile: MountedFile | undefined, ownKey: Buffer = randomBytes(32)) {
    this.#keyFile = keyFile
    this.#ownKey = ownKey
  }

  /** Whether digests are kept in NiFi, so that a restart forgets nothing. */
  get areKept(): boolean {
    return this.#keyFile !== undefined
  }

  /** The digest to write beside a value; undefined without a key. Re-reads the key; throws VARIABLE_INVALID. */
  async digestFor(place: Place, value: string): Promise<string | undefined> {
    if (this.#keyFile === undefined) return undefined
    const key = (await this.#keyFile.read()).replace(/\r?\n$/, '')
    if (key.length < leastKey) {
      const found = `found ${key.length} in "${this.#keyFile.path}"`
      throw new ReconcileError(
        'VARIABLE_INVALID',
        `${keyVariable}: expected a file with a key of at least ${leastKey} characters, ${found}`
      )
    }
    registerSecret(key, keyVariable)
    return digestOf(key, place, value)
  }

  /**
   * Whether NiFi holds this value. Without a key: what is seen for the first time is assumed to be what NiFi holds.
   * Throws as `digestFor` does.
   */
  async isSame(place: Place, value: string, live: Pick<LiveParameter, 'digest'>): Promise<boolean> {
    const digest = await this.digestFor(place, value)
    if (digest !== undefined) return digest === live.digest
    const name = JSON.stringify(place)
    const own = digestOf(this.#ownKey, place, value)
    const remembered = this.#remembered.get(name) ?? own
    this.#remembered.set(name, remembered)
    return remembered === own
  }

  /** NiFi has taken this value. */
  noteWritten(place: Place, value: string): void {
    this.#remembered.set(JSON.stringify(place), digestOf(this.#ownKey, place, value))
  }
}

/** Equal secrets of two parameters must not show as equal. */
function digestOf(key: string | Buffer, { context, parameter }: Place, value: string): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([context, parameter, value]))
    .digest('base64url')
}
