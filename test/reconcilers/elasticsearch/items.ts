/**
 * Declared items of any kind, parsed by its own schema.
 */
import assert from 'node:assert/strict'
import type { Desired, FieldChange, Kind, Observed, Remark, Update } from '../../../src/contract.ts'
import { keyOf } from '../../../src/records.ts'

/** One item as the framework hands it to its kind. */
export function item<Spec, State, Facts>(
  kind: Kind<Spec, State, Facts>,
  name: string,
  declared: unknown
): Desired<Spec> {
  return {
    key: keyOf('elasticsearch', kind.kind, name),
    name,
    spec: kind.schema.parse(declared),
    digest: JSON.stringify(declared),
    control: { paused: false, ignore: [], exact: false },
    at: { file: `${kind.file}.json`, line: 1, column: 1 }
  }
}

/** All items of a file. */
export function items<Spec, State, Facts>(
  kind: Kind<Spec, State, Facts>,
  declared: Readonly<Record<string, unknown>>
): readonly Desired<Spec>[] {
  return Object.entries(declared).map(([name, each]) => item(kind, name, each))
}

/** `name verdict CODE path` of every remark; `beside` is declared of other kinds. */
export function remarksOf<Spec, State, Facts>(
  kind: Kind<Spec, State, Facts>,
  declared: Readonly<Record<string, unknown>>,
  observed?: Observed<State, Facts>,
  beside: ReadonlyMap<string, readonly Desired<unknown>[]> = new Map()
): readonly string[] {
  return messagesOf(kind, declared, observed, beside).map(({ name, verdict, code, path }) =>
    [name, verdict, code, ...path].join(' ')
  )
}

export function messagesOf<Spec, State, Facts>(
  kind: Kind<Spec, State, Facts>,
  declared: Readonly<Record<string, unknown>>,
  observed?: Observed<State, Facts>,
  beside: ReadonlyMap<string, readonly Desired<unknown>[]> = new Map()
): readonly Remark[] {
  const own = items(kind, declared)
  return (
    kind.check?.(own, {
      declared: new Map<string, readonly Desired<unknown>[]>([...beside, [kind.kind, own]]),
      ...(observed === undefined ? {} : { observed })
    }) ?? []
  )
}

/** The update of an item with the differences whose paths are allowed; all of them unless told otherwise. */
export function updateOf<Spec, State, Facts>(
  kind: Kind<Spec, State, Facts>,
  desired: Desired<Spec>,
  observed: Observed<State, Facts>,
  allows: (field: FieldChange) => boolean = () => true
): Update<Spec, State> {
  const sighting = observed.items.get(desired.name)
  assert.ok(sighting !== undefined && 'state' in sighting, `"${desired.name}" should be observed`)
  return { desired, state: sighting.state, fields: kind.compare(desired.spec, sighting.state).filter(allows) }
}

/** `path: before → after (risk)` of every field. */
export function shown(fields: readonly FieldChange[]): readonly string[] {
  return fields.map(
    ({ path, before, after, risk }) => `${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)} (${risk})`
  )
}
