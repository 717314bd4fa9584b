/**
 * Rules over declared ingest pipelines and the processors inside them.
 * @module
 */
import type { Desired, Json, Remark } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { fieldOf } from '../body/compare.ts'
import type { Reference } from '../references.ts'

/** One place that should hold a processor. */
type Place = { readonly path: readonly string[] } & (
  | { readonly type: string; readonly config: Body; readonly fault?: never }
  | { readonly fault: { readonly expected: string; readonly found: string } }
)

/** Remarks about the processors of pipelines. Pure. */
export function checkIngestPipelines(desired: readonly Desired<Body>[]): readonly Remark[] {
  return desired.flatMap(({ name, spec }) =>
    placesIn(spec).flatMap(({ path, fault }): readonly Remark[] => {
      if (fault === undefined) return []
      const message = `expected ${fault.expected}, found ${fault.found}`
      return [{ name, verdict: 'invalid', code: 'PROCESSOR', path, message }]
    })
  )
}

/** The pipelines a pipeline calls. A name may be a template that is filled in for each document. Pure. */
export function pipelineReferences(spec: Body): readonly Reference[] {
  return placesIn(spec).flatMap((place) => {
    if (place.fault !== undefined || place.type !== 'pipeline') return []
    const name = fieldOf(place.config, 'name')
    if (typeof name !== 'string' || name.includes('{{')) return []
    if (fieldOf(place.config, 'ignore_missing_pipeline') === true) return []
    return [{ kind: 'ingest-pipeline', name, path: [...place.path, 'name'], isNeeded: false }]
  })
}

function placesIn(spec: Body): readonly Place[] {
  return ['processors', 'on_failure'].flatMap((list) => placesInList(fieldOf(spec, list), [list]))
}

function placesInList(list: Json | undefined, path: readonly string[]): readonly Place[] {
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) return [{ path, fault: { expected: 'a list of processors', found: 'something else' } }]
  return list.flatMap((processor: Json, index) => placesAt(processor, [...path, String(index)]))
}

function placesAt(processor: Json, path: readonly string[]): readonly Place[] {
  const types = isBody(processor) ? Object.keys(processor) : []
  const [type] = types
  if (!isBody(processor) || type === undefined || types.length > 1) {
    const keys = `${types.length} keys${types.length > 0 ? `: ${types.join(', ')}` : ''}`
    const found = isBody(processor) ? keys : 'something else'
    return [{ path, fault: { expected: 'an object with one key, the type of the processor', found } }]
  }
  const config = fieldOf(processor, type)
  const below = [...path, type]
  if (!isBody(config)) {
    // ConfigurationUtils.readProcessor takes text in place of an object for scripts alone.
    const fault = { expected: 'an object that configures the processor', found: 'something else' }
    return type === 'script' ? [] : [{ path: below, fault }]
  }
  const inner = type === 'foreach' ? fieldOf(config, 'processor') : undefined
  return [
    { path: below, type, config },
    ...(inner === undefined ? [] : placesAt(inner, [...below, 'processor'])),
    ...placesInList(fieldOf(config, 'on_failure'), [...below, 'on_failure'])
  ]
}
