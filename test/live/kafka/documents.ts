/**
 * The documents of the command line as scripts may rely on them: strict, so that a field more or less is a failure.
 * @module
 */
import assert from 'node:assert/strict'
import { z } from 'zod'

const problem = z.strictObject({
  severity: z.enum(['error', 'warning']),
  file: z.string(),
  line: z.int().min(1),
  column: z.int().min(1),
  path: z.string(),
  code: z.string().min(1),
  message: z.string().min(1)
})

const verb = z.enum(['create', 'update', 'keep', 'orphan', 'hold', 'invalid'])
const key = z.string().regex(/^kafka\/(topic\/.+|cluster\/default)$/)

const change = z
  .strictObject({
    key,
    verb,
    risk: z.enum(['safe', 'disruptive', 'destructive', 'unsupported']).optional(),
    why: z.string().min(1).optional(),
    fields: z.array(z.strictObject({ path: z.string().min(1), before: z.json(), after: z.json() })).optional()
  })
  .refine((entry) => (entry.risk !== undefined) === ['create', 'update', 'hold'].includes(entry.verb), { error: 'risk stands on create, update and hold, and only there' })

const plan = z.strictObject({
  service: z.literal('kafka'),
  configDigest: z.string().regex(/^[0-9a-f]{64}$/),
  status: z.enum(['in-sync', 'drift', 'blind', 'error']),
  counts: z.strictObject({ create: z.int(), update: z.int(), keep: z.int(), orphan: z.int(), hold: z.int(), invalid: z.int() }),
  changes: z.array(change),
  undeclared: z.array(z.strictObject({ key, path: z.string().min(1), value: z.json() })),
  warnings: z.array(problem)
})

const outcome = z.strictObject({
  key,
  verb: verb.exclude(['keep']),
  result: z.enum(['done', 'unchanged', 'planned', 'reported', 'held', 'waiting', 'invalid', 'failed', 'dead']),
  why: z.string().min(1).optional(),
  error: z.strictObject({ code: z.string().regex(/^[A-Z_]+$/), message: z.string().min(1) }).optional(),
  durationMs: z.number().min(0)
})

const applied = plan.extend({ outcomes: z.array(outcome) })

const failure = z.strictObject({
  service: z.string(),
  status: z.enum(['blind', 'error']),
  error: z.strictObject({ code: z.string().regex(/^[A-Z_]+$/), message: z.string().min(1), hint: z.string().min(1) }),
  problems: z.array(problem).min(1).optional(),
  outcomes: z.array(outcome).optional()
})

const validation = z.strictObject({ valid: z.boolean(), problems: z.array(problem) })

export type PlanDocument = z.output<typeof plan>
export type ApplyDocument = z.output<typeof applied>
export type FailureDocument = z.output<typeof failure>
export type ValidationDocument = z.output<typeof validation>

function reader<T>(schema: z.ZodType<T>): (stdout: string) => T {
  return (stdout) => {
    const read = schema.safeParse(JSON.parse(stdout))
    assert.ok(read.success, read.success ? '' : `${z.prettifyError(read.error)}\n${stdout}`)
    return read.data
  }
}

/** Each throws when stdout holds anything but that one document. */
export const readPlan = reader(plan)
export const readApplied = reader(applied)
export const readFailure = reader(failure)
export const readValidation = reader(validation)
