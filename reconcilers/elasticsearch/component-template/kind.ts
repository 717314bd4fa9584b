/**
 * The kind `component-template`: everything that is known about component templates without a connection.
 * @module
 */
import type { CheckContext, Desired, Kind, Remark } from '../../../src/plugin.ts'
import type { Body } from '../body.ts'
import { managedRemarks } from '../body/read.ts'
import { compareBody, describeBody, undeclaredBody, type BodyState } from '../body/shape.ts'
import { protectedPatterns } from '../built-in.ts'
import { unsupportedRemarks, type Facts } from '../facts.ts'
import { nameRemarks, templateNameFault } from '../names.ts'
import { surroundingsOf } from '../references.ts'
import { checkTemplate } from '../templates/check.ts'
import { componentTemplateSchema, componentTemplateShape } from './state.ts'

export const componentTemplateKind: Kind<Body, BodyState, Facts> = {
  kind: 'component-template',
  file: 'component-templates',
  schema: componentTemplateSchema,
  numbersAsWritten: true,
  protect: protectedPatterns('component-template'),
  compare: (spec, state) => compareBody(componentTemplateShape, spec, state),
  undeclared: (spec, state) => undeclaredBody(componentTemplateShape, spec, state),
  check: checkComponentTemplates,
  describe: describeBody
}

function checkComponentTemplates(
  desired: readonly Desired<Body>[],
  context: CheckContext<BodyState, Facts>
): readonly Remark[] {
  const around = surroundingsOf('component-template', context)
  return [
    ...unsupportedRemarks(desired, context.observed?.facts),
    ...nameRemarks(desired, templateNameFault),
    ...managedRemarks(componentTemplateShape, desired, context),
    ...desired.flatMap(({ name, spec }) => checkTemplate(name, spec, around))
  ]
}
