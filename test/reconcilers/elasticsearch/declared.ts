/**
 * Items as the framework hands them to a kind.
 */
import assert from 'node:assert/strict'
import type { AnyKind, CheckContext, Desired, Found, Kind, Remark } from '../../../src/contract.ts'
import { keyOf } from '../../../src/records.ts'
import type { Body } from '../../../reconcilers/elasticsearch/body.ts'
import type { BodyState } from '../../../reconcilers/elasticsearch/body/shape.ts'
import type { Facts } from '../../../reconcilers/elasticsearch/facts.ts'

export function desired(kind: string, items: Readonly<Record<string, Body>>): readonly Desired<Body>[] {
  return Object.entries(items).map(([name, spec]) => ({
    key: keyOf('elasticsearch', kind, name),
    name,
    spec,
    digest: name,
    control: { paused: false, ignore: [], exact: false },
    at: { file: 'x.json', line: 1, column: 1 }
  }))
}

export interface World {
  /** What is declared of other kinds. */
  readonly beside?: Readonly<Record<string, Readonly<Record<string, Body>>>>
  /** What is live; absent: offline. */
  readonly live?: ReadonlyMap<string, Found<BodyState>>
  readonly facts?: Facts
}

/** The remarks of a kind, each as `[name, verdict, code, path]`. */
export function verdicts(
  kind: Kind<Body, BodyState, Facts>,
  items: Readonly<Record<string, Body>>,
  world: World = {}
): readonly unknown[] {
  return remarks(kind, items, world).map(({ name, verdict, code, path }) => [name, verdict, code, path.join('.')])
}

export function remarks(
  kind: Kind<Body, BodyState, Facts>,
  items: Readonly<Record<string, Body>>,
  { beside = {}, live, facts = {} }: World = {}
): readonly Remark[] {
  const own = desired(kind.kind, items)
  const declared = new Map<string, readonly Desired<unknown>[]>([
    ...Object.entries(beside).map(([other, each]) => [other, desired(other, each)] as const),
    [kind.kind, own]
  ])
  const context: CheckContext<BodyState, Facts> = {
    declared,
    ...(live === undefined ? {} : { observed: { items: live, facts } })
  }
  return kind.check?.(own, context) ?? []
}

/** What the schema makes of an item, or what it says of it. */
export function parsed(kind: AnyKind | Kind<Body, BodyState, Facts>, item: unknown): unknown {
  const result = kind.schema.safeParse(item)
  return result.success
    ? result.data
    : result.error.issues.map((issue) => [
        issue.code,
        issue.path.join('.'),
        'keys' in issue ? issue.keys : issue.message
      ])
}

/** `[path, before, after, risk]` of every field that differs. */
export function differences(
  kind: Kind<Body, BodyState, Facts>,
  spec: Body,
  live: Found<BodyState> | undefined
): readonly unknown[] {
  return kind.compare(spec, live?.state).map(({ path, before, after, risk }) => [path, before, after, risk])
}

export function found(items: ReadonlyMap<string, Found<BodyState>>, name: string): Found<BodyState> {
  const item = items.get(name)
  assert.ok(item !== undefined, `"${name}" should be found`)
  return item
}
