/**
 * Plan → outcomes. The only place where a plan turns into writes: bounded, isolated, paced by the ledger. A call that is
 * not answered holds up nothing but its own items and its slot, and may outlive the pass. Nothing is thrown; errors
 * become outcomes.
 * @module
 */
import type { Outcome, Plan } from '../line.ts'
import type { ApplyOptions } from './apply-options.ts'
import { ApplyPass } from './apply-pass.ts'

/** Applies a plan. Writes only in mode `enforce`. */
export async function applyPlan(plan: Plan, options: ApplyOptions): Promise<readonly Outcome[]> {
  const pass = new ApplyPass(plan, options)
  await pass.run()
  return pass.outcomes
}
