/**
 * The smallest flow that tests are about.
 * @module
 */
import type { Json } from '../../../src/records.ts'

/** Fields of the flow beside its two processors and the connection, and the File Size of `gen`. */
type Fields = { readonly size?: string; readonly [field: string]: Json | undefined }

/** `gen` runs once at its start and then not before the test is over, so that nothing moves by itself. */
export function pair({ size = '1KB', ...fields }: Fields = {}): Json {
  return {
    processors: {
      gen: { type: 'GenerateFlowFile', every: '1 day', properties: { 'File Size': size } },
      log: { type: 'LogAttribute', terminate: ['success'] }
    },
    connections: ['gen:success -> log'],
    ...Object.fromEntries(
      Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
    )
  }
}
