/**
 * An index we may not see is silently absent from every listing. Never writes.
 * @module
 */
import { isBody } from '../body.ts'
import type { Reader } from '../readings.ts'
import { isRefused } from '../connection/refusal.ts'

/**
 * Of names that are not listed, those that may exist all the same, because our rights do not reach them. A server without
 * this API has no security, or answers for itself when the index is created; both are safe.
 * Source: the API "has privileges", which every user may ask about himself.
 */
export async function mayBeHidden({ link, signal }: Reader, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set()
  const body = { index: [{ names: [...names], privileges: ['view_index_metadata'] }] }
  const answer = await link.ask({ method: 'POST', path: '/_security/user/_has_privileges', body }, signal)
  const rights = !isRefused(answer) && isBody(answer.body) ? answer.body['index'] : undefined
  if (!isBody(rights)) return new Set()
  return new Set(
    names.filter((name) => {
      const right = rights[name]
      return isBody(right) && right['view_index_metadata'] === false
    })
  )
}
