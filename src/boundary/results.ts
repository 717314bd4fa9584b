/**
 * Checks what `create`, `update` and `remove` answer.
 * @module
 */
import { failed } from '../apply/outcome.ts'
import type { ItemResult } from '../contract.ts'
import { ReconcileError } from '../errors.ts'
import { shown, thrownBy, violation, type Asked } from './fault.ts'

/**
 * One result for each of `names`, in their order. What breaks the contract, and what is said twice of an item, is that
 * item's failure; an item without a result fails as NO_ANSWER. `onFault` is called for each, and for results of items
 * nobody asked about. Throws PLUGIN_FAULT for what is no list.
 */
export function checkResults(
  asked: Asked,
  what: string,
  answer: unknown,
  names: readonly string[],
  onFault: (error: ReconcileError) => void
): readonly ItemResult[] {
  if (!Array.isArray(answer)) throw violation(asked, what, 'a list of results', shown(answer))
  const wanted = new Set(names)
  const results = new Map<string, ItemResult>()
  for (const entry of answer) {
    const name: unknown = isObject(entry) && 'name' in entry ? entry.name : undefined
    if (typeof name !== 'string' || !wanted.has(name)) {
      const found = typeof name === 'string' ? `one of ${shown(name)}` : shown(entry)
      onFault(violation(asked, what, 'results of the items of the call', found))
      continue
    }
    const fail = (expected: string, found: string): ItemResult => {
      const error = violation({ ...asked, item: name }, what, expected, found)
      onFault(error)
      return failed(name, error)
    }
    const isFirst = !results.has(name)
    results.set(name, isFirst ? checkResult({ ...asked, item: name }, what, entry, fail) : fail('one result', 'two'))
  }
  return names.map((name) => results.get(name) ?? failed(name, missingResult(name, what)))
}

function missingResult(name: string, what: string): ReconcileError {
  return new ReconcileError('NO_ANSWER', `item "${name}": expected a result of ${what}, found none`)
}

type Fail = (expected: string, found: string) => ItemResult

function checkResult(asked: Asked & { readonly item: string }, what: string, entry: Parts, fail: Fail): ItemResult {
  const { result, why, error } = entry
  const name = asked.item
  switch (result) {
    case 'done':
    case 'unchanged':
      return { name, result }
    case 'waiting':
      return typeof why === 'string' ? { name, result, why } : fail('text as why of an item that waits', shown(why))
    case 'failed':
      if (!(error instanceof Error)) return fail('an error of an item that failed', shown(error))
      return failed(name, thrownBy(asked, what, error))
    default:
      return fail('done, unchanged, waiting or failed', shown(result))
  }
}

type Parts = { readonly [part in 'result' | 'why' | 'error']?: unknown }

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
