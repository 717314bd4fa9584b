/**
 * What a reading of the configuration gives, wherever it was read.
 * @module
 */

/** The files of one reading. */
export interface ConfigFiles {
  /** SHA-256 over names and bytes, in hex: equal for equal content. */
  readonly digest: string
  /** Content by file name. */
  readonly files: ReadonlyMap<string, Uint8Array>
}
