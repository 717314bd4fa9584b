/**
 * One item of flows.yaml: a definition, from a file or as it is, or a flow written by hand; and what is to be done with it.
 * @module
 */
import { z } from 'zod'
import { parseDuration } from '../../../src/plugin.ts'
import type { Content } from './definition/model.ts'
import { inlineFaults } from './inline/faults.ts'
import { inlineFields } from './inline/schema.ts'
import { inlineParts, type InlineGroup } from './inline/spec.ts'
import { toJson, type Body } from '../json.ts'

/** `IGNORE`: what people start and stop stays so. */
export type RunState = 'RUNNING' | 'STOPPED' | 'IGNORE'

/** What becomes of FlowFiles in a connection that the new definition no longer has. */
export type QueuePolicy = 'fail' | 'drain' | 'drop'

/** Where `definition` is absent, the flow is what the fields of `InlineGroup` say. */
export interface FlowSpec extends InlineGroup {
  /** The name of a file of the mount, or what would be in it. */
  readonly definition?: string | Body | undefined
  readonly state: RunState
  readonly onRemovedQueues: QueuePolicy
  /** Milliseconds. */
  readonly drainTimeout: number
  /** Whether a live group of this name that carries no marker becomes this flow. */
  readonly adopt: boolean
  /** Set by `complete` only. */
  readonly content?: Content
}

const duration = 'a duration with its unit, such as "60s"'
const defaultDrainTimeoutMs = 60_000

const drainTimeout = z.union([z.string(), z.number()], { error: duration }).transform((text, context) => {
  const ms = parseDuration(String(text))
  if (ms !== undefined) return ms
  context.addIssue({ code: 'custom', message: duration })
  return z.NEVER
})

const definitionWords = 'the name of a file that ends with .flow.json or .flow.json.gz, or a flow definition'

const definition = z
  .union(
    [
      z.string().regex(/\.flow\.json(?:\.gz)?$/, { error: definitionWords }),
      z.record(z.string(), z.unknown()).transform(toBody)
    ],
    { error: definitionWords }
  )
  .describe('a file as NiFi downloads it, <name>.flow.json or <name>.flow.json.gz; or what is in it')

/** One item of flows.yaml. */
export const flowSchema: z.ZodType<FlowSpec> = z
  .strictObject({
    definition: definition.optional(),
    ...inlineFields,
    state: z
      .enum(['RUNNING', 'STOPPED', 'IGNORE'])
      .default('RUNNING')
      .describe('whether it runs; IGNORE leaves that to people'),
    onRemovedQueues: z
      .enum(['fail', 'drain', 'drop'])
      .default('fail')
      .describe('what becomes of FlowFiles in connections that are taken away'),
    drainTimeout: drainTimeout.default(defaultDrainTimeoutMs).describe('how long "drain" waits, default 60s'),
    adopt: z.boolean().default(false).describe('take over a live group of this name that nobody has marked')
  })
  .superRefine(checkForm, { when: ({ issues }) => issues.length === 0 })

/** What no single field can tell. */
function checkForm(spec: FlowSpec, context: z.RefinementCtx): void {
  const [part] = inlineParts.filter((name) => spec[name] !== undefined)
  const expected = (message: string, path: readonly PropertyKey[] = []) =>
    context.addIssue({ code: 'custom', path: [...path], message })
  if (spec.definition === undefined && part === undefined)
    expected('"definition", or parts of a flow such as "processors"')
  else if (spec.definition === undefined) for (const { path, message } of inlineFaults(spec)) expected(message, path)
  else if (part !== undefined) expected('"definition" or parts of a flow, not both', [part])
}

function toBody(fields: Readonly<Record<string, unknown>>): Body {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, toJson(value)]))
}
