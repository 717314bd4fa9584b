/**
 * Where results go: documents to stdout and nothing else, everything for people that is not the result to stderr.
 * @module
 */
import { isScalar, stringify, type ScalarTag } from 'yaml'
import type { Json } from '../contract.ts'
import { isFault, type ReconcileError, stackOf } from '../errors.ts'
import { publicProblem } from '../report/public.ts'
import { mask } from '../report/secrets.ts'
import { isWrittenNumber } from '../parse/written-number.ts'
import { painter } from './paint.ts'

export const outputFormats = ['text', 'json', 'yaml'] as const
export type OutputFormat = (typeof outputFormats)[number]

/** A number that keeps its text, printed as that text: JSON's notation is one of YAML's. */
const writtenNumberTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: isWrittenNumber,
  resolve: (text) => text,
  stringify: (node) => (isScalar(node) && isWrittenNumber(node.value) ? node.value.rawJSON : String(node.value))
}

/** A document as YAML; numbers may be raw JSON values. Pure. */
export function yamlText(document: Json): string {
  return stringify(document, { customTags: [writtenNumberTag] })
}

/** Prints a document, or its text form for people. */
export function printDocument(format: OutputFormat, document: { readonly [key: string]: Json }, text: () => string): void {
  if (format === 'json') process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
  else if (format === 'yaml') process.stdout.write(yamlText(document))
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
