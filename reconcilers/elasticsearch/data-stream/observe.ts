/**
 * Reads all data streams in one request, and the index templates in another one that is shared. Never writes.
 * @module
 */
import type { Cycle, Desired, Found, Json, Observed } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { fieldOf } from '../body/compare.ts'
import { namedList } from '../body/read.ts'
import type { Answer } from '../connection/link.ts'
import { isShown, type Reader, type Readings } from '../readings.ts'
import { isRefused, isUnknownApi, reasonOf, refusalOf, typeOf } from '../connection/refusal.ts'
import type { DataStreamFacts, DataStreamSpec, DataStreamState, StreamTemplate } from './state.ts'
import { streamTemplate } from './templates.ts'

type Seen = Observed<DataStreamState, DataStreamFacts>

/** Every data stream. What is refused as a whole is refused for each declared one. */
export function observeDataStreams(
  readings: Readings,
  desired: readonly Desired<DataStreamSpec>[],
  cycle: Cycle
): Promise<Seen> {
  return readings.observe('data-stream', desired, cycle, (reader) => read(reader, desired), isShown)
}

async function read(reader: Reader, desired: readonly Desired<DataStreamSpec>[]): Promise<Seen> {
  const isOpenSearch = reader.server.distribution === 'opensearch'
  // OpenSearch shows all of them and does not know the parameter.
  const query = isOpenSearch ? {} : { expand_wildcards: 'all' }
  const answer = await reader.link.ask({ method: 'GET', path: '/_data_stream', query }, reader.signal)
  if (isWithoutStreams(answer))
    return { items: new Map(), facts: { unsupported: 'this server has no API for data streams' } }
  if (answer.status === 403)
    return { items: new Map(desired.map(({ name }) => [name, { refused: reasonOf(answer) }])), facts: {} }
  if (answer.status >= 400) throw refusalOf(answer)
  const templates = desired.length === 0 ? undefined : await readTemplates(reader)
  const withoutLifecycle = isOpenSearch
    ? 'OpenSearch has no lifecycle for data streams; leave it out of the declaration, and delete old data with an ISM policy'
    : undefined
  const facts = {
    ...(templates === undefined ? {} : { templates }),
    ...(withoutLifecycle === undefined ? {} : { withoutLifecycle })
  }
  return { items: dataStreamsFrom(answer.body), facts }
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
