/**
 * A declared lifecycle policy as LifecyclePolicy.PARSER takes it: phases and the actions each allows from
 * TimeseriesLifecycleType.
 * @module
 */
import { z } from 'zod'
import { bodySchema, type Body } from '../body.ts'
import { flagSchema } from '../body/scalars.ts'
import { declaredBody, metaSchema } from '../body/schema.ts'
import { nanosecondsOf } from '../settings/values.ts'

/** In the order an index goes through them. */
export const phaseNames = ['hot', 'warm', 'cold', 'frozen', 'delete'] as const

const action = bodySchema.nullish()

const ageSchema = z
  .union([z.string(), z.number()])
  .refine((age) => (nanosecondsOf(String(age)) ?? -1n) >= 0n, { error: 'a time with its unit, for example "30d"' })
  .nullish()
  .describe('how long after rollover, or creation, an index enters the phase')

/** RolloverAction refuses to stand without a max_* condition: min_* ones only delay the others. */
const rolloverSchema = bodySchema
  .refine(hasCondition, { error: 'at least one condition that starts with "max_"' })
  .nullish()

function hasCondition(rollover: Body): boolean {
  return Object.entries(rollover).some(([key, value]) => key.startsWith('max_') && value !== null)
}

/** SetPriorityAction must be told one; its null, which resets the priority, cannot be told from "not set". */
const prioritySchema = bodySchema
  .refine(({ priority }) => priority !== null, {
    path: ['priority'],
    error: 'a priority; leave "set_priority" out where none is to be set'
  })
  .nullish()

function phase<Actions extends z.ZodType<Body>>(actions: Actions) {
  return z.strictObject({ min_age: ageSchema, actions: actions.optional() }).transform(declaredBody).nullish()
}

const anywhere = { unfollow: action } as const
const managed = { ...anywhere, set_priority: prioritySchema, readonly: action, downsample: action } as const

const hot = z
  .strictObject({
    ...managed,
    rollover: rolloverSchema,
    shrink: action,
    forcemerge: action,
    searchable_snapshot: action
  })
  .transform(declaredBody)
const warm = z
  .strictObject({ ...managed, allocate: action, migrate: action, shrink: action, forcemerge: action })
  .transform(declaredBody)
const cold = z
  .strictObject({ ...managed, allocate: action, migrate: action, searchable_snapshot: action, freeze: action })
  .transform(declaredBody)
const frozen = z.strictObject({ ...anywhere, searchable_snapshot: action }).transform(declaredBody)
const removal = z.strictObject({ wait_for_snapshot: action, delete: action }).transform(declaredBody)

const phasesSchema = z
  .strictObject({
    hot: phase(hot),
    warm: phase(warm),
    cold: phase(cold),
    frozen: phase(frozen),
    delete: phase(removal)
  })
  .transform(declaredBody)

const policySchema = z
  .strictObject({ phases: phasesSchema, _meta: metaSchema, deprecated: flagSchema.nullish() })
  .transform(declaredBody)

/** One item of lifecycle-policies.json. */
export const lifecyclePolicySchema = z.strictObject({ policy: policySchema }).transform(declaredBody)
