/**
 * What the benchmark declares: topics of one partition, each with the same three configuration keys.
 * @module
 */

/** The keys every topic declares. */
export const declaredKeys = ['retention.ms', 'cleanup.policy', 'max.message.bytes'] as const

const week = 604_800_000

/** `bench-00000` and on. */
export function topicNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `bench-${String(index).padStart(5, '0')}`)
}

/** The retention of a topic after its n-th change: always another, never so much shorter that it would be held. */
export function retentionAfter(changes: number): string {
  return String(week + changes * 1000)
}

/** The text of topics.json; `retention` holds the topics that differ from the others. */
export function topicsFile(names: readonly string[], retention: ReadonlyMap<string, string> = new Map()): string {
  const topics = names.map((name) => [
    name,
    {
      partitions: 1,
      'replication-factor': 1,
      config: {
        'retention.ms': retention.get(name) ?? retentionAfter(0),
        'cleanup.policy': 'delete',
        'max.message.bytes': '1048576'
      }
    }
  ])
  return `${JSON.stringify(Object.fromEntries(topics), null, 2)}\n`
}
