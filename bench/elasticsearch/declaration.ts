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

/** The text of indices.json; `changed` holds the indices that are refreshed at another interval than the others. */
export function indicesFile(
  names: readonly string[],
  refreshInterval: string,
  changed: ReadonlyMap<string, string> = new Map()
): string {
  const properties = Object.fromEntries(
    Array.from({ length: fieldsPerIndex }, (_, field) => [
      `field-${field}`,
      field % 2 === 0 ? { type: 'keyword', ignore_above: 256 } : { type: 'long' }
    ])
  )
  const indices = names.map((name) => {
    const refresh_interval = changed.get(name) ?? refreshInterval
    const settings = { number_of_shards: 1, number_of_replicas: 0, refresh_interval }
    return [name, { settings, mappings: { dynamic: 'strict', properties } }]
  })
  return `${JSON.stringify(Object.fromEntries(indices), null, 2)}\n`
}
