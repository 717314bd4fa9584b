import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { next, type Budget, type Job } from './schedule.ts'

const job = (name: string, seconds: number, more: Partial<Job> = {}): Job => ({
  name,
  seconds,
  after: [],
  memoryMiB: 1,
  ...more
})
const roomy: Budget = { jobs: 8, memoryMiB: 1_000 }

/** Names in the order they are started, one job ending at a time, always the one that began first. */
function order(jobs: readonly Job[], budget: Budget): readonly string[] {
  const started: string[] = []
  const ended: string[] = []
  for (;;) {
    const running = started.filter((name) => !ended.includes(name))
    const chosen = next(jobs, { running, ended }, budget)
    if (chosen !== undefined) started.push(chosen.name)
    else if (running[0] === undefined) return started
    else ended.push(running[0])
  }
}

describe('the schedule of jobs', () => {
  it('begins with what takes longest', () => {
    assert.deepEqual(order([job('a', 1), job('b', 3), job('c', 2)], roomy), ['b', 'c', 'a'])
  })

  it('counts what waits for a job to its time', () => {
    const jobs = [job('long', 5), job('short', 1), job('longest', 6, { after: ['short'] })]
    assert.deepEqual(order(jobs, { ...roomy, jobs: 1 }), ['short', 'longest', 'long'])
  })

  it('keeps to the number of jobs at a time', () => {
    const jobs = [job('a', 1), job('b', 1), job('c', 1)]
    assert.equal(next(jobs, { running: ['a', 'b'], ended: [] }, { ...roomy, jobs: 2 }), undefined)
  })

  it('starts a smaller job where a larger one does not fit beside those that run', () => {
    const jobs = [
      job('runs', 9, { memoryMiB: 600 }),
      job('large', 8, { memoryMiB: 600 }),
      job('small', 1, { memoryMiB: 300 })
    ]
    assert.equal(next(jobs, { running: ['runs'], ended: [] }, roomy)?.name, 'small')
  })

  it('runs a job alone that is larger than the budget', () => {
    const jobs = [job('huge', 1, { memoryMiB: 5_000 }), job('small', 2)]
    assert.deepEqual(order(jobs, roomy), ['small', 'huge'])
  })

  it('starts every job once, after what it waits for, and never over the budget', () => {
    const jobs = fc.array(fc.record({ seconds: fc.nat(9), memoryMiB: fc.nat(400), earlier: fc.array(fc.nat(9)) }), {
      maxLength: 10
    })
    fc.assert(
      fc.property(jobs, fc.integer({ min: 1, max: 4 }), (drawn, most) => {
        const all = drawn.map(({ seconds, memoryMiB, earlier }, index) => {
          return job(`j${index}`, seconds, {
            memoryMiB,
            after: earlier.filter((other) => other < index).map((other) => `j${other}`)
          })
        })
        const started = order(all, { jobs: most, memoryMiB: 300 })
        assert.deepEqual(started.toSorted(), all.map(({ name }) => name).toSorted())
        for (const { name, after } of all) {
          for (const earlier of after) assert.ok(started.indexOf(earlier) < started.indexOf(name))
        }
      })
    )
  })
})
