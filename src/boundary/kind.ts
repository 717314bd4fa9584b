/**
 * The pure half of a resource, guarded.
 * @module
 */
import type { AnyKind, CheckContext, Desired, Remark } from '../contract.ts'
import type { Json } from '../records.ts'
import { toReconcileError } from '../errors.ts'
import { attempt, type OnFault } from './attempt.ts'
import { shown, violation, type Asked } from './fault.ts'
import { checkFields } from './fields.ts'
import { isJson } from './json.ts'
import { checkRemarks, heldBy } from './remarks.ts'

/** What is guarded already is unwrapped first, so that nothing is checked twice. */
const behind = new WeakMap<AnyKind, AnyKind>()

/** The kind; what it answers keeps the contract, or PLUGIN_FAULT is thrown. */
export function guardKind(plugin: string, guarded: AnyKind, onFault: OnFault): AnyKind {
  const kind = behind.get(guarded) ?? guarded
  const asked: Asked = { plugin, kind: kind.kind }
  const ask = <T>(what: string, work: () => T): T => attempt(asked, what, onFault, work)
  const own: AnyKind = {
    ...dataOf(kind),
    ...(kind.batching !== undefined && {
      batching: { limit: kind.batching.limit, weigh: (spec) => weightOf(kind, spec) }
    }),
    ...(kind.complete !== undefined && {
      complete: (spec, files) => ask('complete', () => kind.complete?.(spec, files))
    }),
    compare: (spec, state) => ask('compare', () => checkFields(asked, 'compare', kind.compare(spec, state), onFault)),
    ...(kind.undeclared !== undefined && {
      undeclared: (spec, state) =>
        ask('undeclared', () => checkFields(asked, 'undeclared', kind.undeclared?.(spec, state), onFault))
    }),
    ...(kind.check !== undefined && { check: (desired, context) => checkedBy(kind, asked, desired, context, onFault) }),
    ...(kind.describe !== undefined && {
      describe: (state) => ask('describe', () => described(asked, kind.describe?.(state)))
    })
  }
  behind.set(own, kind)
  return own
}

/** All that a kind says of itself without being asked, also what a class or a newer contract says. */
function dataOf(kind: AnyKind): Omit<AnyKind, 'compare'> {
  const data: Record<PropertyKey, unknown> = {}
  for (let level: object | null = kind; level !== null && level !== Object.prototype; level = prototypeOf(level)) {
    for (const name of Reflect.ownKeys(level)) {
      const value: unknown = name in data ? undefined : Reflect.get(kind, name)
      if (value !== undefined && typeof value !== 'function') data[name] = value
    }
  }
  const { kind: name, file, schema } = kind
  return { ...data, kind: name, file, schema }
}

function prototypeOf(level: object): object | null {
  const prototype: unknown = Object.getPrototypeOf(level)
  return typeof prototype === 'object' ? prototype : null
}

/** An item whose weight the plugin cannot tell fills a call of its own. */
function weightOf({ batching }: AnyKind, spec: unknown): number {
  try {
    const weight = batching?.weigh(spec)
    return typeof weight === 'number' && weight >= 0 ? weight : Number.POSITIVE_INFINITY
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** Rules that cannot be asked hold every item of their kind: what they would have said of it is not known. */
function checkedBy(
  kind: AnyKind,
  asked: Asked,
  desired: readonly Desired<unknown>[],
  context: CheckContext<unknown, unknown>,
  onFault: OnFault
): readonly Remark[] {
  try {
    return attempt(asked, 'check', onFault, () =>
      checkRemarks(asked, kind.check?.(desired, context), new Set(namesOf(desired)), onFault)
    )
  } catch (error) {
    const fault = toReconcileError(error)
    return desired.map(({ name }) => heldBy(name, fault))
  }
}

function described(asked: Asked, answer: unknown): Json {
  if (!isJson(answer) || typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    throw violation(asked, 'describe', 'a declaration that JSON can hold', shown(answer))
  }
  return answer
}

/** The names of items. */
export function namesOf(items: readonly { readonly name: string }[]): readonly string[] {
  return items.map(({ name }) => name)
}
