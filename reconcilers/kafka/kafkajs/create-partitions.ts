/**
 * CreatePartitions v1 through kafkajs, which tells only the first error of a batch and not whose it is.
 * @module
 */
import type { Answer } from '../admin.ts'
import type { Session } from './session.ts'

/** One call per topic, so that an error has a name; writes. */
export async function createPartitions(
  session: Session,
  increases: readonly { readonly name: string; readonly count: number }[],
  signal: AbortSignal
): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const { name, count } of increases) {
    const request = { topicPartitions: [{ topic: name, count }], timeout: session.brokerTimeout }
    const outcome = await session.ask('CreatePartitions', signal, (admin) => admin.createPartitions(request))
    answers.push({ name, ...('refusal' in outcome && { error: outcome.refusal }) })
  }
  return answers
}
