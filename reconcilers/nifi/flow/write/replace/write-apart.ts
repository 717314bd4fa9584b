/**
 * The steps that write what a replacement leaves as it is: the parameter context of the group and of groups inside it, and the
 * addresses of remote process groups.
 * @module
 */
import { z } from 'zod'
import { ReconcileError } from '../../../../../src/plugin.ts'
import type { GroupEntity } from '../../../reading/entities.ts'
import { checked } from '../../../connection/checked.ts'
import { contextsOf as contextEntities, groupOf } from '../../../reading/parse-entities.ts'
import { bodyOf } from '../../../connection/refusal.ts'
import { noteRunning, replace } from './replace-definition.ts'
import type { ApartField } from './differences.ts'
import { isStale, putGroup, type Moment } from '../put-group.ts'
import { stop, stopParts, type Pause } from '../run-state/start-stop.ts'

/** Binds the group itself. */
export async function bind(moment: Moment): Promise<Pause> {
  const { live, dress, brought } = moment.seen
  const { context: wanted } = dress
  if (wanted === null) return (await putContext(moment, live.group, null)).pause
  const id = await contextId(wanted, moment)
  if (id !== undefined) return (await putContext(moment, live.group, id)).pause
  requireBrought(wanted, brought.parameterContexts)
  // NiFi makes a context that a definition brings along, and binds it, only where none is bound.
  return live.group.parameterContext === undefined
    ? replace(moment)
    : (await putContext(moment, live.group, null)).pause
}

/** Writes one such field of something inside the group. That it is so afterwards is seen by comparing. */
export async function writeApart(moment: Moment, field: ApartField): Promise<Pause> {
  const { isWritten, pause } = await (field.what === 'context' ? bindInner(moment, field) : redirect(moment, field))
  if (isWritten) moment.progress.sent.add(field.key)
  return pause
}

interface Written {
  /** False: something has to come first. */
  readonly isWritten: boolean
  readonly pause: Pause
}

async function bindInner(moment: Moment, { id, value, key }: ApartField): Promise<Written> {
  const { link, signal } = moment.context
  const context = await contextId(value, moment)
  if (context === undefined) requireBrought(value, moment.seen.brought.parameterContexts)
  const group = groupOf(
    bodyOf(await link.ask({ method: 'GET', path: `/process-groups/${encodeURIComponent(id)}` }, signal))
  )
  const { isWritten, pause } = await putContext(moment, group, context ?? null)
  if (context !== undefined) return { isWritten, pause }
  // Bound to none, it is bound by a replacement, for which NiFi makes the context.
  if (isWritten) moment.progress.pending.add(key)
  return { isWritten: false, pause }
}

async function contextId(name: string, { context: { link, signal } }: Moment): Promise<string | undefined> {
  const contexts = contextEntities(bodyOf(await link.ask({ method: 'GET', path: '/flow/parameter-contexts' }, signal)))
  return contexts.find((context) => context.name === name)?.id
}

function requireBrought(name: string, brought: object): void {
  if (!Object.hasOwn(brought, name))
    throw new ReconcileError('UNAVAILABLE', `expected a parameter context, found no "${name}"`)
}

/** While processors that use a parameter run, NiFi refuses: the flow is stopped for it, and runs again afterwards. */
async function putContext(moment: Moment, group: GroupEntity, id: string | null): Promise<Written> {
  try {
    await putGroup({ group }, { parameterContext: { id } }, moment.context)
    return { isWritten: true, pause: undefined }
  } catch (error) {
    const isRunning = moment.seen.live.group.counts.running > 0
    if (!(error instanceof ReconcileError) || error.code !== 'CONFLICT' || isStale(error) || !isRunning) throw error
    return { isWritten: false, pause: await stopFlow(moment) }
  }
}

async function stopFlow(moment: Moment): Promise<Pause> {
  const { seen, goal, progress, context } = moment
  if (!goal.isManaged && (await noteRunning(moment))) return undefined
  progress.hasStopped = true
  return stop(seen.live, seen.labels, context)
}

const remote = z.object({ revision: z.object({ version: z.number() }) })

/** NiFi refuses it while a port of the group transmits. */
async function redirect(moment: Moment, { id, value }: ApartField): Promise<Written> {
  const { seen, goal, progress, context } = moment
  const { link, signal } = context
  const path = `/remote-process-groups/${encodeURIComponent(id)}`
  const transmitting = seen.live.remotePorts.filter(
    (part) => part.path.startsWith(`${path}/`) && part.state === 'RUNNING'
  )
  if (transmitting.length > 0) {
    if (!goal.isManaged && (await noteRunning(moment))) return { isWritten: false, pause: undefined }
    progress.hasStopped = true
    const pause = await stopParts(seen.live, new Set(transmitting.map((part) => part.id)), seen.labels, context)
    if (pause !== undefined) return { isWritten: false, pause }
  }
  const { revision } = checked(
    remote,
    bodyOf(await link.ask({ method: 'GET', path }, signal)),
    'a remote process group'
  )
  const body = {
    revision: { version: revision.version, clientId: link.clientId },
    disconnectedNodeAcknowledged: false,
    component: { id, targetUris: value }
  }
  bodyOf(await link.ask({ method: 'PUT', path, body }, signal))
  return { isWritten: true, pause: undefined }
}
