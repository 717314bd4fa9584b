/**
 * The kind `parameter-context`: everything that is known about parameter contexts without a connection.
 * @module
 */
import type { Kind } from '../../../src/plugin.ts'
import { checkContexts } from './check.ts'
import { compareContext, undeclaredOf } from './compare.ts'
import { describeContext } from './describe.ts'
import type { ContextFacts } from './observe.ts'
import { contextSchema, type ContextSpec } from './schema.ts'
import type { ContextState } from './state.ts'
import { attachFiles, valueFileEndings } from './value-file.ts'

export const parameterContextKind: Kind<ContextSpec, ContextState, ContextFacts> = {
  kind: 'parameter-context',
  file: 'parameter-contexts',
  schema: contextSchema,
  numbersAsWritten: true,
  attachments: valueFileEndings.map((ending) => `*${ending}`),
  complete: attachFiles,
  // All in one call, because parents must come before those that inherit from them.
  batching: { limit: Number.MAX_SAFE_INTEGER, weigh: () => 1 },
  compare: compareContext,
  undeclared: undeclaredOf,
  check: checkContexts,
  describe: describeContext
}
