/**
 * What a whole run says at its end. Pure.
 * @module
 */
import { formatDuration } from '../../src/time/duration.ts'
import { combine, judged, lastLine, mostSecondAttempts, type Failure, type Result } from './result.ts'

/** A job that ended. */
export interface Ended {
  readonly name: string
  /** Undefined for what has no tests. */
  readonly result?: Result
  readonly ms: number
  /** Path of the file with its output. */
  readonly log: string
}

const slowest = 10

/** `✔ kafka  412 passed, 0 failed  (4 min 3 s)`; a job without tests shows its name and time. */
export function jobLine({ name, result, ms }: Ended): string {
  const mark = result === undefined ? '·' : result.failed === 0 ? '✔' : '✗'
  return `${mark} ${[name, ...(result === undefined ? [] : [lastLine(result)])].join('  ')}  (${formatDuration(ms)})`
}

/** Times of jobs and of the slowest files, skipped and second attempts, failures, and the last line. */
export function summary(jobs: readonly Ended[], skips: readonly string[], ms: number): string {
  const result = judged(combine(jobs.flatMap((job) => (job.result === undefined ? [] : [job.result]))))
  const files = result.files.toSorted((a, b) => b.ms - a.ms).slice(0, slowest)
  const { secondAttempts, failures } = result
  const attempts = `${secondAttempts.length} of at most ${mostSecondAttempts} second attempts`
  return [
    ...section(`${jobs.length} jobs in ${formatDuration(ms)}`, jobs.map(jobLine)),
    ...section(
      'slowest files',
      files.map((each) => `${formatDuration(each.ms).padStart(12)}  ${each.file}`)
    ),
    ...section(`${result.skipped} skipped, because`, [...skips, ...counted(result.skips)]),
    ...section(attempts, secondAttempts.map(failureText)),
    ...section(`${failures.length} failures`, failures.map(failureText)),
    lastLine(result)
  ].join('\n')
}

/** Each once, with how often it is there. */
function counted(lines: readonly string[]): readonly string[] {
  const groups = [...Map.groupBy(lines, (line) => line)]
  return groups.map(([line, { length }]) => (length === 1 ? line : `${line} (${length} times)`))
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`), '']
}

function failureText({ title, file, why }: Failure): string {
  return [title, ...(file === '' ? [] : [file]), ...why.split('\n')].join('\n    ')
}
