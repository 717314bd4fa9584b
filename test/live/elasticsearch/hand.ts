/**
 * The hand that arranges, changes and deletes things behind the reconciler's back, and looks what became of them.
 * @module
 */
import assert from 'node:assert/strict'
import { z } from 'zod'
import type { Json } from '../../../src/records.ts'
import { nameLists } from '../../../reconcilers/elasticsearch/connection/paths.ts'
import { ask, type Access } from '../../servers/http.ts'

type JsonObject = Readonly<Record<string, Json>>

const object = z.record(z.string(), z.json())
const named = z.object({ name: z.string() })

const live = z.object({ settings: object, mappings: object, aliases: z.record(z.string(), object) })

/** An index as the server holds it; settings flat, with `index.` before each. */
export type LiveIndex = z.output<typeof live>

const resolved = z.object({
  indices: z.array(named.extend({ attributes: z.array(z.string()) })),
  aliases: z.array(named),
  data_streams: z.array(named)
})

/** What names stand for. */
type Resolved = z.output<typeof resolved>

const listed = z.array(named)

/** Kinds that are kept in the cluster state by name, in the order in which nothing in use is deleted. */
const stored = [
  {
    path: '/_index_template',
    names: z.object({ index_templates: listed }).transform((body) => body.index_templates.map(({ name }) => name))
  },
  {
    path: '/_component_template',
    names: z
      .object({ component_templates: listed })
      .transform((body) => body.component_templates.map(({ name }) => name))
  },
  { path: '/_ingest/pipeline', names: object.transform((body) => Object.keys(body)) },
  { path: '/_ilm/policy', names: object.transform((body) => Object.keys(body)) }
] as const

export class Hand {
  readonly #access: Access

  constructor(access: Access) {
    this.#access = access
  }

