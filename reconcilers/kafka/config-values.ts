/**
 * What both adapters make of the protocol's configuration codes.
 * @module
 */
import type { ConfigQuery, ConfigResource, ConfigSource } from './admin.ts'

const sources = new Map<number, ConfigSource>([
  [1, 'topic'],
  [2, 'broker'],
  [3, 'cluster'],
  [4, 'static'],
  [5, 'default']
])

/** DescribeConfigs `config_source`; `other` for sources that concern neither topics nor brokers. */
export function configSource(code: number): ConfigSource {
  return sources.get(code) ?? 'other'
}

/** Most resources in one request: larger answers slow the broker down without saving anything. */
export const resourcesPerRequest = 1000

/** `items` in runs of at most `size`. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size)
  )
}

/** The names to ask for; undefined for all. To a broker an empty list means all: a name no key can have asks for none. */
export function keyNames({ keys }: ConfigQuery): string[] | undefined {
  if (keys === 'all') return undefined
  return keys.length === 0 ? ['-'] : [...keys]
}

/** A key for maps: a topic may have the name of a broker's id. */
export function resourceKey({ type, name }: ConfigResource): string {
  return `${type}/${name}`
}
