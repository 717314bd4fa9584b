/**
 * Observes flows from what `readFlows` reads, in a constant number of requests however many flows there are; more of flows with remote process groups, with something invalid, or with a definition that is to be written. Never writes.
 * @module
 */
import {
  type Cycle,
  type Desired,
  type Found,
  type Observed,
  ReconcileError,
  type Sighting
} from '../../../src/plugin.ts'
import type { ContextEntity, Reference, ServiceEntity, ServiceStatus } from '../reading/entities.ts'
import type { Link } from '../connection/link.ts'
import { orRefusal } from '../connection/refusal.ts'
import type { Group } from './definition/model.ts'
import { groupIdsOf } from './references/outside-services.ts'
import type { FlowFacts, OfferedService } from './facts.ts'
import { identify, type Identified, type SeenGroup } from './identity/identify.ts'
import { readAhead } from './pending.ts'
import { readFlows } from './reading/read-flows.ts'
import { readRunning, type Running } from './run-state/running.ts'
import type { FlowSpec } from './schema.ts'
import type { FlowState } from './state.ts'
import type { FlowTools } from './tools.ts'
import { fileWords, wordsOf } from './identity/words.ts'

/** What was seen of the flow of a name. */
type Seen = readonly [name: string, Sighting<FlowState>]

/** Everything needed to compare. A parent that may not be read, or is not there, throws: it never looks like an empty one. */
export async function observeFlows(
  tools: FlowTools,
  desired: readonly Desired<FlowSpec>[],
  cycle: Cycle
): Promise<Observed<FlowState, FlowFacts>> {
  const { link, owner } = tools
  const { everything, signal, scope } = cycle
  const { listing, definitions, refused, services, contexts } = await readFlows(tools, desired, cycle)
  const names = desired.map(({ name }) => name)
  const readable = listing.groups.filter(({ canRead }) => canRead)
  const { groups, beside } = identify(readable, names, owner)
  const offered = offeredServices(services, definitions)
  const specs = new Map(desired.map(({ name, spec }) => [name, spec]))
  const look = async ([name, identified]: readonly [string, Identified]): Promise<Seen> => {
    const asked = { spec: specs.get(name), everything }
    const running = await orRefusal(runningIn(link, identified, definitions, asked, signal))
    if (running instanceof ReconcileError) return [name, { refused: running.message }]
    return [name, sight(identified, { definitions, refused, services, offered, owner, everything, running })]
  }
  const shown = scope === 'all' ? [...groups] : [...groups].filter(([name]) => specs.has(name))
  const seen = await Promise.all(shown.map(look))
  const hidden = readable.length < listing.groups.length ? names.filter((name) => !groups.has(name)) : []
  const items = new Map<string, Sighting<FlowState>>([
    ...seen,
    ...hidden.map((name) => [name, { refused: mayBeHidden }] as const)
  ])
  const ahead = await readAhead(tools, desired, items, signal)
  const { parentId, mayCreate } = listing
  const others = new Map([...beside].map(([flow, groupsBeside]) => [flow, groupsBeside.map(referenceTo)]))
  return {
    items: ahead.items,
    facts: {
      parentId,
      mayCreate,
      contexts: knownContexts(contexts),
      offered,
      beside: others,
      definitions: [...definitions.values()],
      ...(ahead.offers && { offers: ahead.offers })
    }
  }
}

const mayBeHidden =
  'one of the groups beside it may not be read and may be this flow; grant "view the component" on all groups of the parent'

interface Surroundings {
  readonly definitions: ReadonlyMap<string, Group>
  /** Why some of them may not be downloaded. */
  readonly refused: ReadonlyMap<string, string>
  readonly services: readonly ServiceEntity[]
  readonly offered: readonly OfferedService[]
  readonly owner: string
  readonly everything: boolean
  readonly running: Running
}

type Asked = Pick<Cycle, 'everything'> & { readonly spec: FlowSpec | undefined }

/** Of what is declared, and of everything where that is asked for. */
async function runningIn(
  link: Link,
  { group }: Identified,
  definitions: ReadonlyMap<string, Group>,
  { spec, everything }: Asked,
  signal: AbortSignal
): Promise<Running> {
  const definition = definitions.get(group.id)
  if (definition === undefined || (spec === undefined && !everything)) return {}
  const words = spec?.content === undefined ? fileWords : wordsOf(spec.content)
  return readRunning(
    link,
    definition,
    { declared: spec?.state ?? 'STOPPED', broken: group.counts.invalid, words },
    signal
  )
}

function sight(identified: Identified, around: Surroundings): Sighting<FlowState> {
  const definition = around.definitions.get(identified.group.id)
  // The listing and the download are two moments; the next cycle sees both of the same kind.
  if (definition === undefined)
    return {
      refused:
        around.refused.get(identified.group.id) ??
        'created a moment ago: the download of its parent does not show it yet'
    }
  const excluded = excludedWhy(identified, around.everything)
  const owner = ownerOf(identified, around.owner)
  return {
    state: stateOf(identified, definition, around),
    ...(owner === undefined ? {} : { owner }),
    ...(excluded === undefined ? {} : { excluded })
  }
}

/** A group we began is ours before it is marked. */
function ownerOf({ ownership, marker }: Identified, owner: string): Found<FlowState>['owner'] {
  return ownership === 'ours' ? owner : marker?.owner
}

/** Why a group is nobody's orphan, and why `export`, which reads everything, leaves it out. */
function excludedWhy({ group, ownership, twins }: Identified, everything: boolean): string | undefined {
  if (!everything) return ownership === 'foreign' ? 'not marked as a flow' : undefined
  if (twins.length > 0) return `one of several groups that are called "${group.name}"; give each a name of its own`
  return group.versioned === undefined ? undefined : `under version control (${group.versioned})`
}

function stateOf(
  { group, text, marker, twins }: Identified,
  definition: Group,
  { services, offered, running }: Surroundings
): FlowState {
  const { id, name, versioned, counts, queued, parameterContext } = group
  const inside = new Set([id, ...groupIdsOf(definition)])
  return {
    id,
    name,
    comments: text,
    ...(marker && { marker }),
    twins: twins.map(referenceTo),
    ...(versioned !== undefined && { versioned }),
    counts,
    queued,
    canModify: group.canWrite,
    ...(parameterContext && { parameterContext: parameterContext.name }),
    definition,
    ...running,
    services: services.filter(({ groupId }) => inside.has(groupId)).map(statusOf),
    offered
  }
}

function statusOf({ id, name, state, validation, validationErrors }: ServiceEntity): ServiceStatus {
  return { id, name, state, validation, validationErrors }
}

function referenceTo({ group: { id, name } }: SeenGroup): Reference {
  return { id, name }
}

/** Services that are in none of the groups below the parent are its own or those of groups above it. */
function offeredServices(
  services: readonly ServiceEntity[],
  definitions: ReadonlyMap<string, Group>
): readonly OfferedService[] {
  const below = new Set([...definitions].flatMap(([id, group]) => [id, ...groupIdsOf(group)]))
  return services.flatMap(({ id, name, apis, groupId, canRead }) =>
    canRead && !below.has(groupId) ? [{ id, name, apis }] : []
  )
}

function knownContexts(contexts: readonly ContextEntity[]): FlowFacts['contexts'] {
  const readable = contexts.filter(({ canRead }) => canRead)
  return new Map(
    readable.map(({ id, name, parameters, inherits, canWrite }) => [
      name,
      { id, canWrite, parameters: new Set(parameters.keys()), inherits: inherits.map((each) => each.name) }
    ])
  )
}
