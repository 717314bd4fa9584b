/**
 * What an apply has done, as people read it.
 * @module
 */
import type { Outcome, Plan } from '../line.ts'
import { isDrift } from '../report/public.ts'
import { mask } from '../secrets/mask.ts'
import type { Paint } from '../report/paint.ts'

/** One line for each outcome but orphans, which are counted in the verdict below. Pure. */
export function applyText(plan: Plan, outcomes: readonly Outcome[], isConverged: boolean, paint: Paint): string {
  const lines = outcomes.filter(({ verb }) => verb !== 'orphan').map((outcome) => outcomeText(outcome, paint))
  const orphans = outcomes.filter(({ verb }) => verb === 'orphan').length
  const left = plan.changes.some(isDrift) || !isConverged
  const verdict = isConverged
    ? paint('green', left ? '✔ converged' : '✔ in sync, nothing to do')
    : paint('red', '✗ not converged')
  return `${[...lines, `${verdict}${orphans === 0 ? '' : `  (${orphans} orphans left untouched)`}`].join('\n')}\n`
}

function outcomeText({ key, verb, result, why, error }: Outcome, paint: Paint): string {
  const reasons = [why, error === null ? null : `${error.message} (${error.code})`].filter((reason) => reason !== null)
  const because = reasons.length === 0 ? '' : `  ${mask(reasons.join(': '))}`
  const color = result === 'done' || result === 'unchanged' ? 'green' : 'yellow'
  return `${paint(color, result.padEnd(9))} ${verb} ${key}${because}`
}
