/**
 * Writes of several parameter contexts in one call.
 * @module
 */
import pLimit from 'p-limit'
import { answerEach, type Desired, type ItemResult } from '../../../src/plugin.ts'
import { parentsFirst } from './order.ts'
import type { ContextSpec } from './schema.ts'

type Item = Desired<ContextSpec>
type Written = Item | { readonly desired: Item }

/**
 * One after the other and parents first, because NiFi takes a parent by its id. `read` is asked once, for all of them. A
 * result for every item; throws where NiFi gives no answer to any.
 */
export function inTurn<T extends Written, C>(
  items: readonly T[],
  read: () => Promise<C>,
  write: (item: T, contexts: C) => Promise<ItemResult>
): Promise<readonly ItemResult[]> {
  const byName = new Map(items.map((item) => [declared(item).name, item]))
  const parents = new Map(items.map(declared).map(({ name, spec }) => [name, spec.inherits ?? []]))
  const ordered = parentsFirst([...byName.keys()], parents).flatMap((name) => byName.get(name) ?? [])
  const turn = pLimit(1)
  let contexts: Promise<C> | undefined
  return answerEach(ordered, (item) => turn(async () => write(item, await (contexts ??= read()))))
}

function declared(written: Written): Item {
  return 'desired' in written ? written.desired : written
}
