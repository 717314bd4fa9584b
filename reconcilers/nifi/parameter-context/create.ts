/**
 * Creates parameter contexts, each after those it inherits from.
 * @module
 */
import { type Desired, done, type ItemResult, ReconcileError, unchanged, type WriteCall } from '../../../src/plugin.ts'
import type { ContextEntity } from '../reading/entities.ts'
import { contextOf } from '../reading/parse-entities.ts'
import { bodyOf } from '../connection/refusal.ts'
import { differencesOf } from './compare.ts'
import { creationBody } from './delta.ts'
import { judgeContext } from './findings.ts'
import type { ContextsByName } from './inherited.ts'
import { inTurn } from './in-turn.ts'
import type { ContextSpec } from './schema.ts'
import { parentsOf, readContexts, readWritable, type ContextTools } from './tools.ts'
import { noteWritten, valuesToWrite } from './values.ts'

type Item = Desired<ContextSpec>

/** Each after those it inherits from. A result for every item; throws where NiFi gives no answer to any. */
export function createContexts(
  tools: ContextTools,
  items: readonly Item[],
  { signal }: Pick<WriteCall, 'signal'>
): Promise<readonly ItemResult[]> {
  const read = async (): Promise<Map<string, ContextEntity>> => new Map(await readWritable(tools, signal))
  return inTurn(items, read, (item, contexts) => createContext(tools, item, contexts, signal))
}

/** `contexts` learns of what was made. */
async function createContext(
  tools: ContextTools,
  item: Item,
  contexts: Map<string, ContextEntity>,
  signal: AbortSignal
): Promise<ItemResult> {
  const { link, owner, secrets } = tools
  const { name, spec } = item
  const existing = contexts.get(name)
  if (existing !== undefined) return compareExisting(tools, item, existing, contexts)
  const inherits = parentsOf(spec.inherits ?? [], contexts)
  const values = await valuesToWrite(name, spec, differencesOf(spec, undefined), secrets)
  const body = creationBody(name, spec, owner, { clientId: link.clientId, values, inherits })
  const answer = await link.ask({ method: 'POST', path: '/parameter-contexts', body }, signal)
  if (answer.status === 409) {
    const now = await readContexts(tools, signal)
    const taken = now.get(name)
    if (taken !== undefined) return compareExisting(tools, item, taken, now)
  }
  contexts.set(name, contextOf(bodyOf(answer)))
  noteWritten(name, spec, values, secrets)
  return done(name)
}

/** Somebody else was faster, or an answer of ours got lost. */
async function compareExisting(
  { secrets }: ContextTools,
  { name, spec }: Item,
  entity: ContextEntity,
  contexts: ContextsByName
): Promise<ItemResult> {
  const state = await judgeContext(spec, entity, contexts, secrets)
  if (differencesOf(spec, state).length === 0) return unchanged(name)
  throw new ReconcileError(
    'CONFLICT',
    `the parameter context "${name}" already exists and differs from its declaration`
  )
}
