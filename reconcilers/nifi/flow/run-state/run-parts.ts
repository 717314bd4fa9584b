/**
 * What of a flow runs: its processors and ports, and the ports of its remote process groups, one by one.
 * @module
 */
import { z } from 'zod'
import { ReconcileError } from '../../../../src/plugin.ts'
import type { Link } from '../../connection/link.ts'
import { bodyOf } from '../../connection/refusal.ts'
import type { Group } from '../definition/model.ts'
import { groupIdsOf } from '../references/outside-services.ts'
import type { Part } from './part.ts'
import { readRemotePorts } from './remote-ports.ts'

/** Everything with a run state in a group and below it; ports and remote groups cost requests only where the definition has any. */
export async function readParts(link: Link, definition: Group, signal: AbortSignal): Promise<readonly Part[]> {
  const [top] = groupIdsOf(definition)
  if (top === undefined) return []
  const lists = [
    readList(
      link,
      { kind: 'processors', path: pathOf(top, 'processors'), query: { includeDescendantGroups: true } },
      signal
    ),
    ...withPorts(definition).map(({ id, kind }) => readList(link, { kind, path: pathOf(id, kind) }, signal)),
    readRemotePorts(link, definition, signal)
  ]
  return (await Promise.all(lists)).flat()
}

/** Starts or stops one. Throws what `bodyOf` throws. */
export async function setPart(
  link: Link,
  { kind, path, revision }: Part,
  state: 'RUNNING' | 'STOPPED',
  signal: AbortSignal
): Promise<void> {
  const word = kind === 'remote-ports' && state === 'RUNNING' ? 'TRANSMITTING' : state
  const body = {
    revision: { version: revision.version, clientId: link.clientId },
    state: word,
    disconnectedNodeAcknowledged: false
  }
  bodyOf(await link.ask({ method: 'PUT', path: `${path}/run-status`, body }, signal))
}

/** Kinds that NiFi lists. */
type ListKind = Exclude<Part['kind'], 'remote-ports'>

interface ListRequest {
  readonly kind: ListKind
  readonly path: string
  readonly query?: { readonly includeDescendantGroups: boolean }
}

function pathOf(group: string, kind: ListKind): string {
  return `/process-groups/${encodeURIComponent(group)}/${kind}`
}

/** Groups with ports: NiFi lists the ports of one group only. */
function withPorts(group: Group): readonly { readonly id: string; readonly kind: ListKind }[] {
  const { instanceIdentifier: id, inputPorts = [], outputPorts = [], processGroups = [] } = group
  const own =
    typeof id === 'string'
      ? [
          ...(inputPorts.length > 0 ? [{ id, kind: 'input-ports' as const }] : []),
          ...(outputPorts.length > 0 ? [{ id, kind: 'output-ports' as const }] : [])
        ]
      : []
  return [...own, ...processGroups.flatMap(withPorts)]
}

async function readList(link: Link, { kind, path, query }: ListRequest, signal: AbortSignal): Promise<readonly Part[]> {
  const answer = bodyOf(await link.ask({ method: 'GET', path, ...(query && { query }) }, signal))
  const parsed = parts.safeParse(answer)
  if (!parsed.success)
    throw new ReconcileError('UNAVAILABLE', `expected ${kind} as NiFi shows them, found something else`)
  const { processors, inputPorts, outputPorts } = parsed.data
  return [...processors, ...inputPorts, ...outputPorts].map((part) => ({
    kind,
    path: `/${kind}/${encodeURIComponent(part.id)}`,
    ...part
  }))
}

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined)
const errors = z
  .array(z.string())
  .nullish()
  .transform((found) => found ?? [])
const orNothing = (value: unknown): unknown => value ?? {}
const component = z.preprocess(
  orNothing,
  z.object({ name: text, state: text, validationStatus: text, validationErrors: errors })
)
const snapshot = z.preprocess(
  orNothing,
  z.object({
    activeThreadCount: z
      .number()
      .nullish()
      .transform((count) => count ?? 0)
  })
)
const status = z.preprocess(orNothing, z.object({ runStatus: text, aggregateSnapshot: snapshot }))
const right = z
  .preprocess(orNothing, z.object({ canWrite: z.boolean().nullish() }))
  .transform(({ canWrite }) => canWrite ?? true)
const entity = z
  .object({
    id: z.string(),
    revision: z.object({ version: z.number() }),
    permissions: right,
    operatePermissions: right,
    component,
    status
  })
  .transform(({ id, revision, ...shown }) => ({
    id,
    revision,
    name: shown.component.name ?? id,
    state: stateOf(shown.component.state ?? shown.status.runStatus),
    validation: validationOf(shown.component, shown.status.runStatus),
    canOperate: shown.permissions || shown.operatePermissions,
    errors: shown.component.validationErrors,
    threads: shown.status.aggregateSnapshot.activeThreadCount
  }))
const list = z
  .array(entity)
  .nullish()
  .transform((each) => each ?? [])
const parts = z.object({ processors: list, inputPorts: list, outputPorts: list })

function stateOf(word: string | undefined): Part['state'] {
  const state = word?.toUpperCase()
  return state === 'RUNNING' || state === 'DISABLED' ? state : 'STOPPED'
}

/** Ports have no word for it, only errors. What is disabled NiFi does not look at, and shows as VALIDATING for ever. */
function validationOf(
  { state, validationStatus, validationErrors: found }: z.output<typeof component>,
  runStatus: string | undefined
): Part['validation'] {
  const validation = (validationStatus ?? runStatus)?.toUpperCase()
  if (validation === 'VALIDATING') return stateOf(state ?? runStatus) === 'DISABLED' ? 'VALID' : 'VALIDATING'
  return validation === 'INVALID' || found.length > 0 ? 'INVALID' : 'VALID'
}
