/**
 * Plausible indices: every server takes each of them, spelled the way people spell.
 */
import fc from 'fast-check'
import type { Json } from '../../../src/records.ts'
import { bodySchema, isBody, type Body } from '../../../reconcilers/elasticsearch/body.ts'
import {
  mappingArbitrary,
  plainMappingArbitrary,
  withNulls
} from '../../reconcilers/elasticsearch/mapping/arbitrary.ts'
import {
  elasticsearchExamples,
  settingExamples,
  type SettingExample
} from '../../reconcilers/elasticsearch/settings/examples.ts'

/** The body of an index whose aliases have short names. */
export interface ArbitraryIndex {
  readonly settings: Body
  readonly mappings: Body
  readonly aliases: Body
}

/** Blocks stand in the way of the next request; a shard more takes time and shows nothing. */
const left: ReadonlySet<string> = new Set([
  'blocks.read_only',
  'blocks.read',
  'blocks.write',
  'blocks.read_only_allow_delete'
])

/** What may be set at creation in any combination. */
function settable(examples: readonly SettingExample[]): readonly SettingExample[] {
  return examples.filter(({ key, class: kind }) => (kind === 'dynamic' || kind === 'reopen') && !left.has(key))
}

type Spelling = 'plain' | 'prefixed' | 'nested'

/** As text, or as the number or flag the text stands for. */
function spelledValue(value: SettingExample['value'], asText: boolean): Json {
  if (typeof value !== 'string' || asText) return value
  if (value === 'true' || value === 'false') return value === 'true'
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
}

function merged(one: Body, other: Body): Body {
  return Object.entries(other).reduce<Body>((all, [key, value]) => {
    const present = all[key]
    return { ...all, [key]: isBody(present) && isBody(value) ? merged(present, value) : value }
  }, one)
}

/** One setting as a body of its own. */
function spelled(key: string, value: Json, spelling: Spelling): Body {
  if (spelling !== 'nested') return { [spelling === 'plain' ? key : `index.${key}`]: value }
  return bodySchema.parse(key.split('.').reduceRight<Json>((inner, part) => ({ [part]: inner }), value))
}

function settingsArbitrary(examples: readonly SettingExample[]): fc.Arbitrary<Body> {
  const one = fc.record({
    example: fc.constantFrom(...examples),
    first: fc.boolean(),
    asText: fc.boolean(),
    spelling: fc.constantFrom<Spelling>('plain', 'prefixed', 'nested')
  })
  return fc
    .uniqueArray(one, { maxLength: 8, selector: ({ example }) => example.key })
    .map((chosen) =>
      chosen
        .flatMap(({ example: { key, value, other, beside = {} }, first, asText, spelling }) => [
          ...Object.entries(beside).map(([name, fixed]) => spelled(name, fixed, spelling)),
          spelled(key, spelledValue(first ? value : other, asText), spelling)
        ])
        .reduce(merged, { number_of_shards: 1 })
    )
}

/** Filters ask for a field every index has. */
const member = fc.constantFrom<Body>(
  {},
  { routing: '7' },
  { index_routing: '1', search_routing: '1,2' },
  { is_write_index: true },
  { is_write_index: false },
  { is_hidden: false },
  { filter: { term: { _id: 'x' } } },
  { filter: { bool: { must: { match_all: {} }, must_not: [{ ids: { values: ['1', '2'] } }] } } },
  { filter: { constant_score: { filter: { term: { _id: { value: 'y' } } }, boost: 2 } }, routing: 3 }
)

/** OpenSearch makes one broken text of a list of patterns. */
function withoutLists(mapping: Body): Body {
  const templates = mapping['dynamic_templates']
  if (!Array.isArray(templates)) return mapping
  const single = (rule: Json): Json =>
    isBody(rule) ? { ...rule, match: Array.isArray(rule['match']) ? 'x*' : (rule['match'] ?? 'x*') } : rule
  const plain = templates.map((template: Json) =>
    isBody(template)
      ? Object.fromEntries(Object.entries(template).map(([name, rule]) => [name, single(rule)]))
      : template
  )
  return { ...mapping, dynamic_templates: plain }
}

/** Indices as this distribution takes them. */
export function indexArbitrary(distribution: 'elasticsearch' | 'opensearch'): fc.Arbitrary<ArbitraryIndex> {
  const isElastic = distribution === 'elasticsearch'
  const mappings = isElastic ? mappingArbitrary : plainMappingArbitrary.map(withoutLists)
  return fc.record({
    settings: settingsArbitrary(settable(isElastic ? [...settingExamples, ...elasticsearchExamples] : settingExamples)),
    mappings: mappings.chain(withNulls),
    aliases: fc
      .dictionary(fc.constantFrom('x', 'y'), member, { maxKeys: 2 })
      .map((aliases) => bodySchema.parse(aliases))
  })
}
