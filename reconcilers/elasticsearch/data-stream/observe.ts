/**
 * Reads data streams: all in one request, or single ones in one each; and the index templates. Never writes.
 * @module
 */
import type { Cycle, Desired, Found, Json, Observed } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { fieldOf } from '../body/compare.ts'
import { namedList } from '../body/read.ts'
import type { Answer } from '../connection/link.ts'
import { onePath } from '../connection/paths.ts'
import { isShown, mostSingle, onlyNamed, type Reader, type Readings } from '../readings.ts'
import { isRefused, isUnknownApi, reasonOf, refusalOf, typeOf } from '../connection/refusal.ts'
import type { DataStreamFacts, DataStreamSpec, DataStreamState, StreamTemplate } from './state.ts'
import { streamTemplate } from './templates.ts'

type Seen = Observed<DataStreamState, DataStreamFacts>

/** Every data stream, or the declared ones of a pass over keys. What is refused as a whole is refused for each. */
export function observeDataStreams(
  readings: Readings,
  desired: readonly Desired<DataStreamSpec>[],
  cycle: Cycle
): Promise<Seen> {
  return readings.observe('data-stream', desired, cycle, (reader) => read(reader, desired), isShown)
}

async function read(reader: Reader, desired: readonly Desired<DataStreamSpec>[]): Promise<Seen> {
  if (reader.scope === 'all') return readAll(reader, desired)
  const single = await readSingle(reader, desired)
  if (single !== undefined) return single
  return onlyNamed(await readAll(reader, desired), desired)
}

async function readAll(reader: Reader, desired: readonly Desired<DataStreamSpec>[]): Promise<Seen> {
  const answer = await ask(reader, '/_data_stream')
  if (isWithoutStreams(answer))
    return { items: new Map(), facts: { unsupported: 'this server has no API for data streams' } }
  if (answer.status === 403)
    return { items: new Map(desired.map(({ name }) => [name, { refused: reasonOf(answer) }])), facts: {} }
  if (answer.status >= 400) throw refusalOf(answer)
  const templates = desired.length === 0 ? undefined : await readTemplates(reader)
  return { items: dataStreamsFrom(answer.body), facts: factsOf(reader, templates) }
}

/**
 * These streams alone, with one request each, and with one more for the templates where one of them is to be made;
 * undefined where all have to be read: there are too many, or the server does not tell of single ones.
 */
async function readSingle(reader: Reader, desired: readonly Desired<DataStreamSpec>[]): Promise<Seen | undefined> {
  if (desired.length > mostSingle) return undefined
  const answers = await Promise.all(desired.map(({ name }) => askOne(reader, name)))
  const items = new Map<string, Found<DataStreamState>>()
  for (const [position, answer] of answers.entries()) {
    if (answer?.status === 404 && !isWithoutStreams(answer)) continue
    // An alias of this name, among others: what it is, a reading of all streams tells.
    if (answer?.status !== 200) return undefined
    for (const [name, found] of dataStreamsFrom(answer.body))
      if (name === desired[position]?.name) items.set(name, found)
  }
  const templates = items.size === desired.length ? undefined : await readTemplates(reader)
  return { items, facts: factsOf(reader, templates) }
}

async function askOne(reader: Reader, name: string): Promise<Answer | undefined> {
  const path = onePath([name])
  return path === undefined ? undefined : ask(reader, `/_data_stream/${path}`)
}

function ask({ link, server, signal }: Reader, path: string): Promise<Answer> {
  // OpenSearch shows all of them and does not know the parameter.
  const query = server.distribution === 'opensearch' ? {} : { expand_wildcards: 'all' }
  return link.ask({ method: 'GET', path, query }, signal)
}

function factsOf({ server }: Reader, templates: readonly StreamTemplate[] | undefined): DataStreamFacts {
  const withoutLifecycle =
    server.distribution === 'opensearch'
      ? 'OpenSearch has no lifecycle for data streams; leave it out of the declaration, and delete old data with an ISM policy'
      : undefined
  return {
    ...(templates === undefined ? {} : { templates }),
    ...(withoutLifecycle === undefined ? {} : { withoutLifecycle })
  }
}

/** A server without this API takes the path for the name of an index (measured on 9.4). */
function isWithoutStreams(answer: Answer): boolean {
  return isUnknownApi(answer) || (answer.status === 400 && typeOf(answer) === 'invalid_index_name_exception')
}

/** The answer of `GET /_data_stream`, by name. Throws NO_ANSWER for anything else. Pure. */
export function dataStreamsFrom(answer: Json): ReadonlyMap<string, Found<DataStreamState>> {
  const named =
    isBody(answer) && Array.isArray(answer['data_streams'])
      ? answer['data_streams'].map((stream: Json) =>
          isBody(stream) ? { name: stream['name'] ?? null, stream } : stream
        )
      : null
  return new Map(
    namedList({ streams: named }, 'streams', 'stream').map(([name, stream]) => [name, foundOf(name, stream)])
  )
}

function foundOf(name: string, stream: Body): Found<DataStreamState> {
  const lifecycle = fieldOf(stream, 'lifecycle')
  const why = excludedWhy(name, stream)
  return {
    state: { lifecycle: isBody(lifecycle) ? lifecycle : undefined },
    ...(why === undefined ? {} : { excluded: why })
  }
}

function excludedWhy(name: string, stream: Body): string | undefined {
  if (fieldOf(stream, 'system') === true) return 'internal to Elasticsearch'
  if (fieldOf(stream, 'replicated') === true) return 'replicated from another cluster'
  return fieldOf(stream, 'hidden') === true || name.startsWith('.') ? 'hidden' : undefined
}

/** Undefined when they cannot be read: then the server decides. */
async function readTemplates(reader: Reader): Promise<readonly StreamTemplate[] | undefined> {
  const path = '/_index_template'
  const answer = await reader.once(`GET ${path}`, () => reader.link.ask({ method: 'GET', path }, reader.signal))
  if (isRefused(answer)) return undefined
  return namedList(answer.body, 'index_templates', 'index_template').map(([name, body]) => streamTemplate(name, body))
}
