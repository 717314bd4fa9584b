/**
 * What is wrong with a definition, whatever NiFi it is to live in.
 * @module
 */
import type { Problem } from '../../../../src/contract.ts'
import type { Content } from './model.ts'

/** A finding about a definition. */
export type Finding = Pick<Problem, 'severity' | 'path' | 'code' | 'message'>

/** Problems of a definition. Pure. */
export function problemsOf(_content: Content): readonly Finding[] {
  return []
}
