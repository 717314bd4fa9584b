/**
 * The kind `cluster`: settings that hold for the whole cluster and can change while it runs.
 * @module
 */
import { z } from 'zod'
import type { CheckContext, Desired, FieldChange, Json, Kind, Remark } from '../../../src/plugin.ts'
import { bodySchema, type Body } from '../body.ts'
import { flattenSettings, type FlatSettings, type SettingMap, type SettingValue } from '../settings/flatten.ts'
import { riskOf } from './risk.ts'
import { sameSetting } from './values.ts'

/** cluster.json. */
export const clusterSchema = z.strictObject({
  persistent: bodySchema
    .optional()
    .describe('nested or flat: a value is enforced, null resets the setting, what is absent is left alone'),
  transient: z
    .unknown()
    .optional()
    .describe('refused: transient settings are gone after a full restart; use persistent')
})

export type ClusterSpec = z.output<typeof clusterSchema>

export interface ClusterState {
  /** What is set for the whole cluster, by key. */
  readonly persistent: SettingMap
  /** What shadows it until the next full restart. */
  readonly transient: SettingMap
}

export const clusterKind: Kind<ClusterSpec, ClusterState> = {
  kind: 'cluster',
  file: 'cluster',
  singleton: 'settings',
  schema: clusterSchema,
  numbersAsWritten: true,
  compare: compareCluster,
  undeclared: undeclaredClusterFields,
  check: checkCluster,
  describe: ({ persistent }): Json => ({
    persistent: Object.fromEntries([...persistent].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/** Settings in one flat form. Pure. */
export function flatCluster(settings: Body | undefined): FlatSettings {
  return flattenSettings(settings, '')
}

/** Declared settings that differ. Pure. */
export function compareCluster({ persistent }: ClusterSpec, state: ClusterState | undefined): readonly FieldChange[] {
  return [...flatCluster(persistent).values].flatMap(([key, after]) => {
    const before = state?.persistent.get(key) ?? null
    return sameSetting(after, before) ? [] : [changeOf(key, before, after)]
  })
}

function undeclaredClusterFields({ persistent }: ClusterSpec, state: ClusterState): readonly FieldChange[] {
  const declared = flatCluster(persistent).values
  return [...state.persistent].flatMap(([key, before]) => (declared.has(key) ? [] : [changeOf(key, before, null)]))
}

function changeOf(key: string, before: SettingValue, after: SettingValue): FieldChange {
  return { path: `persistent.${key}`, before, after, ...riskOf(key, after) }
}

function checkCluster(
  desired: readonly Desired<ClusterSpec>[],
  { observed }: CheckContext<ClusterState, undefined>
): readonly Remark[] {
  return desired.flatMap(({ name, spec }) => {
    const live = observed?.items.get(name)
    const shadows = live === undefined || 'refused' in live ? new Map<string, SettingValue>() : live.state.transient
    return [
      ...transientRemarks(name, spec),
      ...shapeRemarks(name, flatCluster(spec.persistent)),
      ...shadowRemarks(name, flatCluster(spec.persistent), shadows)
    ]
  })
}

function transientRemarks(name: string, { transient }: ClusterSpec): readonly Remark[] {
  if (transient === undefined) return []
  const message =
    'expected persistent settings, found transient ones, which are gone after a full restart; declare them under persistent'
  return [{ name, verdict: 'invalid', code: 'TRANSIENT', path: ['transient'], message }]
}

function shapeRemarks(name: string, { values, paths, conflicts, misshapen }: FlatSettings): readonly Remark[] {
  const invalid = (path: readonly string[], message: string): Remark => ({
    name,
    verdict: 'invalid',
    code: 'VALUE',
    path: ['persistent', ...path],
    message
  })
  return [
    ...misshapen.map(({ key, path }) =>
      invalid(path, `expected text, a number, true or false, or a list of these for ${key}`)
    ),
    ...conflicts.map(({ key, spellings }) =>
      invalid(
        spellings[1]?.path ?? [],
        `expected one value for ${key}, found ${spellings.map(({ value }) => JSON.stringify(value)).join(' and ')}`
      )
    ),
    ...[...values.keys()]
      .filter((key) => key.includes('*'))
      .map((key) =>
        invalid(
          paths.get(key) ?? [],
          `expected the key of one setting, found the pattern "${key}"; name the settings one by one`
        )
      )
  ]
}

function shadowRemarks(name: string, { values, paths }: FlatSettings, transient: SettingMap): readonly Remark[] {
  return [...values].flatMap(([key, value]): readonly Remark[] => {
    const shadow = transient.get(key) ?? null
    if (shadow === null || sameSetting(value, shadow)) return []
    const message = `${key} is set to ${JSON.stringify(shadow)} as a transient setting, which wins over the declared one until it is reset`
    return [{ name, verdict: 'warn', code: 'SHADOWED', path: ['persistent', ...(paths.get(key) ?? [])], message }]
  })
}
