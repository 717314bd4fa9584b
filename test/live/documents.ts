/**
 * The documents of the command line as scripts may rely on them: strict, so that a field more or less is a failure.
 * @module
 */
import assert from 'node:assert/strict'
import { z } from 'zod'
import { failReasons, holdReasons, invalidReasons, waitReasons } from '../../src/records.ts'

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

const changeOf = (key: z.ZodString) =>
  z
    .strictObject({
      key,
      verb,
      risk: z.enum(['safe', 'disruptive', 'destructive', 'unsupported']).optional(),
      reason: z.enum([...holdReasons, ...invalidReasons]).optional(),
      why: z.string().min(1).optional(),
      id: z
        .string()
        .regex(/^a[0-9a-f]{15}$/)
        .optional(),
      fields: z.array(z.strictObject({ path: z.string().min(1), before: z.json(), after: z.json() })).optional()
    })
    .refine((entry) => (entry.risk !== undefined) === ['create', 'update', 'hold'].includes(entry.verb), {
      error: 'risk stands on create, update and hold, and only there'
    })
    .refine((entry) => (entry.reason !== undefined) === ['hold', 'invalid'].includes(entry.verb), {
      error: 'reason stands on hold and invalid, and only there'
    })

const planOf = (service: string, key: z.ZodString) =>
  z.strictObject({
    service: z.literal(service),
    configDigest: z.string().regex(/^[0-9a-f]{64}$/),
    status: z.enum(['in-sync', 'drift', 'blind', 'error']),
    counts: z.strictObject({
      create: z.int(),
      update: z.int(),
      keep: z.int(),
      orphan: z.int(),
      hold: z.int(),
      invalid: z.int()
    }),
    changes: z.array(changeOf(key)),
    undeclared: z.array(z.strictObject({ key, path: z.string().min(1), value: z.json() })),
    warnings: z.array(problem)
  })

const outcomeOf = (key: z.ZodString) =>
  z.strictObject({
    key,
    verb: verb.exclude(['keep']),
    result: z.enum(['done', 'unchanged', 'planned', 'reported', 'held', 'waiting', 'invalid', 'failed']),
    reason: z.enum([...holdReasons, ...invalidReasons, ...waitReasons, ...failReasons, 'observe']).optional(),
    why: z.string().min(1).optional(),
    error: z.strictObject({ code: z.string().regex(/^[A-Z_]+$/), message: z.string().min(1) }).optional(),
    durationMs: z.number().min(0)
  })

const appliedOf = (service: string, key: z.ZodString) =>
  planOf(service, key).extend({ outcomes: z.array(outcomeOf(key)) })

const failureOf = (key: z.ZodString) =>
  z.strictObject({
    service: z.string(),
    status: z.enum(['blind', 'error']),
    error: z.strictObject({ code: z.string().regex(/^[A-Z_]+$/), message: z.string().min(1), hint: z.string().min(1) }),
    problems: z.array(problem).min(1).optional(),
    outcomes: z.array(outcomeOf(key)).optional()
  })

const validation = z.strictObject({ valid: z.boolean(), problems: z.array(problem) })

export type PlanDocument = z.output<ReturnType<typeof planOf>>
export type ApplyDocument = z.output<ReturnType<typeof appliedOf>>
export type FailureDocument = z.output<ReturnType<typeof failureOf>>
export type ValidationDocument = z.output<typeof validation>

type Reader<T> = (stdout: string) => T

function reader<T>(schema: z.ZodType<T>): Reader<T> {
  return (stdout) => {
    const read = schema.safeParse(JSON.parse(stdout))
    assert.ok(read.success, read.success ? '' : `${z.prettifyError(read.error)}\n${stdout}`)
    return read.data
  }
}

/** Readers of stdout; each throws when it holds anything but that one document. */
export interface Documents {
  readonly readPlan: Reader<PlanDocument>
  readonly readApplied: Reader<ApplyDocument>
  readonly readFailure: Reader<FailureDocument>
  readonly readValidation: Reader<ValidationDocument>
}

/** Readers of what is said about one service, whose keys all match `pattern`. */
export function documentsOf(service: string, pattern: RegExp): Documents {
  const key = z.string().regex(pattern)
  return {
    readPlan: reader(planOf(service, key)),
    readApplied: reader(appliedOf(service, key)),
    readFailure: reader(failureOf(key)),
    readValidation: reader(validation)
  }
}

/** Entries of a document about one item, as `verb` → entry. */
export function entriesOf<T extends { readonly key: string; readonly verb: string }>(
  entries: readonly T[],
  key: string
): Readonly<Record<string, T>> {
  return Object.fromEntries(entries.filter((entry) => entry.key === key).map((entry) => [entry.verb, entry]))
}
