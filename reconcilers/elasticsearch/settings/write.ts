/**
 * Changed settings → as few requests as possible.
 * @module
 */
import { nameLists } from '../connection/paths.ts'
import { traitsOf } from './classes.ts'
import type { SettingChange } from './compare.ts'
import type { SettingValue } from './flatten.ts'
import { equalValues } from './values.ts'

/** The changes of one index that may be written. */
export interface SettingsUpdate {
  readonly name: string
  readonly closed: boolean
  readonly changes: readonly SettingChange[]
}

/** One `PUT /<path>/_settings`. The server takes all of it or nothing. */
export interface SettingsRequest {
  /** Everything of a lower step must be answered before a higher one is sent. */
  readonly step: number
  readonly names: readonly string[]
  /** The names, encoded and joined. */
  readonly path: string
  /** Whether the request is to say `reopen=true`. */
  readonly reopen: boolean
  readonly body: Readonly<Record<string, SettingValue>>
}

/**
 * Groups indices that get the same, so that a thousand equal changes are one request. What changes in place and what
 * needs a reopen are never in one body: one refused key would take the others with it. In the order in which they are
 * sent. Pure.
 */
export function settingsRequests(updates: readonly SettingsUpdate[]): readonly SettingsRequest[] {
  const groups = Map.groupBy(updates.flatMap(partsOf), ({ step, body }) => JSON.stringify([step, Object.entries(body)]))
  const requests = [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { step, body } = first
    return nameLists(group.map(({ name }) => name)).map(({ names, path }) => ({
      step,
      names,
      path,
      reopen: step === steps.reopen,
      body
    }))
  })
  return requests.toSorted((a, b) => a.step - b.step)
}

/** Whether a request sets a block, which refuses mappings and aliases too: it is for the end of everything. Pure. */
export function setsBlock({ step }: Pick<SettingsRequest, 'step'>): boolean {
  return step === steps.block
}

/** A block lets nothing through but its own removal, so it is lifted first and set last. */
const steps = { lift: 1, inPlace: 2, reopen: 3, block: 4 } as const

/**
 * Blocks that refuse other settings. The server lets a request lift one only when nothing else is in it, and only under its
 * full name: without `index.` it is refused (measured on Elasticsearch 9.5 and OpenSearch 3.8).
 */
const blocks: ReadonlySet<string> = new Set(['blocks.metadata', 'blocks.read_only', 'blocks.read_only_allow_delete'])

interface Part {
  readonly name: string
  readonly step: number
  readonly body: SettingsRequest['body']
}

function partsOf({ name, closed, changes }: SettingsUpdate): readonly Part[] {
  const bySteps = Map.groupBy(changes, (change) => stepOf(change, closed))
  return [...bySteps].flatMap(([step, own]) => {
    const bodies = step === steps.lift ? own.map((change) => bodyOf([change])) : [bodyOf(own)]
    return bodies.map((body) => ({ name, step, body }))
  })
}

function stepOf({ key, after }: SettingChange, closed: boolean): number {
  if (blocks.has(key)) return equalValues(key, after, null) ? steps.lift : steps.block
  return !closed && traitsOf(key).class === 'reopen' ? steps.reopen : steps.inPlace
}

/** In the order of their names, so that equal bodies are equal texts. */
function bodyOf(changes: readonly SettingChange[]): Part['body'] {
  const entries = changes.map(({ key, after }) => [`index.${key}`, after] as const)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
