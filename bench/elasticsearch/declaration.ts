/**
 * What the benchmark declares: indices of one shard, three settings and twenty fields.
 * @module
 */

/** Fields of every index. */
export const fieldsPerIndex = 20

/** `bench-00000` and on. */
export function indexNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `bench-${String(index).padStart(5, '0')}`)
}

/** The text of indices.json; all indices are refreshed at the same interval. */
export function indicesFile(names: readonly string[], refreshInterval: string): string {
  const properties = Object.fromEntries(
    Array.from({ length: fieldsPerIndex }, (_, field) => [
      `field-${field}`,
      field % 2 === 0 ? { type: 'keyword', ignore_above: 256 } : { type: 'long' }
    ])
  )
  const index = {
    settings: { number_of_shards: 1, number_of_replicas: 0, refresh_interval: refreshInterval },
    mappings: { dynamic: 'strict', properties }
  }
  return `${JSON.stringify(Object.fromEntries(names.map((name) => [name, index])), null, 2)}\n`
}
