/**
 * What tests and benchmarks of the chain commit: the topics of the environment `dev`.
 * @module
 */
import { stringify } from 'yaml'
import type { Json } from '../../src/records.ts'
import type { WorkingCopy } from './working-copy.ts'

/** The topic that the environment declares. */
export const topic = 'user-events'

const week = 604_800_000

/** Milliseconds, in words of the file: another for every change, and never a shorter one, which would be held. */
export function retention(change: number): string {
  return String(week + change * 1000)
}

/** Replaces the override of topics.json; pushes nothing. */
export function declareTopics(copy: WorkingCopy, body: Readonly<Record<string, Json>>): Promise<void> {
  return overrideTopics(copy, JSON.stringify({ [topic]: { partitions: 1, 'replication-factor': 1, ...body } }, null, 2))
}

/** The same with any text. */
export function overrideTopics(copy: WorkingCopy, text: string): Promise<void> {
  const map = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kafka-topics-desired' },
    data: { 'topics.json': text }
  }
  return copy.write('environments/dev/kafka-topics-override.yaml', stringify(map))
}
