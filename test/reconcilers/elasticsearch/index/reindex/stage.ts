/**
 * One item on a model of a cluster, and cycles over it as the sidecar makes them.
 * @module
 */
import assert from 'node:assert/strict'
import { indexKind, indexResource } from '../../../../../reconcilers/elasticsearch/index/index.ts'
import { Readings } from '../../../../../reconcilers/elasticsearch/readings.ts'
import { testCall, testCycle } from '../../../../../src/testing/cycle.ts'
import type { ItemResult } from '../../../../../src/contract.ts'
import { item } from '../../items.ts'
import { ClusterModel } from './cluster-model.ts'

export const before = { strategy: 'reindex', mappings: { properties: { sku: { type: 'keyword' } } } }
export const after = { strategy: 'reindex', mappings: { properties: { sku: { type: 'text' } } } }

/** `shop` in front of `shop-1` with ten documents. */
export function shop(): ClusterModel {
  const cluster = new ClusterModel()
  cluster.add('shop-1', {
    mappings: {
      properties: { sku: { type: 'keyword' }, other: { type: 'date' } },
      _meta: { team: 'red', infometis: { owner: 'us' } }
    },
    aliases: { shop: { is_write_index: true }, all: { filter: { term: { sku: 'a' } } } },
    documents: new Map(Array.from({ length: 10 }, (_, n) => [`d${n}`, 'v1']))
  })
  return cluster
}

/** One cycle of a caller that knows nothing; undefined when there is nothing to do. */
export async function cycle(cluster: ClusterModel, declared: unknown): Promise<ItemResult | undefined> {
  const resource = indexResource(cluster, new Readings(cluster), 'us')
  const desired = item(indexKind, 'shop', declared)
  const observed = await resource.observe([desired], testCycle())
  const remarks = indexKind.check?.([desired], { observed, declared: new Map() }) ?? []
  const held = remarks.find(({ verdict }) => verdict !== 'warn')
  assert.equal(held, undefined, held?.message)
  const sighting = observed.items.get('shop')
  assert.ok(sighting !== undefined && 'state' in sighting)
  const fields = indexKind.compare(desired.spec, sighting.state)
  if (fields.length === 0) return undefined
  const [result] =
    (await resource.update?.([{ desired, state: sighting.state, fields }], testCall({ facts: observed.facts }))) ?? []
  return result
}

/** Cycles until there is nothing to do, or something fails for good; the last failure. A caller that dies is followed by another. */
export async function settle(
  cluster: ClusterModel,
  declared: unknown,
  between: () => void = () => undefined
): Promise<string> {
  for (let cycles = 0; cycles < 200; cycles += 1) {
    const result = await cycle(cluster, declared).catch((error: unknown) => {
      if (!cluster.dead) throw error
      return undefined
    })
    if (cluster.dead) cluster.restart()
    else if (result === undefined) return ''
    else if (result.result === 'failed' && !result.error.retryable) return result.error.message
    between()
  }
  throw new Error(`not settled: ${cluster.writes.slice(-10).join(', ')}`)
}
