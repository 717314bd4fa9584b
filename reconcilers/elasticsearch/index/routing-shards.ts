/**
 * `number_of_routing_shards`: the one setting that Elasticsearch takes at creation and never shows again (8.19 and 9.4;
 * OpenSearch shows it). What it made stands in the cluster state. Never writes.
 * @module
 */
import { isBody, type Body } from '../body.ts'
import { fieldOf, valueAt } from '../body/compare.ts'
import { textOf } from '../body/same.ts'
import { nameLists } from '../connection/paths.ts'
import type { Reader } from '../readings.ts'
import { isRefused } from '../connection/refusal.ts'
import { unseenSetting } from '../settings/classes.ts'
import { flattenSettings } from '../settings/flatten.ts'
import type { IndexReading, IndexReadings } from './read-indices.ts'

type Asking = Pick<Reader, 'link' | 'signal'>

/** Whether a declaration speaks of the setting. Pure. */
export function declaresUnseen(settings: Body | undefined): boolean {
  return (flattenSettings(settings).values.get(unseenSetting) ?? null) !== null
}

/**
 * The readings with the setting in those of these indices that do not show it: one request, and none for no such index.
 * Where the cluster state may not be read the setting is left out, and not compared.
 */
export async function withUnseenSettings(
  { link, signal }: Asking,
  readings: IndexReadings,
  indices: readonly string[]
): Promise<IndexReadings> {
  const key = `index.${unseenSetting}`
  const blank = indices.flatMap((index) => {
    const reading = readings.get(index)
    return typeof reading === 'object' && reading.settings[key] === undefined ? [{ index, reading }] : []
  })
  const query = { filter_path: 'metadata.indices.*.routing_num_shards' }
  const paths = nameLists(blank.map(({ index }) => index))
  const answers = await Promise.all(
    paths.map(({ path }) => link.ask({ method: 'GET', path: `/_cluster/state/metadata/${path}`, query }, signal))
  )
  const made = new Map(
    answers.flatMap((answer) => (!isRefused(answer) && isBody(answer.body) ? routingShards(answer.body) : []))
  )
  const seen = blank.flatMap(({ index, reading }): [string, IndexReading][] => {
    const shards = made.get(index)
    return shards === undefined ? [] : [[index, { ...reading, settings: { ...reading.settings, [key]: shards } }]]
  })
  return new Map([...readings, ...seen])
}

function routingShards(state: Body): readonly (readonly [index: string, shards: string])[] {
  const indices = valueAt(state, ['metadata', 'indices'])
  return Object.entries(isBody(indices) ? indices : {}).flatMap(([index, about]) => {
    const shards = isBody(about) ? textOf(fieldOf(about, 'routing_num_shards')) : ''
    return shards === '' ? [] : [[index, shards] as const]
  })
}
