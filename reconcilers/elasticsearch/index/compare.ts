/**
 * Declared index beside live index.
 * @module
 */
import type { FieldChange } from '../../../src/plugin.ts'
import type { Body } from '../body.ts'
import { reported } from '../mapping/change.ts'
import { compareMapping } from '../mapping/compare.ts'
import { withIndexDefaults } from '../mapping/index-defaults.ts'
import { undeclaredMapping } from '../mapping/undeclared.ts'
import {
  compareSettings,
  creationSettings,
  undeclaredSettings,
  type SettingChange,
  type SettingsContext
} from '../settings/compare.ts'
import { flattenSettings } from '../settings/flatten.ts'
import { traitsOf } from '../settings/classes.ts'
import { compareIndexAliases } from './aliases.ts'
import { isBlockedByUs, unfinishedFields } from './reindex/unfinished.ts'
import type { IndexSpec, IndexState } from './state.ts'

/** One difference; `needsNewIndex`: only a new index can have it. */
interface IndexChange extends FieldChange {
  readonly needsNewIndex?: true
}

/** Declared fields that differ, and what a copy has left; all declared fields when the index does not exist. Pure. */
export function compareIndex(spec: IndexSpec, state: IndexState | undefined): readonly FieldChange[] {
  return state === undefined ? compareNew(spec) : indexChanges(spec, state).map(plain)
}

/** The paths of declared fields that the index would get by a copy only. Pure. */
export function copiedPaths(spec: IndexSpec, state: IndexState): ReadonlySet<string> {
  return new Set(indexChanges(spec, state).flatMap(({ path, needsNewIndex }) => (needsNewIndex === true ? [path] : [])))
}

function indexChanges(spec: IndexSpec, state: IndexState): readonly IndexChange[] {
  const unfinished = unfinishedFields(state)
  if (isLeftover(spec, state)) return unfinished
  const settings = settingChanges(spec, state)
  const mappings = compareMapping(spec.mappings ?? {}, comparableMappings(spec, state)).map((change): IndexChange => ({
    ...reported(change),
    ...(change.needsNewIndex && { needsNewIndex: true })
  }))
  const aliases = compareIndexAliases(spec.aliases ?? {}, state.aliases, state.shared)
  if (spec.strategy === undefined) return [...settings, ...mappings, ...aliases, ...unfinished]
  return [...byReindex(settings, mappings, spec.strategy), ...aliases, ...unfinished]
}

function compareNew(spec: IndexSpec): readonly FieldChange[] {
  const settings = creationSettings(flattenSettings(spec.settings).values).map(plain)
  return [
    ...settings,
    ...compareMapping(spec.mappings ?? {}, undefined).map(reported),
    ...compareIndexAliases(spec.aliases ?? {}, undefined)
  ]
}

/** An item that has lost its strategy is no longer about the index behind the alias: only what a copy has left counts. */
function isLeftover({ strategy }: IndexSpec, { others }: IndexState): boolean {
  return strategy === undefined && others !== undefined
}

/** Declared settings that differ; a write block of our own does not. */
function settingChanges(spec: IndexSpec, state: IndexState): readonly SettingChange[] {
  const changes = compareSettings(
    flattenSettings(spec.settings).values,
    flattenSettings(state.settings).values,
    contextOf(state)
  )
  return changes.filter((change) => !isOurBlock(change, state))
}

function isOurBlock({ key }: SettingChange, state: IndexState): boolean {
  return key === 'blocks.write' && isBlockedByUs(state)
}

/** Settings and mappings nobody declared. Aliases belong to whoever declares them. Pure. */
export function undeclaredIndexFields(spec: IndexSpec, state: IndexState): readonly FieldChange[] {
  if (isLeftover(spec, state)) return []
  const settings = undeclaredSettings(
    flattenSettings(spec.settings).values,
    flattenSettings(state.settings).values,
    contextOf(state)
  )
  return [
    ...settings.filter((change) => !isOurBlock(change, state)).map(plain),
    ...undeclaredMapping(spec.mappings ?? {}, state.mappings).map(reported)
  ]
}

/** The live mapping as it is compared and overlaid with the declared one. Pure. */
export function comparableMappings({ mappings = {} }: IndexSpec, state: IndexState): Body {
  return withIndexDefaults(state.mappings, mappings, flattenSettings(state.settings).values)
}

/** How settings of this index can change. */
export function contextOf({ isOpen, distribution }: IndexState): SettingsContext {
  return { distribution, closed: !isOpen }
}

function plain({ path, before, after, risk, why }: FieldChange): FieldChange {
  return { path, before, after, risk, ...(why === undefined ? {} : { why }) }
}

/**
 * What its strategy allows is no longer unsupported: the author asked for the copy, item by item. Settings that a live
 * index takes only while it is closed come with the new one, when there is one anyway.
 */
function byReindex(
  settings: readonly SettingChange[],
  mappings: readonly IndexChange[],
  strategy: string
): readonly IndexChange[] {
  const isCopied = [...settings, ...mappings].some(({ needsNewIndex }) => needsNewIndex)
  const settled = settings.map((change): IndexChange => {
    if (!isCopied || change.risk === 'safe' || traitsOf(change.key).class !== 'reopen') return change
    return { ...change, needsNewIndex: true, why: `needs reindex: ${change.key} comes with the new index` }
  })
  return [...settled, ...mappings].map((change) =>
    change.needsNewIndex === true
      ? { ...change, risk: 'safe', why: `${change.why ?? ''}, as its strategy ${strategy} asks` }
      : change
  )
}

/** The body of the settings an index is created with: what is declared as not set is left out. */
export function settingsForCreate(settings: Body | undefined): Body {
  const entries = [...flattenSettings(settings).values].flatMap(([key, value]) =>
    value === null ? [] : [[`index.${key}`, value] as const]
  )
  return Object.fromEntries(entries)
}
