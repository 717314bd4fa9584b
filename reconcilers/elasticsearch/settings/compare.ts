/**
 * Declared settings beside live settings.
 * @module
 */
import type { FieldChange } from '../../../src/plugin.ts'
import type { Server } from '../connection/server.ts'
import { isSetByServer, traitsOf, unseenSetting } from './classes.ts'
import { defaultsOf } from './defaults.ts'
import type { SettingMap, SettingValue } from './flatten.ts'
import { expansion, replicas } from './overrides.ts'
import { equalValues } from './values.ts'

/** What decides how a setting can change. */
export interface SettingsContext {
  readonly distribution: Server['distribution']
  /** A closed index takes every setting but the final ones; we neither close nor open one. */
  readonly closed: boolean
}

/** A setting that differs. `path` is `settings.<key>`; `before` and `after` are as the server writes them. */
export interface SettingChange extends FieldChange {
  /** Without `index.`. */
  readonly key: string
  readonly before: SettingValue
  readonly after: SettingValue
  /** Only a new index can have it. */
  readonly needsNewIndex?: true
}

/** One change per declared setting that differs, null and the default being the same as "not set". Pure. */
export function compareSettings(
  declared: SettingMap,
  live: SettingMap,
  context: SettingsContext
): readonly SettingChange[] {
  const usual = defaultsOf(declared, live)
  return [...declared].flatMap(([key, after]) => {
    const before = live.get(key) ?? null
    if (equalValues(key, before, after, usual) || (key === replicas && hasExpandingReplicas(declared, live))) return []
    // What it made could not be seen either.
    if (key === unseenSetting && before === null) return []
    return [changeOf(key, before, after, context)]
  })
}

/** One change per declared setting of an index that does not exist yet. Pure. */
export function creationSettings(declared: SettingMap): readonly SettingChange[] {
  return [...declared].flatMap(([key, after]) =>
    after === null ? [] : [{ key, path: pathOf(key), before: null, after, risk: 'safe' }]
  )
}

/**
 * Settings the index carries and nobody declared, each as the change that would reset it. Not those that mean the same
 * when they are not set, nor those the server sets on its own. Pure.
 */
export function undeclaredSettings(
  declared: SettingMap,
  live: SettingMap,
  context: SettingsContext
): readonly SettingChange[] {
  const usual = defaultsOf(declared, live)
  return [...live].flatMap(([key, before]) => {
    if (declared.has(key) || isSetByServer(key) || equalValues(key, before, null, usual)) return []
    if (key === replicas && hasExpandingReplicas(declared, live)) return []
    return [changeOf(key, before, null, context)]
  })
}

/**
 * Whether the server chooses the number of replicas: a number that is written beside it is acknowledged and ignored
 * (measured on 8.19 and 9.4). Turned off in the declaration, it is off by the time the number is written. Pure.
 */
export function hasExpandingReplicas(declared: SettingMap, live: SettingMap): boolean {
  const value = (declared.has(expansion) ? declared : live).get(expansion)
  return value !== undefined && !equalValues(expansion, value, 'false')
}

function changeOf(key: string, before: SettingValue, after: SettingValue, context: SettingsContext): SettingChange {
  return { key, path: pathOf(key), before, after, ...hazardOf(key, before, after, context) }
}

function pathOf(key: string): string {
  return `settings.${key}`
}

type Hazard = Pick<SettingChange, 'risk' | 'why' | 'needsNewIndex'>

function hazardOf(
  key: string,
  before: SettingValue,
  after: SettingValue,
  { distribution, closed }: SettingsContext
): Hazard {
  const kind = traitsOf(key).class
  if (kind === 'server')
    return { risk: 'unsupported', why: `${key} belongs to the server; remove it from the declaration` }
  if (kind === 'final') {
    const why = `needs reindex: ${key} from ${shown(before)} to ${shown(after)} takes a new index with its own copy of the documents`
    return { risk: 'unsupported', why, needsNewIndex: true }
  }
  if (kind === 'dynamic' || closed) return { risk: 'safe' }
  if (distribution === 'elasticsearch') {
    return {
      risk: 'disruptive',
      why: `${key} needs the index to be closed and opened again: searches fail for as long as that takes`
    }
  }
  const why = `${key} changes only while the index is closed, and OpenSearch has no reopen=true; close it, wait for the change and open it again`
  return { risk: 'unsupported', why }
}

function shown(value: SettingValue): string {
  return value === null ? 'not set' : typeof value === 'string' ? value : `[${value.join(', ')}]`
}
