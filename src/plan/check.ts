/**
 * Runs the rules of a kind over everything declared and turns its remarks into problems with a place.
 * @module
 */
import type { AnyKind, CheckContext, Desired, Observed, Problem } from '../contract.ts'
import type { DesiredKind, InvalidItem } from '../parse/items.ts'
import { placeOf } from '../parse/node.ts'
import { joinPath } from '../parse/schema.ts'

/** What the rules of a kind say. */
export interface CheckedKind {
  /** Items that stay usable. */
  readonly items: readonly Desired<unknown>[]
  readonly invalid: readonly InvalidItem[]
  /** Item name → why it has to wait. */
  readonly holds: ReadonlyMap<string, string>
  readonly warnings: readonly Problem[]
}

/** The declared items of every kind, for rules between kinds. */
export function declaredByKind(kinds: readonly DesiredKind[]): ReadonlyMap<string, readonly Desired<unknown>[]> {
  return new Map(kinds.map(({ kind, items }) => [kind.kind, items]))
}

/** Checks one kind; without `observed` only the rules that hold offline are run. Pure. */
export function checkKind(
  desired: DesiredKind,
  declared: CheckContext<unknown, unknown>['declared'],
  observed?: Observed<unknown, unknown>,
  kind: AnyKind = desired.kind
): CheckedKind {
  const remarks = kind.check?.(desired.items, { declared, ...(observed === undefined ? {} : { observed }) }) ?? []
  const byName = new Map(desired.items.map((item) => [item.name, item]))
  const errors = new Map<string, Problem[]>()
  const holds = new Map<string, string>()
  const warnings: Problem[] = []
  for (const remark of remarks) {
    const item = byName.get(remark.name)
    if (item === undefined) continue
    if (remark.verdict === 'hold') {
      holds.set(remark.name, [holds.get(remark.name), remark.message].filter((text) => text !== undefined).join('; '))
      continue
    }
    const node = desired.nodes.get(remark.name)
    const at = remark.path.length === 0 || node === undefined ? item.at : placeOf(node, remark.path)
    const path = joinPath(kind.singleton === undefined ? [remark.name, ...remark.path] : remark.path)
    const problem: Problem = { severity: remark.verdict === 'warn' ? 'warning' : 'error', ...at, path, code: remark.code, message: remark.message }
    if (remark.verdict === 'warn') warnings.push(problem)
    else errors.set(remark.name, [...(errors.get(remark.name) ?? []), problem])
  }
  const invalid = [...errors].flatMap(([name, problems]) => {
    const item = byName.get(name)
    return item === undefined ? [] : [{ key: item.key, name, problems }]
  })
  return { items: desired.items.filter((item) => !errors.has(item.name)), invalid: [...desired.invalid, ...invalid], holds, warnings }
}
