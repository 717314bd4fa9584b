/**
 * The kind `index`: everything that is known about indices without a connection.
 * @module
 */
import { type Json, type Kind, remember } from '../../../src/plugin.ts'
import { withoutMarker } from '../body/marker.ts'
import { isSetByServer } from '../settings/classes.ts'
import { flattenSettings } from '../settings/flatten.ts'
import { checkIndices } from './check.ts'
import { compareIndex, undeclaredIndexFields } from './compare.ts'
import { indexSchema, type IndexFacts, type IndexSpec, type IndexState } from './state.ts'

/** Equal settings of one call are one request, so many are cheap; few enough for progress to be seen. */
const mostInOneCall = 250

/** In a cycle that has read nothing, nothing is compared either. */
const compared = remember((state: IndexState) => remember((spec: IndexSpec) => compareIndex(spec, state)))
const undeclared = remember((state: IndexState) => remember((spec: IndexSpec) => undeclaredIndexFields(spec, state)))

export const indexKind: Kind<IndexSpec, IndexState, IndexFacts> = {
  kind: 'index',
  file: 'indices',
  // Templates shape an index only when it is made; without the pipeline it names it refuses documents.
  after: ['index-template', 'ingest-pipeline'],
  schema: indexSchema,
  numbersAsWritten: true,
  protect: ['.*'],
  batching: { limit: mostInOneCall, weigh: () => 1 },
  compare: (spec, state) => (state === undefined ? compareIndex(spec, state) : compared(state)(spec)),
  undeclared: (spec, state) => undeclared(state)(spec),
  check: checkIndices,
  describe: describeIndex
}

/** Without its aliases: they are told as a kind of their own, and one alias has one declaration. */
function describeIndex({ settings, mappings }: IndexState): Json {
  const own = [...flattenSettings(settings).values].filter(([key]) => !isSetByServer(key))
  const parts = { settings: Object.fromEntries(own), mappings: withoutMarker(mappings, ['_meta']) }
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0))
}
