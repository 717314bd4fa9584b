/**
 * Lifecycle policies: what happens to indices as they age.
 * @module
 */
import { bodyKind, type BodyKind } from '../body/kind.ts'
import { namedBodies } from '../body/read.ts'
import { policyNameFault } from '../names.ts'
import { checkLifecyclePolicies } from './check.ts'
import { lifecyclePolicySchema } from './schema.ts'
import { lifecyclePolicyShape } from './state.ts'

export const lifecyclePolicies: BodyKind = {
  kind: 'lifecycle-policy',
  file: 'lifecycle-policies',
  schema: lifecyclePolicySchema,
  shape: lifecyclePolicyShape,
  nameFault: policyNameFault,
  badName: 'invalid',
  references: () => [],
  check: checkLifecyclePolicies,
  path: '/_ilm/policy',
  entries: namedBodies,
  patience: ['master_timeout', 'timeout'],
  takesMarker: () => true,
  refersTo: []
}

export const lifecyclePolicyKind = bodyKind(lifecyclePolicies)
