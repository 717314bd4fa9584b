/**
 * The kind `flow`: everything that is known about flows without a connection.
 * @module
 */
import type { Kind } from '../../../src/plugin.ts'
import { checkFlows } from './check.ts'
import { compareFlow } from './compare.ts'
import { completeFlow } from './complete.ts'
import { describeFlow } from './describe.ts'
import type { FlowFacts } from './facts.ts'
import { flowSchema, type FlowSpec } from './schema.ts'
import type { FlowState } from './state.ts'

/** A declared flow is the whole group: nothing of it is undeclared. */
export const flowKind: Kind<FlowSpec, FlowState, FlowFacts> = {
  kind: 'flow',
  file: 'flows',
  schema: flowSchema,
  numbersAsWritten: true,
  attachments: ['*.flow.json', '*.flow.json.gz'],
  complete: completeFlow,
  // NiFi takes a flow whose context is not there and binds it to none (2.3), or answers 500 (1.18); and a change of a context stops
  // and starts the very components that a replacement would.
  after: ['parameter-context'],
  compare: compareFlow,
  check: checkFlows,
  describe: describeFlow
}
