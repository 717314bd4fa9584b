/**
 * `npx mocha --require ./test/twice.ts FILE…`: each test passes, is failed all the same, and runs again. What fails then
 * cannot run twice, which a second attempt must be able to: see docs/decisions/0022-second-attempt.md. A test that says
 * `this.retries(0)` has no second attempt.
 * @module
 */
import type { RootHookObject } from 'mocha'

class Again extends Error {}

export const mochaHooks: RootHookObject = {
  beforeAll(this: Mocha.Context) {
    this.test?.parent?.eachTest((test) => {
      const { fn } = test
      if (fn === undefined) return
      let isFirst = true
      test.fn = async function (this: Mocha.Context) {
        await Reflect.apply(fn, this, [])
        if (!isFirst || this.test?.retries() === 0) return
        isFirst = false
        throw new Again('once more')
      }
      test.retries(1)
    })
  }
}
