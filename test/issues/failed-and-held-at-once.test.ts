/**
 * A broker died while topics were created and was back, but not live yet, in the next cycle: `apply` told of each of them
 * twice, as failed and as held.
 */
import assert from 'node:assert/strict'
import { OutcomeBook } from '../../src/cli/outcome-book.ts'
import type { CycleIdentity } from '../../src/report/observer.ts'
import { failure, outcome, reportWith } from '../reconciler/reports.ts'

const cycle: CycleIdentity = { runId: 'r', service: 'fake', target: '', digest: 'd' }

describe('what became of an item', () => {
  const failed = outcome('failed', { ...failure('UNREACHABLE'), nextTryAt: 0 })
  const held = outcome('held', { verb: 'hold' })

  /** Each list is a cycle. */
  function told(...cycles: readonly (readonly ReturnType<typeof outcome>[])[]): readonly string[] {
    const book = new OutcomeBook(new AbortController().signal)
    for (const outcomes of cycles) {
      for (const heard of outcomes) book.outcome(cycle, heard)
      book.cycleFinished(reportWith(outcomes))
    }
    return book.outcomes().map(({ result }) => result)
  }

  it('that failed and is held now is told once: it is held', () => {
    assert.deepEqual(told([failed], [held]), ['held'])
  })

  it('of which a part is held is told of both parts', () => {
    assert.deepEqual(told([failed, held]), ['failed', 'held'])
  })

  it('that was written and is held afterwards is told of both', () => {
    assert.deepEqual(told([outcome('done')], [held]), ['done', 'held'])
  })

  it('is kept by a cycle that saw nothing', () => {
    assert.deepEqual(told([failed], []), ['failed'])
  })
})
