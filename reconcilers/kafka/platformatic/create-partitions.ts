/**
 * CreatePartitions v3.
 * @module
 */
import type { Answer } from '../admin.ts'
import { answersFor, itemError } from '../broker-errors.ts'
import type { Asking } from './cluster.ts'

/** One request for all; writes. */
export async function createPartitions(
  cluster: Asking,
  increases: readonly { readonly name: string; readonly count: number }[],
  signal: AbortSignal
): Promise<Answer[]> {
  if (increases.length === 0) return []
  // `assignments` has to be null, not empty, to leave the placement to the cluster.
  const wanted = increases.map(({ name, count }) => ({ name, count, assignments: null }))
  const response = await cluster.ask('CreatePartitions', 'any', signal, ({ client, connection }) =>
    client.createPartitionsV3.api.async(connection, wanted, cluster.brokerTimeout, false)
  )
  const errors = response.results.map(
    ({ name, errorCode, errorMessage }) => [name, itemError(errorCode, errorMessage, response.throttleTimeMs)] as const
  )
  return answersFor(
    increases.map(({ name }) => name),
    new Map(errors)
  )
}
