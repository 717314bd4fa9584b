/**
 * An answer as its schema says, or an error that names what was expected.
 * @module
 */
import type { z } from 'zod'
import { type Json, ReconcileError } from '../../../src/plugin.ts'

/** What `schema` makes of an answer. Throws UNAVAILABLE naming `what` was expected. */
export function checked<T>(schema: z.ZodType<T>, body: Json, what: string): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ReconcileError(
    'UNAVAILABLE',
    `expected ${what} as NiFi shows it, found something else at ${issue?.path.join('.') || 'the top'}: ${issue?.message ?? ''}`
  )
}
