/**
 * IncrementalAlterConfigs v1: only the named keys change, whatever else the resource carries.
 * @module
 */
import type { incrementalAlterConfigsV1 } from '@platformatic/kafka'
import type { Answer, ConfigAlteration } from '../admin.ts'
import { answersFor, itemError, notAlive } from '../broker-errors.ts'
import { inTurn } from '../in-turn.ts'
import type { Asking } from './cluster.ts'
import { batch, resourceType, type Batch } from './resources.ts'

const set = 0
const remove = 1

/** One request per 1,000 resources; writes. */
export async function alterConfigs(
  cluster: Asking,
  alterations: readonly ConfigAlteration[],
  signal: AbortSignal
): Promise<Answer[]> {
  const { batches, absent } = await batch(cluster, alterations, signal)
  const answered = await inTurn(
    batches.map((part) => ({ names: part.resources.map(({ name }) => name), send: () => alter(cluster, part, signal) }))
  )
  return [...absent.map(({ name }): Answer => ({ name, error: notAlive(name) })), ...answered]
}

async function alter(
  cluster: Asking,
  { target, resources }: Batch<ConfigAlteration>,
  signal: AbortSignal
): Promise<Answer[]> {
  const wanted = resources.map((alteration) => ({
    resourceType: resourceType(alteration),
    resourceName: alteration.name,
    configs: operations(alteration)
  }))
  const { responses, throttleTimeMs } = await cluster.ask(
    'IncrementalAlterConfigs',
    target,
    signal,
    ({ client, connection }) => client.incrementalAlterConfigsV1.api.async(connection, wanted, false)
  )
  const errors = responses.map(
    ({ resourceName, errorCode, errorMessage }) =>
      [resourceName, itemError(errorCode, errorMessage, throttleTimeMs)] as const
  )
  return answersFor(
    resources.map(({ name }) => name),
    new Map(errors)
  )
}

function operations(alteration: ConfigAlteration): incrementalAlterConfigsV1.IncrementalAlterConfigsRequestConfig[] {
  return [
    ...Object.entries(alteration.set).map(([name, value]) => ({ name, value, configOperation: set }) as const),
    ...alteration.remove.map((name) => ({ name, configOperation: remove }) as const)
  ]
}
