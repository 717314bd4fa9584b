/**
 * When two filters of an alias are the same query. The server keeps a filter as it was written (measured on 9.4 and
 * OpenSearch 3.8), so that short and long forms stand beside each other.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'

/** Queries of one field that may be written as `{field: value}`, and where the long form has the value. */
const shortForms: Readonly<Record<string, string>> = {
  term: 'value',
  prefix: 'value',
  wildcard: 'value',
  regexp: 'value',
  fuzzy: 'value',
  match: 'query',
  match_phrase: 'query',
  match_phrase_prefix: 'query',
  match_bool_prefix: 'query'
}

const clauses: ReadonlySet<string> = new Set(['must', 'must_not', 'should', 'filter'])

/** Queries that hold one other query, and where. */
const wrappers: Readonly<Record<string, string>> = {
  constant_score: 'filter',
  nested: 'query',
  has_child: 'query',
  has_parent: 'query'
}

/** One form for all ways of writing a query; a query we do not know stays as it is. Idempotent. Pure. */
export function canonicalFilter(query: Json): Json {
  if (!isBody(query)) return query
  return mapFields(query, (type, body) => {
    if (!isBody(body)) return body
    if (type === 'bool') return mapFields(body, (clause, value) => (clauses.has(clause) ? queries(value) : value))
    const place = own(shortForms, type)
    if (place !== undefined) return mapFields(body, (_field, value) => (isScalar(value) ? { [place]: value } : value))
    const inner = own(wrappers, type)
    return mapFields(body, (field, value) => (field === inner ? canonicalFilter(value) : value))
  })
}

/** A clause with one query may leave out the list. */
function queries(clause: Json): Json {
  const list: readonly Json[] = Array.isArray(clause) ? clause : [clause]
  return list.map(canonicalFilter)
}

function own(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}

function isScalar(value: Json): boolean {
  return value !== null && !isBody(value) && !Array.isArray(value)
}

function mapFields(body: Body, change: (key: string, value: Json) => Json): Body {
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, change(key, value)]))
}
