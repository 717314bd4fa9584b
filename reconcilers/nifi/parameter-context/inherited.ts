/**
 * What a parameter context has from others.
 * @module
 */
import type { ContextEntity } from '../reading/entities.ts'

/** Contexts by their name, as far as they may be read. */
export type ContextsByName = ReadonlyMap<string, ContextEntity>

/**
 * Name → whether it is sensitive, of every parameter these parents give together with their own parents: the first that has
 * one gives it (StandardParameterContext.getEffectiveParameters). One that may not be read gives nothing. Pure.
 */
export function givenBy(parents: readonly string[], contexts: ContextsByName): ReadonlyMap<string, boolean> {
  const given = new Map<string, boolean>()
  const seen = new Set<string>()
  const visit = (name: string): void => {
    const context = contexts.get(name)
    if (context === undefined || seen.has(name)) return
    seen.add(name)
    for (const [parameter, { sensitive }] of context.parameters)
      if (!given.has(parameter)) given.set(parameter, sensitive)
    for (const parent of context.inherits) visit(parent.name)
  }
  for (const parent of parents) visit(parent)
  return given
}

/**
 * Own parameters that others give too, with the same sensitivity: where one is removed, what refers to it continues with
 * theirs. It must be so with the parents it has and with those it is to have, because either may be what NiFi sees. Pure.
 */
export function replaceableOf(
  { parameters, inherits }: ContextEntity,
  declared: readonly string[] | undefined,
  contexts: ContextsByName
): ReadonlySet<string> {
  const now = givenBy(
    inherits.map(({ name }) => name),
    contexts
  )
  const then = declared === undefined ? now : givenBy(declared, contexts)
  return new Set(
    [...parameters].flatMap(([name, { sensitive }]) =>
      now.get(name) === sensitive && then.get(name) === sensitive ? [name] : []
    )
  )
}
