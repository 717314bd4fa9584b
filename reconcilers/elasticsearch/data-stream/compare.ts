/**
 * Declared data streams beside live ones.
 * @module
 */
import type { FieldChange, Json } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { fieldOf } from '../body/compare.ts'
import { sameJson } from '../body/same.ts'
import { nanosecondsOf } from '../settings/values.ts'
import type { DataStreamSpec, DataStreamState } from './state.ts'

/** Declared fields that differ. Pure. */
export function compareDataStream(spec: DataStreamSpec, state: DataStreamState | undefined): readonly FieldChange[] {
  const live = state?.lifecycle
  return Object.entries(declaredLifecycle(spec, state)).flatMap(([name, after]): FieldChange[] => {
    const before =
      (live === undefined ? undefined : fieldOf(live, name)) ?? (name === 'enabled' && live !== undefined ? true : null)
    if (sameValue(after, before)) return []
    return [
      {
        path: `lifecycle.${name}`,
        before,
        after,
        ...(state === undefined ? { risk: 'safe' } : riskOf(name, before, after))
      }
    ]
  })
}

/** Fields nobody declared, each as the change that would reset it. A stream cannot lose its lifecycle as a whole. Pure. */
export function undeclaredDataStreamFields(
  spec: DataStreamSpec,
  { lifecycle = {} }: DataStreamState
): readonly FieldChange[] {
  return ['data_retention', 'downsampling'].flatMap((name): FieldChange[] => {
    const before = fieldOf(lifecycle, name) ?? null
    return before === null || fieldOf(spec.lifecycle ?? {}, name) !== undefined
      ? []
      : [{ path: `lifecycle.${name}`, before, after: null, risk: 'safe' }]
  })
}

/** The lifecycle to write, which replaces the live one: that one with the named changes. Pure. */
export function lifecycleWith(live: Body | undefined, fields: readonly FieldChange[]): Body {
  const own = Object.entries(live ?? {}).filter(([name]) => written.has(name))
  const changed = fields.map(({ path, after }): [string, Json] => [path.slice('lifecycle.'.length), after])
  const all = new Map([...own, ...changed])
  // A method without rounds is refused.
  if ((all.get('downsampling') ?? null) === null) all.delete('downsampling_method')
  return Object.fromEntries([...all].filter(([, value]) => value !== null))
}

/** Fields the server takes; the others, such as `effective_retention`, are what it works out. */
const written: ReadonlySet<string> = new Set(['data_retention', 'enabled', 'downsampling', 'downsampling_method'])

/** A lifecycle that is written where there is none is switched on. */
function declaredLifecycle({ lifecycle }: DataStreamSpec, state: DataStreamState | undefined): Body {
  if (lifecycle === undefined) return {}
  return state?.lifecycle === undefined ? { enabled: true, ...lifecycle } : lifecycle
}

/** Times are equal by their length, whatever their unit. */
function sameValue(a: Json, b: Json): boolean {
  return sameJson(inNanoseconds(a), inNanoseconds(b))
}

function inNanoseconds(value: Json): Json {
  if (typeof value === 'string') return nanosecondsOf(value)?.toString() ?? value
  if (isBody(value)) return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, inNanoseconds(field)]))
  return isList(value) ? value.map(inNanoseconds) : value
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function riskOf(name: string, before: Json, after: Json): Pick<FieldChange, 'risk' | 'why'> {
  if (name === 'data_retention' && isShorter(after, before)) {
    const why = `documents are deleted after ${shown(after)}, until now ${before === null ? 'never' : `after ${shown(before)}`}`
    return { risk: 'destructive', why }
  }
  if (name === 'downsampling' && after !== null)
    return { risk: 'destructive', why: 'downsampling replaces documents with sums of them' }
  return name === 'enabled' && after === true && before === false
    ? { risk: 'destructive', why: 'documents older than the retention are deleted' }
    : { risk: 'safe' }
}

/** What we cannot read as a time could be shorter. */
function isShorter(after: Json, before: Json): boolean {
  if (after === null) return false
  const [next, last] = [after, before].map((value) => (typeof value === 'string' ? nanosecondsOf(value) : undefined))
  return next === undefined || last === undefined || next < last
}

function shown(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
