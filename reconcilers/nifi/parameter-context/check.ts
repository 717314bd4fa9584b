/**
 * Rules over declared parameter contexts that go beyond one field.
 * @module
 */
import {
  type CheckContext,
  coversPath,
  type Desired,
  didYouMean,
  type FieldChange,
  type Observed,
  type Remark
} from '../../../src/plugin.ts'
import { grantToModify } from '../connection/grant.ts'
import { compareContext, differencesOf } from './compare.ts'
import type { ContextFacts } from './observe.ts'
import { cycleThrough, type Parents } from './order.ts'
import type { ContextSpec } from './schema.ts'
import { keyVariable } from './secrets.ts'
import type { ContextState } from './state.ts'

type Declared = Desired<ContextSpec>
type Seen = Observed<ContextState, ContextFacts>

/** All remarks about all contexts. Pure. */
export function checkContexts(
  desired: readonly Declared[],
  { observed }: CheckContext<ContextState, ContextFacts>
): readonly Remark[] {
  const parents = parentsOf(desired, observed)
  return desired.flatMap((item) => [
    ...cycleRemarks(item, parents),
    ...parentRemarks(item, parents, observed),
    ...clashRemarks(item, { desired, parents, observed }),
    ...literalRemarks(item, observed),
    ...(observed === undefined
      ? []
      : [
          ...rightRemarks(item, observed),
          ...fileRemarks(item, observed),
          ...assumedRemarks(item, observed),
          ...restartRemarks(item, observed)
        ])
  ])
}

/** What will be inherited: as declared, and as it is where nothing is declared. */
function parentsOf(desired: readonly Declared[], observed: Seen | undefined): Parents {
  const live = [...(observed?.facts.contexts ?? [])].map(
    ([name, { inherits }]) => [name, inherits.map((parent) => parent.name)] as const
  )
  const parents = new Map<string, readonly string[]>(live)
  for (const { name, spec } of desired) parents.set(name, spec.inherits ?? parents.get(name) ?? [])
  return parents
}

function cycleRemarks({ name, spec }: Declared, parents: Parents): readonly Remark[] {
  const cycle = spec.inherits === undefined ? undefined : cycleThrough(name, parents)
  if (cycle === undefined) return []
  const message = `expected parameter contexts that do not inherit from themselves, found ${cycle.join(' → ')}`
  return [{ name, verdict: 'invalid', code: 'CYCLE', path: ['inherits'], message }]
}

function parentRemarks({ name, spec }: Declared, parents: Parents, observed: Seen | undefined): readonly Remark[] {
  return (spec.inherits ?? []).flatMap((parent, index): readonly Remark[] => {
    if (parents.has(parent)) return []
    const others = [...parents.keys()].filter((other) => other !== name)
    const at = { name, code: 'UNKNOWN_CONTEXT', path: ['inherits', String(index)] } as const
    if (observed === undefined)
      return [
        {
          ...at,
          verdict: 'warn',
          message: `expected a parameter context, found "${parent}", which is not declared here; the server may hold it${didYouMean(parent, others)}`
        }
      ]
    const hidden = observed.facts.areSomeHidden ? ' (there are some we may not read)' : ''
    return [
      {
        ...at,
        verdict: 'hold',
        message: `expected a parameter context, found "${parent}", which is neither declared nor to be seen on the server${hidden}${didYouMean(parent, others)}`
      }
    ]
  })
}

interface Family {
  readonly desired: readonly Declared[]
  readonly parents: Parents
  readonly observed: Seen | undefined
}

/** NiFi refuses a parameter that a parent gives with the other sensitivity (409), on creation and ever after. */
function clashRemarks({ name, spec }: Declared, family: Family): readonly Remark[] {
  return Object.entries(spec.parameters).flatMap(([parameter, declared]): readonly Remark[] => {
    if (declared === null) return []
    const from = ancestorsOf(name, family.parents).find(
      (ancestor) => (sensitivityIn(ancestor, parameter, family) ?? declared.sensitive) !== declared.sensitive
    )
    if (from === undefined) return []
    const [is, other] = declared.sensitive ? ['sensitive', 'not sensitive'] : ['not sensitive', 'sensitive']
    const message = `expected a parameter that is ${other}, as in "${from}", from which it is inherited, found one that is ${is}; make them alike, or give one another name`
    return [{ name, verdict: 'invalid', code: 'SENSITIVITY', path: ['parameters', parameter], message }]
  })
}

