/**
 * Rules over declared lifecycle policies that go beyond one field.
 * @module
 */
import type { Desired, Remark } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { fieldOf, valueAt } from '../body/compare.ts'
import { textOf } from '../body/same.ts'
import { nanosecondsOf } from '../settings/values.ts'
import { phaseNames } from './schema.ts'

type Policy = Desired<Body>

/** Remarks about the phases of policies. Pure. */
export function checkLifecyclePolicies(desired: readonly Policy[]): readonly Remark[] {
  return [...desired.flatMap(checkHotActions), ...desired.flatMap(checkAges)]
}

/** TimeseriesLifecycleType.HOT_ACTIONS_THAT_REQUIRE_ROLLOVER */
const needRollover = ['readonly', 'shrink', 'forcemerge', 'downsample', 'searchable_snapshot']

function checkHotActions({ name, spec }: Policy): readonly Remark[] {
  const path = ['policy', 'phases', 'hot', 'actions']
  const actions = valueAt(spec, path)
  if (!isBody(actions) || isBody(fieldOf(actions, 'rollover'))) return []
  return needRollover.flatMap((action) => {
    if (!isBody(fieldOf(actions, action))) return []
    const message = `expected "rollover" beside "${action}" in the hot phase, found none; add it, or move "${action}" to a later phase`
    return [{ name, verdict: 'invalid', code: 'ROLLOVER', path: [...path, action], message }]
  })
}

/** TimeseriesLifecycleType.validateMonotonicallyIncreasingPhaseTimings warns as well; an age of 0 is no age. */
function checkAges({ name, spec }: Policy): readonly Remark[] {
  const ages = phaseNames.flatMap((phase) => {
    const written = valueAt(spec, ['policy', 'phases', phase, 'min_age'])
    const age = nanosecondsOf(textOf(written)) ?? 0n
    return age === 0n ? [] : [{ phase, written: textOf(written), age }]
  })
  return ages.flatMap(({ phase, written, age }, index): readonly Remark[] => {
    const earlier = ages.slice(0, index).find((other) => other.age > age)
    if (earlier === undefined) return []
    const message = `expected at least "${earlier.written}", the min_age of the ${earlier.phase} phase, found "${written}": an index enters the ${phase} phase only after that one`
    return [{ name, verdict: 'warn', code: 'MIN_AGE', path: ['policy', 'phases', phase, 'min_age'], message }]
  })
}
