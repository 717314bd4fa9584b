/**
 * Everything that is wrong with a set of files, in one run: what is wrong in one place hides nothing that is wrong in
 * another, and brings about no complaints of its own.
 * @module
 */
import type { AnyKind, Desired, Remark } from '../contract.ts'
import type { Problem } from '../records.ts'
import { locate, type Node } from '../parse/node.ts'
import { parseDesired, type Declares } from '../parse/desired.ts'
import type { DesiredKind } from '../parse/items.ts'
import { joinPath } from '../parse/schema.ts'
import { checkKind, declaredByKind } from '../plan/check.ts'
import type { ConfigFiles } from '../read/config-files.ts'

/** All problems of one set of files, offline. Pure. */
export function problemsOf(source: ConfigFiles, service: Declares): readonly Problem[] {
  const { desired, problems = [], legible } = parseDesired(source, service)
  const { kinds, warnings } = desired ?? legible
  const torn = legible?.torn ?? []
  // What a file that cannot be read might say is not missing.
  const inTorn = problemsIn(torn).filter(({ code }) => code !== 'MISSING_FIELD')
  const inItems = problemsIn(kinds)
  const checked = checkedTogether(kinds)
  // Names stand in what can be read, whatever stands in the rest.
  const names = torn
    .map(withUsable)
    .map((kind) => checkKind({ ...kind, invalid: [] }, new Map(), undefined, withRemarks(kind.kind, isAboutName)))
  const refused = problemsIn([...checked, ...names])
  const warned = torn.length > 0 ? [] : checked.flatMap((kind) => kind.warnings)
  return [...problems, ...inTorn, ...inItems, ...refused, ...warned, ...warnings]
}

function problemsIn(kinds: readonly Pick<DesiredKind, 'invalid'>[]): readonly Problem[] {
  return kinds.flatMap(({ invalid }) => invalid.flatMap((item) => item.problems))
}

/** What the rules of the kinds say: also of items that are wrong, as far as they can be used. */
function checkedTogether(kinds: readonly DesiredKind[]): readonly ReturnType<typeof checkKind>[] {
  const usable = kinds.map(withUsable)
  const [declared, sound] = [declaredByKind(usable), declaredByKind(kinds)]
  return usable.map((kind, index) => {
    const alone = new Set(
      (kind.kind.check?.(kinds[index]?.items ?? [], { declared: sound }) ?? []).map((remark) => JSON.stringify(remark))
    )
    const wrong = new Map(
      (kinds[index]?.invalid ?? []).map(({ name, problems }) => [name, new Set(problems.map(({ path }) => path))])
    )
    const isShown = (remark: Remark): boolean => {
      const paths = wrong.get(remark.name)
      if (isAboutName(remark)) return true
      // Where it hangs on what is wrong with another item, it may be gone when that is mended.
      return paths === undefined ? alone.has(JSON.stringify(remark)) : standsByItself(remark, paths, kind)
    }
    return checkKind({ ...kind, invalid: [] }, declared, undefined, withRemarks(kind.kind, isShown))
  })
}

/** With the items that are wrong among the others. */
function withUsable(kind: DesiredKind): DesiredKind {
  const usable = kind.invalid.flatMap((item): Desired<unknown>[] => (item.usable === undefined ? [] : [item.usable]))
  return { ...kind, items: [...kind.items, ...usable] }
}

type Check = NonNullable<AnyKind['check']>

/** The kind as it is, object or class, with only the remarks that `isShown` lets through. */
function withRemarks(kind: AnyKind, isShown: (remark: Remark) => boolean): AnyKind {
  const own: AnyKind = Object.create(kind)
  const check: Check = (...given) => (kind.check?.(...given) ?? []).filter(isShown)
  return Object.assign(own, { check })
}

function isAboutName({ code }: Remark): boolean {
  return code.startsWith('NAME')
}

/** It is about a field that is there and is not wrong itself. */
function standsByItself({ name, path }: Remark, wrong: ReadonlySet<string>, { kind, nodes }: DesiredKind): boolean {
  const node = nodes.get(name)
  if (path.length === 0 || node === undefined || !exists(node, path)) return false
  const steps = kind.singleton === undefined ? [name, ...path] : [...path]
  return steps.every((_, index) => !wrong.has(joinPath(steps.slice(0, index + 1))))
}

function exists(node: Node, path: readonly string[]): boolean {
  const [last] = path.slice(-1)
  const parent = locate(node, path.slice(0, -1))
  if (last === undefined) return true
  return parent.type === 'map'
    ? parent.entries.has(last)
    : parent.type === 'list' && parent.items[Number(last)] !== undefined
}
