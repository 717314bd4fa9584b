/**
 * Where results go: documents to stdout and nothing else, everything for people that is not the result to stderr.
 * @module
 */
import { stringify } from 'yaml'
import type { Json } from '../contract.ts'
import { isFault, type ReconcileError, stackOf } from '../errors.ts'
import { publicProblem } from '../report/public.ts'
import { mask } from '../report/secrets.ts'
import { painter } from './paint.ts'

export const outputFormats = ['text', 'json', 'yaml'] as const
export type OutputFormat = (typeof outputFormats)[number]

/** Prints a document, or its text form for people. */
export function printDocument(format: OutputFormat, document: { readonly [key: string]: Json }, text: () => string): void {
  if (format === 'json') process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
  else if (format === 'yaml') process.stdout.write(stringify(document))
  else process.stdout.write(text())
}

/** Prints why a verb could not do its work: a document on stdout for scripts, two lines on stderr for people. */
export function printError(format: OutputFormat, service: string, error: ReconcileError, outcomes?: readonly Json[]): void {
  const document: { [key: string]: Json } = {
    service,
    status: error.blind ? 'blind' : 'error',
    error: { ...error.toRecord() },
    ...(error.problems.length === 0 ? {} : { problems: error.problems.map(publicProblem) }),
    ...(outcomes === undefined ? {} : { outcomes })
  }
  if (isFault(error.code) && process.env['LOG_LEVEL'] === 'debug') process.stderr.write(`${stackOf(error) ?? ''}\n`)
  if (format !== 'text') {
    printDocument(format, document, () => '')
    return
  }
  const paint = painter(process.stderr)
  process.stderr.write(`${paint('red', '✗')} ${mask(error.message)}\n  ${paint('gray', `${error.code}: ${error.hint}`)}\n`)
}
