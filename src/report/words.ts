/**
 * What happened, in words: the log and the events of a cluster say the same. Pure; secrets are masked.
 * @module
 */
import type { CycleReport, Outcome } from '../line.ts'
import type { ErrorRecord } from '../records.ts'
import { type ReconcileError, stackOf } from '../errors.ts'
import { describeField, valueText, type LogFields, type LogLevel } from './line.ts'
import type { ConfigurationEvent, LeadershipEvent } from './observer.ts'
import { publicField, publicProblem } from './public.ts'
import { mask, maskDeep } from '../secrets/mask.ts'

/** A line, with its facts apart. */
export interface Words {
  readonly level: LogLevel
  readonly message: string
  readonly fields: LogFields
}

/** Undefined for what nobody needs to read. */
export function leadershipLine(event: LeadershipEvent): Omit<Words, 'fields'> | undefined {
  if (event.event === 'tried') return undefined
  if (event.event === 'leading') return { level: 'info', message: 'became leader' }
  if (event.event === 'following')
    return {
      level: 'info',
      message: `standby: ${event.leader === '' ? 'no leader yet' : `"${event.leader}" is the leader`}`
    }
  if (event.event === 'lost') return { level: 'warn', message: `lost leadership: ${event.why}` }
  if (event.event === 'seen') return { level: 'info', message: 'lease reachable again' }
  return { level: 'warn', message: `lease not reachable: ${event.why}` }
}

const levelOf: Readonly<Record<Outcome['result'], LogLevel>> = {
  done: 'info',
  unchanged: 'info',
  planned: 'info',
  reported: 'info',
  held: 'warn',
  waiting: 'debug',
  invalid: 'error',
  failed: 'error'
}

const pastOf: Readonly<Record<string, string>> = { create: 'created', update: 'updated' }

/** One change and what became of it, with before → after. */
export function outcomeLine(outcome: Outcome): Words {
  const { key, verb, result, reason, why, error, contested } = outcome
  const isPause = reason === 'paused'
  const fields = outcome.fields.map(publicField)
  const changes = outcome.fields.map((field) => describeField(publicField(field))).join(', ')
  const what =
    result === 'done'
      ? (pastOf[verb] ?? verb)
      : result === 'unchanged'
        ? 'already exists'
        : `${verb === 'hold' || verb === 'invalid' ? '' : `${verb} `}${result}`
  const details = [why, error === null ? null : `${error.message} (${error.code})`]
    .filter((text) => text !== null)
    .join(': ')
  const message = [`${key} ${what}`, details, contestedText(contested), changes]
    .filter((text) => text !== '')
    .join('; ')
  return {
    level: isPause || isProgress(outcome) ? 'info' : levelOf[result],
    message: mask(message),
    fields: {
      key,
      verb,
      result,
      durationMs: outcome.durationMs,
      ...(fields.length === 0 ? {} : { fields }),
      ...(reason === null ? {} : { reason }),
      ...(why === null ? {} : { why: mask(why) }),
      ...(error === null ? {} : { error: { code: error.code, message: mask(error.message), hint: error.hint } })
    }
  }
}

/** Who else writes the fields: what they set, and how often that was repaired. */
function contestedText(contested: Outcome['contested']): string {
  if (contested === null) return ''
  const fields = contested.fields.map(({ path, theirs }) => `${path} to ${valueText(maskDeep(theirs, path))}`)
  return `contested: somebody else sets ${fields.join(', ')}, repaired ${contested.times} times in an hour`
}

/** Work that goes on by itself tells how far it is. */
function isProgress({ reason }: Outcome): boolean {
  return reason === 'in-progress'
}

/** A fault of a plugin or of ours, once for people and with its stack for those who look for bugs. */
export function faultLines(fault: ReconcileError): readonly Words[] {
  const { code, message, hint } = fault
  const stack = stackOf(fault)
  const fields = { error: { code, message, hint } }
  const told: Words = { level: 'warn', message: `${message} (${code}). ${hint}`, fields }
  return stack === undefined ? [told] : [told, { level: 'debug', message: stack, fields }]
}

/** Why a cycle was blind in full; a configuration that is still refused was told in full when it was found. */
export function blindWords({ status }: CycleReport, { message, code, hint }: ErrorRecord): string {
  return status === 'blind' ? `${message} (${code}). ${hint}` : `still using the last good configuration (${code})`
}

/** Undefined for what needs no words. */
export function configurationLine(event: ConfigurationEvent): Words | undefined {
  if (event.event === 'changed') {
    return {
      level: 'info',
      message: `configuration ${event.digest.slice(0, 8)} found by ${event.foundBy}`,
      fields: { digest: event.digest, foundBy: event.foundBy }
    }
  }
  if (event.event === 'accepted') {
    if (!event.recovered) return undefined
    return {
      level: 'info',
      message: `configuration ${event.digest.slice(0, 8)} applied; previous error resolved`,
      fields: { digest: event.digest }
    }
  }
  const kept =
    'keepsLastGood' in event
      ? event.keepsLastGood
        ? '; still using the last good configuration'
        : '; no previous configuration to fall back to'
      : ''
  const what = {
    refused: 'configuration refused',
    unreadable: 'configuration cannot be read',
    polling: 'file watch failed, falling back to polling'
  }[event.event]
  const fields = event.event === 'refused' ? { problems: event.problems.map(publicProblem) } : {}
  return { level: 'error', message: mask(`${what}: ${event.message}${kept}`), fields }
}
