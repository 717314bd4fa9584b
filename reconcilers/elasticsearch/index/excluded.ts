/**
 * Indices that are never anybody's orphan.
 * @module
 */
import type { Catalog } from '../catalog.ts'

/** Made by index lifecycle management from another index. Source: ILM actions shrink, searchable_snapshot, downsample. */
const lifecyclePrefixes = ['shrink-', 'partial-', 'restored-', 'downsample-'] as const

/** Why an index cannot be an orphan; undefined when it can. Pure. */
export function excludedWhy(index: string, catalog: Catalog): string | undefined {
  const entry = catalog.indices.get(index)
  if (entry?.dataStream !== undefined) return `a backing index of data stream ${entry.dataStream}`
  if (index.startsWith('.')) return 'a system index'
  const attribute = ['system', 'hidden', 'frozen'].find((candidate) => entry?.attributes.includes(candidate) === true)
  if (attribute !== undefined) return attribute
  const prefix = lifecyclePrefixes.find((candidate) => index.startsWith(candidate))
  if (prefix !== undefined) return `made by lifecycle management (${prefix}*)`
  return /-\d{6}$/.test(index) ? 'made by rollover' : undefined
}
