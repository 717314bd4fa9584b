/**
 * Kinds that lack a verb, and kinds whose fields are sets, as services of their own.
 * @module
 */
import { z } from 'zod'
import type { AnyResource, Desired, FieldChange, Resource, Service, Update } from '../../src/contract.ts'
import type { Json } from '../../src/records.ts'
import { done, unchanged } from '../../src/apply/outcome.ts'
import type { Subject } from '../../src/testing/index.ts'

const spec = z.strictObject({ size: z.int().optional(), tags: z.array(z.string()).optional() })
type Spec = z.output<typeof spec>

interface State {
  readonly size: number
  readonly tags: readonly string[]
}

export interface OddKind {
  readonly verbs: readonly ('create' | 'update')[]
  /** One path for the whole set, or one for each entry. */
  readonly sets?: 'whole' | 'by entry'
}

/** Things in memory. They are read in another order each time, as is what is a set. */
export function oddSubject({ verbs, sets = 'whole' }: OddKind): Subject {
  const things = new Map<string, State>()
  let reads = 0
  const inSomeOrder = <T>(items: readonly T[]): readonly T[] => ((reads += 1) % 2 === 0 ? items : items.toReversed())
  const write = (name: string, { size, tags }: Spec): void => {
    const before = things.get(name) ?? { size: 1, tags: [] }
    things.set(name, { size: size ?? before.size, tags: tags ?? before.tags })
  }
  const compare = (wanted: Spec, state: State | undefined): readonly FieldChange[] => [
    ...(wanted.size === undefined || wanted.size === state?.size
      ? []
      : [changeOf('size', state?.size ?? null, wanted.size)]),
    ...(wanted.tags === undefined ? [] : changedTags(wanted.tags, state?.tags, sets))
  ]
  const thing: Resource<Spec, State> = {
    kind: 'thing',
    file: 'things',
    schema: spec,
    compare,
    undeclared: (wanted, { tags }) =>
      wanted.tags === undefined && tags.length > 0 ? [changeOf('tags', inSomeOrder(tags), [])] : [],
    describe: ({ size, tags }) => ({ size, tags: [...tags] }),
    observe: async () => {
      const shown = inSomeOrder([...things]).map(
        ([name, state]) => [name, { state: { ...state, tags: inSomeOrder(state.tags) } }] as const
      )
      return { items: new Map(shown), facts: undefined }
    },
    ...(verbs.includes('create') && {
      create: async (items: readonly Desired<Spec>[]) => items.map((item) => createOne(things, write, item))
    }),
    ...(verbs.includes('update') && {
      update: async (items: readonly Update<Spec, State>[]) =>
        items.map(({ desired: { name, spec: wanted }, fields }) => {
          const paths = new Set(fields.map(({ path }) => path.split('.')[0]))
          write(name, {
            ...(paths.has('size') && { size: wanted.size }),
            ...(paths.has('tags') && { tags: wanted.tags })
          })
          return done(name)
        })
    })
  }
  let isCut = false
  return {
    service: serviceOf(thing, () => isCut),
    snapshot: async () => Object.fromEntries([...things].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    createByHand: async (name) => void things.set(name, { size: 7, tags: ['by', 'hand'] }),
    changeByHand: async (name) => void things.set(name, { size: 8, tags: ['by', 'hand'] }),
    cut: async () => void (isCut = true)
  }
}

function serviceOf(thing: AnyResource, isCut: () => boolean): Service {
  const reach = (): void => {
    if (isCut()) throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:1'), { code: 'ECONNREFUSED' })
  }
  const resource: AnyResource = {
    ...thing,
    ...(thing.create !== undefined && {
      create: async (items, signal) => (reach(), (await thing.create?.(items, signal)) ?? [])
    }),
    ...(thing.update !== undefined && {
      update: async (items, signal) => (reach(), (await thing.update?.(items, signal)) ?? [])
    })
  }
  return { name: 'odd', resources: [resource], identity: async () => 'odd-1', close: async () => undefined }
}

function createOne(
  things: ReadonlyMap<string, State>,
  write: (name: string, wanted: Spec) => void,
  { name, spec: wanted }: Desired<Spec>
) {
  if (things.has(name)) return unchanged(name)
  write(name, wanted)
  return done(name)
}

function changedTags(
  wanted: readonly string[],
  tags: readonly string[] | undefined,
  sets: 'whole' | 'by entry'
): readonly FieldChange[] {
  const [missing, extra] = [
    wanted.filter((tag) => tags?.includes(tag) !== true),
    (tags ?? []).filter((tag) => !wanted.includes(tag))
  ]
  if (missing.length + extra.length === 0) return []
  if (sets === 'whole') return [changeOf('tags', tags === undefined ? null : tags.toSorted(), wanted.toSorted())]
  return [
    ...missing.map((tag) => changeOf(`tags.${tag}`, null, true)),
    ...extra.map((tag) => changeOf(`tags.${tag}`, true, null))
  ]
}

function changeOf(path: string, before: Json, after: Json): FieldChange {
  return { path, before, after, risk: 'safe' }
}
