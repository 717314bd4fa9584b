/**
 * Writes fields of a process group itself.
 * @module
 */
import type { Json } from '../../../../src/plugin.ts'
import { bodyOf } from '../../connection/refusal.ts'
import type { CallContext } from './call-context.ts'
import type { LiveFlow } from './read-flow.ts'

/** With the revision the group was read with. Throws what `bodyOf` throws. */
export async function putGroup(
  { group }: Pick<LiveFlow, 'group'>,
  fields: Readonly<Record<string, Json>>,
  { link, signal }: Pick<CallContext, 'link' | 'signal'>
): Promise<void> {
  const body = {
    revision: { version: group.revision.version, clientId: link.clientId },
    disconnectedNodeAcknowledged: false,
    component: { id: group.id, ...fields }
  }
  bodyOf(await link.ask({ method: 'PUT', path: `/process-groups/${encodeURIComponent(group.id)}`, body }, signal))
}
