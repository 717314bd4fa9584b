/**
 * `policy.yaml`: what the reconciler may do by itself. Every field has a default that never surprises.
 * @module
 */
import { z } from 'zod'
import { risks } from '../contract.ts'

const patterns = z.array(z.string().min(1))

/** Schema of policy.yaml; unknown fields are refused. */
export const policySchema = z.strictObject({
  mode: z.enum(['enforce', 'observe']).default('enforce').describe('observe: plan and report only'),
  hold: z
    .array(z.enum(risks))
    .default(['disruptive', 'destructive'])
    .describe('risks that wait; `unsupported` always waits'),
  protect: patterns.default([]).describe('glob patterns of names never touched and never orphans'),
  owned: patterns.default(['*']).describe('glob patterns of what may be reported as an orphan'),
  guard: z
    .strictObject({
      maxShrinkPercent: z
        .int()
        .min(0)
        .max(100)
        .default(50)
        .describe('orphans are held when more than this share of a kind is no longer declared'),
      maxChanges: z.int().min(0).default(0).describe('nothing is applied when a plan has more changes; 0 is no limit')
    })
    .prefault({}),
  exact: z.boolean().default(false).describe('undeclared fields are reset too'),
  cluster: z.string().min(1).nullish().describe('refuse to act on any other cluster')
})

/** What people write for the fields of policy.yaml. */
export const policyMistakes = {
  dryRun: 'mode',
  'dry-run': 'mode',
  observe: 'mode',
  exclude: 'protect',
  ignore: 'protect',
  protected: 'protect',
  include: 'owned',
  owner: 'owned',
  strict: 'exact',
  clusterId: 'cluster',
  'cluster-id': 'cluster',
  maxShrinkPercent: 'guard.maxShrinkPercent',
  maxChanges: 'guard.maxChanges',
  maxDeletes: 'guard.maxShrinkPercent'
}

export type Policy = z.output<typeof policySchema>

/** The policy in force when there is no policy.yaml. */
export const defaultPolicy: Policy = policySchema.parse({})
