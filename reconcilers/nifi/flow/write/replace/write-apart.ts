/**
 * The steps that write what a replacement leaves as it is: the parameter context of the group and of groups inside it, and the
 * addresses of remote process groups.
 * @module
 */
import { z } from 'zod'
import { ReconcileError } from '../../../../../src/plugin.ts'
import type { GroupEntity } from '../../../reading/entities.ts'
import { checked } from '../../../connection/checked.ts'
import { contextEntitiesOf, groupOf } from '../../../reading/parse-entities.ts'
import { bodyOf, isStaleRevision } from '../../../connection/refusal.ts'
import { noteRunning, replaceDefinition } from './replace-definition.ts'
import type { ApartField } from '../steps.ts'
import { putGroup } from '../put-group.ts'
import type { StepContext } from '../step-context.ts'
import { stop, stopParts, type Pause } from '../run-state/start-stop.ts'

/** Binds the group itself. */
export async function bindContext(context: StepContext): Promise<Pause> {
  const { live, metadata, brought } = context
  const { context: wanted } = metadata
  if (wanted === null) return (await putContext(context, live.group, null)).pause
  const id = await contextId(wanted, context)
  if (id !== undefined) return (await putContext(context, live.group, id)).pause
  requireBrought(wanted, brought.parameterContexts)
  // NiFi makes a context that a definition brings along, and binds it, only where none is bound.
  return live.group.parameterContext === undefined
    ? replaceDefinition(context)
    : (await putContext(context, live.group, null)).pause
}

/** Writes one such field of something inside the group. That it is so afterwards is seen by comparing. */
export async function writeField(context: StepContext, field: ApartField): Promise<Pause> {
  const { isWritten, pause } = await (field.what === 'context' ? bindInner(context, field) : redirect(context, field))
  if (isWritten) context.progress.sent.add(field.key)
  return pause
}

interface Written {
  /** False: something has to come first. */
  readonly isWritten: boolean
  readonly pause: Pause
}

async function bindInner(context: StepContext, { id, value, key }: ApartField): Promise<Written> {
  const { link, signal, brought, progress } = context
  const wanted = await contextId(value, context)
  if (wanted === undefined) requireBrought(value, brought.parameterContexts)
  const group = groupOf(
    bodyOf(await link.ask({ method: 'GET', path: `/process-groups/${encodeURIComponent(id)}` }, signal))
  )
  const { isWritten, pause } = await putContext(context, group, wanted ?? null)
  if (wanted !== undefined) return { isWritten, pause }
  // Bound to none, it is bound by a replacement, for which NiFi makes the context.
  if (isWritten) progress.pending.add(key)
  return { isWritten: false, pause }
}

async function contextId(name: string, { link, signal }: StepContext): Promise<string | undefined> {
  const contexts = contextEntitiesOf(
    bodyOf(await link.ask({ method: 'GET', path: '/flow/parameter-contexts' }, signal))
  )
  return contexts.find((context) => context.name === name)?.id
}

function requireBrought(name: string, brought: object): void {
  if (!Object.hasOwn(brought, name))
    throw new ReconcileError('UNAVAILABLE', `expected a parameter context, found no "${name}"`)
}

/** While processors that use a parameter run, NiFi refuses: the flow is stopped for it, and runs again afterwards. */
async function putContext(context: StepContext, group: GroupEntity, id: string | null): Promise<Written> {
  try {
    await putGroup({ group }, { parameterContext: { id } }, context)
    return { isWritten: true, pause: undefined }
  } catch (error) {
    const isRunning = context.live.group.counts.running > 0
    if (!(error instanceof ReconcileError) || error.code !== 'CONFLICT' || isStaleRevision(error) || !isRunning)
      throw error
    return { isWritten: false, pause: await stopFlow(context) }
  }
}

async function stopFlow(context: StepContext): Promise<Pause> {
  if (!context.isManaged && (await noteRunning(context))) return undefined
  context.progress.hasStopped = true
  return stop(context)
}

const remote = z.object({ revision: z.object({ version: z.number() }) })

/** NiFi refuses it while a port of the group transmits. */
async function redirect(context: StepContext, { id, value }: ApartField): Promise<Written> {
  const { live, isManaged, progress, link, signal } = context
  const path = `/remote-process-groups/${encodeURIComponent(id)}`
  const transmitting = live.remotePorts.filter((part) => part.path.startsWith(`${path}/`) && part.state === 'RUNNING')
  if (transmitting.length > 0) {
    if (!isManaged && (await noteRunning(context))) return { isWritten: false, pause: undefined }
    progress.hasStopped = true
    const pause = await stopParts(context, new Set(transmitting.map((part) => part.id)))
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
