/**
 * What of all that happens is worth an event of the cluster, in the words of the log. Pure.
 * @module
 */
import type { CycleReport, Outcome } from '../contract.ts'
import { wasTried } from '../report/item-history.ts'
import type { ConfigurationEvent, LeadershipEvent } from '../report/observer.ts'
import { mask } from '../secrets/mask.ts'
import { configurationLine, leadershipLine, outcomeLine, reasonOf } from '../report/words.ts'

/** One event that is to be told. Masked. */
export interface Happening {
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

/** What was written, could not be, or waits for a person; undefined for what goes its way. */
export function outcomeHappening(outcome: Outcome): Happening | undefined {
  const { verb, result, reason } = outcome
  const action = actionOf[verb] ?? 'Compare'
  const tell = (type: Happening['type'], told: string): Happening => ({
    type,
    reason: told,
    action,
    note: outcomeLine(outcome).message
  })
  if (result === 'done') return tell('Normal', `${action}d`)
  if (result === 'held') return reason === 'paused' ? undefined : tell('Warning', 'Held')
  if (result === 'invalid') return tell('Warning', 'Invalid')
  return result === 'failed' && wasTried(outcome) ? tell('Warning', `${action}Failed`) : undefined
}

/** A configuration that came into force, or could not. */
export function configurationHappening(event: ConfigurationEvent): Happening | undefined {
  const action = 'LoadConfiguration'
  if (event.event === 'accepted') {
    const note = configurationLine(event)?.message ?? `configuration ${event.digest.slice(0, 8)} is in force`
    return { type: 'Normal', reason: 'ConfigurationAccepted', action, note }
  }
  if (event.event !== 'refused' && event.event !== 'unreadable') return undefined
  const reason = event.event === 'refused' ? 'ConfigurationRefused' : 'ConfigurationUnreadable'
  return { type: 'Warning', reason, action, note: configurationLine(event)?.message ?? '' }
}

/** Who reconciles. Who stands by has nothing to tell, nor has who cannot see the API server. */
export function leadershipHappening(event: LeadershipEvent): Happening | undefined {
  const action = 'ElectLeader'
  const note = leadershipLine(event)?.message ?? ''
  if (event.event === 'leading') return { type: 'Normal', reason: 'LeaderElected', action, note }
  return event.event === 'lost' ? { type: 'Warning', reason: 'LeadershipLost', action, note } : undefined
}

/** A cycle that could not look; what is wrong with the configuration was told when it was found. */
export function cycleHappening(report: CycleReport): Happening | undefined {
  const { status, service, error } = report
  if (status !== 'blind' || error === null || error.code === 'CONFIG_SYNTAX' || error.code === 'CONFIG_MISSING')
    return undefined
  return {
    type: 'Warning',
    reason: 'CycleFailed',
    action: 'Reconcile',
    note: mask(`${service} ${status}; ${reasonOf(report, error)}`)
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
