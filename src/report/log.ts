/**
 * The log: one line per change with before → after, one summary per cycle, orphans once per change of the set. JSON
 * off a terminal, text on one.
 * @module
 */
import type { Writable } from 'node:stream'
import { styleText } from 'node:util'
import winston from 'winston'
import type { CycleReport, ErrorRecord, Outcome } from '../contract.ts'
import { describeCounts, settlingWhy, stoppingWhy } from './cycle-report.ts'
import { pausedWhy } from '../plan/policy.ts'
import { formatDuration } from '../run/duration.ts'
import { describeField, logLevels, type LogFields, type LogLevel, type LogLine } from './line.ts'
import type { ConfigurationEvent, CycleIdentity, LeadershipEvent, Observer } from './observer.ts'
import { publicField, publicProblem } from './public.ts'
import { mask } from './secrets.ts'

export interface LogOptions {
  readonly level: LogLevel
  readonly format: 'json' | 'text'
  readonly stream: Writable
  readonly colors: boolean
}

/** A logger writing to a stream. Every message is masked. */
export function openLog({ level, format, stream, colors }: LogOptions): LogLine {
  const print = winston.format.printf((info) => (format === 'json' ? jsonLine(info) : textLine(info, colors)))
  const logger = winston.createLogger({
    level,
    format: winston.format.combine(winston.format.timestamp(), print),
    transports: [new winston.transports.Stream({ stream })]
  })
  return (at, message, fields = {}) => {
    logger.log({ ...fields, level: at, message: mask(message) })
  }
}

const marks = { error: '✗', warn: '!', info: '►', debug: '·' } as const
const colorOf = { error: 'red', warn: 'yellow', info: 'green', debug: 'gray' } as const

/** When, how bad and what first; then the facts. */
function jsonLine({ timestamp, level, message, ...facts }: winston.Logform.TransformableInfo): string {
  return JSON.stringify({ timestamp, level, message, ...facts })
}

function textLine(info: winston.Logform.TransformableInfo, colors: boolean): string {
  const level = logLevels.find((candidate) => candidate === info.level) ?? 'info'
  const mark = colors ? styleText(colorOf[level], marks[level], { validateStream: false }) : marks[level]
  const run = typeof info['runId'] === 'string' ? `  run=${info['runId'].slice(0, 8)}` : ''
  const message = String(info.message).replaceAll('\n', `\n${' '.repeat(27)}`)
  return `${String(info['timestamp'])} ${mark} ${message}${colors ? styleText('gray', run, { validateStream: false }) : run}`
}

/** An observer that logs. It remembers what it said last, so that a standing state is said once. */
export function logObserver(log: LogLine): Observer {
  const standing = new Map<string, string>()
  let orphans = ''
  let led = ''
  return {
    configuration: (event) => logConfiguration(log, event),
    outcome: (cycle, outcome) => {
      if (outcome.verb === 'keep' || outcome.verb === 'orphan') return
      const line = outcomeLine(outcome)
      const isStanding = outcome.result !== 'done' && outcome.result !== 'unchanged'
      if (isStanding && standing.get(outcome.key + outcome.verb) === line.message) return
      standing.set(outcome.key + outcome.verb, isStanding ? line.message : '')
      log(line.level, line.message, { ...identityFields(cycle), ...line.fields })
    },
    called: () => undefined,
    cycleFinished: (report) => {
      const set = orphanKeys(report)
      if (report.status !== 'blind' && set.join() !== orphans) {
        orphans = set.join()
        logOrphans(log, report, set)
      }
      const present = new Set(report.outcomes.map(({ key, verb }) => key + verb))
      if (report.status !== 'blind') for (const key of standing.keys()) if (!present.has(key)) standing.delete(key)
      logCycle(log, report)
    },
    leadership: (event) => {
      const line = leadershipLine(event)
      if (line === undefined || line.message === led) return
      led = line.message
      log(line.level, line.message)
    }
  }
}

/** Undefined for what nobody needs to read. */
function leadershipLine(event: LeadershipEvent): { readonly level: LogLevel; readonly message: string } | undefined {
  if (event.event === 'tried') return undefined
  if (event.event === 'leading') return { level: 'info', message: 'leads: reconciles from now on' }
  if (event.event === 'following') return { level: 'info', message: `stands by: ${event.leader === '' ? 'nobody leads yet' : `"${event.leader}" leads`}` }
  if (event.event === 'lost') return { level: 'warn', message: `leads no more: ${event.why}` }
  return { level: 'warn', message: `the lease cannot be seen: ${event.why}` }
}

