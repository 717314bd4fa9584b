/**
 * One item of parameter-contexts.yaml.
 * @module
 */
import { z } from 'zod'
import { scalarSchema } from '../scalars.ts'
import { mask } from './mask.ts'
import { readDescription } from './tail.ts'

/** Where a value comes from: it stands in the item itself, or in a file. */
export type Source =
  | { readonly value: string | null }
  | {
      /** Absolute, or of the mounted directory. */
      readonly file: string
      /** Of a file of the mounted directory; set by `complete`. */
      readonly content?: string
    }

export interface ParameterSpec {
  readonly source: Source
  readonly sensitive: boolean
  /** Absent: left alone. */
  readonly description?: string
}

export interface ContextSpec {
  /** Absent: left alone. */
  readonly description?: string
  /** Null: there must be no such parameter. What is not named is left alone. */
  readonly parameters: Readonly<Record<string, ParameterSpec | null>>
  /** Names of other contexts, the one that counts first comes first. Absent: left alone. */
  readonly inherits?: readonly string[]
}

const valueSchema = scalarSchema.refine((value) => value !== mask, {
  error: `the value itself; ${mask} is what NiFi shows in place of a sensitive one`
})

/** A line of ours at its end would be taken for one. */
const descriptionSchema = z
  .string()
  .nullish()
  .transform((text) => (text === null ? '' : text))
  .refine((text) => text === undefined || readDescription(text).fields === undefined, {
    error: 'a description that does not end with a line "[infometis …]"'
  })

/** An export leaves the path of a sensitive value empty, because NiFi shows none. */
const emptyPath =
  'the path of a file with the value, absolute or in the directory of this file (an export cannot read a sensitive value: fill in where it stands)'

const fileSchema = z
  .string()
  .refine((path) => path !== '', { error: emptyPath })
  .describe('absolute, or relative to the mounted directory; one newline at its end is trimmed')

const declared = z
  .strictObject({
    value: valueSchema.optional().describe('null: the parameter exists and has no value'),
    valueFrom: z.strictObject({ file: fileSchema }).optional().describe('where the value stands, instead of `value`'),
    sensitive: z.boolean().optional().describe('absent: true with `valueFrom`, false with `value`'),
    description: descriptionSchema
  })
  // Said of `valueFrom`: what is found at a path is shown, and the value may be a secret.
  .refine(({ value, valueFrom }) => (value === undefined) !== (valueFrom === undefined), {
    path: ['valueFrom'],
    error: 'either "value" or "valueFrom"'
  })
  .transform(({ value, valueFrom, sensitive, description }): ParameterSpec => ({
    source: valueFrom === undefined ? { value: value ?? null } : valueFrom,
    sensitive: sensitive ?? valueFrom !== undefined,
    ...(description === undefined ? {} : { description })
  }))

const parameterSchema = z.union([
  valueSchema.transform((value): ParameterSpec | null =>
    value === null ? null : { source: { value }, sensitive: false }
  ),
  declared
])

/** What NiFi takes as a name; it trims spaces around one without a word. */
const parameterName = z.string().regex(/^[\w.-](?:[\w. -]*[\w.-])?$/, {
  error: 'of letters, digits, spaces, "_", "-" and ".", and begins and ends without a space'
})

const inheritsSchema = z
  .array(z.string().min(1))
  .refine((names) => new Set(names).size === names.length, { error: 'a list in which no context stands twice' })
  .nullish()
  .transform((names) => (names === null ? [] : names))

/**
 * What is found at a path is shown. In these places it may be the secret itself, put where something about it belongs: that
 * is told of the parameter as a whole, of which nothing is shown.
 */
function refuseMisplaced(item: unknown, context: z.core.$RefinementCtx): unknown {
  for (const [name, parameter] of entriesOf(entryOf(item, 'parameters'))) {
    const refuse = (message: string): void =>
      void context.issues.push({ code: 'custom', input: item, path: ['parameters', name], message })
    if (isShown(entryOf(parameter, 'sensitive')))
      refuse('true or false as "sensitive" (what stands there is not shown, it may be the secret)')
    if (isShown(entryOf(parameter, 'valueFrom')))
      refuse('{file: <path>} as "valueFrom" (what stands there is not shown, it may be the secret)')
    if (isNumber(entryOf(entryOf(parameter, 'valueFrom'), 'file')))
      refuse('a path as "file" (what stands there is not shown, it may be the secret)')
  }
  return item
}

function entriesOf(value: unknown): readonly [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

function entryOf(value: unknown, name: string): unknown {
  return entriesOf(value).find(([key]) => key === name)?.[1]
}

function isShown(value: unknown): boolean {
  return typeof value === 'string' || isNumber(value)
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint'
}

const itemSchema = z
  .strictObject({
    description: descriptionSchema,
    parameters: z
      .record(parameterName, parameterSchema)
      .optional()
      .describe('by name; what is not named is left alone'),
    inherits: inheritsSchema.describe('names of other parameter contexts; the first that has a parameter gives it')
  })
  .transform(({ description, parameters = {}, inherits }): ContextSpec => ({
    parameters,
    ...(description === undefined ? {} : { description }),
    ...(inherits === undefined ? {} : { inherits })
  }))

/** One item; a parameter is a value, or an object with it, or null where there must be none. */
export const contextSchema = z.preprocess(refuseMisplaced, itemSchema)