/** Everything a context inherits from, each once. */
function ancestorsOf(name: string, parents: Parents): readonly string[] {
  const seen = new Set<string>()
  const visit = (context: string): void => {
    for (const parent of parents.get(context) ?? []) {
      if (parent === name || seen.has(parent)) continue
      seen.add(parent)
      visit(parent)
    }
  }
  visit(name)
  return [...seen]
}

/** Whether a context will have this parameter as a sensitive one; undefined: it will have none of that name. */
function sensitivityIn(context: string, parameter: string, { desired, observed }: Family): boolean | undefined {
  const parameters = desired.find((item) => item.name === context)?.spec.parameters ?? {}
  if (Object.hasOwn(parameters, parameter)) return parameters[parameter]?.sensitive
  return observed?.facts.contexts.get(context)?.parameters.get(parameter)?.sensitive
}

/** `validate` lets none into the configuration; where one is in force everybody could read it already, and it is only told. */
function literalRemarks({ name, spec }: Declared, observed: Seen | undefined): readonly Remark[] {
  return Object.entries(spec.parameters).flatMap(([parameter, declared]): readonly Remark[] => {
    if (!declared?.sensitive || !('value' in declared.source) || declared.source.value === null) return []
    const message =
      'expected the value of a sensitive parameter in a file, found it in the configuration itself, where everybody can read it; use valueFrom'
    return [
      {
        name,
        verdict: observed === undefined ? 'invalid' : 'warn',
        code: 'LITERAL_SECRET',
        path: ['parameters', parameter],
        message
      }
    ]
  })
}

/** What may be viewed and not modified. */
function rightRemarks({ name, spec }: Declared, { items }: Seen): readonly Remark[] {
  const sighting = items.get(name)
  if (
    sighting === undefined ||
    'refused' in sighting ||
    sighting.state.canModify ||
    compareContext(spec, sighting.state).length === 0
  )
    return []
  const message = `the parameter context "${name}" may not be modified: ${grantToModify('parameter context', sighting.state.id)}`
  return [{ name, verdict: 'hold', code: 'NOT_PERMITTED', path: [], message }]
}

/** What exists shows the same as a field that waits. */
function fileRemarks({ name }: Declared, { facts }: Seen): readonly Remark[] {
  return (facts.unreadable.get(name) ?? []).map((message) => ({
    name,
    verdict: 'hold',
    code: 'VALUE_FILE',
    path: [],
    message
  }))
}

function assumedRemarks({ name, spec }: Declared, { facts }: Seen): readonly Remark[] {
  const secrets = Object.entries(spec.parameters).flatMap(([parameter, declared]) =>
    declared?.sensitive ? [`"${parameter}"`] : []
  )
  if (facts.areSecretsKept || secrets.length === 0) return []
  const assumed = `${secrets.join(', ')} ${secrets.length === 1 ? 'is' : 'are'} assumed unchanged`
  const message = `sensitive values cannot be read back: after a restart ${assumed}; set ${keyVariable} to have changes found`
  return [{ name, verdict: 'warn', code: 'SECRET_ASSUMED', path: ['parameters'], message }]
}

function restartRemarks({ name, spec, control }: Declared, { items }: Seen): readonly Remark[] {
  const sighting = items.get(name)
  if (sighting === undefined || 'refused' in sighting || control.paused) return []
  const isIgnored = ({ path }: FieldChange): boolean => control.ignore.some((prefix) => coversPath(prefix, path))
  return differencesOf(spec, sighting.state).flatMap(({ part, change }): readonly Remark[] => {
    if (change.risk !== 'safe' || change.why === undefined || isIgnored(change)) return []
    const message = part.of === 'parameter' ? `a change of ${change.path} ${change.why}` : change.why
    return [
      {
        name,
        verdict: 'warn',
        code: 'RESTARTS',
        path: part.of === 'inherits' ? ['inherits'] : ['parameters'],
        message
      }
    ]
  })
}
