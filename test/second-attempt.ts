/**
 * A test on a real server that fails is tried once more. Servers of five kinds, thousands of requests and two cores do not
 * always keep the time a test gives them, and one such moment in 4,000 tests tells nothing about the product. It is not
 * hidden either: the reporter names each of them with its first error. Tests without a server get one attempt.
 * @module
 */
import type { RootHookObject } from 'mocha'

const onRealServers = /\.(live|e2e)\.test\.ts$|\/test\/servers\//

export const mochaHooks: RootHookObject = {
  beforeAll(this: Mocha.Context) {
    const { test } = this
    test?.parent?.eachTest((each) => {
      if (onRealServers.test(each.file ?? '')) each.retries(1)
    })
  }
}
