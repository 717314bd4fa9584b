/**
 * Brings a flow into its declared run state, and says by name what keeps a part of it from running. The rest runs.
 * @module
 */
import { type ReconcileError, toReconcileError } from '../../../../../src/plugin.ts'
import { bodyOf } from '../../../connection/refusal.ts'
import { pollFor, type CallContext } from '../call-context.ts'
import { readParts, setPart } from '../../run-state/run-parts.ts'
import { readRemotePorts } from '../../run-state/remote-ports.ts'
import type { LiveFlow } from '../read-flow.ts'
import type { LiveContext } from '../step-context.ts'
import { enableServices } from './enable-services.ts'
import { closedTo, faultOf, listed, throwFaults } from './part-faults.ts'
import { isInvalid, isStartable, type Part } from '../../run-state/part.ts'

/** What is waited for; undefined: nothing. */
export type Pause = string | undefined

/**
 * Services first, then everything that is valid. A pause says what NiFi is not done with after the time of one call.
 * Throws REJECTED naming what is invalid with NiFi's reasons, UNAVAILABLE where that is but a service that is disabled or
 * does not come up, and NOT_PERMITTED naming what we may not start.
 */
export async function start(context: LiveContext): Promise<Pause> {
  const { labels } = context
  const { group, snapshot } = context.live
  const { faults, pause } = await enableServices(group.id, context)
  if (pause !== undefined) return pause
  const settled = await settledParts(snapshot.flowContents, context)
  const validating = settled.filter(({ validation }) => validation === 'VALIDATING')
  const late = await startValid(
    group.id,
    settled,
    () => readParts(context.link, snapshot.flowContents, context.signal),
    context
  )
  if (late.length > 0) return `${listed(late, labels)} not running yet`
  if (validating.length > 0) return `${listed(validating, labels)} still VALIDATING`
  const invalid = (await readParts(context.link, snapshot.flowContents, context.signal)).filter(isInvalid).map(faultOf)
  throwFaults(
    [...faults, ...invalid, ...settled.filter((part) => isStartable(part) && !part.canOperate).map(closedTo)],
    labels
  )
  return undefined
}

/** Stops all parts; services are left as they are. Throws NOT_PERMITTED naming what we may not stop. */
export async function stop(context: LiveContext): Promise<Pause> {
  const { link, signal } = context
  const { group, snapshot } = context.live
  bodyOf(await schedule(group.id, 'STOPPED', context))
  const remote = await readRemotePorts(link, snapshot.flowContents, signal)
  await setParts(
    remote.filter((part) => part.state === 'RUNNING' && part.canOperate),
    'STOPPED',
    context
  )
  return untilStopped(() => readParts(link, snapshot.flowContents, signal), context)
}

/** Stops some parts and waits until their threads have ended. */
export async function stopParts(context: LiveContext, ids: ReadonlySet<string>): Promise<Pause> {
  const { link, signal } = context
  const { snapshot } = context.live
  const read = async (): Promise<readonly Part[]> =>
    (await readParts(link, snapshot.flowContents, signal)).filter(({ id }) => ids.has(id))
  await setParts(
    (await read()).filter(({ state }) => state === 'RUNNING'),
    'STOPPED',
    context
  )
  return untilStopped(read, context)
}

/**
 * Starts those of some parts that are there, stopped and valid; others are not ours to start. One that still stops is
 * waited for, and one that NiFi is not done validating: what was just replaced is not VALID at once.
 */
export async function startParts(context: LiveContext, ids: ReadonlySet<string>): Promise<Pause> {
  const { link, signal, timeouts, clock, labels } = context
  const { snapshot } = context.live
  const believedAt = context.believedAt()
  let open: readonly Part[] = []
  await pollFor(context, timeouts.call, async () => {
    const parts = (await readParts(link, snapshot.flowContents, signal)).filter(
      ({ id, state }) => ids.has(id) && state === 'STOPPED'
    )
    await setParts(
      parts.filter((part) => isStartable(part) && isAtRest(part)),
      'RUNNING',
      context
    )
    open = parts.filter((part) =>
      isStartable(part) ? !isAtRest(part) : part.validation === 'VALIDATING' || clock.now() < believedAt
    )
    return open.length === 0 ? true : undefined
  })
  const validating = open.filter(({ validation }) => validation === 'VALIDATING')
  if (validating.length > 0) return `${listed(validating, labels)} still VALIDATING`
  return open.length === 0 ? undefined : `${listed(open, labels)} still stopping`
}

