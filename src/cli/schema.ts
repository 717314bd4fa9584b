/**
 * `infometis schema`: JSON Schema of a configuration file, for editors.
 * @module
 */
import { z } from 'zod'
import type { AnyKind } from '../contract.ts'
import type { Json } from '../records.ts'
import { controlSchema } from '../parse/items.ts'
import { policySchema } from '../parse/policy.ts'
import { refuse } from '../connect/environment.ts'
import { formatOf } from './connect.ts'
import type { Host } from '../sidecar/host.ts'
import { loadPlugin } from './load-plugin.ts'
import { documentText } from './output.ts'
import type { CommonFlags } from '../sidecar/settings.ts'

export interface SchemaFlags extends CommonFlags {
  readonly kind?: string
}

/**
 * Prints the schema of one kind's file, or of policy.yaml with `--kind policy`, in JSON unless YAML is asked for. Exit
 * code 0.
 */
export async function schema(name: string, flags: SchemaFlags, host: Host): Promise<number> {
  const format = formatOf(flags)
  const plugin = await loadPlugin(name, flags.plugin, host.directory)
  const kinds = plugin.kinds.map(({ kind }) => kind)
  const wanted = flags.kind ?? kinds[0]
  const kind = plugin.kinds.find((candidate) => candidate.kind === wanted)
  if (kind === undefined && wanted !== 'policy')
    return refuse('--kind', wanted, `one of ${[...kinds, 'policy'].join(', ')}`, kinds[0] ?? '')
  const title = `${name}: ${kind === undefined ? 'policy.yaml' : `${kind.file}.json`}`
  const document = kind === undefined ? { title, ...jsonSchema(policySchema) } : fileSchema(kind, title)
  host.stdout.write(documentText(format === 'yaml' ? 'yaml' : 'json', document, () => ''))
  return 0
}

/** A JSON object, whatever is in it. */
export const jsonObject = z.record(z.string(), z.json())

/** Draft 7 is what editors understand. */
function jsonSchema(of: z.ZodType): { [key: string]: Json } {
  const made: unknown = z.toJSONSchema(of, { target: 'draft-7', io: 'input', unrepresentable: 'any' })
  return jsonObject.parse(made)
}

/**
 * A schema that may stand inside of another one, whose `definitions` belong at the top of that: what refers to its
 * root, as a recursive schema does, refers to a definition of that name. Pure.
 */
function withItsDefinitions(whole: { readonly [key: string]: Json }, name: string): { readonly [key: string]: Json } {
  if (!JSON.stringify(whole).includes('"$ref":"#"')) return whole
  const { $schema, definitions, ...item } = jsonObject.parse(renameRoot(whole, `#/definitions/${name}`))
  const named = { ...jsonObject.catch({}).parse(definitions), [name]: item }
  return { ...($schema !== undefined && { $schema }), ...item, definitions: named }
}

function renameRoot(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((entry: unknown) => renameRoot(entry, name))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, entry]): [string, unknown] => {
    return [key, key === '$ref' && entry === '#' ? name : renameRoot(entry, name)]
  })
  return Object.fromEntries(entries)
}

/** The schema of a whole file: items by name, or the one item itself, each with the reserved field. Pure. */
export function fileSchema(kind: AnyKind, title: string): { [key: string]: Json } {
  const { $schema, definitions, ...item } = withItsDefinitions(jsonSchema(kind.schema), kind.kind)
  const { $schema: _, ...reconcile } = jsonSchema(controlSchema)
  const properties = jsonObject.catch({}).parse(item['properties'])
  const declared = {
    ...item,
    properties: { ...properties, reconcile: { description: 'how this item is reconciled', ...reconcile } }
  }
  const draft = { ...($schema !== undefined && { $schema }), ...(definitions !== undefined && { definitions }) }
  if (kind.singleton !== undefined) return { ...draft, title, ...declared }
  return {
    ...draft,
    title,
    type: 'object',
    additionalProperties: { anyOf: [declared, { type: 'null', description: 'not declared here' }] }
  }
}
