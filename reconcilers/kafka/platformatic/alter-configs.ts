/**
 * IncrementalAlterConfigs v1: only the named keys change, whatever else the resource carries.
 * @module
 */
import type { incrementalAlterConfigsV1 } from '@platformatic/kafka'
import type { Answer, ConfigAlteration } from '../admin.ts'
import { answersFor, itemError, notAlive } from '../broker-errors.ts'
import type { Cluster } from './cluster.ts'
import { batch, resourceType } from './resources.ts'

const set = 0
const remove = 1

/** One request per 1,000 resources; writes. */
export async function alterConfigs(cluster: Cluster, alterations: readonly ConfigAlteration[], signal: AbortSignal): Promise<Answer[]> {
  const { batches, absent } = await batch(cluster, alterations, signal)
  const answers = absent.map(({ name }): Answer => ({ name, error: notAlive(name) }))
  for (const { target, resources } of batches) {
    const wanted = resources.map((alteration) => ({
      resourceType: resourceType(alteration),
      resourceName: alteration.name,
      configs: operations(alteration)
    }))
    const response = await cluster.ask('IncrementalAlterConfigs', target, signal, ({ client, connection }) =>
      client.incrementalAlterConfigsV1.api.async(connection, wanted, false)
    )
    const errors = response.responses.map((result) => [result.resourceName, itemError(result.errorCode, result.errorMessage, response.throttleTimeMs)] as const)
    answers.push(...answersFor(resources.map(({ name }) => name), new Map(errors)))
  }
  return answers
}

function operations(alteration: ConfigAlteration): incrementalAlterConfigsV1.IncrementalAlterConfigsRequestConfig[] {
  return [
    ...Object.entries(alteration.set).map(([name, value]) => ({ name, value, configOperation: set }) as const),
    ...alteration.remove.map((name) => ({ name, configOperation: remove }) as const)
  ]
}
