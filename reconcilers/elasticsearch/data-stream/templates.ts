/**
 * Which index template makes a data stream. Source: MetadataIndexTemplateService.findV2Template: of those that match, the
 * one with the highest priority.
 * @module
 */
import { isBody, type Body } from '../body.ts'
import { fieldOf } from '../body/compare.ts'
import { patternsOverlap } from '../index-template/patterns.ts'
import type { StreamTemplate } from './state.ts'

/** As much of a template's body, declared or live, as matters here. Pure. */
export function streamTemplate(name: string, body: Body): StreamTemplate {
  const patterns = fieldOf(body, 'index_patterns')
  const priority = Number(fieldOf(body, 'priority') ?? 0)
  return {
    name,
    patterns:
      typeof patterns === 'string'
        ? [patterns]
        : Array.isArray(patterns)
          ? patterns.filter((pattern) => typeof pattern === 'string')
          : [],
    priority: Number.isNaN(priority) ? 0 : priority,
    makesStreams: isBody(fieldOf(body, 'data_stream'))
  }
}

/** The template a new data stream of this name gets; a declared one stands for the live one of its name. Pure. */
export function templateFor(
  stream: string,
  declared: readonly StreamTemplate[],
  live: readonly StreamTemplate[]
): StreamTemplate | undefined {
  const byName = new Map([...live, ...declared].map((template) => [template.name, template]))
  const matching = [...byName.values()].filter(({ patterns }) =>
    patterns.some((pattern) => patternsOverlap(pattern, stream))
  )
  return matching.toSorted((a, b) => b.priority - a.priority)[0]
}
