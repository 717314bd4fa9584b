/**
 * What must be known before a definition is written: read only where one is to be.
 * @module
 */
import { coversPath, type Desired, ReconcileError, type Sighting } from '../../../src/plugin.ts'
import type { Link } from '../connection/link.ts'
import { orRefusal } from '../connection/refusal.ts'
import { definitionDifferences } from './compare.ts'
import { mergeGroups } from './definition/merge.ts'
import type { Content } from './definition/model.ts'
import { removedConnections } from './definition/removed.ts'
import { readQueues, type Queued } from './queues/queued.ts'
import type { FlowSpec } from './schema.ts'
import type { Offers } from './facts.ts'
import type { FlowState } from './state.ts'
import type { FlowTools } from './tools.ts'
import type { ComponentTypes } from './catalogue/types.ts'
import { wordsOf } from './identity/words.ts'
import { declaredContent } from './declared.ts'

type Flow = Desired<FlowSpec>

/** Whether a definition is to be written: the flow is not there, or what is live differs from it. Pure. */
export function isPending({ spec }: Flow, sighting: Sighting<FlowState> | undefined): boolean {
  if (sighting === undefined) return true
  return !('refused' in sighting) && definitionDifferences(declaredContent(spec), sighting.state).length > 0
}

/** What is known before definitions are written. */
export interface Ahead {
  readonly items: ReadonlyMap<string, Sighting<FlowState>>
  /** Absent where nothing is to be written, and where NiFi does not say. */
  readonly offers?: Offers
}

/**
 * What is known of the definitions that are to be written before they are. That NiFi refuses to say something of it keeps
 * nothing from being seen: whatever writes looks again.
 */
export async function readAhead(
  tools: FlowTools,
  desired: readonly Flow[],
  items: ReadonlyMap<string, Sighting<FlowState>>,
  signal: AbortSignal
): Promise<Ahead> {
  const pending = desired.filter((item) => item.spec.content !== undefined && isPending(item, items.get(item.name)))
  if (pending.length === 0) return { items }
  const look = async (item: Flow): Promise<readonly (readonly [string, Sighting<FlowState>])[]> => {
    const sighting = items.get(item.name)
    if (sighting === undefined || 'refused' in sighting) return []
    const doomed = await orRefusal(readDoomed(tools.link, item, sighting.state, signal))
    if (doomed instanceof ReconcileError || doomed.length === 0) return []
    return [[item.name, { ...sighting, state: { ...sighting.state, doomed } }]]
  }
  const contents = pending.map(({ spec }) => declaredContent(spec))
  const [offers, ...found] = await Promise.all([orRefusal(readOffers(tools, contents, signal)), ...pending.map(look)])
  const known = offers instanceof ReconcileError ? undefined : offers
  return { items: new Map([...items, ...found.flat()]), ...(known && { offers: known }) }
}

/**
 * Queues with data of connections that the definition no longer has, as far as it may be written. One request, where
 * there is data in the group and connections would go.
 */
async function readDoomed(link: Link, flow: Flow, state: FlowState, signal: AbortSignal): Promise<readonly Queued[]> {
  const { id, definition, queued } = state
  if (definition === undefined || queued === 0) return []
  const content = declaredContent(flow.spec)
  const words = wordsOf(content)
  const isCompared = (path: string): boolean => !flow.control.ignore.some((prefix) => coversPath(prefix, path))
  const removed = removedConnections(definition, mergeGroups(content.group, definition, isCompared, words), words)
  if (removed.length === 0) return []
  const counts = await readQueues(id, { link, signal })
  const queues = removed.map((connection) => ({ label: connection.label, queued: counts.get(connection.id) ?? 0 }))
  return queues.filter((queue) => queue.queued > 0)
}

/**
 * Read once in the life of the process, in three requests; its types again where one of them is unknown: it may have come
 * with a bundle that was added since.
 */
async function readOffers(
  { catalogue }: FlowTools,
  contents: readonly Content[],
  signal: AbortSignal
): Promise<Offers> {
  const knowsAll = (types: ComponentTypes): boolean => {
    return contents.every((content) => types.resolve(content.group, wordsOf(content)).problems.length === 0)
  }
  const known = await catalogue.types(signal)
  if (knowsAll(known)) return { types: known, sensitive: await catalogue.sensitive(signal) }
  catalogue.forget()
  const types = await catalogue.types(signal)
  return { types, sensitive: knowsAll(types) ? await catalogue.sensitive(signal) : new Map() }
}
