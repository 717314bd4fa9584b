/**
 * The log: one line per change with before → after, one summary per cycle, orphans once per change of the set. JSON
 * off a terminal, text on one.
 * @module
 */
import type { Writable } from 'node:stream'
import { styleText } from 'node:util'
import winston from 'winston'
import type { CycleReport } from '../line.ts'
import { describeProblem } from '../parse/describe-problem.ts'
import { describeCounts } from './cycle-report.ts'
import { formatDuration } from '../time/duration.ts'
import { logLevels, type LogFields, type LogLevel, type LogLine } from './line.ts'
import type { ConfigurationEvent, CycleIdentity, Observer } from './observer.ts'
import { publicProblem } from './public.ts'
import { mask } from '../secrets/mask.ts'
import { configurationLine, faultLines, leadershipLine, outcomeLine, blindWords } from './words.ts'

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

/** More of them help nobody. */
const mostFaults = 1_000

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
  const faults = new Set<string>()
  let warnings: ReadonlySet<string> = new Set()
  let orphans = ''
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
    fault: (fault) => {
      for (const { level, message, fields } of faultLines(fault)) {
        if (level === 'debug' || isNews(faults, message)) log(level, message, fields)
      }
    },
    cycleFinished: (report) => {
      const set = orphanKeys(report)
      const isWhole = report.status !== 'blind' && report.scope === 'all'
      if (isWhole && set.join() !== orphans) {
        orphans = set.join()
        logOrphans(log, report, set)
      }
      if (report.status !== 'blind') {
        const told = logWarnings(log, report, warnings)
        // A pass over some items says nothing of the warnings of the others.
        warnings = isWhole ? told : warnings.union(told)
      }
      const present = new Set(report.outcomes.map(({ key, verb }) => key + verb))
      if (report.status !== 'blind')
        for (const line of saidOf(report, standing)) if (!present.has(line)) standing.delete(line)
      logCycle(log, report)
    },
    leadership: (event) => {
      const line = leadershipLine(event)
      if (line !== undefined) log(line.level, line.message)
    }
  }
}

/** What was said of the items a pass has looked at. */
function saidOf({ scope }: CycleReport, standing: ReadonlyMap<string, string>): readonly string[] {
  if (scope === 'all') return [...standing.keys()]
  return [...scope].flatMap((key) => ['create', 'update', 'hold', 'invalid'].map((verb) => key + verb))
}

/** The same again is no news; of endless many different ones the first are told. */
function isNews(told: Set<string>, message: string): boolean {
  if (told.has(message) || told.size >= mostFaults) return false
  told.add(message)
  return true
}

function identityFields({ runId, service, digest }: CycleIdentity): LogFields {
  return { runId, service, digest }
}

function orphanKeys({ outcomes }: CycleReport): readonly string[] {
  return outcomes.flatMap(({ verb, key }) => (verb === 'orphan' ? [key] : [])).toSorted()
}

function logOrphans(log: LogLine, report: CycleReport, keys: readonly string[]): void {
  const fields = { runId: report.runId, service: report.service, digest: report.configDigest, orphans: keys }
  if (keys.length === 0) log('info', 'no orphans left', fields)
  else
    log(
      'warn',
      `${keys.length} undeclared ${keys.length === 1 ? 'item (orphan)' : 'items (orphans)'}, left untouched: ${listShort(keys)}`,
      fields
    )
}

/** Warnings that were not there in the last cycle; gives those of this one. */
function logWarnings(log: LogLine, report: CycleReport, standing: ReadonlySet<string>): ReadonlySet<string> {
  const { runId, service, configDigest: digest, warnings } = report
  const said = new Map(warnings.map((warning) => [describeProblem(warning), warning]))
  for (const [message, warning] of said) {
    if (!standing.has(message)) log('warn', message, { runId, service, digest, warning: publicProblem(warning) })
  }
  return new Set(said.keys())
}

/** All of a few, the first of many; the fields of the line hold them all. */
function listShort(names: readonly string[]): string {
  const most = 10
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`
}

function logCycle(log: LogLine, report: CycleReport): void {
  const { runId, service, scope, status, configDigest: digest, counts, durationMs, error } = report
  const level = status === 'blind' ? 'error' : status === 'degraded' || status === 'drift' ? 'warn' : 'info'
  const did = describeCounts(counts)
  const of = scope === 'all' || did === '' ? '' : ` of ${report.known.outcomes.length}`
  const message = `${service} ${status}${did === '' ? '' : `: ${did}${of}`} in ${formatDuration(durationMs)}${error === null ? '' : `; ${blindWords(report, error)}`}`
  const trouble: LogFields =
    error === null
      ? {}
      : { error: { ...error, message: mask(error.message) }, problems: report.problems.map(publicProblem) }
  const looked = scope === 'all' ? scope : [...scope]
  log(level, message, { runId, service, digest, status, scope: looked, counts: { ...counts }, durationMs, ...trouble })
}

function logConfiguration(log: LogLine, event: ConfigurationEvent): void {
  const line = configurationLine(event)
  if (line !== undefined) log(line.level, line.message, line.fields)
}
