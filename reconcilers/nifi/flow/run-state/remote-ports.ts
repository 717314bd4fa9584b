/**
 * Ports of remote process groups as parts of a flow: such a port runs while it transmits. NiFi starts and stops none of them with
 * its group, counts only those of the group itself, and turns all of them off when it changes their remote group.
 * @module
 */
import { z } from 'zod'
import type { Json } from '../../../../src/plugin.ts'
import type { Link } from '../../connection/link.ts'
import { checked } from '../../connection/checked.ts'
import { bodyOf } from '../../connection/refusal.ts'
import type { Component, Group } from '../definition/model.ts'
import { groupsOf, listOf } from '../definition/parts.ts'
import type { Part } from './part.ts'

/** Those that something is connected to; one request for each remote process group of the definition, at any depth. */
export async function readRemotePorts(link: Link, definition: Group, signal: AbortSignal): Promise<readonly Part[]> {
  const ids = remotesIn(definition).flatMap(({ instanceIdentifier: id }) => (typeof id === 'string' ? [id] : []))
  return (await Promise.all(ids.map((id) => readRemote(link, id, signal)))).flat()
}

/** Remote process groups of a group and of the groups below it. */
export function remotesIn(group: Group): readonly Component[] {
  return [...listOf(group, 'remoteProcessGroups'), ...groupsOf(group).flatMap(remotesIn)]
}

/** One that is gone since it was read has no ports; the next reading of its group does not show it. */
async function readRemote(link: Link, id: string, signal: AbortSignal): Promise<readonly Part[]> {
  const answer = await link.ask({ method: 'GET', path: `/remote-process-groups/${encodeURIComponent(id)}` }, signal)
  return answer.status === 404 ? [] : partsOf(bodyOf(answer))
}

function partsOf(body: Json): readonly Part[] {
  const { id, revision, component, ...shown } = checked(remote, body, 'a remote process group')
  const troubles = [...component.authorizationIssues, ...component.validationErrors]
  const why = troubles.length === 0 ? [] : [...troubles, ...newest(shown.bulletins)]
  const path = `/remote-process-groups/${encodeURIComponent(id)}`
  const { inputPorts, outputPorts } = component.contents
  const sides = [
    ['input-ports', inputPorts],
    ['output-ports', outputPorts]
  ] as const
  return sides.flatMap(([side, ports]) =>
    ports
      .filter(({ connected }) => connected)
      .map((port): Part => {
        const errors = port.exists ? why : [...why, 'the target has no such port']
        return {
          kind: 'remote-ports',
          path: `${path}/${side}/${encodeURIComponent(port.id)}`,
          id: port.id,
          revision,
          name: port.name ?? port.id,
          state: port.transmitting ? 'RUNNING' : 'STOPPED',
          validation: errors.length === 0 ? 'VALID' : 'INVALID',
          canOperate: shown.permissions || shown.operatePermissions,
          errors,
          threads: 0
        }
      })
  )
}

/** The trouble says only that there is no connection yet; why, NiFi tells in a bulletin. */
function newest(bulletins: z.output<typeof remote>['bulletins']): readonly string[] {
  const [last] = bulletins.toSorted((a, b) => b.id - a.id)
  return last === undefined ? [] : [last.message]
}

const texts = z
  .array(z.string())
  .nullish()
  .transform((found) => found ?? [])
const port = z.object({
  id: z.string(),
  name: z.string().nullish(),
  connected: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
  exists: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
  transmitting: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false)
})
const ports = z
  .array(port)
  .nullish()
  .transform((found) => found ?? [])
const orNothing = (value: unknown): unknown => value ?? {}
const right = z
  .preprocess(orNothing, z.object({ canWrite: z.boolean().nullish() }))
  .transform(({ canWrite }) => canWrite ?? true)
const bulletin = z
  .object({ bulletin: z.object({ id: z.number(), message: z.string() }).nullish() })
  .transform((entity) => entity.bulletin)
const remote = z.object({
  id: z.string(),
  revision: z.object({ version: z.number() }),
  permissions: right,
  operatePermissions: right,
  bulletins: z
    .array(bulletin)
    .nullish()
    .transform((found) => (found ?? []).flatMap((each) => each ?? [])),
  component: z.preprocess(
    orNothing,
    z.object({
      authorizationIssues: texts,
      validationErrors: texts,
      contents: z.preprocess(orNothing, z.object({ inputPorts: ports, outputPorts: ports }))
    })
  )
})
