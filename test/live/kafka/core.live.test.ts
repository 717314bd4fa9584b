import { describeCore } from './core.ts'
import { brokerOrSkip } from './harness.ts'

describeCore('one broker', brokerOrSkip)
