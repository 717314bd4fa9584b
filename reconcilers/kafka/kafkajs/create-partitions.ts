/**
 * CreatePartitions v1 through kafkajs, which tells only the first error of a batch and not whose it is.
 * @module
 */
import type { Answer } from '../admin.ts'
import { inTurn } from '../in-turn.ts'
import type { Asking } from './session.ts'

/** One call per topic, so that an error has a name; writes. */
export async function createPartitions(
  session: Asking,
  increases: readonly { readonly name: string; readonly count: number }[],
  signal: AbortSignal
): Promise<readonly Answer[]> {
  return inTurn(
    increases.map(({ name, count }) => ({
      names: [name],
      send: async () => {
        const request = { topicPartitions: [{ topic: name, count }], timeout: session.brokerTimeout }
        const outcome = await session.ask('CreatePartitions', signal, (admin) => admin.createPartitions(request))
        return [{ name, ...('refusal' in outcome && { error: outcome.refusal }) }]
      }
    }))
  )
}
