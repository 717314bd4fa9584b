/**
 * Configuration values as people write them: text, numbers, booleans and lists become the text a broker stores.
 * @module
 */
import { z } from 'zod'
import { numberText } from '../../../src/plugin.ts'

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
