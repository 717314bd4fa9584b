/**
 * Rules over declared index templates.
 * @module
 */
import type { CheckContext, Desired, Json, Remark } from '../../../src/plugin.ts'
import type { Body } from '../body.ts'
import { fieldOf } from '../body/compare.ts'
import { managedRemarks } from '../body/read.ts'
import type { BodyState } from '../body/shape.ts'
import { unsupportedRemarks, type Facts } from '../facts.ts'
import { indexPatternFault, nameRemarks, templateNameFault } from '../names.ts'
import { missingMessage, standingOf, surroundingsOf, type Surroundings } from '../references.ts'
import { checkTemplate } from '../templates/check.ts'
import { overlapOf } from './patterns.ts'
import { indexTemplateShape } from './state.ts'

type Template = Desired<Body>

/** All remarks about all index templates; those about the live server only when it was observed. Pure. */
export function checkIndexTemplates(
  desired: readonly Template[],
  context: CheckContext<BodyState, Facts>
): readonly Remark[] {
  const around = surroundingsOf('index-template', context)
  return [
    ...unsupportedRemarks(desired, context.observed?.facts),
    ...nameRemarks(desired, templateNameFault),
    ...managedRemarks(indexTemplateShape, desired, context),
    ...desired.flatMap(checkPatterns),
    ...checkOverlaps(desired, context),
    ...desired.flatMap((template) => checkComponents(template, around)),
    ...desired.flatMap(({ name, spec }) => checkTemplate(name, spec, around))
  ]
}

function checkPatterns({ name, spec }: Template): readonly Remark[] {
  return patternsOf(spec).flatMap((pattern) => {
    const message = indexPatternFault(pattern)
    return message === undefined ? [] : [{ name, verdict: 'invalid', code: 'NAME', path: ['index_patterns'], message }]
  })
}

interface Claim {
  readonly name: string
  readonly priority: number
  readonly patterns: readonly string[]
  readonly where: 'declared' | 'live'
}

/** MetadataIndexTemplateService.findConflictingV2Templates: of one priority no two may match one name. */
function checkOverlaps(desired: readonly Template[], { observed }: CheckContext<BodyState, Facts>): readonly Remark[] {
  const declared = desired.map(({ name, spec }) => claimOf(name, spec, 'declared'))
  const names = new Set(desired.map(({ name }) => name))
  const live = [...(observed?.items ?? [])].flatMap(([name, item]) =>
    names.has(name) || 'refused' in item ? [] : [claimOf(name, item.state.body, 'live')]
  )
  const byPriority = Map.groupBy([...declared, ...live], ({ priority }) => priority)
  return declared.flatMap((claim) =>
    (byPriority.get(claim.priority) ?? []).flatMap((other) => (other === claim ? [] : overlapRemark(claim, other)))
  )
}

function overlapRemark(claim: Claim, other: Claim): readonly Remark[] {
  const overlap = overlapOf(claim.patterns, other.patterns)
  if (overlap === undefined) return []
  const [mine, theirs] = overlap
  const which = other.where === 'declared' ? `"${other.name}", which is declared too,` : `"${other.name}" on the server`
  const message = `expected a priority of its own, found ${claim.priority}, the priority of ${which} and both match names of "${mine}" and "${theirs}"; give one another priority`
  return [{ name: claim.name, verdict: 'invalid', code: 'PRIORITY', path: ['priority'], message }]
}

function claimOf(name: string, body: Body, where: Claim['where']): Claim {
  const priority = fieldOf(body, 'priority')
  // ComposableIndexTemplate.priorityOrZero
  return { name, priority: typeof priority === 'number' ? priority : 0, patterns: patternsOf(body), where }
}

function patternsOf(body: Body): readonly string[] {
  return textsOf(fieldOf(body, 'index_patterns'))
}

function textsOf(value: Json | undefined): readonly string[] {
  const list: readonly Json[] = Array.isArray(value) ? value : value === undefined ? [] : [value]
  return list.filter((item) => typeof item === 'string')
}

/** A component that is not there makes the server refuse the template, unless the template says it may be missing. */
function checkComponents({ name, spec }: Template, around: Surroundings): readonly Remark[] {
  const optional = new Set(textsOf(fieldOf(spec, 'ignore_missing_component_templates')))
  return textsOf(fieldOf(spec, 'composed_of')).flatMap((component) => {
    if (optional.has(component) || standingOf('component-template', component, around) !== 'missing') return []
    const message = missingMessage('component-template', component, around)
    return [
      {
        name,
        verdict: around.live === undefined ? 'warn' : 'invalid',
        code: 'UNKNOWN_REFERENCE',
        path: ['composed_of'],
        message
      }
    ]
  })
}
