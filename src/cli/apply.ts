/**
 * `infometis apply`: cycles until converged, then ends.
 * @module
 */
import { createInterface } from 'node:readline/promises'
import type { CycleReport, Outcome, Plan } from '../contract.ts'
import { ReconcileError, toReconcileError, type ErrorCode } from '../errors.ts'
import type { LogLevel } from '../report/line.ts'
import { logObserver, openLog } from '../report/log.ts'
import { observers } from '../report/observer.ts'
import { isDrift, planDocument, publicOutcome } from '../report/public.ts'
import { mask } from '../report/secrets.ts'
import { systemClock } from '../run/clock.ts'
import { converge } from '../run/converge.ts'
import type { ServiceReconciler } from '../service-reconciler.ts'
import { formatOf, openOneShot } from './connect.ts'
import { OutcomeBook } from './outcome-book.ts'
import { printDocument, printError, type OutputFormat } from './output.ts'
import { hasColors, painter } from './paint.ts'
import { planText } from './plan-text.ts'
import { progressObserver } from './progress.ts'
import type { CommonFlags, Settings } from './settings.ts'

export interface ApplyFlags extends CommonFlags {
  /** Do not ask on a terminal. */
  readonly yes?: boolean
}

/** Exit code 0 converged, 1 something held, failed or invalid, 2 the service could not be seen. */
export async function apply(name: string, flags: ApplyFlags): Promise<number> {
  const format = formatOf(flags)
  const { service, settings, timeoutMs, reconciler } = await openOneShot(name, flags, '60s')
  const signal = AbortSignal.timeout(timeoutMs)
  const book = new OutcomeBook(signal)
  const log = openLog({ level: logLevel(settings, format), format: logFormat(settings.logFormat), stream: process.stderr, colors: hasColors(process.stderr) })
  const observer = observers(book, progressObserver(process.stderr, log), logObserver(log))
  const runner = reconciler({ observer })
  try {
    const first = await firstPlan(runner, signal)
    if (!(await confirmed(first, flags, format))) {
      process.stderr.write('nothing was applied\n')
      return 1
    }
    const report = await converge({ cycle: () => runner.reconcile(signal), clock: systemClock, signal })
    return finish(name, format, first, report, book.outcomes())
  } finally {
    await service.close()
  }
}

/** On a terminal the result says what was done; the log would say it twice. */
function logLevel({ logLevel: wanted, isLogLevelSet }: Settings, format: OutputFormat): LogLevel {
  return isLogLevelSet || format !== 'text' || !process.stderr.isTTY ? wanted : 'warn'
}

function logFormat(wanted: 'json' | 'text' | 'auto'): 'json' | 'text' {
  return wanted === 'auto' ? (process.stderr.isTTY ? 'text' : 'json') : wanted
}

/** Waits for a service that is not there yet, as the sidecar would. */
async function firstPlan(reconciler: ServiceReconciler, signal: AbortSignal): Promise<Plan> {
  let last: ReconcileError | undefined
  for (;;) {
    try {
      return (await reconciler.plan(signal)).plan
    } catch (error) {
      const reason = toReconcileError(error)
      // That our own time is over says less than what the service said before.
      if (signal.aborted) throw last ?? reason
      if (!reason.blind || !reason.retryable) throw reason
      last = reason
      await systemClock.sleep(500, signal)
      if (signal.aborted) throw reason
    }
  }
}

async function confirmed(plan: Plan, flags: ApplyFlags, format: OutputFormat): Promise<boolean> {
  const writes = plan.changes.filter(({ verb }) => verb === 'create' || verb === 'update').length
  const isAsked = flags.yes !== true && format === 'text' && process.stdin.isTTY && process.stdout.isTTY
  if (!isAsked || writes === 0 || plan.mode === 'observe') return true
  process.stdout.write(planText(plan, false, painter(process.stdout)))
  const prompt = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const answer = await prompt.question(`Apply ${writes} ${writes === 1 ? 'change' : 'changes'}? [y/N] `)
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    prompt.close()
  }
}

function finish(name: string, format: OutputFormat, plan: Plan, report: CycleReport, outcomes: readonly Outcome[]): number {
  if (report.status === 'blind' && report.error !== null) {
    printError(format, name, new ReconcileError(codeOf(report.error.code), report.error.message, { problems: report.problems }), outcomes.map(publicOutcome))
    return 2
  }
  const isConverged = report.status === 'in-sync' && report.error === null
  const status = isConverged ? 'in-sync' : 'drift'
  printDocument(format, { ...planDocument(plan, false), status, outcomes: outcomes.map(publicOutcome) }, () => summary(plan, outcomes, isConverged))
  return isConverged ? 0 : 1
}

function codeOf(code: string): ErrorCode {
  return ReconcileError.isCode(code) ? code : 'INTERNAL'
}

function summary(plan: Plan, outcomes: readonly Outcome[], isConverged: boolean): string {
  const paint = painter(process.stdout)
  const lines = outcomes
    .filter(({ verb }) => verb !== 'orphan')
    .map(({ key, verb, result, why, error }) => {
      const reasons = [why, error === null ? null : `${error.message} (${error.code})`].filter((reason) => reason !== null)
      const told = reasons.length === 0 ? '' : `  ${mask(reasons.join(': '))}`
      return `${paint(result === 'done' || result === 'unchanged' ? 'green' : 'yellow', result.padEnd(9))} ${verb} ${key}${told}`
    })
  const orphans = outcomes.filter(({ verb }) => verb === 'orphan').length
  const left = plan.changes.some(isDrift) || !isConverged
  const verdict = isConverged ? paint('green', left ? '✔ converged' : '✔ in sync, nothing to do') : paint('red', '✗ not converged')
  return `${[...lines, `${verdict}${orphans === 0 ? '' : `  (${orphans} orphans left alone)`}`].join('\n')}\n`
}
