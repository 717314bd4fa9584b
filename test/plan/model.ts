/**
 * A small world to plan in: boxes with fields, and what becomes of them when a plan is carried out. The first letter of
 * a field is its risk: `s` safe, `d` disruptive, `x` destructive, `u` unsupported.
 * @module
 */
import fc from 'fast-check'
import { z } from 'zod'
import type {
  AnyResource,
  Control,
  Desired,
  FieldChange,
  Observed,
  Resource,
  Risk,
  Sighting
} from '../../src/contract.ts'
import type { Change, Plan } from '../../src/line.ts'
import { type Json, keyOf } from '../../src/records.ts'
import type { DesiredState } from '../../src/parse/desired.ts'
import { digestOf, type DesiredKind, type InvalidItem } from '../../src/parse/items.ts'
import { defaultPolicy, policySchema, type Policy } from '../../src/parse/policy.ts'
import { plan, type ActualState, type PlanOptions, type Planned } from '../../src/plan/plan.ts'

export const service = 'shop'

/** Fields by their path; null is "not set". */
export type Fields = Readonly<Record<string, Json>>
export interface BoxSpec {
  readonly fields: Fields
}
export type World = ReadonlyMap<string, Sighting<Fields>>

const risksByLetter: Readonly<Record<string, Risk>> = { s: 'safe', d: 'disruptive', x: 'destructive', u: 'unsupported' }

function changeOf(path: string, before: Json, after: Json): FieldChange {
  const risk = risksByLetter[path.slice(0, 1)] ?? 'safe'
  return { path, before, after, risk, ...(risk === 'safe' ? {} : { why: `${path} is ${risk}` }) }
}

const answerNothing = (): Promise<readonly []> => Promise.resolve([])

/** Boxes that can be created and updated: planning asks only whether these methods are there. */
export function boxes(more: Partial<Resource<BoxSpec, Fields>> = {}): Resource<BoxSpec, Fields> {
  return { ...boxesWith(['create', 'update']), ...more }
}

/** Boxes with no other verbs than these. */
export function boxesWith(verbs: readonly ('create' | 'update')[]): Resource<BoxSpec, Fields> {
  return {
    kind: 'box',
    file: 'boxes',
    schema: z.strictObject({ fields: z.record(z.string(), z.json()) }),
    compare: ({ fields }, state) =>
      Object.entries(fields).flatMap(([path, after]) => {
        const before = state !== undefined && Object.hasOwn(state, path) ? (state[path] ?? null) : null
        return before === after ? [] : [changeOf(path, before, after)]
      }),
    undeclared: ({ fields }, state) =>
      Object.entries(state).flatMap(([path, before]) =>
        Object.hasOwn(fields, path) || before === null ? [] : [changeOf(path, before, null)]
      ),
    observe: () => Promise.resolve({ items: new Map(), facts: undefined }),
    ...(verbs.includes('create') ? { create: answerNothing } : {}),
    ...(verbs.includes('update') ? { update: answerNothing } : {})
  }
}

export interface Item {
  readonly name: string
  readonly fields?: Fields
  readonly control?: Partial<Control>
}

export function desiredItem({ name, fields = {}, control = {} }: Item, kind = 'box'): Desired<BoxSpec> {
  const full = { paused: false, ignore: [], exact: false, ...control }
  const spec = { fields }
  return {
    key: keyOf(service, kind, name),
    name,
    spec,
    control: full,
    digest: digestOf({ spec, control: full }),
    at: { file: 'boxes.yaml', line: 1, column: 1 }
  }
}

export function invalidItem(name: string, message: string): InvalidItem {
  const problem = {
    severity: 'error',
    file: 'boxes.yaml',
    line: 2,
    column: 3,
    path: name,
    code: 'VALUE',
    message
  } as const
  return { key: keyOf(service, 'box', name), name, problems: [problem] }
}

export function policyOf(policy: z.input<typeof policySchema>): Policy {
  return policySchema.parse(policy)
}

export interface Declaration {
  readonly items: readonly Item[]
  readonly invalid?: readonly InvalidItem[]
  readonly policy?: Policy
  readonly resource?: AnyResource
}

/** A declaration as parsing would give it. */
export function declare({
  items,
  invalid = [],
  policy = defaultPolicy,
  resource = boxes()
}: Declaration): DesiredState {
  const kind: DesiredKind = {
    kind: resource,
    items: items.map((item) => desiredItem(item, resource.kind)),
    invalid,
    nodes: new Map()
  }
  return { service, digest: 'digest', policy, kinds: [kind], warnings: [] }
}

