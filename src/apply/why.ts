/**
 * Reasons in words, all made here: what waits, and what failed for good.
 * @module
 */
import type { FailReason, WaitReason } from '../records.ts'

const sentences: Readonly<Record<WaitReason | FailReason | 'observe', string | null>> = {
  settling: 'acknowledged, not visible yet',
  // The service says how far it is.
  'in-progress': null,
  'in-flight': 'the call is still running',
  'backing-off': 'failed, retry scheduled',
  dependency: 'waiting for a kind it depends on',
  'no-slot': 'waiting for a call to end: MAX_CONCURRENCY calls are still running',
  'newer-configuration': 'not started: a newer configuration is there',
  // The error says it.
  'not-started': null,
  stopping: 'not started: the reconciler is stopping',
  contested: 'somebody else keeps changing it, repairing at a slower pace',
  tried: null,
  'given-up': 'not retried until the declaration changes',
  dead: 'not retried any further: it failed too often; it is retried when its declaration or its value changes',
  observe: 'mode is observe'
}

/** The sentence for a reason, without a dot; null where the error or the service says it. Pure. */
export function whyOf(reason: WaitReason | FailReason | 'observe'): string | null {
  return sentences[reason]
}
