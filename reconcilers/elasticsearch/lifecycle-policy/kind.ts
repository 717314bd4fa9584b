/**
 * The kind `lifecycle-policy`: everything that is known about lifecycle policies without a connection.
 * @module
 */
import type { Kind } from '../../../src/plugin.ts'
import type { Body } from '../body.ts'
import { compareBody, describeBody, undeclaredBody, type BodyState } from '../body/shape.ts'
import { protectedPatterns } from '../built-in.ts'
import type { Facts } from '../facts.ts'
import { checkLifecyclePolicies } from './check.ts'
import { lifecyclePolicySchema } from './schema.ts'
import { lifecyclePolicyShape } from './state.ts'

export const lifecyclePolicyKind: Kind<Body, BodyState, Facts> = {
  kind: 'lifecycle-policy',
  file: 'lifecycle-policies',
  schema: lifecyclePolicySchema,
  numbersAsWritten: true,
  protect: protectedPatterns('lifecycle-policy'),
  compare: (spec, state) => compareBody(lifecyclePolicyShape, spec, state),
  undeclared: (spec, state) => undeclaredBody(lifecyclePolicyShape, spec, state),
  check: checkLifecyclePolicies,
  describe: describeBody
}
