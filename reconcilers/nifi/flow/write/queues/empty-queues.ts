/**
 * The steps that empty queues before their connections are removed.
 * @module
 */
import { ReconcileError, toReconcileError } from '../../../../../src/plugin.ts'
import { writeComments } from '../../identity/marker.ts'
import { readQueues } from '../../queues/queued.ts'
import { pollFor } from '../call-context.ts'
import { snapshotToSend } from '../replace/replace-definition.ts'
import { putGroup } from '../put-group.ts'
import type { StepContext } from '../step-context.ts'
import { dropQueue, type Doomed } from './doomed.ts'
import { requireReplaceable } from '../replace/preflight.ts'
import { startParts, stopParts, type Pause } from '../run-state/start-stop.ts'
import type { Step } from '../steps.ts'

/**
 * Nothing is stopped for a definition that NiFi cannot take. The note comes first: whoever comes after a crash knows what to
 * start again, and since when it is drained.
 */
export async function stopFeeders(
  context: StepContext,
  { ids, isDrain }: Extract<Step, { readonly step: 'stop-feeders' }>
): Promise<Pause> {
  const { live, isManaged, progress } = context
  await requireReplaceable(context)
  await snapshotToSend(context)
  const { owner, flow } = context.marker
  const stopped = isManaged ? [] : [...new Set([...(live.marker?.stopped ?? []), ...ids])]
  const drain = isDrain ? (live.marker?.drain ?? context.clock.now()) : undefined
  const noted = {
    owner,
    flow,
    ...live.marker,
    ...(drain !== undefined && { drain }),
    ...(stopped.length > 0 && { stopped })
  }
  const comments = writeComments(live.text, noted)
  if (comments !== live.group.comments) await putGroup(live, { comments }, context)
  progress.hasStopped = true
  return stopParts(context, new Set(ids))
}

export async function startConsumers(context: StepContext, ids: readonly string[]): Promise<Pause> {
  await startParts(context, new Set(ids))
  return 'starting what empties the queues'
}

/** Until the queues are empty or this call has waited long enough. */
export async function awaitDrain(context: StepContext, why: string): Promise<Pause> {
  const { live, facts } = context
  const { removed = [], drainingFor = 0, drainTimeout = 0 } = facts.queues ?? {}
  const left = Math.max(0, Math.min(context.timeouts.call, drainTimeout - drainingFor))
  const isEmpty = await pollFor(context, left, async () => {
    const queues = await readQueues(live.group.id, context)
    return removed.every(({ id }) => (queues.get(id) ?? 0) === 0) ? true : undefined
  })
  return isEmpty === true || left < context.timeouts.call ? undefined : `draining: ${why}`
}

/** Nothing is dropped for a definition that NiFi cannot take; what was dropped is told, whatever comes after it. */
export async function dropQueues(context: StepContext, queues: readonly Doomed[]): Promise<Pause> {
  await requireReplaceable(context)
  await snapshotToSend(context)
  context.progress.hasStopped = true
  const dropped: string[] = []
  try {
    for (const queue of queues) dropped.push(`${await dropQueue(queue, context)} FlowFiles of ${queue.label}`)
  } catch (error) {
    if (dropped.length === 0) throw error
    const { code, message } = toReconcileError(error)
    throw new ReconcileError(code, `${message}; dropped before: ${dropped.join(', ')}`, { cause: error })
  }
  return `dropped ${dropped.join(', ')}`
}
