/**
 * The kind `alias`: everything that is known about aliases without a connection.
 * @module
 */
import type { Json, Kind } from '../../../src/plugin.ts'
import { checkAliases } from './check.ts'
import { compareAlias, undeclaredAliasFields } from './compare.ts'
import { aliasSchema, type AliasFacts, type AliasSpec, type AliasState } from './state.ts'

/** All aliases of a cycle fit into one request; measured: 1,000 actions take half a second. */
const mostActions = 1_000

export const aliasKind: Kind<AliasSpec, AliasState, AliasFacts> = {
  kind: 'alias',
  file: 'aliases',
  // The server refuses an alias of something that is not there.
  after: ['index', 'data-stream'],
  schema: aliasSchema,
  numbersAsWritten: true,
  protect: ['.*'],
  batching: { limit: mostActions, weigh: (spec) => Object.keys(spec).length },
  compare: compareAlias,
  undeclared: undeclaredAliasFields,
  check: checkAliases,
  describe: ({ members }): Json => Object.fromEntries([...members].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
