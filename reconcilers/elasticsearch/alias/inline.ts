/**
 * Aliases that other kinds declare: an index its own, a template those of the indices it will make. They are nobody's
 * orphans, and an observation is told only what its own kind declares.
 * @module
 */
import type { Desired, Resource } from '../../../src/plugin.ts'

/** The aliases in `aliases` of an index, or in `template.aliases` of a template. */
export function declaredAliases(spec: unknown): readonly string[] {
  return [fieldsOf(spec), fieldsOf(fieldsOf(spec)['template'])].flatMap((part) =>
    Object.keys(fieldsOf(part['aliases']))
  )
}

/** Names somebody else has declared, in the last cycle that looked. */
export class InlineAliases {
  readonly #byKind = new Map<string, ReadonlySet<string>>()

  /**
   * The resource itself, whose observations from now on note what aliases its items declare. It has to come before the
   * aliases in the service: observations begin in that order.
   */
  noting<Spec, State, Facts>(resource: Resource<Spec, State, Facts>): Resource<Spec, State, Facts> {
    return {
      ...resource,
      observe: (desired, options) => {
        this.#byKind.set(resource.kind, new Set(desired.flatMap(aliasesOf)))
        return resource.observe(desired, options)
      }
    }
  }

  has(alias: string): boolean {
    return [...this.#byKind.values()].some((names) => names.has(alias))
  }
}

/** The name of an index with a strategy is itself an alias, of its generations. */
function aliasesOf({ name, spec }: Desired<unknown>): readonly string[] {
  const isFronted = fieldsOf(spec)['strategy'] !== undefined
  return isFronted ? [name, ...declaredAliases(spec)] : declaredAliases(spec)
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
