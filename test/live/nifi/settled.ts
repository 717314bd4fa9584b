/**
 * What it means that nothing is left to do, with all that was said where something is.
 * @module
 */
import assert from 'node:assert/strict'
import type { CycleReport } from '../../../src/line.ts'
import type { ApplyDocument } from './documents.ts'
import type { Scene } from './harness.ts'
import type { Line } from './line.ts'

/** Runs the verb `apply`, and is sure that everything is as declared afterwards. */
export async function applied(scene: Scene): Promise<ApplyDocument> {
  const { code, document } = await scene.apply()
  assert.equal(code, 0, JSON.stringify({ outcomes: document.outcomes, warnings: document.warnings }, null, 2))
  return document
}

/** A cycle found everything as declared, and neither do those after it find anything to write. */
export async function assertSettled(line: Line, report: CycleReport): Promise<void> {
  assert.equal(report.status, 'in-sync', JSON.stringify([report.error, report.outcomes], null, 2))
  for (const cycle of ['second', 'third']) {
    line.take()
    const { status, outcomes } = await line.cycle()
    assert.equal(status, 'in-sync', `${cycle} cycle: ${JSON.stringify(outcomes, null, 2)}`)
    assert.deepEqual(line.takeWrites(), [], `${cycle} cycle`)
  }
}
