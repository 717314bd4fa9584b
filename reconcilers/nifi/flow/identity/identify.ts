/**
 * Which group is which flow: by the marker in its comments, and only where there is none by its name.
 * @module
 */
import type { GroupEntity } from '../../reading/entities.ts'
import { readComments, type Comments } from './marker.ts'
import { flowOfUnfinished } from './unfinished-name.ts'

/** A group that may be read, and what its comments say. */
export interface SeenGroup extends Comments {
  readonly group: GroupEntity
}

/** What a group is to us. */
export type Ownership =
  /** Marked as a flow of ours, or begun by us and not marked yet; `twins` are others of which the same is true. */
  | 'ours'
  /** Marked as a flow of another owner. */
  | "another's"
  /** Not marked, and of the name of a declared flow; `twins` are others of that name. */
  | 'namesake'
  /** Not marked, and not declared. */
  | 'foreign'

export interface Identified extends SeenGroup {
  readonly ownership: Ownership
  readonly twins: readonly SeenGroup[]
}

export interface Identities {
  /** By the name of the flow, of a foreign group by its own name. */
  readonly groups: ReadonlyMap<string, Identified>
  /** Groups that are called as a flow of ours and are not it, by that flow. */
  readonly beside: ReadonlyMap<string, readonly SeenGroup[]>
}

/** Tells the groups of one parent apart. Groups that may not be read must not be among them. Pure. */
export function identify(groups: readonly GroupEntity[], declared: readonly string[], owner: string): Identities {
  const seen = groups.map((group): SeenGroup => ({ group, ...readComments(group.comments) })).toSorted(byId)
  const marked = Map.groupBy(
    seen.filter(({ marker }) => marker !== undefined),
    ({ marker }) => `${marker?.owner === owner ? 'ours' : "another's"} ${marker?.flow}`
  )
  const unmarked = Map.groupBy(
    seen.filter(({ marker }) => marker === undefined),
    ({ group }) => group.name.trim()
  )
  const begun = new Map([...unmarked].flatMap(([name, each]) => entryOf(flowOfUnfinished(name), each)))
  const flows = new Set([...declared, ...seen.flatMap(({ marker }) => marker?.flow ?? []), ...begun.keys()])
  const found = new Map<string, Identified>()
  const beside = new Map<string, readonly SeenGroup[]>()
  for (const flow of flows) {
    const ours = marked.get(`ours ${flow}`)
    const left = begun.get(flow) ?? []
    const namesakes = unmarked.get(flow.trim()) ?? []
    const candidates = [
      ['ours', ours ?? left],
      ["another's", marked.get(`another's ${flow}`) ?? []],
      ['namesake', declared.includes(flow) ? namesakes : []]
    ] as const
    const [ownership, [first, ...twins]] = candidates.find(([, each]) => each.length > 0) ?? candidates[0]
    if (first !== undefined) found.set(flow, { ...first, ownership, twins })
    const others = [...(ours === undefined ? [] : left), ...(ownership === 'namesake' ? [] : namesakes)]
    if (first !== undefined && others.length > 0) beside.set(flow, others)
  }
  return { groups: new Map([...foreign(unmarked, found), ...found]), beside }
}

/** Unmarked groups that are called as no flow is. */
function foreign(
  unmarked: ReadonlyMap<string, readonly SeenGroup[]>,
  flows: ReadonlyMap<string, Identified>
): readonly (readonly [string, Identified])[] {
  return [...unmarked].flatMap(([name, [first, ...twins]]) => {
    if (first === undefined || flows.has(name) || flowOfUnfinished(name) !== undefined) return []
    return [[name, { ...first, ownership: 'foreign' as const, twins }] as const]
  })
}

function entryOf<T>(key: string | undefined, value: T): readonly (readonly [string, T])[] {
  return key === undefined ? [] : [[key, value]]
}

/** So that of twins it is always the same one that is looked at, in whatever order they are listed. */
function byId(a: SeenGroup, b: SeenGroup): number {
  return a.group.id < b.group.id ? -1 : 1
}
