/**
 * Changes indices in place: settings, then mappings, then aliases; what cannot be changed in place is copied afterwards.
 * @module
 */
import {
  done,
  failed,
  type FieldChange,
  type ItemResult,
  ReconcileError,
  toReconcileError,
  type Update,
  waiting,
  type WriteCall
} from '../../../src/plugin.ts'
import type { Link, Request } from '../connection/link.ts'
import { mappingUpdate } from '../mapping/overlay.ts'
import { encodeName } from '../connection/paths.ts'
import { bodyOf, isOverloaded, refusalOf } from '../connection/refusal.ts'
import { compareSettings, undeclaredSettings, type SettingChange } from '../settings/compare.ts'
import { flattenSettings } from '../settings/flatten.ts'
import { setsBlock, settingsRequests, type SettingsRequest } from '../settings/write.ts'
import { putAliases, type Failures, type Waits } from './update-aliases.ts'
import { comparableMappings, contextOf, copiedPaths } from './compare.ts'
import { reindex, type ReindexOptions } from './reindex/run.ts'
import { isBlockedByUs, unfinishedPath } from './reindex/unfinished.ts'
import type { IndexSpec, IndexState } from './state.ts'

type IndexUpdate = Update<IndexSpec, IndexState>

/** Equal settings of many indices are one request, all aliases are one; mappings are one each, eight at once. */
export async function updateIndices(
  link: Link,
  updates: readonly IndexUpdate[],
  owner: string,
  { signal, clock }: Pick<WriteCall, 'signal' | 'clock'>
): Promise<readonly ItemResult[]> {
  const [failures, waits]: [Failures, Waits] = [new Map(), new Map()]
  const context = { owner, signal, failures, waits }
  const inPlace = updates.map((update) => ({ ...update, fields: inPlaceFields(update) }))
  const left = (): readonly IndexUpdate[] => inPlace.filter(({ state }) => !failures.has(state.index))
  await putSettings(link, left(), context)
  await putMappings(link, left(), context)
  await putAliases(link, left(), context)
  await putBlocks(link, left(), context)
  const results = await Promise.all(
    updates.map((update) => copyIfNeeded(update, failures.get(update.state.index), { link, owner, clock, signal }))
  )
  return results.map((result, position) => {
    const why = waits.get(updates[position]?.state.index ?? '')
    return why === undefined || result.result === 'failed' ? result : waiting(result.name, why)
  })
}

/** A copy is not begun beside something that fails, but one that is begun goes on: it may keep writers waiting. */
async function copyIfNeeded(
  update: IndexUpdate,
  error: ReconcileError | undefined,
  options: ReindexOptions
): Promise<ItemResult> {
  const { desired, fields } = update
  const isBegun = fields.some(({ path }) => path === unfinishedPath)
  if (error !== undefined && !isBegun) return failed(desired.name, error)
  if (inPlaceFields(update).length === fields.length) return done(desired.name)
  const result = await reindex(update, options)
  return error !== undefined && result.result === 'done' ? failed(desired.name, error) : result
}

/** The changes that are no matter of copying into a new index. */
function inPlaceFields({ desired: { spec }, state, fields }: IndexUpdate): readonly FieldChange[] {
  const copied = copiedPaths(spec, state)
  return fields.filter(({ path }) => !copied.has(path) && path !== unfinishedPath)
}

interface StepContext {
  readonly owner: string
  readonly signal: AbortSignal
  readonly failures: Failures
}

function putSettings(link: Link, updates: readonly IndexUpdate[], context: StepContext): Promise<void> {
  return putRequests(
    link,
    requestsOf(updates).filter((request) => !setsBlock(request)),
    context
  )
}

function putBlocks(link: Link, updates: readonly IndexUpdate[], context: StepContext): Promise<void> {
  return putRequests(link, requestsOf(updates).filter(setsBlock), context)
}

function requestsOf(updates: readonly IndexUpdate[]): readonly SettingsRequest[] {
  return settingsRequests(
    updates.map((update) => ({
      name: update.state.index,
      closed: !update.state.isOpen,
      changes: settingChanges(update)
    }))
  )
}

/** A block must be lifted before the rest can be written. */
async function putRequests(
  link: Link,
  requests: readonly SettingsRequest[],
  { signal, failures }: StepContext
): Promise<void> {
  for (const step of Map.groupBy(requests, (request) => request.step).values()) {
    const left = step.filter(({ names }) => !names.every((name) => failures.has(name)))
    await Promise.all(left.map((request) => putGroup(link, request, signal, failures)))
  }
}

/** What may be written of the settings of one index. */
function settingChanges({ desired, state, fields }: IndexUpdate): readonly SettingChange[] {
  const [declared, live, context] = [
    flattenSettings(desired.spec.settings).values,
    flattenSettings(state.settings).values,
    contextOf(state)
  ]
  const allowed = new Set(fields.map(({ path }) => path))
  return [...compareSettings(declared, live, context), ...undeclaredSettings(declared, live, context)].filter(
    ({ key, path }) => allowed.has(path) && !(key === 'blocks.write' && isBlockedByUs(state))
  )
}

/**
 * The server takes a group whole or not at all: when it refuses, each index is asked alone, so that a bad one fails
 * alone. When it does not answer, or can do nothing now, all of the group fail.
 */
async function putGroup(
  link: Link,
  { names, path, reopen, body }: Omit<SettingsRequest, 'step'>,
  signal: AbortSignal,
  failures: Failures
): Promise<void> {
  const query = { ...link.patience, ...(reopen ? { reopen } : {}) }
  const answer = await link
    .ask({ method: 'PUT', path: `/${path}/_settings`, query, body }, signal)
    .catch(toReconcileError)
  const isAnswer = !(answer instanceof ReconcileError)
  if (isAnswer && answer.status < 400) return
  if (isAnswer && names.length > 1 && !isOverloaded(answer)) {
    await Promise.all(
      names.map((name) => putGroup(link, { names: [name], path: encodeName(name), reopen, body }, signal, failures))
    )
    return
  }
  const error = isAnswer ? refusalOf(answer) : answer
  for (const name of names) failures.set(name, error)
}

async function putMappings(
  link: Link,
  updates: readonly IndexUpdate[],
  { owner, signal, failures }: StepContext
): Promise<void> {
  await Promise.all(
    updates.map(async ({ desired, state, fields }) => {
      const body = mappingUpdate(
        comparableMappings(desired.spec, state),
        desired.spec.mappings ?? {},
        new Set(fields.map(({ path }) => path)),
        owner
      )
      if (Object.keys(body).length === 0) return
      const error = await errorOf(
        link,
        { method: 'PUT', path: `/${encodeName(state.index)}/_mapping`, query: link.patience, body },
        signal
      )
      if (error !== undefined) failures.set(state.index, error)
    })
  )
}

/** Why a request failed; undefined when it did not. Never throws. */
async function errorOf(link: Link, request: Request, signal: AbortSignal): Promise<ReconcileError | undefined> {
  try {
    bodyOf(await link.ask(request, signal))
    return undefined
  } catch (error) {
    return toReconcileError(error)
  }
}
