/**
 * Several requests of one call, one after the other: what is answered stays known when a later request gets no answer.
 * @module
 */
import { toReconcileError } from '../../src/plugin.ts'
import type { Answer } from './admin.ts'

/** One request, and the items it is about. */
export interface Part {
  readonly names: readonly string[]
  send(): Promise<readonly Answer[]>
}

/**
 * The answers of all parts. Throws when the first request that is sent gets no answer; when a later one gets none, its
 * items and those not asked about yet are `unanswered`, with the reason.
 */
export async function inTurn(parts: readonly Part[]): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (const [index, part] of parts.entries()) {
    try {
      answers.push(...(await part.send()))
    } catch (error) {
      if (index === 0) throw error
      const unanswered = toReconcileError(error)
      return [...answers, ...parts.slice(index).flatMap(({ names }) => names.map((name) => ({ name, unanswered })))]
    }
  }
  return answers
}
