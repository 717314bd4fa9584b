/**
 * Checks what `check` answers.
 * @module
 */
import type { Remark } from '../contract.ts'
import type { ReconcileError } from '../errors.ts'
import { shown, violation, type Asked } from './fault.ts'

const verdicts: readonly unknown[] = ['invalid', 'hold', 'warn'] satisfies readonly Remark['verdict'][]

/**
 * The remarks. One that breaks the contract, or is about an item that is not declared, holds the item it names, and
 * `onFault` is called. Throws PLUGIN_FAULT where nobody can tell which item is meant.
 */
export function checkRemarks(
  asked: Asked,
  answer: unknown,
  names: ReadonlySet<string>,
  onFault: (error: ReconcileError) => void
): readonly Remark[] {
  if (!Array.isArray(answer)) throw violation(asked, 'check', 'a list of remarks', shown(answer))
  return answer.map((entry: unknown): Remark => {
    const name: unknown = typeof entry === 'object' && entry !== null && 'name' in entry ? entry.name : undefined
    if (typeof entry !== 'object' || entry === null || typeof name !== 'string' || name === '') {
      throw violation(asked, 'check', 'remarks that name an item', shown(entry))
    }
    const wrong = names.has(name)
      ? wrongWith(entry)
      : { expected: 'a remark about an item that is declared', found: shown(name) }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every part was looked at above
    if (wrong === undefined) return entry as Remark
    const error = violation({ ...asked, item: name }, 'check', wrong.expected, wrong.found)
    onFault(error)
    return heldBy(name, error)
  })
}

/** The remark by which a fault of the plugin holds an item. */
export function heldBy(name: string, { code, message }: ReconcileError): Remark {
  return { name, verdict: 'hold', code, path: [], message }
}

type Parts = { readonly [part in 'verdict' | 'code' | 'path' | 'message']?: unknown }

function wrongWith({
  verdict,
  code,
  path,
  message
}: Parts): { readonly expected: string; readonly found: string } | undefined {
  if (!verdicts.includes(verdict)) {
    return { expected: `a verdict that is one of ${verdicts.join(', ')}`, found: shown(verdict) }
  }
  if (typeof code !== 'string' || code === '') return { expected: 'a code that is text', found: shown(code) }
  if (typeof message !== 'string' || message === '') {
    return { expected: 'a message that is text', found: shown(message) }
  }
  const isPath = Array.isArray(path) && path.every((step) => typeof step === 'string')
  return isPath ? undefined : { expected: 'a path that is a list of texts', found: shown(path) }
}
