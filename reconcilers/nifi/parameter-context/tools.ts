/**
 * What observing and writing parameter contexts needs of its surroundings.
 * @module
 */
import type { ContextEntity, Reference } from '../reading/entities.ts'
import type { Link } from '../connection/link.ts'
import { freshReader, type Readings } from '../reading/readings.ts'
import { ReconcileError } from '../../../src/plugin.ts'
import { contextsByName } from './observe.ts'
import type { Secrets } from './secrets.ts'

export interface ContextTools {
  readonly link: Link
  readonly readings: Readings
  /** Who is written into the markers. */
  readonly owner: string
  readonly secrets: Secrets
}

/** All contexts that may be read, by name, re-read, whatever the pass has read before. */
export async function readContexts(
  { readings }: ContextTools,
  signal: AbortSignal
): Promise<ReadonlyMap<string, ContextEntity>> {
  return contextsByName(await readings.contexts(freshReader(signal)))
}

/** The same before something is written. Throws UNAVAILABLE while a node of the cluster is not connected. */
export async function readWritable(
  tools: ContextTools,
  signal: AbortSignal
): Promise<ReadonlyMap<string, ContextEntity>> {
  await tools.readings.assertWritable(freshReader(signal))
  return readContexts(tools, signal)
}

/** The declared parents with their ids. Throws UNAVAILABLE for one that is not there yet. */
export function parentsOf(inherits: readonly string[], contexts: ReadonlyMap<string, Reference>): readonly Reference[] {
  return inherits.map((name) => {
    const parent = contexts.get(name)
    if (parent === undefined)
      throw new ReconcileError(
        'UNAVAILABLE',
        `the parameter context "${name}", from which it inherits, does not exist yet`
      )
    return { id: parent.id, name }
  })
}
