/**
 * Checks what `observe` answers.
 * @module
 */
import { isMap } from 'node:util/types'
import type { Observed, Refused, Sighting } from '../contract.ts'
import type { ReconcileError } from '../errors.ts'
import { shown, violation, type Asked } from './fault.ts'

/**
 * The observation, the very same where nothing is wrong with it. An item that is neither found nor refused is refused
 * with the fault, and `onFault` is called. Throws PLUGIN_FAULT where nothing can be told of any item.
 */
export function checkObserved(
  asked: Asked,
  answer: unknown,
  onFault: (error: ReconcileError) => void
): Observed<unknown, unknown> {
  const items = typeof answer === 'object' && answer !== null && 'items' in answer ? answer.items : answer
  if (!isMap(items)) throw violation(asked, 'observe', 'items that are a Map', shown(items))
  const faults = new Map<string, Refused>()
  for (const [name, sighting] of items) {
    if (typeof name !== 'string' || name === '') throw violation(asked, 'observe', 'names that are text', shown(name))
    const wrong = wrongWith(sighting)
    if (wrong === undefined) continue
    const error = violation({ ...asked, item: name }, 'observe', wrong.expected, wrong.found)
    onFault(error)
    faults.set(name, { refused: error.message, error })
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every part was looked at above
  const observed = answer as Observed<unknown, unknown>
  return faults.size === 0
    ? observed
    : { items: new Map<string, Sighting<unknown>>([...observed.items, ...faults]), facts: observed.facts }
}

function wrongWith(sighting: unknown): { readonly expected: string; readonly found: string } | undefined {
  if (typeof sighting !== 'object' || sighting === null) {
    return { expected: 'a state or a refusal', found: shown(sighting) }
  }
  if ('refused' in sighting) {
    return typeof sighting.refused === 'string'
      ? undefined
      : { expected: 'text as refused', found: shown(sighting.refused) }
  }
  if (!('state' in sighting) || sighting.state === undefined) {
    return { expected: 'a state or a refusal', found: 'neither' }
  }
  return wrongText('owner', sighting) ?? wrongText('excluded', sighting)
}

function wrongText(
  mark: 'owner' | 'excluded',
  sighting: object
): { readonly expected: string; readonly found: string } | undefined {
  const value: unknown = mark in sighting ? Reflect.get(sighting, mark) : undefined
  return value === undefined || typeof value === 'string'
    ? undefined
    : { expected: `text as ${mark}`, found: shown(value) }
}
