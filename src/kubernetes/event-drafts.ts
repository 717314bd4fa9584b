/**
 * What becomes a Kubernetes event, in the words of the log. Pure.
 * @module
 */
import type { CycleReport, Outcome } from '../line.ts'
import { wasTried } from '../report/item-history.ts'
import type { ConfigurationEvent, LeadershipEvent } from '../report/observer.ts'
import { mask } from '../secrets/mask.ts'
import { configurationLine, leadershipLine, outcomeLine, blindWords } from '../report/words.ts'

/** An event before it has a name, a time and a count. Masked. */
export interface EventDraft {
  readonly type: 'Normal' | 'Warning'
  /** Why, in UpperCamelCase, for machines. */
  readonly reason: string
  /** What was being done, in UpperCamelCase, for machines. */
  readonly action: string
  /** For people. */
  readonly note: string
}

/** Most bytes of a note: the API refuses longer ones (`note`, 1 kB, k8s.io/api/events/v1). */
export const noteBytes = 1_024

const actionOf: Readonly<Record<string, string>> = { create: 'Create', update: 'Update' }

/** For an item that was written, failed, or waits for a person; undefined for any other outcome. */
export function outcomeDraft(outcome: Outcome): EventDraft | undefined {
  const { verb, result, reason } = outcome
  const action = actionOf[verb] ?? 'Compare'
  const draft = (type: EventDraft['type'], eventReason: string): EventDraft => ({
    type,
    reason: eventReason,
    action,
    note: outcomeLine(outcome).message
  })
  if (result === 'done') return draft('Normal', `${action}d`)
  if (result === 'held') return reason === 'paused' ? undefined : draft('Warning', 'Held')
  if (result === 'invalid') return draft('Warning', 'Invalid')
  if (reason === 'dead') return draft('Warning', 'Dead')
  return result === 'failed' && wasTried(outcome) ? draft('Warning', `${action}Failed`) : undefined
}

/** For a configuration that was applied, or could not be. */
export function configurationDraft(event: ConfigurationEvent): EventDraft | undefined {
  const action = 'LoadConfiguration'
  if (event.event === 'accepted') {
    const note = configurationLine(event)?.message ?? `configuration ${event.digest.slice(0, 8)} applied`
    return { type: 'Normal', reason: 'ConfigurationAccepted', action, note }
  }
  if (event.event !== 'refused' && event.event !== 'unreadable') return undefined
  const reason = event.event === 'refused' ? 'ConfigurationRefused' : 'ConfigurationUnreadable'
  return { type: 'Warning', reason, action, note: configurationLine(event)?.message ?? '' }
}

/** For a replica that became or is no longer leader; none for standby, nor for one that cannot reach the API server. */
export function leadershipDraft(event: LeadershipEvent): EventDraft | undefined {
  const action = 'ElectLeader'
  const note = leadershipLine(event)?.message ?? ''
  if (event.event === 'leading') return { type: 'Normal', reason: 'LeaderElected', action, note }
  return event.event === 'lost' ? { type: 'Warning', reason: 'LeadershipLost', action, note } : undefined
}

/** For a cycle that could not read the service; errors of the configuration had an event when they were found. */
export function cycleDraft(report: CycleReport): EventDraft | undefined {
  const { status, service, error } = report
  if (status !== 'blind' || error === null || error.code === 'CONFIG_SYNTAX' || error.code === 'CONFIG_MISSING')
    return undefined
  return {
    type: 'Warning',
    reason: 'CycleFailed',
    action: 'Reconcile',
    note: mask(`${service} ${status}; ${blindWords(report, error)}`)
  }
}

/** The beginning of a text that fits in so many bytes of UTF-8, with an ellipsis where something is missing. */
export function shorten(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  const room = bytes - Buffer.byteLength('…')
  let used = 0
  let kept = ''
  for (const character of text) {
    used += Buffer.byteLength(character)
    if (used > room) break
    kept += character
  }
  return `${kept}…`
}
