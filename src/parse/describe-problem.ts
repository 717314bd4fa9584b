/**
 * Problems in one line, for people.
 * @module
 */
import type { Problem } from '../records.ts'

/** `file:line:column path: message`; what stands in no file is the message alone. */
export function describeProblem({ file, line, column, path, message }: Problem): string {
  return file === '' ? message : `${file}:${line}:${column}${path === '' ? '' : ` ${path}`}: ${message}`
}
