/**
 * The secrets that are known, one registry for the whole process: a plugin that brings a copy of this package of its
 * own learns secrets that the command line's copy must not print. Only plain data is shared; each copy finds secrets by
 * an index of its own.
 * @module
 */

import { SecretFinder, type Span } from './finder.ts'

/** What all copies of this module share. */
interface Registry {
  /** Grows with every value that is new or dropped. */
  changes: number
  /** Values by where they come from, the one registered last at the end. */
  readonly sources: Map<string, Set<string>>
}

/** Values of one source: those before may be in flight for a while, in a request or an error that is logged late. */
const mostValues = 20
/** Values of no source: enough for every parameter of a large flow. */
const mostUnnamed = 10_000

/** Another layout of the registry gets another number. */
const place = Symbol.for('infometis.secrets.1')

const registry = sharedRegistry()
/** What this copy has made of the registry. */
let index = { changes: -1, finder: new SecretFinder() }

/**
 * Remembers a secret so that it is hidden. `source` names where exactly one value is in force at a time, e.g. a
 * variable, a file or a session: of one source the newest 20 are kept, so that tokens that rotate do not pile up for
 * ever.
 */
export function registerSecret(secret: string, source = ''): void {
  const values = registry.sources.get(source) ?? new Set()
  registry.sources.set(source, values)
  if (secret === '') return
  const isNew = !values.delete(secret)
  values.add(secret)
  if (isNew) learn(secret)
  const [oldest] = values
  if (values.size <= (source === '' ? mostUnnamed : mostValues) || oldest === undefined) return
  values.delete(oldest)
  registry.changes += 1
}

/** The spans of a text that are secrets, in order, none within another. */
export function findSecrets(text: string): readonly Span[] {
  if (index.changes !== registry.changes) {
    index = {
      changes: registry.changes,
      finder: new SecretFinder([...registry.sources.values()].flatMap((values) => [...values]))
    }
  }
  return index.finder.find(text)
}

function learn(secret: string): void {
  const isCurrent = index.changes === registry.changes
  registry.changes += 1
  if (!isCurrent) return
  index.finder.add(secret)
  index.changes = registry.changes
}

function sharedRegistry(): Registry {
  const shared: unknown = Reflect.get(globalThis, place)
  if (isRegistry(shared)) return shared
  const made: Registry = { changes: 0, sources: new Map() }
  Object.defineProperty(globalThis, place, { value: made })
  return made
}

function isRegistry(value: unknown): value is Registry {
  return (
    typeof value === 'object' &&
    value !== null &&
    'changes' in value &&
    'sources' in value &&
    value.sources instanceof Map
  )
}
