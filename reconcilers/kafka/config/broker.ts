/**
 * What single brokers say of their configuration. Never writes.
 * @module
 */
import { ReconcileError } from '../../../src/plugin.ts'
import type { BrokerError, ClusterMetadata, ConfigEntry, KafkaAdmin } from '../admin.ts'
import type { Entries } from './effect.ts'

/** What one broker says: its entries, the error it names, or why it gave no answer. */
export type BrokerView =
  | { readonly id: string; readonly entries: Entries }
  | { readonly id: string; readonly refused: BrokerError }
  | { readonly id: string; readonly silent: ReconcileError }

type Brokers = ClusterMetadata['brokers']

/** One request to every broker. One that gives no answer stops no other; only `signal` is thrown for. */
export function describeBrokers(
  admin: KafkaAdmin,
  brokers: Brokers,
  keys: readonly string[],
  signal: AbortSignal
): Promise<readonly BrokerView[]> {
  return Promise.all(brokers.map(({ id }) => describeBroker(admin, String(id), keys, signal)))
}

/** Keys of the first broker. Empty where it does not show them, or is not there: the risk then counts as the worst. */
export async function firstBroker(
  admin: KafkaAdmin,
  brokers: Brokers,
  keys: readonly string[],
  signal: AbortSignal
): Promise<Entries> {
  const [view] = await describeBrokers(admin, brokers.slice(0, 1), keys, signal)
  return view !== undefined && 'entries' in view ? view.entries : new Map()
}

async function describeBroker(
  admin: KafkaAdmin,
  id: string,
  keys: readonly string[],
  signal: AbortSignal
): Promise<BrokerView> {
  try {
    const [answer] = await admin.describeConfigs([{ type: 'broker', name: id, keys }], { synonyms: true }, signal)
    if (answer?.error !== undefined) return { id, refused: answer.error }
    return { id, entries: new Map((answer?.entries ?? []).map((entry): [string, ConfigEntry] => [entry.name, entry])) }
  } catch (error) {
    if (signal.aborted || !(error instanceof ReconcileError)) throw error
    return { id, silent: error }
  }
}
