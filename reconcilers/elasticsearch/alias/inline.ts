/**
 * Aliases that other kinds declare: an index its own, a template those of the indices it will make. They are nobody's
 * orphans.
 * @module
 */
import type { Cycle, Desired } from '../../../src/plugin.ts'

/** The aliases in `aliases` of an index, or in `template.aliases` of a template. */
export function declaredAliases(spec: unknown): readonly string[] {
  return [fieldsOf(spec), fieldsOf(fieldsOf(spec)['template'])].flatMap((part) =>
    Object.keys(fieldsOf(part['aliases']))
  )
}

const kinds = ['component-template', 'index-template', 'index']

/** The aliases that indices and templates declare. Pure. */
export function inlineAliases(declared: Cycle['declared']): ReadonlySet<string> {
  return new Set(kinds.flatMap((kind) => declared.get(kind) ?? []).flatMap(aliasesOf))
}

/** The name of an index with a strategy is itself an alias, of its generations. */
function aliasesOf({ name, spec }: Desired<unknown>): readonly string[] {
  const isFronted = fieldsOf(spec)['strategy'] !== undefined
  return isFronted ? [name, ...declaredAliases(spec)] : declaredAliases(spec)
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
