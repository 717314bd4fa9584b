/**
 * The contract of a call that writes: what the server says of an item is that item's result, and no answer at all is
 * thrown.
 * @module
 */
import { errorTable, type ItemResult } from '../../../src/plugin.ts'
import type { Link } from './link.ts'

/**
 * The results of `call`, which asks through the link it is given, in the lane of writes. Throws the first error without an answer when none of
 * its requests was answered (UNREACHABLE, TIMEOUT, CERTIFICATE, AUTHENTICATION); when some were, items without an
 * answer are `failed` with theirs.
 */
export async function answered(
  link: Link,
  call: (link: Link) => Promise<readonly ItemResult[]>
): Promise<readonly ItemResult[]> {
  let isAnswered = false
  const listening: Link = {
    patience: link.patience,
    close: () => link.close(),
    ask: async (request, signal) => {
      const answer = await link.ask(request, signal, 'writing')
      isAnswered = true
      return answer
    }
  }
  const results = await call(listening)
  const [unanswered] = results.flatMap((result) =>
    result.result === 'failed' && errorTable[result.error.code].ofCall ? [result.error] : []
  )
  if (unanswered !== undefined && !isAnswered) throw unanswered
  return results
}
