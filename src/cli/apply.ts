/**
 * `infometis apply`: cycles until converged, then ends.
 * @module
 */
import type { CycleReport, Outcome, Plan } from '../line.ts'
import { ReconcileError, toReconcileError, type ErrorCode } from '../errors.ts'
import type { LogLevel, LogLine } from '../report/line.ts'
import { logObserver, openLog } from '../report/log.ts'
import { observers } from '../report/observer.ts'
import { planDocument, publicOutcome } from '../report/public.ts'
import { converge } from '../reconciler/converge.ts'
import { applyText } from './apply-text.ts'
import { Confirmation } from './confirmation.ts'
import { ConfirmedCycles } from './confirmed-cycles.ts'
import { formatOf, openOneShot } from './connect.ts'
import type { Host } from '../sidecar/host.ts'
import { OutcomeBook } from './outcome-book.ts'
import { documentText, printError, type OutputFormat } from './output.ts'
import { hasColors, painter } from '../report/paint.ts'
import { progressObserver } from '../sidecar/progress.ts'
import type { CommonFlags, Settings } from '../sidecar/settings.ts'

export interface ApplyFlags extends CommonFlags {
  /** Do not ask on a terminal. */
  readonly yes?: boolean
}

/** Exit code 0 converged, 1 something held, failed, invalid or not confirmed, 2 the service could not be seen. */
export async function apply(name: string, flags: ApplyFlags, host: Host): Promise<number> {
  const { clock, stdin, stdout, stderr } = host
  const format = formatOf(flags)
  const { settings, time, reconciler, close } = await openOneShot(name, flags, '60s', host)
  const book = new OutcomeBook(time.signal)
  const log = openApplyLog(settings, format, host)
  const observer = observers(
    book,
    progressObserver(stderr, log, () => clock.now()),
    logObserver(log)
  )
  const isAsked = flags.yes !== true && format === 'text' && stdin.isTTY === true && stdout.isTTY === true
  const cycles = new ConfirmedCycles({
    runner: reconciler({ observer }),
    confirmation: isAsked ? new Confirmation(host) : undefined,
    time,
    clock,
    onWait: ({ code, message }) => log('warn', `waiting for the service: ${message} (${code})`)
  })
  try {
    const first = await cycles.first()
    if (first === undefined) {
      stderr.write('nothing was applied\n')
      return 1
    }
    const report = await converge({ cycle: () => cycles.cycle(), clock, signal: cycles.signal }).catch(toReconcileError)
    return finish({ name, format, host }, first.plan, report, book.outcomes())
  } finally {
    await close()
  }
}

function openApplyLog(
  { logLevel, isLogLevelSet, logFormat }: Settings,
  format: OutputFormat,
  { stderr, variables }: Host
): LogLine {
  const isTerminal = stderr.isTTY === true
  // On a terminal the result says what was done; the log would say it twice.
  const level: LogLevel = isLogLevelSet || format !== 'text' || !isTerminal ? logLevel : 'warn'
  return openLog({
    level,
    format: logFormat === 'auto' ? (isTerminal ? 'text' : 'json') : logFormat,
    stream: stderr,
    colors: hasColors(stderr, variables)
  })
}

interface Asked {
  readonly name: string
  readonly format: OutputFormat
  readonly host: Host
}

/** `ended` is what the last cycle saw, or why nothing was seen. */
function finish(
  { name, format, host }: Asked,
  plan: Plan,
  ended: CycleReport | ReconcileError,
  outcomes: readonly Outcome[]
): number {
  const results = outcomes.map(publicOutcome)
  const reason = ended instanceof ReconcileError ? ended : blindReason(ended)
  if (reason !== undefined) {
    printError(host, format, reason, { service: name, outcomes: results })
    return 2
  }
  const isConverged = 'status' in ended && ended.status === 'in-sync' && ended.error === null
  const document = { ...planDocument(plan, false), status: isConverged ? 'in-sync' : 'drift', outcomes: results }
  const text = (): string => applyText(plan, outcomes, isConverged, painter(host.stdout, host.variables))
  host.stdout.write(documentText(format, document, text))
  return isConverged ? 0 : 1
}

/** Why a cycle could not look; undefined where it could. */
function blindReason({ status, error, problems }: CycleReport): ReconcileError | undefined {
  return status === 'blind' && error !== null
    ? new ReconcileError(knownCode(error.code), error.message, { problems })
    : undefined
}

function knownCode(code: string): ErrorCode {
  return ReconcileError.isCode(code) ? code : 'INTERNAL'
}
