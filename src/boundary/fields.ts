/**
 * Checks what `compare` and `undeclared` answer.
 * @module
 */
import { type FieldChange, risks } from '../contract.ts'
import type { ReconcileError } from '../errors.ts'
import { shown, violation, type Asked } from './fault.ts'
import { isJson } from './json.ts'

/**
 * The fields, the very same list where nothing is wrong with them. A risk that does not exist is `unsupported`, and
 * `onFault` is called: nobody knows what the change does. Throws PLUGIN_FAULT for anything else that breaks the
 * contract.
 */
export function checkFields(
  asked: Asked,
  what: string,
  answer: unknown,
  onFault: (error: ReconcileError) => void
): readonly FieldChange[] {
  if (!Array.isArray(answer)) throw violation(asked, what, 'a list of fields', shown(answer))
  const fields: readonly unknown[] = answer
  const paths = new Set<string>()
  let unknownRisks = 0
  for (const field of fields) {
    if (!hasShape(field)) throw violation(asked, what, 'fields with path, before, after and risk', shown(field))
    const { path, before, after, why } = field
    if (typeof path !== 'string' || path === '') throw violation(asked, what, 'a path that is text', shown(path))
    if (paths.has(path)) throw violation(asked, what, 'each path once', `"${path}" twice`)
    paths.add(path)
    if (!isJson(before)) throw violation(asked, what, `JSON as before of "${path}"`, describe(before))
    if (!isJson(after)) throw violation(asked, what, `JSON as after of "${path}"`, describe(after))
    if (why !== undefined && typeof why !== 'string') {
      throw violation(asked, what, `text as why of "${path}"`, shown(why))
    }
    if (!isRisk(field.risk)) unknownRisks += 1
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every part was looked at above
  const checked = answer as readonly FieldChange[]
  return unknownRisks === 0 ? checked : checked.map((field) => withKnownRisk(asked, what, field, onFault))
}

function withKnownRisk(
  asked: Asked,
  what: string,
  field: FieldChange,
  onFault: (error: ReconcileError) => void
): FieldChange {
  if (isRisk(field.risk)) return field
  const error = violation(asked, what, `one of ${risks.join(', ')} as risk of "${field.path}"`, shown(field.risk))
  onFault(error)
  return { ...field, risk: 'unsupported', why: `${error.message} (${error.code})` }
}

function isRisk(risk: unknown): boolean {
  return risks.some((known) => known === risk)
}

interface FieldShape {
  readonly path: unknown
  readonly before: unknown
  readonly after: unknown
  readonly risk: unknown
  readonly why?: unknown
}

function hasShape(field: unknown): field is FieldShape {
  return (
    typeof field === 'object' &&
    field !== null &&
    'path' in field &&
    'before' in field &&
    'after' in field &&
    'risk' in field
  )
}

/** Values may be secrets and are not shown. */
function describe(value: unknown): string {
  return typeof value === 'number'
    ? String(value)
    : typeof value === 'object'
      ? 'an object that JSON cannot hold'
      : shown(value)
}
