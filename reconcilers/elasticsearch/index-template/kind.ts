/**
 * The kind `index-template`: everything that is known about index templates without a connection.
 * @module
 */
import type { Kind } from '../../../src/plugin.ts'
import type { Body } from '../body.ts'
import { compareBody, describeBody, undeclaredBody, type BodyState } from '../body/shape.ts'
import { protectedPatterns } from '../built-in.ts'
import type { Facts } from '../facts.ts'
import { checkIndexTemplates } from './check.ts'
import { indexTemplateSchema, indexTemplateShape } from './state.ts'

export const indexTemplateKind: Kind<Body, BodyState, Facts> = {
  kind: 'index-template',
  file: 'index-templates',
  schema: indexTemplateSchema,
  numbersAsWritten: true,
  protect: protectedPatterns('index-template'),
  compare: (spec, state) => compareBody(indexTemplateShape, spec, state),
  undeclared: (spec, state) => undeclaredBody(indexTemplateShape, spec, state),
  check: checkIndexTemplates,
  describe: describeBody
}
