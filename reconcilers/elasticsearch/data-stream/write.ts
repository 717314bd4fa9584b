/**
 * Creates data streams and writes their lifecycles, one request each.
 *
 * The request that creates one carries no time-outs of the server's own: OpenSearch and Elasticsearch before 8.16 refuse
 * them as unknown parameters.
 * @module
 */
import {
  type Desired,
  done,
  failed,
  type ItemResult,
  toReconcileError,
  unchanged,
  type Update
} from '../../../src/plugin.ts'
import type { Body } from '../body.ts'
import type { Link } from '../connection/link.ts'
import { encodeName } from '../connection/paths.ts'
import { bodyOf, refusalOf, typeOf } from '../connection/refusal.ts'
import { compareDataStream, lifecycleWith } from './compare.ts'
import type { DataStreamSpec, DataStreamState } from './state.ts'

/** One that exists by now is `unchanged`: the next reading shows whether it is as declared. */
export function createDataStreams(
  link: Link,
  items: readonly Desired<DataStreamSpec>[],
  signal: AbortSignal
): Promise<readonly ItemResult[]> {
  return Promise.all(items.map((item) => isolated(item.name, () => createOne(link, item, signal))))
}

/** Writes the lifecycle as it is with the named changes. */
export function updateDataStreams(
  link: Link,
  items: readonly Update<DataStreamSpec, DataStreamState>[],
  signal: AbortSignal
): Promise<readonly ItemResult[]> {
  return Promise.all(
    items.map(({ desired: { name }, state, fields }) =>
      isolated(name, async () => {
        await putLifecycle(link, name, lifecycleWith(state.lifecycle, fields), signal)
        return done(name)
      })
    )
  )
}

async function createOne(
  link: Link,
  { name, spec }: Desired<DataStreamSpec>,
  signal: AbortSignal
): Promise<ItemResult> {
  const answer = await link.ask({ method: 'PUT', path: `/_data_stream/${encodeName(name)}` }, signal)
  if (typeOf(answer) === 'resource_already_exists_exception') return unchanged(name)
  if (answer.status >= 400) return failed(name, refusalOf(answer))
  if (spec.lifecycle !== undefined)
    await putLifecycle(link, name, lifecycleWith(undefined, compareDataStream(spec, undefined)), signal)
  return done(name)
}

async function putLifecycle(link: Link, name: string, body: Body, signal: AbortSignal): Promise<void> {
  bodyOf(
    await link.ask(
      { method: 'PUT', path: `/_data_stream/${encodeName(name)}/_lifecycle`, query: link.patience, body },
      signal
    )
  )
}

async function isolated(name: string, write: () => Promise<ItemResult>): Promise<ItemResult> {
  try {
    return await write()
  } catch (error) {
    return failed(name, toReconcileError(error))
  }
}
