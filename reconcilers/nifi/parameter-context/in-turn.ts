/**
 * Writes of several parameter contexts in one call.
 * @module
 */
import pLimit from 'p-limit'
import { answerEach, type Desired, type ItemResult } from '../../../src/plugin.ts'
import type { ContextsByName } from './inherited.ts'
import { familiesOf, parentsFirst } from './order.ts'
import type { ContextSpec } from './schema.ts'

type Item = Desired<ContextSpec>
type Written = Item | { readonly desired: Item }

/** Families written at the same time. */
const mostFamilies = 8

/**
 * Parents first, because NiFi takes a parent by its id; and relatives one after the other, because a component may use parameters
 * of both and cannot be stopped and started for two changes at once. One that takes long holds up its relatives only. `read` is
 * asked once, for all of them. A result for every item; throws where NiFi gives no answer to any.
 */
export function inTurn<T extends Written, C extends ContextsByName>(
  items: readonly T[],
  read: () => Promise<C>,
  write: (item: T, contexts: C) => Promise<ItemResult>
): Promise<readonly ItemResult[]> {
  const byName = new Map(items.map((item) => [declared(item).name, item]))
  const parents = new Map(items.map(declared).map(({ name, spec }) => [name, spec.inherits ?? []]))
  const ordered = parentsFirst([...byName.keys()], parents).flatMap((name) => byName.get(name) ?? [])
  const turnsOf = async (): Promise<readonly [C, (name: string) => Turn]> => {
    const contexts = await read()
    const live = new Map([...contexts].map(([name, { inherits }]) => [name, inherits.map((parent) => parent.name)]))
    const families = familiesOf([live, parents])
    const turns = new Map([...new Set(families.values())].map((family) => [family, pLimit(1)]))
    return [contexts, (name) => turns.get(families.get(name) ?? name) ?? pLimit(1)]
  }
  const atOnce = pLimit(mostFamilies)
  let prepared: ReturnType<typeof turnsOf> | undefined
  return answerEach(ordered, async (item) => {
    const [contexts, turnOf] = await (prepared ??= turnsOf())
    return turnOf(declared(item).name)(() => atOnce(() => write(item, contexts)))
  })
}

type Turn = ReturnType<typeof pLimit>

function declared(written: Written): Item {
  return 'desired' in written ? written.desired : written
}
