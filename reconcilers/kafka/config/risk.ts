/**
 * What a change of configuration can do, judged by what is in effect before and after, inherited values included. Never
 * by the words of the text: an empty `cleanup.policy` limits nothing, whatever `retention.ms` says.
 * @module
 */
import { type Risk, risks } from '../../../src/plugin.ts'
import { rowOf, type Effect, type KeyRow, type KeyScope, type Move } from './keys/index.ts'
import { listEntries } from './types.ts'

export interface Hazard {
  readonly risk: Risk
  readonly why: string
}

/** Key → what is in effect; null or absent: not known. */
export type InEffect = ReadonlyMap<string, string | null>

/** A hazard and the key whose effect it is, which need not be the key that changes. */
interface Finding extends Hazard {
  readonly key: string
}

/**
 * The hazard of each of these changes, by key; keys without one are absent. Each is judged alone, as the others may be
 * held, and together with all of them, as they may be applied at once. What is not known counts as the worst. Pure.
 */
export function judge(changes: InEffect, before: InEffect, scope: KeyScope): ReadonlyMap<string, Hazard> {
  const together = findings(before, new Map([...before, ...changes]), [...changes.keys()], scope)
  return new Map(
    [...changes].flatMap(([key, value]) => {
      const alone = findings(before, new Map([...before, [key, value]]), [key], scope)
      const shared = together.filter((finding) => concerns(finding.key, key, scope))
      const hazard = worst([...alone, ...shared].map((finding) => inWordsOf(key, finding)))
      return hazard === undefined ? [] : [[key, hazard]]
    })
  )
}

/** The worst of these hazards, with every reason for it. Pure. */
export function worst(hazards: readonly Hazard[]): Hazard | undefined {
  const most = risks.findLast((risk) => hazards.some((hazard) => hazard.risk === risk))
  if (most === undefined) return undefined
  const reasons = hazards.filter(({ risk }) => risk === most).map(({ why }) => why)
  return { risk: most, why: [...new Set(reasons)].join('; ') }
}

/** Whether the effect of `key` depends on `changed`. */
function concerns(key: string, changed: string, scope: KeyScope): boolean {
  const row = rowOf(scope.rows, key)
  return key === changed || row?.follows === changed || (row !== undefined && switchOf(row, scope) === changed)
}

/** Keys that have to be known to judge a change of `key`, beside itself. Pure. */
export function companionsOf(key: string, scope: KeyScope): readonly string[] {
  const affected = [...scope.rows].filter(([other]) => concerns(other, key, scope))
  const deciding = affected.flatMap(([other, row]) => [other, switchOf(row, scope) ?? [], row.follows ?? []].flat())
  return [...new Set(deciding)].filter((other) => other !== key)
}

function findings(before: InEffect, after: InEffect, changed: readonly string[], scope: KeyScope): readonly Finding[] {
  const affected = [...scope.rows.keys()].filter((key) => changed.some((other) => concerns(key, other, scope)))
  return [...new Set([...affected, ...changed])].flatMap((key) => {
    const row = rowOf(scope.rows, key)
    if (row === undefined) return [unheardOf(key)]
    const from: Value = valueOf(key, row, before, scope)
    const to: Value = valueOf(key, row, after, scope)
    // Nobody changes it, and what it is worth is not known.
    if (from === undefined && to === undefined && !changed.includes(key)) return []
    return row.effects.flatMap((effect) => findingOf(key, row, effect, from, to) ?? [])
  })
}

function unheardOf(key: string): Finding {
  return { key, risk: 'disruptive', why: `${key} is not known to this reconciler, nor what a change of it can do` }
}

function findingOf(key: string, row: KeyRow, { on, risk, why }: Effect, from: Value, to: Value): Finding | undefined {
  // That compaction or tiering begins is a hazard of its own; how far it goes adds nothing.
  if (to === idle || (from === idle && row.where !== 'delete') || !moves(on, from, to)) return undefined
  return { key, risk, why: `${key} ${inWords(on, from, to)}: ${why}` }
}

/** The key counts nowhere, so it limits nothing. */
const idle: unique symbol = Symbol('idle')

/** undefined: not known. */
type Value = string | typeof idle | undefined

function valueOf(key: string, row: KeyRow, values: InEffect, scope: KeyScope): Value {
  if (!counts(row, values, scope)) return idle
  const value = values.get(key)?.trim()
  return value === '-2' && row.follows !== undefined ? values.get(row.follows)?.trim() : value
}

function counts(row: KeyRow, values: InEffect, scope: KeyScope): boolean {
  const deciding = switchOf(row, scope)
  const value = deciding === undefined ? undefined : values.get(deciding)
  if (row.where === undefined || value === undefined || value === null) return true
  return row.where === 'tiered' ? value.trim().toLowerCase() === 'true' : listEntries(value).includes(row.where)
}

/** The key that decides whether a row counts. */
function switchOf({ where }: KeyRow, scope: KeyScope): string | undefined {
  if (where === undefined) return undefined
  return where === 'tiered' ? scope.tiering : scope.cleanup
}

/** Whether a key moves so from one value to another; what is not known counts as the worst. */
const watchers: Readonly<Record<string, (from: Value, to: Value, what: string) => boolean>> = {
  falls: (from, to) => limitOf(to, 0) < limitOf(from, Infinity),
  // Where a key counted nowhere before, nothing was limited.
  halves: (from, to) => limitOf(to, 0) * 2 < limitOf(from, Infinity),
  rises: (from, to) => limitOf(to, Infinity) > limitOf(from, 0),
  becomes: (from, to, what) => (to === undefined || same(to, what)) && !same(from, what),
  gains: (from, to, what) => (to === undefined || has(to, what)) && !has(from, what),
  loses: (from, to, what) => (from === undefined || has(from, what)) && !has(to, what)
}

function moves(on: Move, from: Value, to: Value): boolean {
  const [verb = '', what = ''] = on.split(' ')
  return watchers[verb]?.(from, to, what) === true
}

function has(value: Value, entry: string): boolean {
  return typeof value === 'string' && listEntries(value).includes(entry)
}

function same(value: Value, what: string): boolean {
  return typeof value === 'string' && value.toLowerCase() === what.toLowerCase()
}

/** Numbers below 0, and a key that counts nowhere, limit nothing. */
function limitOf(value: Value, unknown: number): number {
  if (value === idle) return Infinity
  const number = value === undefined ? Number.NaN : Number(value)
  if (Number.isNaN(number)) return unknown
  return number < 0 ? Infinity : number
}

function inWords(on: Move, from: Value, to: string | undefined): string {
  if (to === undefined) return 'falls back to a value that is not known'
  if (from === idle) return `${to} takes effect`
  if (on.includes(' ')) return on
  return `${on === 'rises' ? 'rises' : 'falls'} from ${from ?? 'a value that is not known'} to ${to}`
}

/** Says so where a change has an effect through another key. */
function inWordsOf(key: string, finding: Finding): Hazard {
  return { risk: finding.risk, why: finding.key === key ? finding.why : `with this ${key}, ${finding.why}` }
}
