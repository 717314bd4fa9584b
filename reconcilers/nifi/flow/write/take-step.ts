/**
 * What each step does. In which order they come is not known here.
 * @module
 */
import { ReconcileError } from '../../../../src/plugin.ts'
import { bind, writeApart } from './replace/write-apart.ts'
import { replace } from './replace/replace-definition.ts'
import { dressKey } from './read-step.ts'
import { putGroup, type Moment } from './put-group.ts'
import { awaitQueues, drop, feedOn, holdBack } from './queues/empty-queues.ts'
import { rollBack } from './replace/replace.ts'
import { start, startParts, stop, type Pause } from './run-state/start-stop.ts'
import type { Step } from './steps.ts'

/** Takes one step. A pause says what NiFi is not done with; undefined: look again. Throws why it cannot be taken. */
export async function take(moment: Moment, step: Exclude<Step, { readonly step: 'rest' }>): Promise<Pause> {
  if (step.step === 'refuse' || step.step === 'let go') throw new ReconcileError('CONFLICT', step.why)
  if (step.step === 'reject') throw new ReconcileError('REJECTED', step.why)
  if (step.step === 'go back') return goBack(moment, step.why)
  if (step.step === 'hold back') return holdBack(moment, step)
  if (step.step === 'feed on') return feedOn(moment, step.ids)
  if (step.step === 'wait') return awaitQueues(moment, step.why)
  if (step.step === 'drop') return drop(moment, step.queues)
  if (step.step === 'replace') return replace(moment)
  if (step.step === 'bind') return bind(moment)
  if (step.step === 'write apart') return writeApart(moment, step.field)
  return step.step === 'dress' ? dress(moment) : enter(moment)
}

/** Always throws. */
async function goBack({ seen: { live, labels }, progress, context }: Moment, why: string): Promise<never> {
  const went = progress.before === undefined ? 'and stays so' : await rollBack(live, progress.before, labels, context)
  throw new ReconcileError('REJECTED', `${why}; it was done half, ${went}`)
}

async function dress({ seen, goal: { isManaged, desired }, progress, context }: Moment): Promise<Pause> {
  const { live, labels, dress: wanted } = seen
  const stopped = live.marker?.stopped
  const isToRun = stopped !== undefined && !(isManaged && desired.spec.state === 'STOPPED')
  const pause = isToRun ? await startParts(live, new Set(stopped), labels, context) : undefined
  if (pause !== undefined) return pause
  await putGroup(live, { name: wanted.name, comments: wanted.comments }, context)
  progress.dressed = dressKey(wanted)
  return undefined
}

async function enter({ seen: { live, labels }, goal, progress, context }: Moment): Promise<Pause> {
  const pause = await (goal.desired.spec.state === 'RUNNING' ? start : stop)(live, labels, context)
  progress.hasEntered = pause === undefined
  return pause
}
