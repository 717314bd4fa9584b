/**
 * Where results go: documents to stdout and nothing else, everything for people that is not the result to stderr.
 * @module
 */
import { isScalar, stringify, type ScalarTag } from 'yaml'
import type { Json } from '../records.ts'
import { isFault, type ReconcileError, stackOf } from '../errors.ts'
import { publicProblem } from '../report/public.ts'
import { mask } from '../secrets/mask.ts'
import { isWrittenNumber } from '../parse/written-number.ts'
import type { Host } from '../sidecar/host.ts'
import { painter } from '../report/paint.ts'
import { couldNotLook } from './patience.ts'

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

/** A document in the format asked for, or its text form for people. */
export function documentText(
  format: OutputFormat,
  document: { readonly [key: string]: Json },
  text: () => string
): string {
  if (format === 'json') return `${JSON.stringify(document, null, 2)}\n`
  return format === 'yaml' ? yamlText(document) : text()
}

/** What an error document says beside its error. */
export interface ErrorFacts {
  readonly service: string
  /** What was done before. */
  readonly outcomes?: readonly Json[]
}

/** Prints why a verb could not do its work: a document on stdout for scripts, two lines on stderr for people. */
export function printError(
  { stdout, stderr, variables }: Host,
  format: OutputFormat,
  error: ReconcileError,
  facts: ErrorFacts
): void {
  const { service, outcomes } = facts
  if (isFault(error.code) && variables['LOG_LEVEL'] === 'debug') stderr.write(`${stackOf(error) ?? ''}\n`)
  if (format === 'text') {
    const paint = painter(stderr, variables)
    stderr.write(`${paint('red', '✗')} ${mask(error.message)}\n  ${paint('gray', `${error.code}: ${error.hint}`)}\n`)
    return
  }
  const document: { [key: string]: Json } = {
    service,
    status: couldNotLook(error) ? 'blind' : 'error',
    error: { ...error.toRecord() },
    ...(error.problems.length === 0 ? {} : { problems: error.problems.map(publicProblem) }),
    ...(outcomes === undefined ? {} : { outcomes })
  }
  stdout.write(documentText(format, document, () => ''))
}

/** Says on stderr that a service is waited for, and why. */
export function printWaiting({ stderr, variables }: Host, { code, message }: ReconcileError): void {
  stderr.write(`${painter(stderr, variables)('yellow', '!')} waiting for the service: ${mask(message)} (${code})\n`)
}
