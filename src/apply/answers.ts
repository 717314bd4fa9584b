/**
 * Answers of a call that sends requests for several items: what the service says of an item is its result, no answer at
 * all is thrown.
 * @module
 */
import type { ItemResult } from '../contract.ts'
import { errorTable, toReconcileError, type ErrorCode, type ReconcileError } from '../errors.ts'
import { failed } from './outcome.ts'

/** What is written: a declared item of `create`, or one of `update`. */
type Written = { readonly name: string } | { readonly desired: { readonly name: string } }

/**
 * The results of `write` for each item, for a plugin whose `create` or `update` sends requests of its own for every
 * item. All items are begun at once. A `write` that throws makes its own item `failed`, unless no item was answered:
 * then this throws the first error. An answer is whatever `write` returns, and any error that is not about the call as
 * a whole.
 */
export async function answerEach<T extends Written>(
  items: readonly T[],
  write: (item: T) => Promise<ItemResult>
): Promise<readonly ItemResult[]> {
  const answers = await Promise.all(items.map((item) => answerOf(item, write)))
  const unanswered = answers.flatMap(({ thrown }) => (thrown !== undefined && isOfCall(thrown.code) ? [thrown] : []))
  const [first] = unanswered
  if (first !== undefined && unanswered.length === items.length) throw first
  return answers.map(({ result }) => result)
}

async function answerOf<T extends Written>(
  item: T,
  write: (item: T) => Promise<ItemResult>
): Promise<{ readonly result: ItemResult; readonly thrown?: ReconcileError }> {
  try {
    return { result: await write(item) }
  } catch (error) {
    const thrown = toReconcileError(error)
    return { result: failed('name' in item ? item.name : item.desired.name, thrown), thrown }
  }
}

/**
 * Under which code a call with these results counts: that of the first item without an answer, `OK` where all were
 * answered. Pure.
 */
export function codeOfCall(results: readonly ItemResult[]): ErrorCode | 'OK' {
  return (
    results.flatMap((result) =>
      result.result === 'failed' && isOfCall(result.error.code) ? [result.error.code] : []
    )[0] ?? 'OK'
  )
}

function isOfCall(code: ErrorCode): boolean {
  return errorTable[code].ofCall
}
