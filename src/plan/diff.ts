/**
 * Desired beside actual → what differs. Knows no policy: what may be done about it is decided afterwards.
 * @module
 */
import type { AnyResource, Desired, FieldChange, Found, Observed } from '../contract.ts'
import type { Undeclared } from '../line.ts'
import { type ReconcileError, toReconcileError } from '../errors.ts'
import { coversPath } from './patterns.ts'

/** How one declared item compares with the service. */
export type Difference =
  | { readonly found: 'refused'; readonly desired: Desired<unknown>; readonly why: string }
  /** The plugin could not say how it compares. */
  | { readonly found: 'unclear'; readonly desired: Desired<unknown>; readonly error: ReconcileError }
  | { readonly found: 'absent'; readonly desired: Desired<unknown>; readonly fields: readonly FieldChange[] }
  | {
      readonly found: 'present'
      readonly desired: Desired<unknown>
      readonly sighting: Found<unknown>
      /** Empty: in sync. */
      readonly fields: readonly FieldChange[]
      readonly undeclared: readonly Undeclared[]
    }

type AnyObserved = Observed<unknown, unknown>

/** Compares one item. Never throws. Pure. */
export function diffItem(resource: AnyResource, desired: Desired<unknown>, observed: AnyObserved): Difference {
  try {
    return differenceOf(resource, desired, observed)
  } catch (error) {
    return { found: 'unclear', desired, error: toReconcileError(error) }
  }
}

function differenceOf(resource: AnyResource, desired: Desired<unknown>, observed: AnyObserved): Difference {
  const sighting = observed.items.get(desired.name)
  if (sighting === undefined) return { found: 'absent', desired, fields: resource.compare(desired.spec, undefined) }
  if ('refused' in sighting) {
    const { refused: why, error } = sighting
    return error === undefined ? { found: 'refused', desired, why } : { found: 'unclear', desired, error }
  }

  const isIgnored = (path: string): boolean => desired.control.ignore.some((prefix) => coversPath(prefix, path))
  const resets = (resource.undeclared?.(desired.spec, sighting.state) ?? []).filter((field) => !isIgnored(field.path))
  const declared = resource.compare(desired.spec, sighting.state).filter((field) => !isIgnored(field.path))
  const { exact } = desired.control
  return {
    found: 'present',
    desired,
    sighting,
    fields: exact ? [...declared, ...resets] : declared,
    undeclared: exact ? [] : resets.map((field) => ({ key: desired.key, path: field.path, value: field.before }))
  }
}