function identityFields({ runId, service, digest }: CycleIdentity): LogFields {
  return { runId, service, digest }
}

const levelOf: Readonly<Record<Outcome['result'], LogLevel>> = {
  done: 'info',
  unchanged: 'info',
  planned: 'info',
  reported: 'info',
  held: 'warn',
  waiting: 'debug',
  invalid: 'error',
  failed: 'error',
  dead: 'error'
}

const pastOf: Readonly<Record<string, string>> = { create: 'created', update: 'updated' }

function outcomeLine(outcome: Outcome): { readonly level: LogLevel; readonly message: string; readonly fields: LogFields } {
  const { key, verb, result, why, error } = outcome
  const isPause = result === 'held' && why === pausedWhy
  const fields = outcome.fields.map(publicField)
  const changes = outcome.fields.map((field) => describeField(publicField(field))).join(', ')
  const what = result === 'done' ? (pastOf[verb] ?? verb) : result === 'unchanged' ? 'was there already' : `${verb === 'hold' ? '' : `${verb} `}${result}`
  const reason = [why, error === null ? null : `${error.message} (${error.code})`].filter((text) => text !== null).join(': ')
  const message = [`${key} ${what}`, reason, changes].filter((text) => text !== '').join('; ')
  return {
    level: isPause || isProgress(outcome) ? 'info' : levelOf[result],
    message: mask(message),
    fields: {
      key,
      verb,
      result,
      durationMs: outcome.durationMs,
      ...(fields.length === 0 ? {} : { fields }),
      ...(why === null ? {} : { why: mask(why) }),
      ...(error === null ? {} : { error: { code: error.code, message: mask(error.message), hint: error.hint } })
    }
  }
}

/** Work that goes on by itself tells how far it is. */
function isProgress({ result, why, error }: Outcome): boolean {
  return result === 'waiting' && error === null && why !== settlingWhy && why !== stoppingWhy
}

function orphanKeys({ outcomes }: CycleReport): readonly string[] {
  return outcomes.flatMap(({ verb, key }) => (verb === 'orphan' ? [key] : [])).toSorted()
}

function logOrphans(log: LogLine, report: CycleReport, keys: readonly string[]): void {
  const fields = { runId: report.runId, service: report.service, digest: report.configDigest, orphans: keys }
  if (keys.length === 0) log('info', 'no orphans any more', fields)
  else log('warn', `${keys.length} ${keys.length === 1 ? 'orphan' : 'orphans'}, declared by nobody and left alone: ${listShort(keys)}`, fields)
}

/** All of a few, the first of many; the fields of the line hold them all. */
function listShort(names: readonly string[]): string {
  const most = 10
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`
}

function logCycle(log: LogLine, report: CycleReport): void {
  const { runId, service, status, configDigest: digest, counts, durationMs, error } = report
  const level = status === 'blind' ? 'error' : status === 'degraded' || status === 'drift' ? 'warn' : 'info'
  const did = describeCounts(counts)
  const message = `${service} ${status}${did === '' ? '' : `: ${did}`} in ${formatDuration(durationMs)}${error === null ? '' : `; ${reasonOf(report, error)}`}`
  const trouble: LogFields = error === null ? {} : { error: { ...error, message: mask(error.message) }, problems: report.problems.map(publicProblem) }
  log(level, message, { runId, service, digest, status, counts: { ...counts }, durationMs, ...trouble })
}

/** Why a cycle was blind in full; a configuration that is still refused was told in full when it was found. */
function reasonOf({ status }: CycleReport, { message, code, hint }: ErrorRecord): string {
  return status === 'blind' ? `${message} (${code}). ${hint}` : `the last good configuration is in force (${code})`
}

function logConfiguration(log: LogLine, event: ConfigurationEvent): void {
  if (event.event === 'changed') {
    log('info', `configuration ${event.digest.slice(0, 8)} found by ${event.foundBy}`, { digest: event.digest, foundBy: event.foundBy })
    return
  }
  if (event.event === 'accepted') {
    if (event.recovered) log('info', `configuration ${event.digest.slice(0, 8)} is in force, nothing is wrong with it any more`, { digest: event.digest })
    return
  }
  const kept = 'keepsLastGood' in event ? (event.keepsLastGood ? '; the last good configuration stays in force' : '; there is no earlier configuration to keep') : ''
  const what = { refused: 'configuration refused', unreadable: 'configuration cannot be read', polling: 'file events are lost, polling instead' }[event.event]
  log('error', `${what}: ${event.message}${kept}`, event.event === 'refused' ? { problems: event.problems.map(publicProblem) } : {})
}
