/**
 * What a change of configuration can destroy: data falls out of a shorter retention, and a compacted topic that may
 * delete loses its keys.
 * @module
 */
import type { Risk } from '../../../src/contract.ts'
import type { ConfigEntry, ConfigSource } from '../admin.ts'
import { listEntries } from './value.ts'

export interface Hazard {
  readonly risk: Risk
  readonly why: string
}

const retentionUnitMs = new Map([
  ['retention.ms', 1],
  ['log.retention.ms', 1],
  ['log.retention.minutes', 60_000],
  ['log.retention.hours', 3_600_000]
])
const retentionKeys = new Set([...retentionUnitMs.keys(), 'retention.bytes', 'log.retention.bytes'])
const cleanupKeys = new Set(['cleanup.policy', 'log.cleanup.policy'])

/** Broker keys behind `retention.ms`; each stands behind the one before it. */
export const retentionChain: readonly string[] = ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours']

/** Keys whose inherited value must be known before they are reset. */
export function isHazardous(key: string): boolean {
  return retentionKeys.has(key) || cleanupKeys.has(key)
}

/**
 * The hazard of a key going from what is in effect to what will be; undefined for none. A value that is not known
 * counts as the worst. Pure.
 */
export function hazardOf(key: string, inEffect: string | null, after: string | null): Hazard | undefined {
  if (retentionKeys.has(key)) return retentionHazard(key, inEffect, after)
  if (cleanupKeys.has(key)) return cleanupHazard(key, inEffect, after)
  return undefined
}

function retentionHazard(key: string, inEffect: string | null, after: string | null): Hazard | undefined {
  if (after === null) return { risk: 'destructive', why: `${key} falls back to a value that is not known` }
  const kept = limitOf(inEffect)
  const keeps = limitOf(after)
  // Less than half: a small correction must not wait for approval, a typo of a digit must.
  if (keeps === Infinity || keeps * 2 >= kept) return undefined
  return { risk: 'destructive', why: `${key} falls from ${inEffect ?? 'no limit'} to ${after}: older data is deleted` }
}

/** -1 and "not set" keep everything. */
function limitOf(value: string | null): number {
  return value === null || value.trim() === '-1' ? Infinity : Number(value)
}

function cleanupHazard(key: string, inEffect: string | null, after: string | null): Hazard | undefined {
  const before = listEntries(inEffect ?? 'delete')
  const then = listEntries(after ?? 'delete')
  if (before.includes('compact') && !before.includes('delete') && then.includes('delete')) {
    return { risk: 'destructive', why: `${key} lets a compacted topic delete by age` }
  }
  if (before.includes('compact') && !then.includes('compact')) return { risk: 'destructive', why: `${key} gives up compaction` }
  if (!before.includes('compact') && then.includes('compact')) {
    return { risk: 'disruptive', why: `${key} starts compaction: records without a key are refused, older ones of a key removed` }
  }
  return undefined
}

/**
 * What a key falls back to when it is no longer set by `own`: the nearest synonym of another source, in the unit of
 * the key itself (`log.retention.hours` stands behind `retention.ms`). null when nothing is known. Pure.
 */
export function inheritedValue(entry: ConfigEntry, own: readonly ConfigSource[]): string | null {
  const next = entry.synonyms.find((synonym) => !own.includes(synonym.source) && synonym.value !== null)
  if (next === undefined || next.value === null) return null
  const unit = retentionUnitMs.get(next.name)
  const ownUnit = retentionUnitMs.get(entry.name)
  if (unit === undefined || ownUnit === undefined || unit === ownUnit || next.value.startsWith('-')) return next.value
  return String((Number(next.value) * unit) / ownUnit)
}