/** Items by name, the way the service shows them. */
export function worldOf(items: Readonly<Record<string, Fields>>): World {
  return new Map(Object.entries(items).map(([name, state]) => [name, { state }]))
}

export function observed(world: World): Observed<Fields> {
  return { items: world, facts: undefined }
}

export function actual(world: World, resource: AnyResource = boxes()): ActualState {
  return new Map([[resource.kind, { resource, observed: observed(world) }]])
}

/** Plans one cycle of one kind. */
export function planFor(declaration: Declaration, world: World, options: Partial<PlanOptions> = {}): Planned {
  const { resource = boxes() } = declaration
  return plan(declare(declaration), actual(world, resource), { owner: 'infometis', ...options })
}

/** The changes as short lines: `verb name [risk] [fields] [why]`. */
export function lines({ changes }: Plan): readonly string[] {
  return changes.map((change) => {
    const fields = 'fields' in change ? change.fields.map(({ path }) => path).join(' ') : ''
    const risk = 'risk' in change ? change.risk : ''
    return [change.verb, change.name, risk, fields && `(${fields})`, 'why' in change ? change.why : '']
      .filter((part) => part !== '')
      .join(' ')
  })
}

/** The world after everything a plan allows was done. */
export function carryOut({ changes }: Plan, world: World): World {
  const after = new Map(world)
  for (const change of changes) {
    if (!isWrite(change)) continue
    const before = after.get(change.name)
    const state = before !== undefined && 'state' in before ? before.state : {}
    after.set(change.name, {
      ...before,
      state: {
        ...state,
        ...Object.fromEntries(change.fields.map(({ path, after: value }): [string, Json] => [path, value]))
      }
    })
  }
  return after
}

export function isWrite(change: Change): change is Change & { readonly verb: 'create' | 'update' } {
  return change.verb === 'create' || change.verb === 'update'
}

const names = fc.constantFrom('a', 'b', 'c', 'a.b', 'x-protected', 'theirs', 'constructor', '__proto__')
const paths = fc.constantFrom('s1', 's2', 'd1', 'x1', 'u1', 's1.sub', 'constructor')
const value = fc.constantFrom<Json>(null, 1, 2, 'two', '-1')

export const anyFields: fc.Arbitrary<Fields> = fc
  .uniqueArray(fc.tuple(paths, value), { selector: ([path]) => path, maxLength: 5 })
  .map((entries) => Object.fromEntries(entries))

const anyControl: fc.Arbitrary<Partial<Control>> = fc.record(
  { paused: fc.boolean(), ignore: fc.uniqueArray(paths, { maxLength: 2 }), exact: fc.boolean() },
  { requiredKeys: [] }
)

/** Items with names of their own. */
export const anyItems: fc.Arbitrary<readonly Item[]> = fc.uniqueArray(
  fc.record({
    name: names,
    fields: anyFields,
    control: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: anyControl })
  }),
  { selector: ({ name }) => name, maxLength: 6 }
)

export const anyWorld: fc.Arbitrary<World> = fc
  .uniqueArray(
    fc.tuple(
      names,
      fc.oneof(
        { weight: 6, arbitrary: anyFields.map((state): Sighting<Fields> => ({ state })) },
        { weight: 1, arbitrary: anyFields.map((state): Sighting<Fields> => ({ state, owner: 'somebody' })) },
        { weight: 1, arbitrary: anyFields.map((state): Sighting<Fields> => ({ state, owner: 'infometis' })) },
        {
          weight: 1,
          arbitrary: anyFields.map((state): Sighting<Fields> => ({ state, excluded: 'made by the service' }))
        },
        { weight: 1, arbitrary: fc.constant<Sighting<Fields>>({ refused: 'no rights' }) }
      )
    ),
    { selector: ([name]) => name, maxLength: 6 }
  )
  .map((entries) => new Map(entries))

export const anyPolicy: fc.Arbitrary<Policy> = fc.record({
  mode: fc.constantFrom('enforce', 'observe'),
  hold: fc.subarray<Risk>(['safe', 'disruptive', 'destructive', 'unsupported']),
  protect: fc.constantFrom<string[]>([], ['x-*'], ['a']),
  owned: fc.constantFrom<string[]>(['*'], ['a*'], []),
  guard: fc.record({ maxShrinkPercent: fc.nat(100), maxChanges: fc.nat(3) }),
  exact: fc.boolean()
})
