/**
 * Data streams and their lifecycles.
 * @module
 */
import type { Resource } from '../../../src/plugin.ts'
import { answered } from '../connection/answered.ts'
import type { Link } from '../connection/link.ts'
import type { Readings } from '../readings.ts'
import { dataStreamKind } from './kind.ts'
import { observeDataStreams } from './observe.ts'
import type { DataStreamFacts, DataStreamSpec, DataStreamState } from './state.ts'
import { createDataStreams, updateDataStreams } from './write.ts'

export { dataStreamKind } from './kind.ts'

/** Data streams cannot carry a marker. They are never removed: there is no such method. */
export function dataStreamResource(
  link: Link,
  readings: Readings
): Resource<DataStreamSpec, DataStreamState, DataStreamFacts> {
  return {
    ...dataStreamKind,
    scoped: true,
    observe: (desired, cycle) => observeDataStreams(readings, desired, cycle),
    create: (items, { signal }) => answered(link, (heard) => createDataStreams(heard, items, signal)),
    update: (items, { signal }) => answered(link, (heard) => updateDataStreams(heard, items, signal))
  }
}
