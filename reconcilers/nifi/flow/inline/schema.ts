/**
 * Schema of the inline form.
 * @module
 */
import { z } from 'zod'
import { byValue, scalarSchema } from '../../scalars.ts'
import { connectionSchema } from './connection.ts'
import { namesSchema, timeSchema } from './scalars.ts'
import type { InlineGroup } from './spec.ts'

/** Keys are parts of identifiers, of `inner.out` and of `gen:success -> log`, and must not look like one of these. */
const key = z
  .string()
  .regex(/^[\p{L}\p{N}_-]+(?: [\p{L}\p{N}_-]+)*$/u, { error: 'made of letters, digits, "_", "-" and single spaces' })

function named<T>(schema: z.ZodType<T>) {
  return z
    .record(key, schema.nullable())
    .transform((declared) =>
      Object.fromEntries(
        Object.entries(declared).flatMap(([name, value]): [string, T][] => (value === null ? [] : [[name, value]]))
      )
    )
}

const className = 'the name of a class, such as "GenerateFlowFile"'
const type = z
  .string({ error: className })
  .regex(/^[\w$]+(?:\.[\w$]+)*$/, { error: className })
  .describe('short where the server has one of that name, or in full')
const properties = z
  .record(z.string().min(1), scalarSchema)
  .optional()
  .describe('by name or display name; null unsets one')
const tasks = byValue(z.int().min(1)).optional().describe('how many may run at once, default 1')
const disabled = z.boolean().optional().describe('never runs, whatever the state of the flow')
const texts = {
  name: z.string().min(1).optional().describe('what the canvas shows, else the key'),
  comments: z.string().optional()
}

const retry = z.strictObject({
  count: byValue(z.int().min(0)).optional().describe('default 10'),
  relationships: namesSchema,
  backoff: z.enum(['PENALIZE_FLOWFILE', 'YIELD_PROCESSOR']).optional(),
  maxBackoff: timeSchema('10 mins').optional()
})

const processor = z
  .strictObject({
    type,
    ...texts,
    properties,
    every: timeSchema('10 sec').optional().describe('how often it runs, default "0 sec": as often as there is work'),
    cron: z
      .string()
      .regex(/^\s*\S+(?:\s+\S+){5,6}\s*$/, { error: 'six or seven cron fields, seconds first, such as "0 0 * * * ?"' })
      .optional(),
    tasks,
    penalty: timeSchema('30 sec').optional(),
    yield: timeSchema('1 sec').optional(),
    bulletin: z
      .enum(['DEBUG', 'INFO', 'WARN', 'ERROR', 'NONE'])
      .optional()
      .describe('least level that is reported, default WARN'),
    runOn: z.enum(['all', 'primary']).optional().describe('on which nodes of a cluster, default all'),
    terminate: namesSchema.optional().describe('relationships whose FlowFiles end here'),
    retry: retry.optional(),
    disabled
  })
  .refine(({ every, cron }) => every === undefined || cron === undefined, {
    path: ['cron'],
    error: '"every" or "cron", not both'
  })

const service = z.strictObject({ type, ...texts, properties })
const port = z.strictObject({ comments: texts.comments, tasks, disabled })
const length = byValue(z.number().positive())
const label = z.union([
  z.string().transform((text) => ({ text })),
  z.strictObject({ text: z.string(), width: length.optional(), height: length.optional() })
])

const ownFields = {
  comments: texts.comments,
  parameterContext: z
    .string()
    .min(1)
    .nullish()
    .describe('the name of a parameter context; groups inside have the same one unless they say otherwise'),
  processors: named(processor).optional(),
  services: named(service).optional().describe('controller services; a property that is the key of one refers to it'),
  inputPorts: named(port).optional(),
  outputPorts: named(port).optional(),
  funnels: named(z.strictObject({})).optional(),
  labels: named(label).optional(),
  connections: z.array(connectionSchema).optional()
} as const

/** Messages and editors read a JSON Schema without references, which a recursive one is not. */
const deepest = 6

function groupSchema(depth: number): z.ZodType<InlineGroup> {
  const fields = { name: texts.name, ...ownFields }
  return depth === deepest
    ? z.strictObject(fields)
    : z.strictObject({ ...fields, groups: named(groupSchema(depth + 1)).optional() })
}

/** The fields of a group that is the flow itself. */
export const inlineFields = {
  ...ownFields,
  groups: named(groupSchema(1)).optional().describe('groups inside, written the same way')
} as const
