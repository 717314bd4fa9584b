/**
 * Reads what a pass needs to know of flows: all of them, or single ones by the ids they had when all were listed last.
 * @module
 */
import type { Cycle, Desired } from '../../../../src/plugin.ts'
import type { ContextEntity, GroupEntity, GroupListing, ServiceEntity } from '../../reading/entities.ts'
import { declaredContent, declaredContext } from '../declared.ts'
import { identify, type Identified } from '../identity/identify.ts'
import { readComments } from '../identity/marker.ts'
import { bindingsOf } from '../references/parameters.ts'
import type { FlowSpec } from '../schema.ts'
import type { FlowTools } from '../tools.ts'
import type { Downloaded } from './downloads.ts'

/** What was read. In a pass over single flows only theirs is of this moment, the rest is as old as the last listing. */
export interface FlowReading extends Downloaded {
  readonly listing: GroupListing
  /** In the groups that were read, and around them. */
  readonly services: readonly ServiceEntity[]
  readonly contexts: readonly ContextEntity[]
}

type Flow = Desired<FlowSpec>

/** One flow as it is. */
interface OneFlow extends Pick<FlowReading, 'refused' | 'services'> {
  readonly group: GroupEntity
}

/** With more it costs less to read everything. */
const mostNamed = 5

/**
 * Four requests for everything. In a pass over keys three for each flow, and one more where a parameter context is not known
 * yet: the number does not depend on how many others there are. Where something is not as it was listed last, everything is
 * read: a flow that is new, gone, moved, renamed or marked otherwise, and one whose name or marker another group has too.
 */
export async function readFlows(tools: FlowTools, desired: readonly Flow[], cycle: Cycle): Promise<FlowReading> {
  return (cycle.scope === 'all' ? undefined : await readNamed(tools, desired, cycle)) ?? readAll(tools, cycle)
}

async function readAll({ readings, downloads }: FlowTools, cycle: Cycle): Promise<FlowReading> {
  const [listing, downloaded, services, contexts] = await Promise.all([
    readings.groups(cycle),
    downloads.all(cycle, async () => (await readings.groups(cycle)).groups),
    readings.services(cycle),
    readings.contexts(cycle)
  ])
  return { listing, ...downloaded, services, contexts }
}

/**
 * That another group was given the name or the marker of the flow since the last listing is not seen. The flow is still the one
 * of that id, so nothing else is written to; the next pass over everything holds it.
 */
async function readNamed(tools: FlowTools, desired: readonly Flow[], cycle: Cycle): Promise<FlowReading | undefined> {
  const { lastGroups: listing } = tools.readings
  const listed =
    listing && tools.downloads.last && desired.length <= mostNamed && singlesIn(listing, desired, tools.owner)
  if (!listed) return undefined
  const [groups, contexts] = await Promise.all([
    Promise.all(listed.map(({ group: { id } }) => readOne(tools, id, cycle))),
    contextsFor(tools, desired, cycle)
  ])
  const read = groups.flatMap((each) => each ?? [])
  if (read.length < listed.length || !read.every(({ group }, index) => isAsListed(group, listed[index], listing)))
    return undefined
  const fresh = new Map(read.map(({ group }) => [group.id, group]))
  return {
    listing: { ...listing, groups: listing.groups.map((group) => fresh.get(group.id) ?? group) },
    definitions: tools.downloads.last ?? new Map(),
    refused: new Map(read.flatMap(({ refused }) => [...refused])),
    services: [...new Map(read.flatMap(({ services }) => services.map((each) => [each.id, each] as const))).values()],
    contexts
  }
}

/** The groups of these flows, where each flow has exactly one and nothing beside it is called like it. */
function singlesIn(
  { groups }: GroupListing,
  desired: readonly Flow[],
  owner: string
): readonly Identified[] | undefined {
  const names = desired.map(({ name }) => name)
  const readable = groups.filter(({ canRead }) => canRead)
  const known = identify(readable, names, owner)
  const singles = names.flatMap((name) => known.groups.get(name) ?? []).filter(({ twins }) => twins.length === 0)
  return singles.length < names.length || names.some((name) => known.beside.has(name)) ? undefined : singles
}

async function readOne({ readings, downloads }: FlowTools, id: string, cycle: Cycle): Promise<OneFlow | undefined> {
  const [group, { definitions, refused }, services] = await Promise.all([
    readings.group(id, cycle),
    downloads.one(id, cycle),
    readings.servicesAround(id, cycle)
  ])
  const isShown = definitions.size + refused.size > 0
  return group === undefined || services === undefined || !isShown ? undefined : { group, refused, services }
}

/**
 * As last listed, which is harmless: an old one costs at most a warning about a parameter, and NiFi itself refuses what we have
 * lost the right to. Only where one was not there then, all are read.
 */
async function contextsFor(
  { readings }: FlowTools,
  flows: readonly Flow[],
  cycle: Cycle
): Promise<readonly ContextEntity[]> {
  const last = readings.lastContexts
  const listed = new Set(last?.map(({ name }) => name))
  const isKnown = flows.flatMap(boundContextsOf).every((name) => listed.has(name))
  return last !== undefined && isKnown ? last : readings.contexts(cycle)
}

/** Contexts that a flow and the groups in it are bound to. */
function boundContextsOf({ spec }: Flow): readonly string[] {
  return spec.content === undefined
    ? []
    : bindingsOf(declaredContent(spec).group, declaredContext(spec)).map(({ context }) => context)
}

/** In the same place, under the same name and with the same marker. Its revision is that of this moment. */
function isAsListed(group: GroupEntity, before: Identified | undefined, { parentId }: GroupListing): boolean {
  const { marker } = readComments(group.comments)
  return (
    before !== undefined &&
    (group.parentId ?? parentId) === parentId &&
    group.canRead &&
    group.name === before.group.name &&
    marker?.owner === before.marker?.owner &&
    marker?.flow === before.marker?.flow
  )
}
