/**
 * Rules over declared keys and values that need no comparison: which keys there are, and what their values look like.
 * @module
 */
import type { Remark } from '../../../src/plugin.ts'
import type { DeclaredConfig } from './compare.ts'
import { rowOf, type KeyTable } from './keys/index.ts'
import { misfit } from './types.ts'

/** Which keys a kind has, and in which words it speaks of them. */
export interface KeyRules {
  readonly rows: KeyTable
  /** e.g. `topic configuration key` */
  readonly noun: string
  /** A hint for a key that is not known, `''` for none. */
  meant(key: string): string
}

/** What a broker says of the declared keys. */
export interface KeysSeen {
  /** Asked for and not answered: no broker knows them. */
  readonly unknownKeys: ReadonlySet<string>
  /** Nobody could be asked. */
  readonly unaskedKeys: ReadonlySet<string>
}

/**
 * Invalid: a key that no broker knows, a value that does not fit its key. A warning: a key that is newer than the table
 * and that nobody could be asked about; the broker decides. `seen` is absent offline. Pure.
 */
export function checkConfig(
  name: string,
  declared: DeclaredConfig,
  rules: KeyRules,
  seen: KeysSeen | undefined
): readonly Remark[] {
  return Object.entries(declared).flatMap(([key, value]): Remark[] => {
    const path = ['config', key]
    if (seen?.unknownKeys.has(key) === true) {
      const message = `expected a ${rules.noun}, found "${key}", which this broker does not know${rules.meant(key)}`
      return [{ name, verdict: 'invalid', code: 'UNKNOWN_KEY', path, message }]
    }
    const row = rowOf(rules.rows, key)
    if (row === undefined) {
      if (seen?.unaskedKeys.has(key) === false) return []
      return [
        {
          name,
          verdict: 'warn',
          code: 'UNKNOWN_KEY',
          path,
          message: `expected a known ${rules.noun}, found "${key}"${rules.meant(key)}; the broker decides`
        }
      ]
    }
    const message = value === null ? undefined : misfit(row.type, value)
    return message === undefined ? [] : [{ name, verdict: 'invalid', code: 'VALUE', path, message }]
  })
}
