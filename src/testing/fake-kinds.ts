/**
 * The kinds of the fake service. Between them they have everything a kind can have: fields of every risk, undeclared
 * fields, rules of their own, batches, and a kind that is one item.
 * @module
 */
import { z } from 'zod'
import type { CheckContext, Desired, FieldChange, Kind, Remark } from '../contract.ts'
import type { Json } from '../records.ts'

/** Fields by their path; a field that is not set is absent. */
export type Fields = ReadonlyMap<string, Json>

/** An item as the fake service showed it. */
export interface FakeState {
  readonly fields: Fields
  /** Every field was read, not only the declared ones. */
  readonly complete: boolean
}

/** What the fake service tells beside its items. */
export interface FakeFacts {
  /** The largest size of a queue. */
  readonly largestSize: number
}

const textValue = z.union([z.string(), z.number(), z.boolean()]).transform(String).nullable()

/** One item of queues.json. */
export const queueSchema = z.strictObject({
  size: z.int().min(1).optional().describe('can grow and never shrink; absent: 1'),
  mode: z.enum(['durable', 'fast']).optional().describe('changing it restarts the queue; absent: durable'),
  labels: z.record(z.string(), textValue).optional().describe('a value is enforced, null resets the label')
})
export type QueueSpec = z.output<typeof queueSchema>

/** settings.json. */
export const settingSchema = z.strictObject({
  values: z.record(z.string(), textValue).optional().describe('a value is enforced, null resets the setting')
})
export type SettingSpec = z.output<typeof settingSchema>

/** Named items, in batches of at most 20 fields. Names that begin with `$` are protected. */
export const queueKind: Kind<QueueSpec, FakeState, FakeFacts> = {
  kind: 'queue',
  file: 'queues',
  schema: queueSchema,
  usualMistakes: { capacity: 'size', tags: 'labels' },
  protect: ['$*'],
  batching: { limit: 20, weigh: (spec) => queueFields(spec).size },
  compare: (spec, state) => [...queueFields(spec)].flatMap(([path, after]) => changeOf(path, after, state, queueRisk)),
  undeclared: (spec, state) => undeclaredFields(queueFields(spec), state, 'labels.'),
  check: checkQueues,
  describe: ({ fields }) => ({
    size: fields.get('size') ?? null,
    mode: fields.get('mode') ?? null,
    labels: below(fields, 'labels.')
  })
}

/** One item that is always there and can only be updated. */
export const settingKind: Kind<SettingSpec, FakeState> = {
  kind: 'setting',
  file: 'settings',
  singleton: 'default',
  schema: settingSchema,
  compare: (spec, state) =>
    [...settingFields(spec)].flatMap(([path, after]) => changeOf(path, after, state, settingRisk)),
  undeclared: (spec, state) => undeclaredFields(settingFields(spec), state, 'values.'),
  describe: ({ fields }) => ({ values: below(fields, 'values.') })
}

/** The declared fields of a queue; null resets. Pure. */
export function queueFields({ size, mode, labels }: QueueSpec): Fields {
  const own = Object.entries({ size, mode }).flatMap(([path, value]): [string, Json][] =>
    value === undefined ? [] : [[path, value]]
  )
  return new Map([...own, ...above('labels.', labels)])
}

/** The declared fields of the settings; null resets. Pure. */
export function settingFields({ values }: SettingSpec): Fields {
  return new Map(above('values.', values))
}

type Judgement = Pick<FieldChange, 'risk' | 'why'>

type Judge = (path: string, before: Json, after: Json) => Judgement

function changeOf(path: string, after: Json, state: FakeState | undefined, judge: Judge): FieldChange[] {
  const before = state?.fields.get(path) ?? null
  if (before === after) return []
  return [{ path, before, after, ...(state === undefined ? { risk: 'safe' } : judge(path, before, after)) }]
}

function queueRisk(path: string, before: Json, after: Json): Judgement {
  if (path === 'mode') return { risk: 'disruptive', why: 'changing the mode restarts the queue' }
  const shrinks = path === 'size' && typeof before === 'number' && typeof after === 'number' && after < before
  return shrinks ? { risk: 'unsupported', why: `a queue cannot shrink (${before} → ${after})` } : { risk: 'safe' }
}

function settingRisk(): Judgement {
  return { risk: 'safe' }
}

function undeclaredFields(declared: Fields, { fields, complete }: FakeState, prefix: string): FieldChange[] {
  if (!complete) return []
  const extra = [...fields].filter(([path]) => path.startsWith(prefix) && !declared.has(path))
  return extra.map(([path, before]) => ({ path, before, after: null, risk: 'safe' }))
}

function checkQueues(
  desired: readonly Desired<QueueSpec>[],
  { observed }: CheckContext<FakeState, FakeFacts>
): readonly Remark[] {
  return desired.flatMap(({ name, spec }): Remark[] => {
    const remarks: Remark[] = []
    if (/[A-Z]/.test(name)) {
      remarks.push({
        name,
        verdict: 'invalid',
        code: 'NAME',
        path: [],
        message: `expected a name in small letters, found "${name}"`
      })
    }
    if (spec.mode === 'fast') {
      const message = 'expected mode durable, found fast, which loses messages'
      remarks.push({ name, verdict: 'warn', code: 'NOT_DURABLE', path: ['mode'], message })
    }
    const largest = observed?.facts.largestSize
    if (largest !== undefined && !observed?.items.has(name) && (spec.size ?? 1) > largest) {
      const message = `there is room for a size of ${largest}, not of ${spec.size}`
      remarks.push({ name, verdict: 'hold', code: 'TOO_LARGE', path: ['size'], message })
    }
    return remarks
  })
}

function above(prefix: string, values: Readonly<Record<string, Json>> = {}): [string, Json][] {
  return Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value])
}

function below(fields: Fields, prefix: string): Json {
  return Object.fromEntries(
    [...fields].flatMap(([path, value]) => (path.startsWith(prefix) ? [[path.slice(prefix.length), value]] : []))
  )
}
