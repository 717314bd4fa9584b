/**
 * Changes parameter contexts by what differs; NiFi stops what uses a changed parameter and starts it again by itself.
 * @module
 */
import {
  done,
  type FieldChange,
  type ItemResult,
  ReconcileError,
  unchanged,
  type Update,
  type WriteCall
} from '../../../src/plugin.ts'
import { runRequest, type Ended } from '../connection/asynchronous.ts'
import type { ContextEntity } from '../reading/entities.ts'
import { isStale, refusalOf } from '../connection/refusal.ts'
import { differencesOf, resetsOf, type Difference } from './compare.ts'
import { updateBody, type Written } from './delta.ts'
import { judgeContext } from './findings.ts'
import { inTurn } from './in-turn.ts'
import type { ContextSpec } from './schema.ts'
import type { ContextState } from './state.ts'
import { parentsOf, readContexts, readWritable, type ContextTools } from './tools.ts'
import { noteWritten, valuesToWrite } from './values.ts'

type Item = Update<ContextSpec, ContextState>
type Call = Pick<WriteCall, 'signal' | 'clock'>
type Contexts = ReadonlyMap<string, ContextEntity>

/**
 * Parents first: then no request can close a circle that the declarations do not have. A result for every item; throws where
 * NiFi gives no answer to any.
 */
export function updateContexts(
  tools: ContextTools,
  items: readonly Item[],
  call: Call
): Promise<readonly ItemResult[]> {
  return inTurn(
    items,
    () => readWritable(tools, call.signal),
    (item, contexts) => updateContext(tools, item, contexts, call)
  )
}

/** Somebody who changed it between reading and writing is let pass once: it is planned again from what is there then. */
async function updateContext(tools: ContextTools, item: Item, contexts: Contexts, call: Call): Promise<ItemResult> {
  const { name, spec } = item.desired
  let attempt = await writeContext(tools, item, contexts, call)
  if (attempt?.ended.result === 'refused' && isStale(attempt.ended.answer))
    attempt = await writeContext(tools, item, await readContexts(tools, call.signal), call)
  if (attempt === undefined) return unchanged(name)
  const error = errorOf(attempt.ended)
  if (error !== undefined) throw error
  noteWritten(name, spec, attempt.values, tools.secrets)
  return done(name)
}

interface Attempt {
  readonly ended: Ended
  readonly values: ReadonlyMap<string, Written>
}

/** Undefined: there is nothing left to change. */
async function writeContext(
  { link, owner, secrets }: ContextTools,
  { desired, fields }: Item,
  contexts: Contexts,
  call: Call
): Promise<Attempt | undefined> {
  const { name, spec, control } = desired
  const entity = contexts.get(name)
  if (entity === undefined) throw new ReconcileError('CONFLICT', `the parameter context "${name}" no longer exists`)
  const state = await judgeContext(spec, entity, contexts, secrets)
  if (state.owner !== undefined && state.owner !== owner)
    throw new ReconcileError('CONFLICT', `the parameter context "${name}" is now owned by "${state.owner}"`)
  // Only where they are wanted: a parameter `a.description` that nobody declares has the path of the description of `a`.
  const resets = control.exact ? resetsOf(spec, state) : []
  const differences = [...differencesOf(spec, state), ...resets].filter(isAmong(fields))
  if (differences.length === 0) return undefined
  const isReparented = differences.some(({ part }) => part.of === 'inherits')
  const inherits = parentsOf(isReparented ? (spec.inherits ?? []) : [], contexts)
  const values = await valuesToWrite(name, spec, differences, secrets)
  const body = updateBody(spec, entity, differences, { clientId: link.clientId, values, inherits })
  const path = `/parameter-contexts/${encodeURIComponent(entity.id)}/update-requests`
  return {
    values,
    ended: await runRequest(
      link,
      { begin: { method: 'POST', path, body }, at: (id) => `${path}/${id}`, timeoutMs: changeTimeoutMs },
      call.signal,
      call.clock
    )
  }
}

/** Why it did not work, in NiFi's words; what became of it is read before it is tried again. */
function errorOf(ended: Ended): ReconcileError | undefined {
  if (ended.result === 'refused') return refusalOf(ended.answer)
  const reason = ended.result === 'complete' ? ended.failureReason : unfinished[ended.result]
  return reason === undefined ? undefined : new ReconcileError('UNAVAILABLE', reason)
}

/** Stopping and starting what uses a parameter can take long: threads at work are waited for. */
const changeTimeoutMs = 120_000

const unfinished = {
  late: `NiFi did not change the parameter context within ${changeTimeoutMs / 1000} s; cancelled`,
  lost: 'NiFi no longer knows the request to change the parameter context'
} as const

/** Only what was planned is written. */
function isAmong(fields: readonly FieldChange[]): (difference: Difference) => boolean {
  return ({ change }) => change.risk !== 'unsupported' && fields.some(({ path }) => path === change.path)
}
