import assert from 'node:assert/strict'
import { combine, empty, failure, judged, lastLine, mostSecondAttempts, type Result } from './result.ts'
import { summary } from './summary.ts'

const attempts = (count: number): Result => ({
  ...empty,
  passed: count,
  secondAttempts: Array.from({ length: count }, (_, index) => ({
    title: `t${index}`,
    file: 'test/a.live.test.ts',
    why: `Error: e${index}`
  }))
})

describe('the result of a run', () => {
  it('is the sum of its suites', () => {
    const sum = combine([{ ...empty, passed: 2, skipped: 1 }, { ...empty, passed: 3 }, failure('tsc', 'wrong')])
    assert.equal(lastLine(sum), '5 passed, 1 failed, 1 skipped')
  })

  it('leaves out skipped tests where there are none', () => {
    assert.equal(lastLine({ ...empty, passed: 1 }), '1 passed, 0 failed')
  })

  it('stays green with as many second attempts as are allowed, and is red with one more', () => {
    assert.equal(judged(attempts(mostSecondAttempts)).failed, 0)
    assert.equal(judged(attempts(mostSecondAttempts + 1)).failed, 1)
  })
})

describe('the summary of a run', () => {
  it('ends with the line that scripts read', () => {
    const text = summary([{ name: 'kafka', ms: 61_000, log: '', result: { ...empty, passed: 7 } }], [], 61_000)
    assert.equal(text.split('\n').at(-1), '7 passed, 0 failed')
  })

  it('names each second attempt with its error, and each reason for a skipped test', () => {
    const text = summary([{ name: 'kafka', ms: 1, log: '', result: attempts(1) }], ['SKIPPED: no Java'], 1)
    for (const part of ['t0', 'test/a.live.test.ts', 'Error: e0', 'SKIPPED: no Java'])
      assert.ok(text.includes(part), part)
  })

  it('shows a reason once that several tests have', () => {
    const result = { ...empty, skipped: 3, skips: ['a (no update)', 'b (no update)', 'a (no update)'] }
    const lines = summary([{ name: 'unit', ms: 1, log: '', result }], [], 1).split('\n')
    const shown = lines.filter((line) => line.includes('(no update)')).map((line) => line.trim())
    assert.deepEqual(shown, ['a (no update) (2 times)', 'b (no update)'])
  })
})
