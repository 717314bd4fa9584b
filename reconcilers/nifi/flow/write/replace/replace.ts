/**
 * Replaces a definition in place, and finds out what became of it: that NiFi is through says nothing.
 * @module
 */
import { ReconcileError, toReconcileError } from '../../../../../src/plugin.ts'
import { runRequest, type Ended } from '../../../connection/asynchronous.ts'
import { refusalOf } from '../../../connection/refusal.ts'
import { digestOf } from '../../definition/canonical.ts'
import type { WriteContext } from '../call-context.ts'
import { withLabels, type Labels } from '../../identity/live-labels.ts'
import { readParts } from '../../run-state/run-parts.ts'
import { readFlow, type LiveFlow, type Snapshot } from '../read-flow.ts'
import { stop } from '../run-state/start-stop.ts'
import type { Body } from '../../../json.ts'

export interface Replacement {
  /** As it was read a moment ago: what is gone back to. */
  readonly before: LiveFlow
  readonly wanted: Snapshot
  /** Of what is live and of what is wanted. */
  readonly labels: Labels
  /** Whether a group has become what is wanted. */
  readonly isWanted: (live: LiveFlow) => boolean
}

/**
 * Returns when the group is as wanted; whether it runs again is another question. Throws in NiFi's words: what it refused,
 * CONFLICT when a queue has filled or something was started since, REJECTED when it could not be done, UNAVAILABLE when it took too long and was
 * cancelled. After a throw the group is as it was before, unless the message says that it is not.
 */
export async function replaceGroup(replacement: Replacement, context: WriteContext): Promise<void> {
  const ended = await send(replacement.before, replacement.wanted, context)
  const again = ended.result === 'late' && ended.isStuck ? await unstuck(replacement, context) : undefined
  return again === undefined
    ? judge(ended, replacement, context)
    : judge(await send(again.before, again.wanted, context), again, context)
}

/**
 * Stops all of the group, of which nothing was replaced yet, so that the next try has nothing to wait for; the caller starts it
 * again. Undefined: something is in the way of that. Measured on 2.3: now and then NiFi waits without limit for processors
 * that run on and have no thread at work.
 */
async function unstuck(replacement: Replacement, context: WriteContext): Promise<Replacement | undefined> {
  const { before, labels } = replacement
  const now = await readFlow(context.link, before.group.id, context.signal)
  if (!isSame(now, before) || (await stop(now, labels, context)) !== undefined) return undefined
  return { ...replacement, before: await readFlow(context.link, before.group.id, context.signal) }
}

async function judge(ended: Ended, replacement: Replacement, context: WriteContext): Promise<void> {
  const { before, labels } = replacement
  if (ended.result === 'refused') throw refusalOf(ended.answer)
  if (ended.result === 'complete' && ended.failureReason === undefined) return
  const why = withLabels(reasonOf(ended, context), labels)
  const now = await readFlow(context.link, before.group.id, context.signal).catch((error: unknown) => {
    const { code, message } = toReconcileError(error)
    throw new ReconcileError(code, `${why}; what it has become could not be read: ${message}`, { cause: error })
  })
  if (replacement.isWanted(now) || isApplied(ended)) return
  if (isSame(now, before)) throw new ReconcileError(codeOf(ended), why)
  throw new ReconcileError(codeOf(ended), `${why}; it was done half, ${await rollBack(now, before, labels, context)}`)
}

function send({ group, snapshot }: LiveFlow, wanted: Snapshot, context: WriteContext): Promise<Ended> {
  const { link, signal, clock, patience } = context
  const body = {
    processGroupRevision: { version: group.revision.version, clientId: link.clientId },
    disconnectedNodeAcknowledged: false,
    versionedFlowSnapshot: { ...wanted }
  }
  const path = `/process-groups/${encodeURIComponent(group.id)}/replace-requests`
  const isSo = async ({ state }: Body): Promise<boolean> =>
    state === 'Stopping Affected Processors' &&
    (await readParts(link, snapshot.flowContents, signal)).every(({ threads }) => threads === 0)
  const stuck = { after: patience.stuck, isSo }
  const begin = { method: 'POST', path, body } as const
  return runRequest(link, { begin, at: requestPath, patience: patience.replace, stuck }, signal, clock)
}

function requestPath(id: string): string {
  return `/process-groups/replace-requests/${id}`
}

/**
 * Goes back to what a group was before a replacement that was done by half; says how that went, because the error that led here
 * is told first and must not be lost. What runs can be in the way: then the group is stopped, for the caller to start again.
 */
export async function rollBack(
  now: LiveFlow,
  before: LiveFlow,
  labels: Labels,
  context: WriteContext
): Promise<string> {
  try {
    const first = await goBack(now, before, context)
    if (first === undefined) return wentBack
    const half = await readFlow(context.link, before.group.id, context.signal)
    await stop(half, labels, context)
    const second = await goBack(await readFlow(context.link, before.group.id, context.signal), before, context)
    return second === undefined ? wentBack : `${failedToo}: ${withLabels(second, labels)}`
  } catch (error) {
    return `${failedToo}: ${withLabels(toReconcileError(error).message, labels)}`
  }
}

const wentBack = 'and is again what it was before'
const failedToo = 'and going back to what it was before failed too'

/** Undefined: it is again what it was; otherwise why not. */
async function goBack(now: LiveFlow, before: LiveFlow, context: WriteContext): Promise<string | undefined> {
  const ended = await send(now, before.snapshot, context)
  if (ended.result === 'refused') return refusalOf(ended.answer).message
  const live = await readFlow(context.link, before.group.id, context.signal)
  if (isSame(live, before)) return undefined
  const isThrough = ended.result === 'complete' && ended.failureReason === undefined
  return isThrough ? 'NiFi says that it did, and shows something else' : reasonOf(ended, context)
}

/** NiFi writes the comments, and with them our marker, before everything else. */
function isSame(now: LiveFlow, before: LiveFlow): boolean {
  return (
    now.group.comments === before.group.comments &&
    digestOf(now.snapshot.flowContents) === digestOf(before.snapshot.flowContents)
  )
}

function reasonOf(ended: Ended, { patience }: WriteContext): string {
  if (ended.result === 'complete') return ended.failureReason ?? 'NiFi does not say why'
  if (ended.result === 'lost') return 'NiFi does not know any more whether it replaced the definition'
  const state = ended.result === 'late' ? ended.request['state'] : undefined
  const where = typeof state === 'string' && state !== '' ? ` (${state})` : ''
  const waited = ended.result === 'late' && ended.isStuck ? patience.stuck : patience.replace
  return `NiFi has not replaced the definition within ${Math.round(waited / 1000)} s${where}, so it was cancelled`
}

/** Measured on 2.3: the definition is there, and something else is in the way of running it. */
function isApplied(ended: Ended): boolean {
  return ended.result === 'complete' && ended.failureReason?.startsWith('Successfully updated flow') === true
}

function codeOf(ended: Ended): 'CONFLICT' | 'REJECTED' | 'UNAVAILABLE' {
  if (ended.result !== 'complete') return 'UNAVAILABLE'
  return /currently has data in the queue|while processor is running/.test(ended.failureReason ?? '')
    ? 'CONFLICT'
    : 'REJECTED'
}
