/**
 * What each step does. In which order they come is not known here.
 * @module
 */
import { ReconcileError } from '../../../../src/plugin.ts'
import { putGroup } from './put-group.ts'
import { awaitDrain, dropQueues, startConsumers, stopFeeders } from './queues/empty-queues.ts'
import { metadataKey } from './read-step.ts'
import { rollBack } from './replace/replace.ts'
import { replaceDefinition } from './replace/replace-definition.ts'
import { bindContext, writeField } from './replace/write-apart.ts'
import { start, startParts, stop, type Pause } from './run-state/start-stop.ts'
import type { StepContext } from './step-context.ts'
import { isQueueStep, type QueueStep, type Step } from './steps.ts'

/** Takes one step. A pause says what NiFi is not done with; undefined: look again. Throws why it cannot be taken. */
export async function takeStep(context: StepContext, step: Exclude<Step, { readonly step: 'done' }>): Promise<Pause> {
  if (isQueueStep(step)) return takeQueueStep(context, step)
  if (step.step === 'refuse' || step.step === 'abort-drain') throw new ReconcileError('CONFLICT', step.why)
  if (step.step === 'reject') throw new ReconcileError('REJECTED', step.why)
  if (step.step === 'roll-back') return failRolledBack(context, step.why)
  if (step.step === 'replace-definition') return replaceDefinition(context)
  if (step.step === 'bind-context') return bindContext(context)
  if (step.step === 'write-field') return writeField(context, step.field)
  return step.step === 'write-metadata' ? writeMetadata(context) : applyRunState(context)
}

function takeQueueStep(context: StepContext, step: QueueStep): Promise<Pause> {
  if (step.step === 'stop-feeders') return stopFeeders(context, step)
  if (step.step === 'start-consumers') return startConsumers(context, step.ids)
  return step.step === 'drop-queues' ? dropQueues(context, step.queues) : awaitDrain(context, step.why)
}

/** Always throws. */
async function failRolledBack(context: StepContext, why: string): Promise<never> {
  const { before } = context.progress
  const result = before === undefined ? 'and left that way' : await rollBack(before, context)
  throw new ReconcileError('REJECTED', `${why}; applied only in part, ${result}`)
}

async function writeMetadata(context: StepContext): Promise<Pause> {
  const { live, metadata, isManaged, desired, progress } = context
  const stopped = live.marker?.stopped
  const isToRun = stopped !== undefined && !(isManaged && desired.spec.state === 'STOPPED')
  const pause = isToRun ? await startParts(context, new Set(stopped)) : undefined
  if (pause !== undefined) return pause
  await putGroup(live, { name: metadata.name, comments: metadata.comments }, context)
  progress.metadata = metadataKey(metadata)
  return undefined
}

async function applyRunState(context: StepContext): Promise<Pause> {
  const pause = await (context.desired.spec.state === 'RUNNING' ? start : stop)(context)
  context.progress.hasAppliedRunState = pause === undefined
  return pause
}
