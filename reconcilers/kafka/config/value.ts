/**
 * Configuration values: written as people like to, compared as the broker stores them.
 * @module
 */
import { z } from 'zod'
import { numberText } from '../../../src/parse/number.ts'

const scalar = z.union([z.string(), z.number(), z.bigint(), z.boolean()])

/**
 * A value as the file may write it: text, number, boolean or a list of these; `null` resets the key to what it
 * inherits. Becomes the text the broker stores: `1e8` is `100000000`, `[delete, compact]` is `delete,compact`.
 */
export const configValueSchema = z
  .union([scalar, z.array(scalar), z.null()], { error: 'text, a number, true, false, a list of these or null' })
  .transform((value): string | null => {
    if (value === null) return null
    return Array.isArray(value) ? value.map(scalarText).join(',') : scalarText(value)
  })

/** `config: {key: value}` of a topic or of the cluster. */
export const configSchema = z.record(z.string(), configValueSchema)

function scalarText(value: string | number | bigint | boolean): string {
  return typeof value === 'number' || typeof value === 'bigint' ? numberText(value) : String(value)
}

/** Lists whose order means nothing to Kafka. */
const unorderedLists = new Set(['cleanup.policy', 'log.cleanup.policy'])

/** Entries of a Kafka list. */
export function listEntries(value: string): readonly string[] {
  return value.split(',').map((entry) => entry.trim()).filter((entry) => entry !== '')
}

/** Whether two texts mean the same to the broker; `type` is the protocol's `config_type`, 0 when unknown. Pure. */
export function equalValues(key: string, type: number, a: string, b: string): boolean {
  if (a === b) return true
  switch (type) {
    case 1:
      return a.trim().toLowerCase() === b.trim().toLowerCase()
    case 3:
    case 4:
    case 5:
      return isWhole(a) && isWhole(b) && BigInt(a.trim()) === BigInt(b.trim())
    case 6:
      return a.trim() !== '' && b.trim() !== '' && Number(a) === Number(b)
    case 7: {
      const order = (entries: readonly string[]) => (unorderedLists.has(key) ? [...new Set(entries)].toSorted() : entries)
      return order(listEntries(a)).join(',') === order(listEntries(b)).join(',')
    }
    default:
      return a.trim() === b.trim()
  }
}

function isWhole(text: string): boolean {
  return /^\s*-?\d+\s*$/.test(text)
}
