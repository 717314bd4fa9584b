/**
 * Which changes of a lifecycle policy make data go sooner than before. A phase an index has begun keeps its definition;
 * the later ones are taken from the changed policy.
 * @module
 */
import type { FieldChange, Json } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { fieldOf, valueAt, type BodyChange, type Steps } from '../body/compare.ts'
import { textOf } from '../body/same.ts'
import { bytesOf, nanosecondsOf } from '../settings/values.ts'

type Judgement = Pick<FieldChange, 'risk' | 'why'>
const safe: Judgement = { risk: 'safe' }

/** `destructive` when data is lost, or lost sooner; `safe` otherwise. Pure. */
export function judgePolicyChange({ steps, before, after }: BodyChange, from: Body, to: Body): Judgement {
  const [, , phase, part, action, field] = steps
  if (steps[1] !== 'phases') return safe
  const why =
    part === 'min_age'
      ? ageWhy(phase, before, after, from, to)
      : actionWhy(steps.slice(0, 3), from, to, { action, field, before, after })
  return why === undefined ? safe : { risk: 'destructive', why }
}

/** A phase that takes data away, and is entered sooner or for the first time. */
function ageWhy(phase: string | undefined, before: Json, after: Json, from: Body, to: Body): string | undefined {
  const steps: Steps = ['policy', 'phases', phase ?? '']
  const loss = lossIn(steps, to)
  if (loss === undefined) return undefined
  if (lossIn(steps, from) === undefined) return loss
  return ageOf(after) < ageOf(before)
    ? `${loss} sooner: after ${textOf(after) || 'no time'} instead of ${textOf(before)}`
    : undefined
}

interface ActionChange {
  /** Undefined when the whole phase comes or goes. */
  readonly action: string | undefined
  readonly field: string | undefined
  readonly before: Json
  readonly after: Json
}

function actionWhy(phase: Steps, from: Body, to: Body, change: ActionChange): string | undefined {
  const [was, is] = [lossIn(phase, from), lossIn(phase, to)]
  if (is !== undefined && is !== was) return is
  const { action, field, before, after } = change
  if (action === undefined || action === 'rollover')
    return rolloverWhy([...phase, 'actions', 'rollover'], field, change, from, to)
  if (action === 'downsample' && is !== undefined && field === 'fixed_interval') return is
  if (action === 'wait_for_snapshot' && after === null && is !== undefined)
    return 'an index is deleted without waiting for its snapshot'
  if (field === 'delete_searchable_snapshot' && before === false)
    return 'the searchable snapshot is deleted with its index'
  return undefined
}

/** The age of an index counts from its rollover, so a sooner one lets the delete phase begin sooner. */
function rolloverWhy(
  steps: Steps,
  field: string | undefined,
  { before, after }: ActionChange,
  from: Body,
  to: Body
): string | undefined {
  if (lossIn(['policy', 'phases', 'delete'], to) === undefined) return undefined
  const why = 'an index rolls over sooner, and its age, after which it is deleted, counts from then'
  if (!isBody(valueAt(from, steps))) return undefined
  if (!isBody(valueAt(to, steps)))
    return 'without rollover the age of an index, after which it is deleted, counts from its creation'
  if (field === undefined) return undefined
  const [was, is] = [conditionOf(field, before), conditionOf(field, after)]
  if (field.startsWith('max_')) return after !== null && (before === null || !(is >= was)) ? why : undefined
  return before !== null && (after === null || !(is >= was)) ? why : undefined
}

/** What a phase takes away, undefined when nothing. */
function lossIn(phase: Steps, policy: Body): string | undefined {
  const actions = valueAt(policy, [...phase, 'actions'])
  if (!isBody(actions)) return undefined
  if (isBody(fieldOf(actions, 'delete'))) return 'indices are deleted'
  return isBody(fieldOf(actions, 'downsample')) ? 'documents are replaced by summaries' : undefined
}

/** No age is no waiting. */
function ageOf(value: Json): bigint {
  return nanosecondsOf(textOf(value)) ?? 0n
}

/** A condition as a number: `max_age` a time, `max_size` bytes, `max_docs` a count. NaN is neither more nor less. */
function conditionOf(field: string, value: Json): number {
  const text = textOf(value)
  if (field.endsWith('_age')) return Number(nanosecondsOf(text) ?? Number.NaN)
  return Number(field.endsWith('_size') ? (bytesOf(text) ?? Number.NaN) : text)
}
