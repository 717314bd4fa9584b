/**
 * Every configuration key of topics and of the cluster, one row a key. Live tests compare the rows with the keys of
 * real brokers, and a test compares them with the tables of docs/kafka.md.
 * @module
 */
import { brokerKeys, ownClusterKeys } from './cluster.ts'
import { keptKeys } from './kept.ts'
import { rowOf, type KeyRow, type KeyScope, type KeyTable } from './row.ts'
import { takenKeys } from './taken.ts'

export { rowOf, type Effect, type KeyRow, type KeyScope, type KeyTable, type Move } from './row.ts'

/** Topic key → row. */
export const topicKeys: KeyTable = new Map(sorted({ ...keptKeys, ...takenKeys }))

/** Topic key → the broker's key it is inherited from; keys that only topics have are absent. */
export const brokerKeyOf: ReadonlyMap<string, string> = new Map(
  [...topicKeys].flatMap(([key, { broker }]) => (broker === undefined ? [] : [[key, broker]]))
)

/** Broker key → row: what topics inherit, the other keys of the cluster, and those of single brokers. */
export const clusterKeys: KeyTable = new Map(sorted({ ...inheritedKeys(), ...ownClusterKeys, ...brokerKeys }))

export const topicScope: KeyScope = { rows: topicKeys, cleanup: 'cleanup.policy', tiering: 'remote.storage.enable' }

export const clusterScope: KeyScope = { rows: clusterKeys, cleanup: 'log.cleanup.policy', tiering: undefined }

/** Whether a value of this key must never be shown, in whatever file it stands. Pure. */
export function isSecret(key: string): boolean {
  return rowOf(clusterKeys, key)?.type.is === 'secret' || /password|secret|token|jaas/i.test(key)
}

/** Rows of topics in the names of brokers. */
function inheritedKeys(): Readonly<Record<string, KeyRow>> {
  return Object.fromEntries(
    [...topicKeys].flatMap(([, { broker, follows, ...row }]) => {
      if (broker === undefined) return []
      const followed = follows === undefined ? undefined : brokerKeyOf.get(follows)
      return [[broker, { ...row, ...(followed !== undefined && { follows: followed }) }]]
    })
  )
}

function sorted(rows: Readonly<Record<string, KeyRow>>): readonly (readonly [string, KeyRow])[] {
  return Object.entries(rows).toSorted(([a], [b]) => (a < b ? -1 : 1))
}
