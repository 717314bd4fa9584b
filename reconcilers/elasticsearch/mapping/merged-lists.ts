/**
 * Lists of a mapping into which the server merges what templates say when it makes an index, so that what is declared
 * is a part of what is live (measured on 8.19, 9.4 and OpenSearch 3.8, which merges the first and the last only):
 * `dynamic_templates` by name, a template's before those of the request; `dynamic_date_formats` and the lists of
 * `_source`, those of the request first; `_meta` key by key, however deep.
 *
 * What is declared is there as it is declared and in the declared order; others stay where they are.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { inPlace, type MappingChange } from './change.ts'
import { rootDefaults } from './defaults.ts'
import { at } from './definition.ts'
import { sameValue } from './value.ts'

/** A rule of `dynamic_templates` by its name; null: it is not to be there. */
interface Rule {
  readonly name: string
  readonly rule: Json
}

/** The live rules with the declared ones among them; the declared list where rules have no names of their own. Pure. */
export function withDynamicTemplates(live: Json | undefined, declared: readonly Json[]): readonly Json[] {
  const [there, wanted] = [rulesOf(listOf(live)), rulesOf(declared)]
  if (there === undefined || wanted === undefined) return declared.filter((entry) => !isRemoval(entry))
  return arranged(there, wanted).map(({ name, rule }) => ({ [name]: rule }))
}

function arranged(live: readonly Rule[], declared: readonly Rule[]): readonly Rule[] {
  const removed = new Set(declared.filter(({ rule }) => rule === null).map(({ name }) => name))
  const wanted = declared.filter(({ rule }) => rule !== null)
  const isLive = (name: string): boolean => live.some((rule) => rule.name === name)
  const inOrder = wanted.filter(({ name }) => isLive(name))
  const names = new Set(inOrder.map(({ name }) => name))
  const result = live
    .filter(({ name }) => !removed.has(name))
    .map((rule) => (names.has(rule.name) ? (inOrder.shift() ?? rule) : rule))
  for (const [position, rule] of wanted.entries()) {
    if (isLive(rule.name)) continue
    const place = (neighbour: Rule | undefined): number => result.findIndex(({ name }) => name === neighbour?.name)
    const before =
      wanted
        .slice(position + 1)
        .map(place)
        .find((found) => found >= 0) ?? result.length
    const after = place(wanted[position - 1])
    result.splice(after >= 0 ? after + 1 : before, 0, rule)
  }
  return result
}

/** Undefined unless each entry has one name and no two have the same; the server takes others too. */
function rulesOf(list: readonly Json[]): readonly Rule[] | undefined {
  const rules = list.flatMap((entry): Rule[] => {
    const [[name, rule] = [], ...more] = isBody(entry) ? Object.entries(entry) : []
    return name === undefined || rule === undefined || more.length > 0 ? [] : [{ name, rule }]
  })
  return rules.length === list.length && new Set(rules.map(({ name }) => name)).size === list.length ? rules : undefined
}

function isRemoval(entry: Json): boolean {
  return isBody(entry) && Object.values(entry).every((rule) => rule === null)
}

/**
 * The declared entries, and after them the live ones nobody declared; the live list where that holds them in this
 * order. Pure.
 */
export function withEntries(live: Json | undefined, declared: readonly Json[]): readonly Json[] {
  const there = listOf(live)
  return isWithin(there, declared) ? there : [...declared, ...there.filter((entry) => !includes(declared, entry))]
}

function isWithin(live: readonly Json[], declared: readonly Json[]): boolean {
  let next = 0
  for (const entry of live) if (next < declared.length && sameValue(entry, declared[next] ?? null)) next += 1
  return next === declared.length
}

/** Whether a list that is a set holds all of another one. Pure. */
export function holdsAll(live: Json | undefined, declared: Json): boolean {
  return isList(live) && isList(declared) && declared.every((entry) => includes(live, entry))
}

function includes(list: readonly Json[], entry: Json): boolean {
  return list.some((other) => sameValue(other, entry))
}

/** Keys of a mapping whose lists are merged, and how. */
const merges: ReadonlyMap<string, (live: Json | undefined, declared: readonly Json[]) => readonly Json[]> = new Map([
  ['dynamic_templates', withDynamicTemplates],
  ['dynamic_date_formats', withEntries]
])

/** The change of a merged list, none when it holds what is declared; undefined for what is no such list. Pure. */
export function compareMergedList(key: string, declared: Json, live: Body): readonly MappingChange[] | undefined {
  const merge = merges.get(key)
  const before = at(live, key)
  if (merge === undefined || !isList(declared)) return undefined
  if (before === undefined && sameValue(at(rootDefaults, key) ?? null, declared)) return []
  const after = merge(before, declared)
  return sameValue(before ?? [], after) ? [] : [inPlace([key], before, after)]
}

/**
 * Entries of a merged list that nobody declared, each as the change that takes it out; undefined for every other key.
 * Pure.
 */
export function undeclaredEntries(
  key: string,
  live: Json,
  declared: Json | undefined
): readonly MappingChange[] | undefined {
  if (!merges.has(key) || !isList(live)) return undefined
  // Null resets all of it.
  if (declared === null) return []
  const said = new Set(listOf(declared).map(nameIn))
  return live.flatMap((entry) => {
    const name = nameIn(entry)
    return said.has(name) ? [] : [inPlace([key, name], ruleIn(entry), null)]
  })
}

/** A merged list without the entry of a name. Pure. */
export function withoutEntry(list: Json | undefined, name: string): readonly Json[] {
  return listOf(list).filter((entry) => nameIn(entry) !== name)
}

function nameIn(entry: Json): string {
  return isBody(entry) ? Object.keys(entry).join() : typeof entry === 'string' ? entry : JSON.stringify(entry)
}

function ruleIn(entry: Json): Json {
  return isBody(entry) && Object.keys(entry).length === 1 ? (Object.values(entry)[0] ?? null) : entry
}

function listOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : []
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
