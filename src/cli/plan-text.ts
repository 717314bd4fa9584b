/**
 * A plan as people read it.
 * @module
 */
import type { Change, Plan, Verb } from '../line.ts'
import type { Json } from '../records.ts'
import { countVerbs, describeCounts } from '../report/cycle-report.ts'
import { valueText } from '../report/line.ts'
import { isDrift, publicField } from '../report/public.ts'
import { mask, maskDeep } from '../secrets/mask.ts'
import { describeProblem } from '../parse/describe-problem.ts'
import type { Paint } from '../report/paint.ts'

const looks = {
  create: ['+', 'green', 'create'],
  update: ['~', 'yellow', 'update'],
  keep: ['=', 'gray', 'keep'],
  orphan: ['?', 'magenta', 'orphan'],
  hold: ['!', 'cyan', 'hold'],
  invalid: ['✗', 'red', 'invalid']
} as const satisfies Record<Verb, readonly [string, string, string]>

/** One block per change, what nobody declared, warnings, and a summary line. Pure. */
export function planText(plan: Plan, all: boolean, paint: Paint): string {
  const shown = plan.changes.filter((change) => all || change.verb !== 'keep')
  const undeclared = plan.undeclared.map(
    ({ key, path, value }) => `  ${key} ${path} = ${valueText(maskDeep(value, path))}`
  )
  const sections = [
    ...shown.map((change) => changeText(change, paint)),
    ...(undeclared.length === 0
      ? []
      : [[paint('gray', 'set but not declared (left as is):'), ...undeclared].join('\n')]),
    ...plan.warnings.map((warning) => `${paint('yellow', 'warning')} ${mask(describeProblem(warning))}`),
    summaryText(plan, paint)
  ]
  return `${sections.join('\n')}\n`
}

function changeText(change: Change, paint: Paint): string {
  const [mark, color, verb] = looks[change.verb]
  const risk = 'risk' in change && change.risk !== 'safe' ? paint('gray', `  (${change.risk})`) : ''
  const why = 'why' in change ? `  ${mask(change.why)}` : ''
  const head = `${paint(color, `${mark} ${verb.padEnd(7)}`)} ${change.key}${risk}${why}`
  const fields = 'fields' in change ? change.fields.map(publicField) : []
  const width = Math.max(0, ...fields.map(({ path }) => valueText(path ?? null).length))
  return [head, ...fields.map((field) => fieldText(field, width, change.verb === 'create'))].join('\n')
}

function fieldText(field: { readonly [key: string]: Json }, width: number, isNew: boolean): string {
  const path = valueText(field['path'] ?? null).padEnd(width)
  const before = field['before'] ?? null
  const after = field['after'] ?? null
  const from = isNew ? '' : `${before === null ? '(not set)' : valueText(before)} `
  return `            ${path}  ${from}→ ${after === null ? '(not set)' : valueText(after)}`
}

function summaryText(plan: Plan, paint: Paint): string {
  const counts = describeCounts(countVerbs(plan.changes))
  const isInSync = !plan.changes.some(isDrift)
  const mark = isInSync ? paint('green', '✔ in sync') : paint('yellow', '► differs')
  const mode = plan.mode === 'observe' ? ' (mode: observe, nothing is written)' : ''
  return `${mark}  ${plan.service}: ${counts === '' ? 'nothing declared' : counts}${mode}`
}
