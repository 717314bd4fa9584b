/**
 * Runs the rules of a kind over everything declared and turns its remarks into problems with a place.
 * @module
 */
import type { AnyKind, CheckContext, Desired, Observed, Remark } from '../contract.ts'
import type { Problem, Scope } from '../records.ts'
import { ReconcileError } from '../errors.ts'
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
  /** Name → fault of the plugin, which holds that item; not every name is that of a declared item. */
  readonly faults: ReadonlyMap<string, ReconcileError>
  readonly warnings: readonly Problem[]
}

/** The declared items of every kind, for rules between kinds. */
export function declaredByKind(kinds: readonly DesiredKind[]): ReadonlyMap<string, readonly Desired<unknown>[]> {
  return new Map(kinds.map(({ kind, items }) => [kind.kind, items]))
}

/**
 * Checks one kind; without `observed` only the rules that hold offline are run. Warnings are of the items of `scope` only:
 * of the others was seen too little to warn of. Pure.
 */
export function checkKind(
  desired: DesiredKind,
  declared: CheckContext<unknown, unknown>['declared'],
  observed?: Observed<unknown, unknown>,
  kind: AnyKind = desired.kind,
  scope: Scope = 'all'
): CheckedKind {
  const live = observed === undefined ? {} : { observed, scope }
  const remarks = kind.check?.(desired.items, { declared, ...live }) ?? []
  const [faulty, sound] = [remarks.filter(isFault), remarks.filter((remark) => !isFault(remark))]
  // Most often there is nothing to say of many items.
  const byName = new Map(remarks.length === 0 ? [] : desired.items.map((item) => [item.name, item]))
  // Offline, where nothing is held, an item of which nobody knows whether it is valid is invalid.
  const refusals = sound.filter(({ verdict }) => verdict === 'invalid').concat(observed === undefined ? faulty : [])
  const holds = Map.groupBy(
    sound.filter(({ verdict }) => verdict === 'hold'),
    ({ name }) => name
  )
  const invalid = [...Map.groupBy(refusals, ({ name }) => name)].flatMap(([name, own]) => {
    const item = byName.get(name)
    if (item === undefined) return []
    return [{ key: item.key, name, problems: own.map((remark) => problemOf(remark, item, desired)) }]
  })
  const isInScope = ({ name }: Remark): boolean => {
    const item = byName.get(name)
    return scope === 'all' || (item !== undefined && scope.has(item.key))
  }
  const isInvalid = new Set(invalid.map(({ name }) => name))
  return {
    items: isInvalid.size === 0 ? desired.items : desired.items.filter(({ name }) => !isInvalid.has(name)),
    invalid: [...desired.invalid, ...invalid],
    holds: new Map([...holds].map(([name, own]) => [name, own.map(({ message }) => message).join('; ')])),
    faults: new Map(observed === undefined ? [] : faulty.map(({ name, message }) => [name, faultOf(message)])),
    warnings: warningsOf(sound.filter(isInScope), refusals, byName, desired)
  }
}

/** What is worth a warning, and what was refused of an item that is not there to be invalid. */
function warningsOf(
  sound: readonly Remark[],
  refusals: readonly Remark[],
  byName: ReadonlyMap<string, Desired<unknown>>,
  desired: DesiredKind
): readonly Problem[] {
  const own = sound.flatMap((remark) => {
    const item = byName.get(remark.name)
    return item === undefined || remark.verdict !== 'warn' ? [] : [problemOf(remark, item, desired)]
  })
  const strange = refusals.filter((remark) => isFault(remark) && !byName.has(remark.name))
  const nowhere = { severity: 'error', file: '', line: 1, column: 1, path: '' } as const
  return [...own, ...strange.map(({ code, message }): Problem => ({ ...nowhere, code, message }))]
}

function problemOf(remark: Remark, item: Desired<unknown>, { kind, nodes }: DesiredKind): Problem {
  const { name, verdict, path: steps, code, message } = remark
  const node = nodes.get(name)
  const at = steps.length === 0 || node === undefined ? item.at : placeOf(node, steps)
  const path = joinPath(kind.singleton === undefined ? [name, ...steps] : steps)
  return { severity: verdict === 'warn' ? 'warning' : 'error', ...at, path, code, message }
}

function faultOf(message: string): ReconcileError {
  return new ReconcileError('PLUGIN_FAULT', message)
}

/** The boundary puts a remark of this code in the place of what breaks the contract. */
function isFault({ code }: Remark): boolean {
  return code === 'PLUGIN_FAULT'
}
