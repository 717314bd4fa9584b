/**
 * Entries and states as a broker would show them, with nothing but what a test is about.
 * @module
 */
import type { ConfigEntry, ConfigSource } from '../../../reconcilers/kafka/admin.ts'
import type { TopicState } from '../../../reconcilers/kafka/topic/state.ts'
import type { Control, Desired } from '../../../src/contract.ts'
import { keyOf } from '../../../src/records.ts'

export function entry(
  name: string,
  value: string | null,
  source: ConfigSource = 'topic',
  more: Partial<ConfigEntry> = {}
): ConfigEntry {
  return { name, value, source, sensitive: false, readOnly: false, type: 0, synonyms: [], ...more }
}

export function entriesOf(entries: readonly ConfigEntry[]): ReadonlyMap<string, ConfigEntry> {
  return new Map(entries.map((each) => [each.name, each]))
}

export function topicState(entries: readonly ConfigEntry[] = [], more: Partial<TopicState> = {}): TopicState {
  return { partitions: 3, replicationFactor: 2, config: entriesOf(entries), complete: true, exact: false, ...more }
}

export function desired<Spec>(kind: string, name: string, spec: Spec, control: Partial<Control> = {}): Desired<Spec> {
  return {
    key: keyOf('kafka', kind, name),
    name,
    spec,
    digest: '',
    control: { paused: false, ignore: [], exact: false, ...control },
    at: { file: '', line: 1, column: 1 }
  }
}
