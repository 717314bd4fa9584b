/**
 * Connections of the inline form, long and short: `gen:success,failure -> log`.
 * @module
 */
import { z } from 'zod'
import { byValue } from '../../scalars.ts'
import { namesSchema, sizeSchema, timeSchema } from './scalars.ts'
import type { InlineConnection } from './spec.ts'

const shortForm = 'a connection such as "gen:success -> log"'

const ownPrioritizers: readonly string[] = [
  'FirstInFirstOutPrioritizer',
  'NewestFlowFileFirstPrioritizer',
  'OldestFlowFileFirstPrioritizer',
  'PriorityAttributePrioritizer'
]

/** NiFi's own by their short names, others by their full ones; their order counts. */
const prioritizer = z
  .string()
  .refine((name) => name.includes('.') || ownPrioritizers.includes(name), {
    error: `${ownPrioritizers.join(', ')} or the full name of a class`
  })
  .transform((name) => (name.includes('.') ? name : `org.apache.nifi.prioritizer.${name}`))

const loadBalance = z
  .strictObject({
    strategy: z.enum(['ROUND_ROBIN', 'SINGLE_NODE', 'PARTITION_BY_ATTRIBUTE', 'DO_NOT_LOAD_BALANCE']),
    attribute: z.string().min(1).optional().describe('whose value decides, with PARTITION_BY_ATTRIBUTE'),
    compression: z.enum(['DO_NOT_COMPRESS', 'COMPRESS_ATTRIBUTES_ONLY', 'COMPRESS_ATTRIBUTES_AND_CONTENT']).optional()
  })
  .refine(({ strategy, attribute }) => (strategy === 'PARTITION_BY_ATTRIBUTE') === (attribute !== undefined), {
    path: ['attribute'],
    error: 'an attribute with the strategy PARTITION_BY_ATTRIBUTE, and with no other'
  })

const longForm = z.strictObject({
  from: z.string().min(1).describe('a key of this group, or a port of a group in it: inner.out'),
  relationships: namesSchema.default([]).describe('of a processor; ports and funnels have none'),
  to: z.string().min(1),
  name: z.string().optional(),
  maxObjects: byValue(z.int().min(0))
    .optional()
    .describe('FlowFiles before back-pressure, default 10000; 0 is no limit'),
  maxSize: sizeSchema.optional().describe('content before back-pressure, default "1 GB"'),
  expire: timeSchema('1 hour').optional().describe('age at which FlowFiles are dropped, default "0 sec": never'),
  prioritizers: z.array(prioritizer).optional(),
  loadBalance: loadBalance.optional()
})

/** One entry of `connections`. */
export const connectionSchema: z.ZodType<InlineConnection> = z.union([
  z.string().transform((text, context): InlineConnection => {
    const read = readConnection(text)
    if (read !== undefined) return read
    context.addIssue({ code: 'custom', message: shortForm })
    return z.NEVER
  }),
  longForm
])

/** The short form; undefined for any other text. Keys hold neither `:` nor `>`, so relationships may. Pure. */
export function readConnection(text: string): InlineConnection | undefined {
  const [, source, to = ''] = /^(.*)->([^>]*)$/s.exec(text) ?? []
  if (source === undefined) return undefined
  const [, from = '', , list] = /^([^:]*)(:(.*))?$/s.exec(source) ?? []
  const relationships = list === undefined ? [] : list.split(',').map((name) => name.trim())
  if (from.trim() === '' || to.trim() === '' || relationships.includes('')) return undefined
  return { from: from.trim(), relationships: [...new Set(relationships)].toSorted(), to: to.trim() }
}

/**
 * A connection in its short form: what people call it, and, as no two of a group are equal, its identity there.
 * Commas of a relationship are escaped, so that two connections never read alike. Pure.
 */
export function connectionLabel({ from, relationships, to }: InlineConnection): string {
  const list = relationships.map((name) => name.replaceAll(/[\\,]/g, (char) => `\\${char}`)).join(',')
  return `${from}${list === '' ? '' : `:${list}`} -> ${to}`
}