  /** Asks and gives whatever was answered, refusals included. The path begins with `/`. */
  async request(
    method: string,
    path: string,
    body?: unknown
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    return ask(this.#access, { method, path, body, timeoutMs: 60_000 })
  }

  /** Asks and gives the body; throws unless it was a success. */
  async must(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await this.request(method, path, body)
    assert.ok(
      answer.status >= 200 && answer.status < 300,
      `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`
    )
    return answer.body
  }

  /** Asks and gives the answer as text: numbers as the server prints them. Throws unless it was a success. */
  async text(path: string): Promise<string> {
    const { status, body } = await ask(this.#access, { path, asText: true })
    assert.equal(status, 200, `GET ${path}: ${status} ${String(body)}`)
    return String(body)
  }

  /** Gives the body, or undefined on a 404. */
  async find(path: string): Promise<unknown> {
    const { status, body } = await this.request('GET', path)
    if (status === 404) return undefined
    assert.equal(status, 200, `GET ${path}: ${status} ${JSON.stringify(body)}`)
    return body
  }

  /** Creates indices, empty ones of one shard unless told otherwise. */
  async create(indices: Readonly<Record<string, JsonObject>>): Promise<void> {
    await Promise.all(Object.entries(indices).map(([name, body]) => this.must('PUT', pathOf(name), body)))
  }

  /** Sets settings of an index; `null` resets one. */
  async putSettings(name: string, settings: JsonObject): Promise<void> {
    await this.must('PUT', `${pathOf(name)}/_settings`, settings)
  }

  async putMapping(name: string, mapping: JsonObject): Promise<void> {
    await this.must('PUT', `${pathOf(name)}/_mapping`, mapping)
  }

  async close(name: string): Promise<void> {
    await this.must('POST', `${pathOf(name)}/_close`)
  }

  async open(name: string): Promise<void> {
    await this.must('POST', `${pathOf(name)}/_open`)
  }

  /** One index of exactly this name, or undefined: an alias is none. */
  async index(name: string): Promise<LiveIndex | undefined> {
    const body = await this.find(`${pathOf(name)}?flat_settings=true`)
    return body === undefined ? undefined : z.record(z.string(), live).parse(body)[name]
  }

  /** Whether the index is open. */
  async isOpen(name: string): Promise<boolean> {
    const { indices } = await this.#resolve(name)
    return indices.some((index) => index.name === name && index.attributes.includes('open'))
  }

  /** The members of an alias and how each belongs to it; empty when there is no such alias. */
  async alias(name: string): Promise<Readonly<Record<string, JsonObject>>> {
    const body = await this.find(`/_alias/${encodeURIComponent(name)}`)
    if (body === undefined) return {}
    const members = z.record(z.string(), z.object({ aliases: z.record(z.string(), object) })).parse(body)
    return Object.fromEntries(Object.entries(members).map(([index, { aliases }]) => [index, aliases[name] ?? {}]))
  }

  /** One `_aliases` request, e.g. `[{add: {index: 'a', alias: 'b'}}]`. */
  async changeAliases(actions: readonly JsonObject[]): Promise<void> {
    await this.must('POST', '/_aliases', { actions })
  }

  /** How many shards the cluster has, assigned or not: what counts towards its limit. */
  async shards(): Promise<number> {
    const counts = z.object({
      active_shards: z.number(),
      initializing_shards: z.number(),
      unassigned_shards: z.number()
    })
    const {
      active_shards: active,
      initializing_shards: initializing,
      unassigned_shards: unassigned
    } = counts.parse(await this.must('GET', '/_cluster/health'))
    return active + initializing + unassigned
  }

  /** Writes documents, visible to searches at once. */
  async bulk(index: string, documents: readonly JsonObject[]): Promise<void> {
    const lines = documents.flatMap((document) => [{ create: {} }, document]).map((line) => `${JSON.stringify(line)}\n`)
    const body = await this.must('POST', `${pathOf(index)}/_bulk?refresh=true`, lines.join(''))
    assert.equal(z.object({ errors: z.boolean() }).parse(body).errors, false, JSON.stringify(body))
  }

  async refresh(index: string): Promise<void> {
    await this.must('POST', `${pathOf(index)}/_refresh`)
  }

  /** How many documents a search finds. */
  async count(index: string): Promise<number> {
    return z.object({ count: z.int() }).parse(await this.must('GET', `${pathOf(index)}/_count`)).count
  }

  /** Names of all indices that begin with `prefix`, closed and hidden ones included. */
  async names(prefix: string): Promise<string[]> {
    return (await this.#resolve(`${prefix}*`)).indices.map(({ name }) => name)
  }

  /** Deletes indices of these names, as many as fit into a path at once; one that does not exist is no error. */
  async deleteIndices(names: readonly string[]): Promise<void> {
    for (const { path } of nameLists(names)) await this.#delete(`/${path}?ignore_unavailable=true`)
  }

  /** Deletes everything whose name begins with `prefix`, whatever it is. */
  async clear(prefix: string): Promise<void> {
    const { data_streams: streams } = await this.#resolve(`${prefix}*`)
    for (const { name } of streams) await this.#delete(`/_data_stream/${name}`)
    await this.deleteIndices(await this.names(prefix))
    for (const { path, names } of stored) {
      const { status, body } = await this.request('GET', path)
      // Not every server has every kind.
      if (status !== 200) continue
      const ours = names.parse(body).filter((name) => name.startsWith(prefix))
      for (const name of ours) await this.#delete(`${path}/${encodeURIComponent(name)}`)
    }
  }

  async #delete(path: string): Promise<void> {
    const { status, body } = await this.request('DELETE', path)
    assert.ok(status === 200 || status === 404, `DELETE ${path}: ${status} ${JSON.stringify(body)}`)
  }

  async #resolve(pattern: string): Promise<Resolved> {
    const body = await this.find(`/_resolve/index/${encodeURIComponent(pattern)}?expand_wildcards=all`)
    return resolved.parse(body ?? { indices: [], aliases: [], data_streams: [] })
  }
}

function pathOf(name: string): string {
  return `/${encodeURIComponent(name)}`
}