/**
 * Waits for what was stopped before and still works: a replacement waits for what it stops itself only, and is done half
 * when it comes to one of these (NiFi 2.3).
 */
export async function untilAtRest(context: LiveContext): Promise<Pause> {
  const { snapshot } = context.live
  const read = async (): Promise<readonly Part[]> =>
    (await readParts(context.link, snapshot.flowContents, context.signal)).filter(({ state }) => state !== 'RUNNING')
  return untilStopped(read, context)
}

/** Looks until nothing is VALIDATING, and nothing INVALID that may just not have been looked at again by NiFi. */
async function settledParts(
  definition: LiveFlow['snapshot']['flowContents'],
  context: CallContext
): Promise<readonly Part[]> {
  const { link, signal, clock, timeouts } = context
  const believedAt = context.believedAt()
  let parts: readonly Part[] = []
  await pollFor(context, timeouts.call, async () => {
    parts = await readParts(link, definition, signal)
    const isOpen =
      parts.some(({ validation }) => validation === 'VALIDATING') || (parts.some(isInvalid) && clock.now() < believedAt)
    return isOpen ? undefined : parts
  })
  return parts
}

/** One by one: what is refused for one of them keeps the others from nothing, and is thrown after them. */
async function setParts(
  parts: readonly Part[],
  state: 'RUNNING' | 'STOPPED',
  { link, signal }: CallContext
): Promise<void> {
  let refused: ReconcileError | undefined
  for (const part of parts) {
    try {
      await setPart(link, part, state, signal)
    } catch (error) {
      refused ??= toReconcileError(error)
      if (refused.blind) break
    }
  }
  if (refused !== undefined) throw refused
}

/** The whole group in one request, and remote ports, which it leaves out, one by one; what is not running when the time is over. */
async function startValid(
  groupId: string,
  parts: readonly Part[],
  read: () => Promise<readonly Part[]>,
  context: CallContext
): Promise<readonly Part[]> {
  const { timeouts } = context
  const startable = parts.filter((part) => isStartable(part) && part.canOperate)
  if (startable.length === 0) return []
  const ofGroup = startable.filter(({ kind }) => kind !== 'remote-ports')
  if (ofGroup.length > 0) await startGroup(groupId, ofGroup, context)
  await setParts(
    startable.filter(({ kind }) => kind === 'remote-ports'),
    'RUNNING',
    context
  )
  const wanted = new Set(startable.map(({ id }) => id))
  let late: readonly Part[] = startable
  await pollFor(context, timeouts.call, async () => {
    late = (await read()).filter((part) => wanted.has(part.id) && isStartable(part))
    return late.length === 0 ? true : undefined
  })
  return late
}

/** NiFi 2.3 refuses the whole group while one of its processors waits to become valid: the others are started one by one. */
async function startGroup(groupId: string, startable: readonly Part[], context: CallContext): Promise<void> {
  const answer = await schedule(groupId, 'RUNNING', context)
  if (answer.status === 409) await setParts(startable.filter(isAtRest), 'RUNNING', context)
  else bodyOf(answer)
}

async function untilStopped(read: () => Promise<readonly Part[]>, context: LiveContext): Promise<Pause> {
  const { labels } = context
  let running: readonly Part[] = []
  await pollFor(context, context.timeouts.call, async () => {
    running = (await read()).filter(({ state, threads }) => state === 'RUNNING' || threads > 0)
    return running.every(isClosed) ? true : undefined
  })
  throwFaults(running.filter(isClosed).map(closedTo), labels)
  return running.length === 0 ? undefined : `${listed(running, labels)} still stopping`
}

function schedule(
  id: string,
  state: 'RUNNING' | 'STOPPED',
  { link, signal }: CallContext
): ReturnType<CallContext['link']['ask']> {
  const body = { id, state, disconnectedNodeAcknowledged: false }
  return link.ask({ method: 'PUT', path: `/flow/process-groups/${encodeURIComponent(id)}`, body }, signal)
}

/** NiFi refuses to start what still stops, where it is asked for this one (409) and not for its group. */
function isAtRest({ threads }: Part): boolean {
  return threads === 0
}

function isClosed({ state, canOperate }: Part): boolean {
  return state === 'RUNNING' && !canOperate
}
