/**
 * Replaces a definition in place, and finds out what became of it: that NiFi is through says nothing.
 * @module
 */
import { ReconcileError, toReconcileError } from '../../../../../src/plugin.ts'
import { runRequest, type Ended } from '../../../connection/asynchronous.ts'
import { means } from '../../../connection/prose.ts'
import { refusalOf } from '../../../connection/refusal.ts'
import { digestOf } from '../../definition/canonical.ts'
import type { CallContext } from '../call-context.ts'
import type { LiveContext } from '../step-context.ts'
import { withLabels } from '../../identity/live-labels.ts'
import { readParts } from '../../run-state/run-parts.ts'
import { readFlow, type LiveFlow, type Snapshot } from '../read-flow.ts'
import { stop } from '../run-state/start-stop.ts'
import { type Body, textOf } from '../../../json.ts'

export interface Replacement {
  readonly wanted: Snapshot
  /** Whether a group has become what is wanted. */
  readonly isWanted: (live: LiveFlow) => boolean
}

/**
 * Returns when the group is as wanted; whether it runs again is another question. `context` has the group as it was read a
 * moment ago, which is rolled back to, and the labels of what is live and of what is wanted. Throws in NiFi's words: what it
 * refused, CONFLICT when a queue has filled or something was started since, REJECTED when it could not be done, UNAVAILABLE
 * when it took too long and was cancelled. After a throw the group is as it was before, unless the message says that it is not.
 */
export async function replaceGroup(replacement: Replacement, context: LiveContext): Promise<void> {
  const ended = await send(replacement.wanted, context)
  const again = ended.result === 'late' && ended.isStuck ? await unstuck(context) : undefined
  return again === undefined
    ? judge(ended, replacement, context)
    : judge(await send(replacement.wanted, again), replacement, again)
}

/**
 * Stops all of the group, of which nothing was replaced yet, so that the next try has nothing to wait for; the caller starts it
 * again. Undefined: something is in the way of that. Measured on 2.3: now and then NiFi waits without limit for processors
 * that run on and have no thread at work.
 */
async function unstuck(context: LiveContext): Promise<LiveContext | undefined> {
  const before = context.live
  const now = await readAgain(context)
  if (!isSame(now.live, before) || (await stop(now)) !== undefined) return undefined
  return readAgain(context)
}

async function readAgain(context: LiveContext): Promise<LiveContext> {
  return { ...context, live: await readFlow(context.link, context.live.group.id, context.signal) }
}

async function judge(ended: Ended, replacement: Replacement, context: LiveContext): Promise<void> {
  const before = context.live
  if (ended.result === 'refused') throw refusalOf(ended.answer)
  if (ended.result === 'complete' && ended.failureReason === undefined) return
  const why = withLabels(reasonOf(ended, context), context.labels)
  const now = await readAgain(context).catch((error: unknown) => {
    const { code, message } = toReconcileError(error)
    throw new ReconcileError(code, `${why}; the result could not be read: ${message}`, { cause: error })
  })
  if (replacement.isWanted(now.live) || isApplied(ended)) return
  if (isSame(now.live, before)) throw new ReconcileError(codeOf(ended), why)
  throw new ReconcileError(codeOf(ended), `${why}; applied only in part, ${await rollBack(before, now)}`)
}

function send(wanted: Snapshot, context: LiveContext): Promise<Ended> {
  const { live, link, signal, clock, timeouts } = context
  const { group, snapshot } = live
  const body = {
    processGroupRevision: { version: group.revision.version, clientId: link.clientId },
    disconnectedNodeAcknowledged: false,
    versionedFlowSnapshot: { ...wanted }
  }
  const path = `/process-groups/${encodeURIComponent(group.id)}/replace-requests`
  const isSo = async ({ state }: Body): Promise<boolean> =>
    means(textOf(state), 'stopping-processors') &&
    (await readParts(link, snapshot.flowContents, signal)).every(({ threads }) => threads === 0)
  const stuck = { after: timeouts.stuck, isSo }
  const begin = { method: 'POST', path, body } as const
  return runRequest(link, { begin, at: requestPath, timeoutMs: timeouts.replace, stuck }, signal, clock)
}

function requestPath(id: string): string {
  return `/process-groups/replace-requests/${id}`
}

/**
 * Makes a group again what it was `before` a replacement that was done by half; says how that went, because the error that led
 * here is told first and must not be lost. What runs can be in the way: then the group is stopped, for the caller to start again.
 */
export async function rollBack(before: LiveFlow, context: LiveContext): Promise<string> {
  try {
    const first = await sendBack(before, context)
    if (first === undefined) return rolledBack
    await stop(await readAgain(context))
    const second = await sendBack(before, await readAgain(context))
    return second === undefined ? rolledBack : `${failedToo}: ${withLabels(second, context.labels)}`
  } catch (error) {
    return `${failedToo}: ${withLabels(toReconcileError(error).message, context.labels)}`
  }
}

const rolledBack = 'and rolled back'
const failedToo = 'and the rollback failed too'

/** Undefined: it is again what it was; otherwise why not. */
async function sendBack(before: LiveFlow, context: LiveContext): Promise<string | undefined> {
  const ended = await send(before.snapshot, context)
  if (ended.result === 'refused') return refusalOf(ended.answer).message
  const { live } = await readAgain(context)
  if (isSame(live, before)) return undefined
  const isThrough = ended.result === 'complete' && ended.failureReason === undefined
  return isThrough ? 'NiFi reports success, but the group differs from what it was' : reasonOf(ended, context)
}

/** NiFi writes the comments, and with them our marker, before everything else. */
function isSame(now: LiveFlow, before: LiveFlow): boolean {
  return (
    now.group.comments === before.group.comments &&
    digestOf(now.snapshot.flowContents) === digestOf(before.snapshot.flowContents)
  )
}

function reasonOf(ended: Ended, { timeouts }: CallContext): string {
  if (ended.result === 'complete') return ended.failureReason ?? 'NiFi does not say why'
  if (ended.result === 'lost') return 'NiFi no longer knows the request to replace the definition'
  const state = ended.result === 'late' ? ended.request['state'] : undefined
  const where = typeof state === 'string' && state !== '' ? ` (${state})` : ''
  const waited = ended.result === 'late' && ended.isStuck ? timeouts.stuck : timeouts.replace
  return `NiFi did not replace the definition within ${Math.round(waited / 1000)} s${where}; cancelled`
}

/** Measured on 2.3: the definition is there, and something else is in the way of running it. */
function isApplied(ended: Ended): boolean {
  return ended.result === 'complete' && means(ended.failureReason ?? '', 'replaced')
}

function codeOf(ended: Ended): 'CONFLICT' | 'REJECTED' | 'UNAVAILABLE' {
  if (ended.result !== 'complete') return 'UNAVAILABLE'
  const why = ended.failureReason ?? ''
  return means(why, 'queue-not-empty') || means(why, 'processor-running') ? 'CONFLICT' : 'REJECTED'
}
