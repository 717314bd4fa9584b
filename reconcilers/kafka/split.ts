/**
 * KRaft refuses a request that makes too many metadata records as a whole, with one error for every item
 * (KAFKA-14996). Halving finds the size that fits, and the item that never does.
 * @module
 */
import type { Answer } from './admin.ts'
import { inTurn } from './in-turn.ts'

const policyViolation = 44
/** The broker's text tells this from the refusal of a topic policy, which has the same code. */
const tooLarge = /excessively large/i

/** Sends all items at once, and in halves as long as the broker finds the request too large. */
export async function splitWhenTooLarge<T extends { readonly name: string }>(
  items: readonly T[],
  send: (items: readonly T[]) => Promise<readonly Answer[]>
): Promise<readonly Answer[]> {
  const answers = await send(items)
  const refused =
    answers.length > 0 && answers.every(({ error }) => error?.code === policyViolation && tooLarge.test(error.message))
  if (!refused || items.length === 1) return answers
  const half = Math.ceil(items.length / 2)
  const halves = [items.slice(0, half), items.slice(half)]
  return inTurn(
    halves.map((part) => ({ names: part.map(({ name }) => name), send: () => splitWhenTooLarge(part, send) }))
  )
}
