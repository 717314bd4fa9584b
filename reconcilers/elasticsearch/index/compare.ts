/**
 * Declared index beside live index.
 * @module
 */
import type { FieldChange } from '../../../src/contract.ts'
import type { Body } from '../body.ts'
import { compareMapping } from '../mapping/compare.ts'
import { undeclaredMapping } from '../mapping/undeclared.ts'
import { compareSettings, creationSettings, undeclaredSettings, type SettingsContext } from '../settings/compare.ts'
import { flattenSettings } from '../settings/flatten.ts'
import { compareIndexAliases } from './aliases.ts'
import type { IndexSpec, IndexState } from './state.ts'

/** Declared fields that differ; all declared fields when the index does not exist. Pure. */
export function compareIndex(spec: IndexSpec, state: IndexState | undefined): readonly FieldChange[] {
  const declared = flattenSettings(spec.settings).values
  const settings = state === undefined ? creationSettings(declared) : compareSettings(declared, flattenSettings(state.settings).values, contextOf(state))
  const mappings = compareMapping(spec.mappings ?? {}, state?.mappings).map(({ field }) => field)
  const fields = [...settings.map(plain), ...mappings, ...compareIndexAliases(spec.aliases ?? {}, state?.aliases)]
  return spec.strategy === undefined || state === undefined ? fields : fields.map((field) => byReindex(field, spec.strategy))
}

/** Settings and mappings nobody declared. Aliases belong to whoever declares them. Pure. */
export function undeclaredIndexFields(spec: IndexSpec, state: IndexState): readonly FieldChange[] {
  const settings = undeclaredSettings(flattenSettings(spec.settings).values, flattenSettings(state.settings).values, contextOf(state))
  return [...settings.map(plain), ...undeclaredMapping(spec.mappings ?? {}, state.mappings).map(({ field }) => field)]
}

/** How settings of this index can change. */
export function contextOf({ isOpen, distribution }: IndexState): SettingsContext {
  return { distribution, closed: !isOpen }
}

/** Whether a change is one that only a new index can bring. */
export function needsNewIndex({ why = '' }: FieldChange): boolean {
  return why.startsWith('needs reindex: ')
}

function plain({ path, before, after, risk, why }: FieldChange): FieldChange {
  return { path, before, after, risk, ...(why === undefined ? {} : { why }) }
}

/** What its strategy allows is no longer unsupported: the author asked for the copy, item by item. */
function byReindex(field: FieldChange, strategy: IndexSpec['strategy']): FieldChange {
  return field.risk === 'unsupported' && needsNewIndex(field) ? { ...field, risk: 'safe', why: `${field.why ?? ''}, as its strategy ${strategy} asks` } : field
}

/** The body of the settings an index is created with: what is declared as not set is left out. */
export function settingsForCreate(settings: Body | undefined): Body {
  const entries = [...flattenSettings(settings).values].flatMap(([key, value]) => (value === null ? [] : [[`index.${key}`, value] as const]))
  return Object.fromEntries(entries)
}
