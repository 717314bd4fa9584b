import assert from 'node:assert/strict'
import { allowTime, runnerFunction, showSkipped } from '../../src/testing/runner.ts'

describe('a runner', () => {
  it('keeps a longer time, and none at all, as it was set', () => {
    const set: unknown[] = []
    const suite = (current: number) => ({ timeout: (ms?: number) => (ms === undefined ? current : set.push(ms)) })
    for (const current of [2_000, 60_000, 120_000, 0]) allowTime(suite(current), 60_000)
    for (const other of [undefined, null, {}, { timeout: 5 }]) allowTime(other, 60_000)
    assert.deepEqual(set, [60_000])
  })

  it('without a way to skip shows nothing', () => {
    for (const other of [undefined, {}, { test: 5 }]) assert.equal(showSkipped(other, undefined, 'why'), undefined)
  })

  it('is there or is asked for', () => {
    const { it: own } = globalThis
    Reflect.deleteProperty(globalThis, 'it')
    try {
      assert.throws(() => runnerFunction('it'), /expected a global "it": run this under mocha, or use conformanceRules/)
    } finally {
      Object.assign(globalThis, { it: own })
    }
  })
})
