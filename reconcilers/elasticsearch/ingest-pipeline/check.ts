/**
 * Rules over declared ingest pipelines and the processors inside them.
 * @module
 */
import type { CheckContext, Desired, Json, Remark } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { fieldOf } from '../body/compare.ts'
import { managedRemarks } from '../body/read.ts'
import type { BodyState } from '../body/shape.ts'
import { unsupportedRemarks, type Facts } from '../facts.ts'
import { aliasNameFault, nameRemarks } from '../names.ts'
import { missingMessage, standingOf, surroundingsOf, type Surroundings } from '../references.ts'
import { ingestPipelineShape } from './state.ts'

/** All remarks about all pipelines. Pure. */
export function checkIngestPipelines(
  desired: readonly Desired<Body>[],
  context: CheckContext<BodyState, Facts>
): readonly Remark[] {
  const around = surroundingsOf('ingest-pipeline', context)
  return [
    ...unsupportedRemarks(desired, context.observed?.facts),
    // IngestService.validatePipeline: accepted today, with a critical deprecation warning.
    ...nameRemarks(desired, aliasNameFault, 'warn'),
    ...managedRemarks(ingestPipelineShape, desired, context),
    ...desired.flatMap((pipeline) => checkPipeline(pipeline, around))
  ]
}

function checkPipeline({ name, spec }: Desired<Body>, around: Surroundings): readonly Remark[] {
  return ['processors', 'on_failure'].flatMap((list) => checkProcessors(fieldOf(spec, list), [list], { name, around }))
}

interface Place {
  readonly name: string
  readonly around: Surroundings
}

function checkProcessors(list: Json | undefined, path: readonly string[], place: Place): readonly Remark[] {
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) return [malformed(place.name, path, 'a list of processors', 'something else')]
  return list.flatMap((processor: Json, index) => checkProcessor(processor, [...path, String(index)], place))
}

function checkProcessor(processor: Json, path: readonly string[], place: Place): readonly Remark[] {
  const types = isBody(processor) ? Object.keys(processor) : []
  const [type] = types
  if (!isBody(processor) || type === undefined || types.length > 1) {
    const found = isBody(processor)
      ? `${types.length} keys${types.length > 0 ? `: ${types.join(', ')}` : ''}`
      : 'something else'
    return [malformed(place.name, path, 'an object with one key, the type of the processor', found)]
  }
  const config = fieldOf(processor, type)
  const below = [...path, type]
  // ConfigurationUtils.readProcessor takes text in place of an object for scripts alone.
  if (!isBody(config))
    return type === 'script'
      ? []
      : [malformed(place.name, below, 'an object that configures the processor', 'something else')]
  const inner = type === 'foreach' ? fieldOf(config, 'processor') : undefined
  return [
    ...(type === 'pipeline' ? checkTarget(config, below, place) : []),
    ...(inner === undefined ? [] : checkProcessor(inner, [...below, 'processor'], place)),
    ...checkProcessors(fieldOf(config, 'on_failure'), [...below, 'on_failure'], place)
  ]
}

/** The name may be a template that is filled in for each document. */
function checkTarget(config: Body, path: readonly string[], { name, around }: Place): readonly Remark[] {
  const target = fieldOf(config, 'name')
  if (typeof target !== 'string' || target.includes('{{') || fieldOf(config, 'ignore_missing_pipeline') === true)
    return []
  if (standingOf('ingest-pipeline', target, around) !== 'missing') return []
  return [
    {
      name,
      verdict: 'warn',
      code: 'UNKNOWN_REFERENCE',
      path: [...path, 'name'],
      message: missingMessage('ingest-pipeline', target, around)
    }
  ]
}

function malformed(name: string, path: readonly string[], expected: string, found: string): Remark {
  return { name, verdict: 'invalid', code: 'PROCESSOR', path, message: `expected ${expected}, found ${found}` }
}
