/**
 * Whether new indices can be used: their primary shards are there. Never writes.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import { isBody } from '../body.ts'
import type { Link } from '../connection/link.ts'
import { nameLists } from '../connection/paths.ts'

/** Long enough for a healthy cluster, short enough for the rest of the cycle. */
const patience = '5s'

/**
 * Index → why it cannot be used yet, for those whose primary shards are not assigned. An index that is not ready is
 * created all the same; a time-out of the question is an answer, and so is a failure of it. Never throws.
 */
export async function whyNotReady(
  link: Link,
  indices: readonly string[],
  signal: AbortSignal
): Promise<ReadonlyMap<string, string>> {
  try {
    const late = await Promise.all(nameLists(indices).map((list) => redOf(link, list.path, signal)))
    const [example] = late.flat()
    if (example === undefined) return new Map()
    const reason = await explain(link, example, signal)
    return new Map(
      late
        .flat()
        .map((index) => [
          index,
          `created; its primary shards are not assigned yet${reason === '' ? '' : `: ${reason}`}`
        ])
    )
  } catch {
    // What could not be asked is seen by the next cycle.
    return new Map()
  }
}

async function redOf(link: Link, path: string, signal: AbortSignal): Promise<readonly string[]> {
  const query = {
    wait_for_status: 'yellow',
    timeout: patience,
    level: 'indices',
    filter_path: 'timed_out,indices.*.status'
  }
  const { body } = await link.ask({ method: 'GET', path: `/_cluster/health/${path}`, query }, signal)
  const indices = isBody(body) ? body['indices'] : undefined
  if (!isBody(indices)) return []
  return Object.entries(indices).flatMap(([index, health]) =>
    isBody(health) && health['status'] === 'red' ? [index] : []
  )
}

/** Why the first primary shard of an index is nowhere, in the server's words; empty when it does not say. */
async function explain(link: Link, index: string, signal: AbortSignal): Promise<string> {
  const body = { index, shard: 0, primary: true }
  const answer = await link.ask({ method: 'POST', path: '/_cluster/allocation/explain', body }, signal)
  if (!isBody(answer.body)) return ''
  const text: Json | undefined = answer.body['allocate_explanation'] ?? answer.body['explanation']
  return typeof text === 'string' ? text : ''
}
