import { describeCore } from './core.ts'
import { sharedClusterOrSkip } from './harness.ts'
import { describeKeys } from './keys.ts'

// The shared broker of the other tests is the newest one.
for (const version of ['3.9.2', '4.3.1'] as const) {
  describe(`Kafka ${version}`, () => {
    const open = async (context: Mocha.Context): Promise<string> =>
      (await sharedClusterOrSkip(context, version)).bootstrap

    describeCore('one broker', open)
    describeKeys('one broker', open)
  })
}
