/**
 * What holds for every run of mocha, whatever its files.
 *
 * A test on a real server that fails is run once more: servers of five kinds on two cores do not always keep the time a
 * test gives them. The run lists each with its first error and is red when there are more than a few: see
 * docs/decisions/0022-second-attempt.md. Tests without a server get one attempt.
 * @module
 */
import type { RootHookObject } from 'mocha'

const onRealServers = /\.(live|e2e)\.test\.ts$/

// Coverage is that of this process: what the processes that tests start run is not counted.
delete process.env['NODE_V8_COVERAGE']

export const mochaHooks: RootHookObject = {
  beforeAll(this: Mocha.Context) {
    const { test } = this
    test?.parent?.eachTest((each) => {
      if (onRealServers.test(each.file ?? '')) each.retries(1)
    })
  }
}
