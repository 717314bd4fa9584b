/**
 * Rights that are asked for before something is done that cannot be taken back.
 * @module
 */
import { ReconcileError } from '../../../../../src/plugin.ts'
import { grantToModify } from '../../../connection/grant.ts'
import type { Moment } from '../put-group.ts'
import { contextsOf } from './snapshot.ts'

/**
 * NiFi lets queues be emptied by whom it then refuses the replacement. Throws NOT_PERMITTED with what to grant where the
 * group, or a context of what is to be sent, may not be modified. Types that are restricted are not looked at.
 */
export async function requireReplaceable({ seen: { live, merged, brought, dress }, context }: Moment): Promise<void> {
  if (!live.group.canWrite)
    throw lacking(
      `the process group "${live.group.name}" may not be modified`,
      grantToModify('process group', live.group.id)
    )
  const names = new Set([
    ...contextsOf(merged, brought.parameterContexts),
    dress.context,
    live.group.parameterContext?.name
  ])
  const closed = (await context.readings.contexts(context.anew)).find(
    ({ name, canWrite }) => names.has(name) && !canWrite
  )
  if (closed !== undefined)
    throw lacking(
      `the parameter context "${closed.name}" may not be modified, which NiFi wants of whoever replaces a flow that uses it`,
      grantToModify('parameter context', closed.id)
    )
}

function lacking(what: string, grant: string): ReconcileError {
  return new ReconcileError('NOT_PERMITTED', `${what}: ${grant}`)
}
