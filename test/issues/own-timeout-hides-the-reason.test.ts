/**
 * `apply` whose time ended in the middle of a later cycle reported TIMEOUT instead of why the service had refused before.
 */
import assert from 'node:assert/strict'
import { OutcomeBook } from '../../src/cli/outcome-book.ts'
import type { CycleIdentity } from '../../src/report/observer.ts'
import { systemClock } from '../../src/time/clock.ts'
import { converge } from '../../src/reconciler/converge.ts'
import { failure, outcome, reportWith } from '../reconciler/reports.ts'

const cycle: CycleIdentity = { runId: 'r', service: 'fake', target: '', digest: 'd' }

describe('the end of the time allowed', () => {
  const refused = outcome('failed', { ...failure('UNAVAILABLE'), nextTryAt: 0 })
  const cut = outcome('failed', failure('TIMEOUT'))

  it('does not hide why an item failed before', () => {
    const over = new AbortController()
    const book = new OutcomeBook(over.signal)
    book.outcome(cycle, refused)
    over.abort()
    book.outcome(cycle, cut)
    assert.equal(book.outcomes()[0]?.error?.code, 'UNAVAILABLE')
  })

  it('is the reason where there was none before, and so is a time-out in the midst of it', () => {
    const over = new AbortController()
    const [fresh, early] = [new OutcomeBook(over.signal), new OutcomeBook(new AbortController().signal)]
    early.outcome(cycle, refused)
    early.outcome(cycle, cut)
    assert.equal(early.outcomes()[0]?.error?.code, 'TIMEOUT')
    over.abort()
    fresh.outcome(cycle, cut)
    assert.equal(fresh.outcomes()[0]?.error?.code, 'TIMEOUT')
  })

  it('does not make a service unseen that was seen the cycle before', async () => {
    const over = new AbortController()
    const seen = reportWith([refused], { status: 'degraded' })
    const unseen = reportWith([], { status: 'blind', error: failure('TIMEOUT').error })
    const reports = [seen, unseen]
    const report = await converge({
      cycle: () => {
        const next = reports.shift() ?? unseen
        if (next === unseen) over.abort()
        return Promise.resolve(next)
      },
      clock: systemClock,
      signal: over.signal
    })
    assert.equal(report, seen)
  })
})
