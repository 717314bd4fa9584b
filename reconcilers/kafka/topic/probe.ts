/**
 * Which keys a broker knows. It shows the keys of topics that exist, so the keys of a new topic are asked of another
 * one.
 * @module
 */
import type { Desired } from '../../../src/plugin.ts'
import type { ConfigAnswer, ConfigQuery } from '../admin.ts'
import type { TopicFacts, TopicSpec } from './state.ts'

type Topic = Desired<TopicSpec>
type Queries = ReadonlyMap<string, ConfigQuery>
type Configs = ReadonlyMap<string, ConfigAnswer>

/**
 * A topic to ask about keys, remembered from earlier passes: a pass over keys may look at new topics only. Being a
 * little old is harmless: when the topic is gone the broker says so, the keys count as not asked about, and a broker
 * refuses to create a topic with a key it does not know (INVALID_CONFIG), as on a cluster without topics.
 */
export class Probe {
  #name: string | undefined

  /** The queries, with the keys of topics that do not exist added to one about a topic that does. Costs no request. */
  ask(desired: readonly Topic[], live: ReadonlyMap<string, unknown>, queries: Queries): Queries {
    const wanted = desired.filter(({ name }) => !live.has(name)).flatMap(({ spec }) => Object.keys(spec.config ?? {}))
    const name = firstOf(queries.keys()) ?? firstOf(live.keys()) ?? this.#name
    if (wanted.length === 0 || name === undefined) return queries
    const keys = queries.get(name)?.keys ?? []
    if (keys === 'all') return queries
    return new Map([...queries, [name, { type: 'topic', name, keys: [...new Set([...keys, ...wanted])] }]])
  }

  /** Keeps the name of a topic that answered or is there, and forgets one that did not answer. */
  remember(live: ReadonlyMap<string, unknown>, queries: Queries, configs: Configs): void {
    const answered = [...queries.keys()].find((name) => isAnswered(configs.get(name)))
    const kept = this.#name === undefined || queries.has(this.#name) ? undefined : this.#name
    this.#name = answered ?? [...live.keys()].find((name) => !queries.has(name)) ?? kept
  }
}

/** Declared keys no broker knows, as it was asked for them and did not answer; those nobody was asked about. Pure. */
export function judgeKeys(
  desired: readonly Topic[],
  queries: Queries,
  configs: Configs
): Pick<TopicFacts, 'unknownKeys' | 'unaskedKeys'> {
  const declared = new Set(desired.flatMap(({ spec }) => Object.keys(spec.config ?? {})))
  const unknownKeys = new Set<string>()
  const unaskedKeys = new Set(declared)
  for (const [name, { keys }] of queries) {
    const answer = configs.get(name)
    if (!isAnswered(answer)) continue
    const known = new Set(answer.entries.map((entry) => entry.name))
    for (const key of keys === 'all' ? declared : keys) {
      unaskedKeys.delete(key)
      if (!known.has(key)) unknownKeys.add(key)
    }
  }
  return { unknownKeys, unaskedKeys }
}

function isAnswered(answer: ConfigAnswer | undefined): answer is ConfigAnswer {
  return answer !== undefined && answer.error === undefined
}

function firstOf<T>(values: Iterable<T>): T | undefined {
  const [first] = values
  return first
}
