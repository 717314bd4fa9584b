/**
 * What an apply is expected to come to, with all that was said where it came to something else.
 * @module
 */
import assert from 'node:assert/strict'
import type { ApplyDocument } from './documents.ts'
import { entriesOf, type Scene } from './harness.ts'

type Outcome = ApplyDocument['outcomes'][number]

/** Applies, and is sure that everything is as declared afterwards. */
export async function applied(scene: Scene): Promise<ApplyDocument> {
  const { code, document } = await scene.apply()
  assert.equal(code, 0, JSON.stringify({ outcomes: document.outcomes, warnings: document.warnings }, null, 2))
  return document
}

/** Applies, and gives the one thing that became of a flow. */
export async function outcomeOf(scene: Scene, flow: string): Promise<Outcome> {
  const { document } = await scene.apply()
  const [outcome, ...more] = Object.values(entriesOf(document.outcomes, scene.key(flow)))
  assert.ok(outcome !== undefined && more.length === 0, JSON.stringify(document.outcomes, null, 2))
  return outcome
}

/** Applies, and gives the error of a flow that could not be made what it is to be. */
export async function failureOf(scene: Scene, flow: string): Promise<NonNullable<Outcome['error']>> {
  const outcome = await outcomeOf(scene, flow)
  assert.ok(outcome.error !== undefined, JSON.stringify(outcome))
  return outcome.error
}
