/**
 * What rules about not writing have in common.
 * @module
 */
import assert from 'node:assert/strict'
import type { TestBench } from '../test-bench.ts'

/** Fails when `during` makes the plugin write, or the service hold something else than before. */
export async function assertIdle(bench: TestBench, during: () => Promise<void>): Promise<void> {
  const before = await bench.subject.snapshot()
  const calls = bench.writeCalls
  await during()
  assert.equal(bench.writeCalls - calls, 0, 'create or update was called')
  assert.deepEqual(await bench.subject.snapshot(), before, 'something was written')
}
