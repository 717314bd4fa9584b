/**
 * The new generation: what the old one is, with what may change laid over it.
 * @module
 */
import type { Json } from '../../../../src/plugin.ts'
import { asBody, isBody, type Body } from '../../body.ts'
import { overlay, valueAt, type BodyChange } from '../../body/compare.ts'
import { canonicalMember } from '../../alias/member.ts'
import { canonicalBeside, canonicalMapping } from '../../mapping/canonical.ts'
import type { MappingChange } from '../../mapping/change.ts'
import { compareMapping } from '../../mapping/compare.ts'
import { isObjectField, word } from '../../mapping/definition.ts'
import { withoutNulls } from '../../mapping/value.ts'
import { isSetByServer } from '../../settings/classes.ts'
import { compareSettings, hasExpandingReplicas, type SettingsContext } from '../../settings/compare.ts'
import { flattenSettings, type SettingMap, type SettingValue } from '../../settings/flatten.ts'
import { equalValues } from '../../settings/values.ts'
import type { IndexReading } from '../read-indices.ts'
import type { IndexSpec } from '../state.ts'
import { metaWith, type ReindexMarker } from './marker.ts'

/** What a new generation is made from. */
export interface Blueprint {
  readonly source: IndexReading
  readonly spec: IndexSpec
  /** Paths of fields that may be written. */
  readonly allowed: ReadonlySet<string>
  readonly context: SettingsContext
}

/**
 * Settings a generation has while it is filled: copying is faster without refreshes and replicas, and a pipeline must not
 * see a document twice. The request that copies switches the default pipeline off itself.
 */
const whileFilling: ReadonlyMap<string, SettingValue> = new Map([
  ['refresh_interval', '-1'],
  ['number_of_replicas', '0']
])

/** What is set when it is full. */
const heldBack: readonly string[] = [...whileFilling.keys(), 'auto_expand_replicas', 'final_pipeline', 'blocks.write']

/** The body of `PUT /<generation>`. Pure. */
export function generationBody(blueprint: Blueprint, marker: ReindexMarker, owner: string): Body {
  const { source, spec, allowed } = blueprint
  const kept = [...wantedSettings(blueprint)].filter(
    ([key]) => !isSetByServer(key) && !key.startsWith('blocks.') && !heldBack.includes(key)
  )
  const settings = Object.fromEntries([...kept, ...whileFilling].map(([key, value]) => [`index.${key}`, value]))
  const mappings = mappingOf(source.mappings, spec.mappings ?? {}, allowed)
  return { settings, mappings: { ...mappings, _meta: metaWith(source.mappings, { reindex: marker }, owner) } }
}

/** What is left to set of a generation that is full: the body of `PUT /<generation>/_settings`, undefined for nothing. Pure. */
export function completion(blueprint: Blueprint, target: Body, marker: ReindexMarker): Body | undefined {
  const [wanted, live] = [wantedSettings(blueprint), flattenSettings(target).values]
  const entries = heldBack.flatMap((key): [string, Json][] => {
    // Our own block is no property of the source.
    const value = (key === 'blocks.write' && marker.block === 'ours' ? null : wanted.get(key)) ?? null
    if (key === 'number_of_replicas' && hasExpandingReplicas(wanted, wanted)) return []
    return equalValues(key, live.get(key) ?? null, value) ? [] : [[`index.${key}`, value]]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** How many shards the generation will have when it is full. Pure. */
export function shardsOf(blueprint: Blueprint): { readonly primaries: number; readonly replicas: number } {
  const wanted = wantedSettings(blueprint)
  const count = (key: string, usual: number): number => Number(wanted.get(key) ?? usual)
  return {
    primaries: count('number_of_shards', 1),
    replicas: hasExpandingReplicas(wanted, wanted) ? 0 : count('number_of_replicas', 1)
  }
}

/** Why documents of a source cannot be copied without loss; undefined when they can. Pure. */
export function whyNotCopied({ mappings, settings }: IndexReading): string | undefined {
  const live = flattenSettings(settings).values
  const origin = valueAt(mappings, ['_source'])
  if (
    isBody(origin) &&
    ['enabled', 'includes', 'excludes'].some((key) => origin[key] !== undefined && word(origin[key]) !== 'true')
  ) {
    return `its documents are not stored whole (mappings._source is ${JSON.stringify(origin)})`
  }
  const blocking = ['blocks.read', 'blocks.read_only', 'blocks.read_only_allow_delete'].find(
    (key) => live.get(key) === 'true'
  )
  return blocking === undefined ? undefined : `its setting ${blocking} is true; lift it`
}

/** Actions of one `_aliases` request that moves everything in front of the old generation to the new one. Pure. */
export function swapActions(
  name: string,
  from: string,
  to: string,
  { source, spec, allowed }: Blueprint
): readonly Body[] {
  const declared = Object.entries(spec.aliases ?? {}).filter(([alias]) => allowed.has(`aliases.${alias}`))
  const live = Object.entries(source.aliases).map(([alias, member]) => [alias, isBody(member) ? member : {}] as const)
  const members = new Map<string, Body>([
    ...live,
    ...declared,
    [name, { ...asBody(source.aliases[name]), is_write_index: true }]
  ])
  return [
    ...live.map(([alias]) => ({ remove: { index: from, alias, must_exist: true } })),
    ...[...members].map(([alias, member]) => ({ add: { index: to, alias, ...canonicalMember(member) } }))
  ]
}

/** Live settings with what may change of the declared ones. */
function wantedSettings({ source, spec, allowed, context }: Blueprint): SettingMap {
  const live = flattenSettings(source.settings).values
  const wanted = new Map(live)
  for (const { key, path, after } of compareSettings(flattenSettings(spec.settings).values, live, context)) {
    if (!allowed.has(path)) continue
    if (after === null) wanted.delete(key)
    else wanted.set(key, after)
  }
  return wanted
}

function mappingOf(live: Body, declared: Body, allowed: ReadonlySet<string>): Body {
  const [actual, wanted] = [canonicalMapping(live), canonicalBeside(declared, live)]
  const changes = compareMapping(declared, live).filter(({ field }) => allowed.has(field.path))
  return overlay(
    actual,
    changes.map((change) => laidOver(change, actual, wanted))
  )
}

/** Another type has other parameters: its definition is the declared one, and multi-fields nobody declared stay. */
function laidOver({ steps, field }: MappingChange, live: Body, declared: Body): BodyChange {
  const place = steps.slice(0, -1)
  const [before, after] = [valueAt(live, place), valueAt(declared, place)]
  if (steps.at(-1) !== 'type' || !isBody(before) || !isBody(after))
    return { steps, before: field.before, after: field.after }
  const [old, own] = [before['fields'], after['fields']]
  const fields = isObjectField(after) || !isBody(old) ? {} : { fields: { ...old, ...asBody(own) } }
  return { steps: place, before, after: withoutNulls({ ...after, ...fields }) }
}
