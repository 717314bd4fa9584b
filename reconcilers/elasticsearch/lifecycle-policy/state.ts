/**
 * A live lifecycle policy, and how policies are compared.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { fieldOf, type BodyRules, type Steps } from '../body/compare.ts'
import { withoutMarker } from '../body/marker.ts'
import { sameJson, sameText, textOf } from '../body/same.ts'
import type { BodyShape } from '../body/shape.ts'
import { bytesOf, nanosecondsOf } from '../settings/values.ts'
import { judgePolicyChange } from './risk.ts'

const metaSteps: Steps = ['policy', '_meta']

/** The answer wraps a policy in `version`, `modified_date` and `in_use_by`: only `policy` is the author's. */
function canonicalPolicy(body: Body): Body {
  const policy = fieldOf(body, 'policy')
  if (policy === undefined) return {}
  return withoutMarker({ policy: isBody(policy) ? withActions(policy) : policy }, metaSteps)
}

/** The parser of phases takes none without `actions`, not even one that has only an age. */
function withActions(policy: Body): Body {
  const phases = fieldOf(policy, 'phases')
  if (!isBody(phases)) return policy
  const complete = Object.entries(phases).map(([name, phase]) => [
    name,
    isBody(phase) ? { ...phase, actions: fieldOf(phase, 'actions') ?? {} } : phase
  ])
  return { ...policy, phases: Object.fromEntries(complete) }
}

/** What the server shows of an action where nothing was written: toXContent of the actions of xpack.core.ilm. */
const actionDefaults: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['delete.delete_searchable_snapshot', true],
  ['searchable_snapshot.force_merge_index', true],
  ['shrink.allow_write_after_shrink', false],
  ['migrate.enabled', true],
  ['downsample.wait_timeout', '1d'],
  ['allocate.include', {}],
  ['allocate.exclude', {}],
  ['allocate.require', {}]
])

const policyRules: BodyRules = {
  isContainer: (steps) => steps.length <= 2 && steps[0] === 'policy',
  isWhole: () => false,
  defaultAt: (steps) => {
    if (isPhases(steps) && steps.length === 4 && steps[3] === 'min_age') return '0ms'
    if (steps.join('.') === 'policy.deprecated') return false
    return isPhases(steps) && steps.length === 6 ? actionDefaults.get(steps.slice(4).join('.')) : undefined
  },
  isSame: (steps, declared, live) =>
    steps[1] === '_meta'
      ? sameJson(declared, live)
      : sameText(declared, live) || sameQuantity(textOf(declared), textOf(live))
}

function isPhases(steps: Steps): boolean {
  return steps[0] === 'policy' && steps[1] === 'phases'
}

/** Both a time, or both a size, and of one length: `7d` and `168h`. */
function sameQuantity(a: string, b: string): boolean {
  return [nanosecondsOf, bytesOf].some((read) => read(a) !== undefined && read(a) === read(b))
}

export const lifecyclePolicyShape: BodyShape = {
  canonical: canonicalPolicy,
  rules: policyRules,
  meta: metaSteps,
  judge: judgePolicyChange
}
