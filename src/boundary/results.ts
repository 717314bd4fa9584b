/**
 * Checks what `create`, `update` and `remove` answer.
 * @module
 */
import { failed } from '../apply/outcome.ts'
import type { ItemResult } from '../contract.ts'
import { ReconcileError } from '../errors.ts'
import { shown, thrownBy, violation, type Asked } from './fault.ts'

/**
 * One result for each of `names`, in their order. What breaks the contract, and what is said twice of an item, is that item's
 * failure; an item without a result fails as NO_ANSWER. `onFault` is called for results of items nobody asked about. Throws
 * PLUGIN_FAULT for what is no list.
 */
export function checkResults(asked: Asked, what: string, answer: unknown, names: readonly string[], onFault: (error: ReconcileError) => void): readonly ItemResult[] {
  if (!Array.isArray(answer)) throw violation(asked, what, 'a list of results', shown(answer))
  const wanted = new Set(names)
  const results = new Map<string, ItemResult>()
  for (const entry of answer) {
    const name: unknown = isObject(entry) && 'name' in entry ? entry.name : undefined
    if (typeof name !== 'string' || !wanted.has(name)) {
      onFault(violation(asked, what, 'results of the items of the call', typeof name === 'string' ? `one of ${shown(name)}` : shown(entry)))
      continue
    }
    const isFirst = !results.has(name)
    results.set(name, isFirst ? checkResult({ ...asked, item: name }, what, name, entry) : failed(name, violation({ ...asked, item: name }, what, 'one result', 'two')))
  }
  return names.map((name) => results.get(name) ?? failed(name, missingResult(name, what)))
}

function missingResult(name: string, what: string): ReconcileError {
  return new ReconcileError('NO_ANSWER', `item "${name}": expected a result of ${what}, found none`)
}

function checkResult(asked: Asked, what: string, name: string, entry: object): ItemResult {
  const result: unknown = 'result' in entry ? entry.result : undefined
  const fail = (expected: string, seen: unknown): ItemResult => failed(name, violation(asked, what, expected, shown(seen)))
  switch (result) {
    case 'done':
    case 'unchanged':
      return { name, result }
    case 'waiting': {
      const why: unknown = 'why' in entry ? entry.why : undefined
      return typeof why === 'string' ? { name, result, why } : fail('text as why of an item that waits', why)
    }
    case 'failed': {
      const error: unknown = 'error' in entry ? entry.error : undefined
      return error instanceof Error ? failed(name, thrownBy(asked, what, error)) : fail('an error of an item that failed', error)
    }
    default:
      return fail('done, unchanged, waiting or failed', result)
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
