/**
 * What is declared of a flow, wherever it is declared.
 * @module
 */
import { ReconcileError } from '../../../src/plugin.ts'
import type { Content } from './definition/model.ts'
import { readComments } from './identity/marker.ts'
import type { FlowSpec } from './schema.ts'

/** What a flow is to be. `complete` has set it before anything else sees a spec. */
export function declaredContent({ content }: FlowSpec): Content {
  if (content === undefined) throw new ReconcileError('INTERNAL', 'a flow is looked at before its definition was read')
  return content
}

/** Name of the context that is to be bound; null: none. The item's own word wins over the definition's. Pure. */
export function declaredContext(spec: FlowSpec): string | null {
  if (spec.parameterContext !== undefined) return spec.parameterContext
  const name = declaredContent(spec).group['parameterContextName']
  return typeof name === 'string' && name !== '' ? name : null
}

/** What people are to read; undefined: nothing is declared, what they wrote themselves stays. Never holds a marker. Pure. */
export function declaredComments(spec: FlowSpec): string | undefined {
  const { comments } = declaredContent(spec).group
  const { text } = readComments(typeof comments === 'string' ? comments : '')
  return spec.comments ?? (text === '' ? undefined : text)
}
