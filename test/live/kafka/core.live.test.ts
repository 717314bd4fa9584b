import { describeCore } from './core.ts'
import { brokerOrSkip } from './harness.ts'
import { describeKeys } from './keys.ts'

describeCore('one broker', brokerOrSkip)
describeKeys('one broker', brokerOrSkip)
