/**
 * A configuration that a test reads from wherever it likes.
 * @module
 */
import type { ConfigFiles } from '../src/read/config-files.ts'
import type { ConfigSource } from '../src/read/source.ts'

/** Reads with `read` and never tells of a change. */
export function reading(read: () => Promise<ConfigFiles>): ConfigSource {
  return { read, watch: () => ({ close: () => Promise.resolve() }) }
}
