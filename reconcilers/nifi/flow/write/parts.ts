/**
 * What of a flow can be started and stopped: its processors and ports, one by one.
 * @module
 */
import { z } from 'zod'
import { ReconcileError } from '../../../../src/errors.ts'
import type { Revision } from '../../entities.ts'
import type { Link } from '../../link.ts'
import { bodyOf } from '../../refusal.ts'
import type { Group } from '../definition/model.ts'
import { groupIdsOf } from '../external.ts'

/** A component with a run state. */
export interface Part {
  readonly kind: 'processors' | 'input-ports' | 'output-ports'
  /** The live id. */
  readonly id: string
  readonly revision: Revision
  readonly name: string
  readonly state: 'RUNNING' | 'STOPPED' | 'DISABLED'
  readonly validation: 'VALID' | 'INVALID' | 'VALIDATING'
  /** Whether we may start and stop it. */
  readonly canOperate: boolean
  /** In NiFi's words. */
  readonly errors: readonly string[]
  /** Threads at work in it; one that is stopped ends them first. */
  readonly threads: number
}

/** Everything with a run state in a group and below it; ports cost requests only where the definition has any. */
export async function readParts(link: Link, definition: Group, signal: AbortSignal): Promise<readonly Part[]> {
  const [top] = groupIdsOf(definition)
  if (top === undefined) return []
  const lists = [
    readList(link, { kind: 'processors', path: pathOf(top, 'processors'), query: { includeDescendantGroups: true } }, signal),
    ...withPorts(definition).map(({ id, kind }) => readList(link, { kind, path: pathOf(id, kind) }, signal))
  ]
  return (await Promise.all(lists)).flat()
}

/** Starts or stops one. Throws what `bodyOf` throws. */
export async function setPart(link: Link, { kind, id, revision }: Part, state: 'RUNNING' | 'STOPPED', signal: AbortSignal): Promise<void> {
  const body = { revision: { version: revision.version, clientId: link.clientId }, state, disconnectedNodeAcknowledged: false }
  bodyOf(await link.ask({ method: 'PUT', path: `/${kind}/${encodeURIComponent(id)}/run-status`, body }, signal))
}

interface ListRequest {
  readonly kind: Part['kind']
  readonly path: string
  readonly query?: { readonly includeDescendantGroups: boolean }
}

function pathOf(group: string, kind: Part['kind']): string {
  return `/process-groups/${encodeURIComponent(group)}/${kind}`
}

/** Groups with ports: NiFi lists the ports of one group only. */
function withPorts(group: Group): readonly { readonly id: string; readonly kind: Part['kind'] }[] {
  const { instanceIdentifier: id, inputPorts = [], outputPorts = [], processGroups = [] } = group
  const own =
    typeof id === 'string' ? [...(inputPorts.length > 0 ? [{ id, kind: 'input-ports' as const }] : []), ...(outputPorts.length > 0 ? [{ id, kind: 'output-ports' as const }] : [])] : []
  return [...own, ...processGroups.flatMap(withPorts)]
}

async function readList(link: Link, { kind, path, query }: ListRequest, signal: AbortSignal): Promise<readonly Part[]> {
  const answer = bodyOf(await link.ask({ method: 'GET', path, ...(query && { query }) }, signal))
  const parsed = parts.safeParse(answer)
  if (!parsed.success) throw new ReconcileError('UNAVAILABLE', `expected ${kind} as NiFi shows them, found something else`)
  const { processors, inputPorts, outputPorts } = parsed.data
  return [...processors, ...inputPorts, ...outputPorts].map((part) => ({ kind, ...part }))
}

const text = z.string().nullish().transform((value) => value ?? undefined)
const errors = z.array(z.string()).nullish().transform((found) => found ?? [])
const orNothing = (value: unknown): unknown => value ?? {}
const component = z.preprocess(orNothing, z.object({ name: text, state: text, validationStatus: text, validationErrors: errors }))
const snapshot = z.preprocess(orNothing, z.object({ activeThreadCount: z.number().nullish().transform((count) => count ?? 0) }))
const status = z.preprocess(orNothing, z.object({ runStatus: text, aggregateSnapshot: snapshot }))
const right = z.preprocess(orNothing, z.object({ canWrite: z.boolean().nullish() })).transform(({ canWrite }) => canWrite ?? true)
const entity = z.object({ id: z.string(), revision: z.object({ version: z.number() }), permissions: right, operatePermissions: right, component, status }).transform(({ id, revision, ...shown }) => ({
  id,
  revision,
  name: shown.component.name ?? id,
  state: stateOf(shown.component.state ?? shown.status.runStatus),
  validation: validationOf(shown.component, shown.status.runStatus),
  canOperate: shown.permissions || shown.operatePermissions,
  errors: shown.component.validationErrors,
  threads: shown.status.aggregateSnapshot.activeThreadCount
}))
const list = z.array(entity).nullish().transform((each) => each ?? [])
const parts = z.object({ processors: list, inputPorts: list, outputPorts: list })

function stateOf(word: string | undefined): Part['state'] {
  const state = word?.toUpperCase()
  return state === 'RUNNING' || state === 'DISABLED' ? state : 'STOPPED'
}

/** Ports have no word for it, only errors. What is disabled NiFi does not look at, and shows as VALIDATING for ever. */
function validationOf({ state, validationStatus, validationErrors: found }: z.output<typeof component>, runStatus: string | undefined): Part['validation'] {
  const validation = (validationStatus ?? runStatus)?.toUpperCase()
  if (validation === 'VALIDATING') return stateOf(state ?? runStatus) === 'DISABLED' ? 'VALID' : 'VALIDATING'
  return validation === 'INVALID' || found.length > 0 ? 'INVALID' : 'VALID'
}
