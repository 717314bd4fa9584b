/**
 * The kind `data-stream`: everything that is known about data streams without a connection.
 * @module
 */
import type { Json, Kind } from '../../../src/plugin.ts'
import { checkDataStreams } from './check.ts'
import { compareDataStream, lifecycleWith, undeclaredDataStreamFields } from './compare.ts'
import { dataStreamSchema, type DataStreamFacts, type DataStreamSpec, type DataStreamState } from './state.ts'

export const dataStreamKind: Kind<DataStreamSpec, DataStreamState, DataStreamFacts> = {
  kind: 'data-stream',
  file: 'data-streams',
  // The server refuses a stream without a template, which shapes its first index only when it is made.
  after: ['index-template'],
  schema: dataStreamSchema,
  numbersAsWritten: true,
  protect: ['.*'],
  compare: compareDataStream,
  undeclared: undeclaredDataStreamFields,
  check: checkDataStreams,
  describe: ({ lifecycle }): Json => (lifecycle === undefined ? {} : { lifecycle: lifecycleWith(lifecycle, []) })
}
