/**
 * Fields that somebody else writes again and again: repaired all the same, and paced, so that two writers do not take
 * turns as fast as the network lets them.
 * @module
 */
import type { FieldChange } from '../contract.ts'
import type { Contested, Write } from '../line.ts'
import type { Json, Key } from '../records.ts'

/** From so many repairs of one field within the window on, it is contested. */
const leastRepairs = 3
const windowMs = 3_600_000
const firstWaitMs = 60_000
const longestWaitMs = 1_800_000

/** A field that was set to the declared value. */
interface Repair {
  readonly at: number
  readonly ours: Json
  /** What somebody else had set it to. */
  readonly theirs: Json
  /** The item was seen in sync afterwards: it was not our own write that failed to hold. */
  isSeen: boolean
}

interface Entry {
  readonly generation: string
  readonly fields: Map<string, Repair[]>
}

/** Who is told of a repair that waits. */
export interface ContestedWait {
  readonly contested: Contested
  /** When the repair is due, in ms since the epoch. */
  readonly dueAt: number
}

export class RepairHistory {
  readonly #entries = new Map<Key, Entry>()

  /** An update was acknowledged. */
  repaired(change: Write, now: number): void {
    if (change.verb !== 'update') return
    const entry = this.#entryOf(change)
    for (const { path, before, after } of change.fields) {
      const recent = (entry.fields.get(path) ?? []).filter(({ at }) => now - at < windowMs)
      entry.fields.set(path, [...recent, { at: now, ours: after, theirs: before, isSeen: false }])
    }
    this.#entries.set(change.key, entry)
  }

  /** Items with repairs that may count. */
  keys(): readonly Key[] {
    return [...this.#entries.keys()]
  }

  /** The item is as declared. */
  seenInSync(key: Key, now: number): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    for (const [path, repairs] of entry.fields) {
      const recent = repairs.filter(({ at }) => now - at < windowMs)
      for (const repair of recent) repair.isSeen = true
      if (recent.length === 0) entry.fields.delete(path)
      else entry.fields.set(path, recent)
    }
    if (entry.fields.size === 0) this.#entries.delete(key)
  }

  /** Whether somebody else contests this update, and when it may be repaired; undefined for every other change. */
  waitOf(change: Write, now: number): ContestedWait | undefined {
    const entry = this.#entries.get(change.key)
    if (change.verb !== 'update' || entry?.generation !== change.generation) return undefined
    const contested = change.fields.flatMap((field) => contestedField(field, entry.fields.get(field.path) ?? [], now))
    if (contested.length === 0) return undefined
    const times = Math.max(...contested.map((field) => field.times))
    const lastAt = Math.max(...contested.map((field) => field.lastAt))
    const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(times - leastRepairs, 30))
    const fields = contested.map(({ path, ours, theirs }) => ({ path, ours, theirs }))
    return { contested: { times, fields }, dueAt: lastAt + waitMs }
  }

  /** The fields of an item that is as declared at the moment, of which somebody else keeps taking the value away. */
  contestedInSync(key: Key, generation: string, now: number): Contested | null {
    const entry = this.#entries.get(key)
    if (entry?.generation !== generation) return null
    const fights = [...entry.fields].flatMap(([path, repairs]) => {
      const last = repairs.at(-1)
      const field = last && { path, before: last.theirs, after: last.ours, risk: 'safe' as const }
      return field === undefined ? [] : contestedField(field, repairs, now)
    })
    const fields = fights.map(({ path, ours, theirs }) => ({ path, ours, theirs }))
    return fights.length === 0 ? null : { times: Math.max(...fights.map(({ times }) => times)), fields }
  }

  #entryOf({ key, generation }: Write): Entry {
    const known = this.#entries.get(key)
    return known?.generation === generation ? known : { generation, fields: new Map() }
  }
}

interface ContestedField {
  readonly path: string
  readonly ours: Json
  readonly theirs: Json
  readonly times: number
  readonly lastAt: number
}

function contestedField(
  { path, before, after }: FieldChange,
  repairs: readonly Repair[],
  now: number
): ContestedField[] {
  const ours = JSON.stringify(after)
  const same = repairs.filter(
    (repair) => repair.isSeen && now - repair.at < windowMs && JSON.stringify(repair.ours) === ours
  )
  const last = same.at(-1)
  if (last === undefined || same.length < leastRepairs) return []
  return [{ path, ours: after, theirs: before, times: same.length, lastAt: last.at }]
}
