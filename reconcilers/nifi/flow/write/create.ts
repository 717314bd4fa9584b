/**
 * Creates flows: imports a definition under a name of its own, and finishes what is there under it.
 * @module
 */
import {
  answerEach,
  type Desired,
  type ItemResult,
  ReconcileError,
  unchanged,
  type WriteCall
} from '../../../../src/plugin.ts'
import type { GroupListing } from '../../reading/entities.ts'
import type { Request } from '../../connection/link.ts'
import { groupOf } from '../../reading/parse-entities.ts'
import { bodyOf, refusalOf } from '../../connection/refusal.ts'
import { digestOf } from '../definition/canonical.ts'
import type { FlowFacts } from '../facts.ts'
import { identify, type Identified } from '../identity/identify.ts'
import { writeComments } from '../identity/marker.ts'
import { literalSecrets } from '../secrets/literal-secrets.ts'
import { unfinishedName } from '../identity/unfinished-name.ts'
import { descriptorsOf, internalNames } from '../identity/property-names.ts'
import type { FlowSpec } from '../schema.ts'
import type { FlowTools } from '../tools.ts'
import { wordsOf } from '../identity/words.ts'
import { callContext, type CallContext, type WriteOptions } from './call-context.ts'
import { preflight } from './replace/preflight.ts'
import type { Snapshot } from './read-flow.ts'
import type { FlowTask } from './step-context.ts'
import { runFlow } from './run-flow.ts'
import { snapshotOf } from './replace/snapshot.ts'
import { declaredComments, declaredContent, declaredContext } from '../declared.ts'

type Flow = Desired<FlowSpec>

/**
 * Imports what is not there and finishes what was begun. NiFi takes the same import twice and makes twins: every call looks
 * first. What it leaves half-built is kept, and completed by the next cycle. A result for every item; throws where NiFi stops
 * answering before one of them has its own.
 */
export function createFlows(
  tools: FlowTools,
  items: readonly Flow[],
  call: WriteCall<FlowFacts>,
  options: WriteOptions = {}
): Promise<readonly ItemResult[]> {
  const context = callContext(tools, call, options)
  const places = new Map(items.map((item, index) => [item, index]))
  let listed: Promise<GroupListing> | undefined
  return answerEach(items, async (item) => {
    const listing = await (listed ??= listWritable(context))
    return createFlow(item, { listing, place: listing.groups.length + (places.get(item) ?? 0) }, context)
  })
}

interface Surroundings {
  readonly listing: GroupListing
  /** How many groups are drawn before it. */
  readonly place: number
}

async function createFlow(item: Flow, { listing, place }: Surroundings, context: CallContext): Promise<ItemResult> {
  const found = find(item, listing, context)
  if (found !== undefined) return finish(item, found, context)
  const imported = await importFlow(item, await snapshotToImport(item, context), { listing, place }, context)
  return runFlow(imported, taskOf(item), context, true)
}

async function listWritable(context: CallContext): Promise<GroupListing> {
  await context.readings.assertWritable(context.fresh)
  return listFresh(context)
}

/** The listing of this moment: that of the pass may be older than a lost answer to an import. */
function listFresh({ readings, fresh }: CallContext): Promise<GroupListing> {
  return readings.groups(fresh)
}

function find({ name }: Flow, { groups }: GroupListing, { owner }: CallContext): Identified | undefined {
  return identify(
    groups.filter(({ canRead }) => canRead),
    [name],
    owner
  ).groups.get(name)
}

/** What is finished is planned as an update; what was only begun is ours to complete. */
async function finish(
  item: Flow,
  { group, marker, ownership, twins }: Identified,
  context: CallContext
): Promise<ItemResult> {
  const others = twins.map((twin) => ` and ${twin.group.id}`).join('')
  if (ownership !== 'ours' || twins.length > 0)
    throw new ReconcileError('CONFLICT', `another client created ${group.id}${others} with the same name or marker`)
  if (marker?.live === undefined) return runFlow(group.id, taskOf(item), context)
  if (marker.desired === digestOf(declaredContent(item.spec).group)) return unchanged(item.name)
  throw new ReconcileError('CONFLICT', `${group.id} was made in the meantime, of another definition`)
}

function taskOf(item: Flow): FlowTask {
  return { desired: item, allows: () => true, isManaged: item.spec.state !== 'IGNORE' }
}

/** What is sent, checked against what this NiFi has. */
async function snapshotToImport({ name, spec }: Flow, context: CallContext): Promise<Snapshot> {
  const content = declaredContent(spec)
  const words = wordsOf(content)
  const live = context.beside
  const { group, problems } = internalNames(content.group, undefined, descriptorsOf(live), words)
  const wrong = [...problems, ...literalSecrets(group, live, words)]
  if (wrong.length > 0)
    throw new ReconcileError('REJECTED', wrong.map(({ path, message }) => `${path}: ${message}`).join('; '))
  const marker = { owner: context.owner, flow: name, desired: digestOf(content.group) }
  const metadata = {
    name: unfinishedName(name),
    comments: writeComments(declaredComments(spec) ?? '', marker),
    context: declaredContext(spec)
  }
  return preflight(snapshotOf(group, metadata, content), content, words, context)
}

/** The live id. Throws what NiFi refused, and says so when it left something behind. */
async function importFlow(
  item: Flow,
  wanted: Snapshot,
  { listing, place }: Surroundings,
  context: CallContext
): Promise<string> {
  const { link, signal } = context
  const answer = await link.ask(importRequest(item.name, wanted, listing.parentId, place, link.clientId), signal)
  if (answer.status < 400) return groupOf(bodyOf(answer)).id
  const { code, message } = refusalOf(answer)
  // That it cannot be looked at now must not hide why it was refused; the next cycle looks first.
  const left = await listFresh(context).then(
    (now) => find(item, now, context),
    () => undefined
  )
  throw new ReconcileError(
    code,
    left === undefined
      ? message
      : `${message}; NiFi left the incomplete group ${left.group.id} behind, the next attempt completes it`
  )
}

const columns = 5
const [columnWidth, rowHeight] = [480, 240]

function importRequest(
  name: string,
  { flowContents, ...rest }: Snapshot,
  parentId: string,
  place: number,
  clientId: string
): Request {
  return {
    method: 'POST',
    path: `/process-groups/${encodeURIComponent(parentId)}/process-groups/import`,
    body: {
      groupId: parentId,
      groupName: unfinishedName(name),
      positionDTO: { x: (place % columns) * columnWidth, y: Math.floor(place / columns) * rowHeight },
      revisionDTO: { version: 0, clientId },
      disconnectedNodeAcknowledged: false,
      flowSnapshot: { flowContents, ...rest }
    }
  }
}
