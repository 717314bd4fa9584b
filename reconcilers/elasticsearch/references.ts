/**
 * Whether what an item names is there: declared beside it, or on the server.
 * @module
 */
import { type CheckContext, didYouMean, type Json, type Remark } from '../../src/plugin.ts'
import { isBody, type Body } from './body.ts'
import { fieldOf } from './body/compare.ts'
import { isBuiltInName, type BodyKindName } from './built-in.ts'
import type { Facts } from './facts.ts'

/** What is declared, and what is live once the server was looked at. */
export interface Surroundings {
  readonly declared: CheckContext<unknown, unknown>['declared']
  /** Names by kind; undefined offline, and without a kind that was not read. */
  readonly live: ReadonlyMap<string, ReadonlySet<string>> | undefined
}

/** The surroundings of a kind's rules; of its own kind the items that were read are live too. */
export function surroundingsOf(kind: string, { declared, observed }: CheckContext<unknown, Facts>): Surroundings {
  if (observed === undefined) return { declared, live: undefined }
  const live = observed.facts.live ?? new Map<string, ReadonlySet<string>>()
  const own = new Set([...(live.get(kind) ?? []), ...observed.items.keys()])
  return { declared, live: new Map([...live, [kind, own]]) }
}

/**
 * `missing`: nothing of this name is declared nor, as far as was looked, live. `unknown`: the server was looked at, but
 * not at this kind. `there`: declared, live, or made by Elasticsearch itself.
 */
function standingOf(
  kind: BodyKindName,
  name: string,
  { declared, live }: Surroundings
): 'there' | 'missing' | 'unknown' {
  if (declared.get(kind)?.some((item) => item.name === name) === true) return 'there'
  if (live === undefined) return isBuiltInName(kind, name) ? 'there' : 'missing'
  const names = live.get(kind)
  if (names === undefined) return 'unknown'
  return names.has(name) ? 'there' : 'missing'
}

/** What to say of a name that is missing, in the words of a remark. */
function missingMessage(kind: BodyKindName, name: string, { declared, live }: Surroundings): string {
  const known = [...(declared.get(kind)?.map((item) => item.name) ?? []), ...(live?.get(kind) ?? [])]
  const where =
    live === undefined
      ? 'which is not declared here; the server may hold it'
      : 'which is neither declared nor on the server'
  return `expected ${kind === 'component-template' || kind === 'lifecycle-policy' ? 'a' : 'an'} ${kind.replace('-', ' ')}, found "${name}", ${where}${didYouMean(name, known)}`
}

/** One place where an item names another one. */
export interface Reference {
  readonly kind: BodyKindName
  readonly name: string
  /** Where it stands inside the item. */
  readonly path: readonly string[]
  /** The server refuses an item without it. */
  readonly isNeeded: boolean
}

/** Index settings that name an item of another kind. `_none` is how a pipeline is switched off. */
const referringSettings: readonly (readonly [key: string, kind: BodyKindName])[] = [
  ['lifecycle.name', 'lifecycle-policy'],
  ['default_pipeline', 'ingest-pipeline'],
  ['final_pipeline', 'ingest-pipeline']
]

/**
 * The policies and pipelines that index settings name. `settings` are flat and without `index.`; `path` leads to them
 * inside the item. For templates and indices alike. Pure.
 */
export function settingReferences(settings: Body, path: readonly string[]): readonly Reference[] {
  return referringSettings.flatMap(([key, kind]) => {
    const name = fieldOf(settings, key)
    if (typeof name !== 'string' || name === '' || name === '_none') return []
    return [{ kind, name, path: [...path, key], isNeeded: false }]
  })
}

/** What is said of references to something that is not there. Pure. */
export function referenceRemarks(
  name: string,
  references: readonly Reference[],
  around: Surroundings
): readonly Remark[] {
  return references.flatMap((reference): readonly Remark[] => {
    if (standingOf(reference.kind, reference.name, around) !== 'missing') return []
    const verdict = reference.isNeeded && around.live !== undefined ? 'invalid' : 'warn'
    const message = missingMessage(reference.kind, reference.name, around)
    return [{ name, verdict, code: 'UNKNOWN_REFERENCE', path: reference.path, message }]
  })
}

/** A field that must be an object to be looked into. */
export function objectAt(body: Body, key: string): Body {
  const value: Json | undefined = fieldOf(body, key)
  return isBody(value) ? value : {}
}
