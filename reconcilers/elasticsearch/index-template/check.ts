/**
 * Rules over declared index templates.
 * @module
 */
import type { Desired, Json, Remark } from '../../../src/plugin.ts'
import type { Body } from '../body.ts'
import { fieldOf } from '../body/compare.ts'
import type { BodySurroundings } from '../body/kind.ts'
import { indexPatternFault } from '../names.ts'
import type { Reference } from '../references.ts'
import { checkTemplate, templateReferences } from '../templates/check.ts'
import { overlapOf } from './patterns.ts'

type Template = Desired<Body>

/** Remarks about the patterns, priorities and parts of index templates. Pure. */
export function checkIndexTemplates(desired: readonly Template[], around: BodySurroundings): readonly Remark[] {
  return [
    ...desired.flatMap(checkPatterns),
    ...checkOverlaps(desired, around),
    ...desired.flatMap(({ name, spec }) => checkTemplate(name, spec))
  ]
}

/** The component templates it is made of, and what its settings name. Pure. */
export function indexTemplateReferences(spec: Body): readonly Reference[] {
  const optional = new Set(textsOf(fieldOf(spec, 'ignore_missing_component_templates')))
  const components = textsOf(fieldOf(spec, 'composed_of')).flatMap((name): readonly Reference[] =>
    optional.has(name) ? [] : [{ kind: 'component-template', name, path: ['composed_of'], isNeeded: true }]
  )
  return [...components, ...templateReferences(spec)]
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

/**
 * MetadataIndexTemplateService.findConflictingV2Templates: of one priority no two may match one name. In a pass over keys
 * the live templates nobody declares are not known; the server refuses such a template itself.
 */
function checkOverlaps(desired: readonly Template[], { observed }: BodySurroundings): readonly Remark[] {
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
