/**
 * One call of a plugin that writes: results for every item, whatever the plugin does.
 * @module
 */
import type { ItemResult, WriteCall } from '../contract.ts'
import { ReconcileError, toReconcileError } from '../errors.ts'
import type { Batch } from '../queue/batches.ts'
import { codeOfCall } from './answers.ts'
import { callService, type ServiceCall } from './service-call.ts'

/** What came of a call. */
export interface Answered {
  readonly results: ReadonlyMap<string, ItemResult>
  /** The call as a whole failed: no item was answered. */
  readonly thrown: ReconcileError | undefined
}

export interface WriteCallOptions {
  readonly call: WriteCall<unknown>
  /** Runs the call unless the service is known to be down. Throws what it throws. */
  readonly guarded: <T>(work: () => Promise<T>) => Promise<T>
  readonly onCall: (call: ServiceCall) => void
}

/** Asks the plugin to write a batch. Never throws. */
export async function callPlugin(
  { resource, verb, changes }: Batch,
  { call, guarded, onCall }: WriteCallOptions
): Promise<Answered> {
  const write = async (): Promise<readonly ItemResult[]> => {
    if (verb === 'create') {
      const items = changes.map((change) => change.desired)
      return (await resource.create?.(items, call)) ?? []
    }
    const updates = changes.flatMap((change) => (change.verb === 'update' ? [change] : []))
    return (await resource.update?.(updates, call)) ?? []
  }
  try {
    const results = await guarded(() => callService(`${verb} ${resource.kind}`, { ...call, onCall }, write, codeOfCall))
    const byName = new Map(results.map((result) => [result.name, result]))
    return { results: new Map(changes.map(({ name }) => [name, byName.get(name) ?? missing(name)])), thrown: undefined }
  } catch (error) {
    const thrown = toReconcileError(error)
    return { results: new Map(changes.map(({ name }) => [name, { name, result: 'failed', error: thrown }])), thrown }
  }
}

function missing(name: string): ItemResult {
  const error = new ReconcileError('NO_ANSWER', `item "${name}": expected an answer, found none`)
  return { name, result: 'failed', error }
}
