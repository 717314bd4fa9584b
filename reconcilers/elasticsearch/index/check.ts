/**
 * Rules over declared indices that need no comparison of fields.
 * @module
 */
import { type CheckContext, type Desired, type Remark, remember } from '../../../src/plugin.ts'
import { sharedHazard } from '../alias/shared.ts'
import type { Body } from '../body.ts'
import { checkMapping } from '../mapping/check.ts'
import { aliasNameFault, indexNameFault, nameRemarks } from '../names.ts'
import { referenceRemarks, settingReferences, surroundingsOf, type Surroundings } from '../references.ts'
import { checkSettings, overriddenRemarks } from '../settings/check.ts'
import { flattenSettings } from '../settings/flatten.ts'
import { targetOf } from './generations.ts'
import { generationRemarks } from './reindex/remarks.ts'
import { unfinishedFields } from './reindex/unfinished.ts'
import type { IndexFacts, IndexSpec, IndexState } from './state.ts'
import { whyUnmanaged } from './unmanaged.ts'

type Index = Desired<IndexSpec>
type Context = CheckContext<IndexState, IndexFacts>

/** All remarks about all indices; those about the live cluster only when it was observed. Pure. */
export function checkIndices(desired: readonly Index[], context: Context): readonly Remark[] {
  const names = new Set(desired.map(({ name }) => name))
  const around = surroundingsOf('index', context)
  return [
    ...nameRemarks(desired, indexNameFault),
    ...desired.flatMap((index) => [
      ...checkBody(index.spec).map((remark) => ({ name: index.name, ...remark })),
      ...checkAliases(index, names, context),
      ...checkShared(index, context),
      ...checkReferences(index, around),
      ...checkTarget(index, context),
      ...checkOpen(index, context),
      ...checkOverridden(index, context),
      ...checkContent(index, context),
      ...generationRemarks(index, stateOf(index, context))
    ])
  ]
}

/** What is wrong with a body whatever is around it. */
const checkBody = remember((spec: IndexSpec): readonly Omit<Remark, 'name'>[] => [
  ...checkSettings(spec.settings, ['settings']),
  ...checkMappings(spec)
])

function checkMappings(spec: IndexSpec): readonly Omit<Remark, 'name'>[] {
  const { values } = flattenSettings(spec.settings)
  const limit = Number(values.get('mapping.total_fields.limit') ?? Number.NaN)
  const depth = Number(values.get('mapping.depth.limit') ?? Number.NaN)
  const analyzers = new Set([...values.keys()].flatMap((key) => /^analysis\.analyzer\.([^.]+)/.exec(key)?.[1] ?? []))
  const context = {
    analyzers,
    ...(Number.isNaN(limit) ? {} : { totalFieldsLimit: limit }),
    ...(Number.isNaN(depth) ? {} : { depthLimit: depth })
  }
  return checkMapping(spec.mappings ?? {}, context).map((remark) => ({ ...remark, path: ['mappings', ...remark.path] }))
}

function checkAliases({ name, spec }: Index, names: ReadonlySet<string>, { declared }: Context): readonly Remark[] {
  const owned = new Map((declared.get('alias') ?? []).map((alias) => [alias.name, alias.spec]))
  return Object.keys(spec.aliases ?? {}).flatMap((alias): Remark[] => {
    const base = { name, verdict: 'invalid', path: ['aliases', alias] } as const
    const fault = aliasNameFault(alias)
    if (fault !== undefined) return [{ ...base, code: 'NAME', message: fault }]
    if (alias === name && spec.strategy !== undefined) {
      return [
        {
          ...base,
          code: 'ALIAS_TWICE',
          message: `expected other aliases than "${alias}", which strategy ${spec.strategy} owns; remove it`
        }
      ]
    }
    if (names.has(alias))
      return [
        {
          ...base,
          code: 'NAME_COLLISION',
          message: `expected a name of its own, found "${alias}", which is declared as an index; rename one`
        }
      ]
    if (!owned.has(alias)) return []
    return [
      {
        ...base,
        code: 'ALIAS_TWICE',
        message:
          `expected one declaration of alias "${alias}", found one here and one in aliases.json, ` +
          'which owns all of its indices; remove one'
      }
    ]
  })
}

/** An index that is created is in its aliases at once. */
function checkShared({ name, spec }: Index, { observed }: Context): readonly Remark[] {
  if (observed === undefined || observed.items.has(name)) return []
  return Object.keys(spec.aliases ?? {}).flatMap((alias): Remark[] => {
    const shared = observed.facts.shared?.get(alias)
    const hazard = shared && sharedHazard(alias, shared)
    return hazard === undefined
      ? []
      : [{ name, verdict: 'hold', code: 'WRITE_INDEX', path: ['aliases', alias], message: hazard.why }]
  })
}

function checkReferences({ name, spec }: Index, around: Surroundings): readonly Remark[] {
  const { values } = flattenSettings(spec.settings)
  const flat: Body = Object.fromEntries(values)
  return referenceRemarks(name, settingReferences(flat, ['settings']), around)
}

function checkTarget(index: Index, { observed }: Context): readonly Remark[] {
  if (observed === undefined || isRefused(index, observed)) return []
  const state = stateOf(index, { observed })
  // A strategy was taken away in the middle of a copy: that is cleared up first.
  if (index.spec.strategy === undefined && state?.others !== undefined && unfinishedFields(state).length > 0) return []
  const { aliases, dataStreams } = observed.facts
  const isIndex = (name: string): boolean => {
    const sighting = observed.items.get(name)
    return sighting !== undefined && 'state' in sighting && sighting.state.index === name
  }
  const { why } = targetOf(index, {
    aliases,
    dataStreams: new Map([...dataStreams].map((name) => [name, []])),
    indices: { has: isIndex }
  })
  return why === undefined ? [] : [{ name: index.name, verdict: 'hold', code: 'NAME_TAKEN', path: [], message: why }]
}

/** Opening one that somebody closed is not for us. */
function checkOpen(index: Index, context: Context): readonly Remark[] {
  if (stateOf(index, context)?.isOpen !== false) return []
  const message = 'expected an open index, found a closed one; what is declared is written to it, and it stays closed'
  return [{ name: index.name, verdict: 'warn', code: 'CLOSED', path: [], message }]
}

/** The server takes what is declared without a word, and does what it has already. */
function checkOverridden(index: Index, context: Context): readonly Remark[] {
  const state = stateOf(index, context)
  if (state === undefined) return []
  const remarks = overriddenRemarks(flattenSettings(index.spec.settings), flattenSettings(state.settings).values)
  return remarks.map((remark) => ({ name: index.name, ...remark, path: ['settings', ...remark.path] }))
}

/** The server would refuse every change, cycle after cycle. */
function checkContent(index: Index, context: Context): readonly Remark[] {
  const state = stateOf(index, context)
  const why = state && whyUnmanaged(state.settings)
  return why === undefined ? [] : [{ name: index.name, verdict: 'hold', code: 'UNMANAGED', path: [], message: why }]
}

function stateOf({ name }: Index, { observed }: Pick<Context, 'observed'>): IndexState | undefined {
  const sighting = observed?.items.get(name)
  return sighting !== undefined && 'state' in sighting ? sighting.state : undefined
}

function isRefused({ name }: Index, { items }: NonNullable<Context['observed']>): boolean {
  const sighting = items.get(name)
  return sighting !== undefined && 'refused' in sighting
}
