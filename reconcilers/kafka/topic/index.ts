/**
 * Kafka topics.
 * @module
 */
import type { Resource } from '../../../src/plugin.ts'
import type { KafkaAdmin } from '../admin.ts'
import { topicKind } from './kind.ts'
import { observeTopics } from './observe.ts'
import { Probe } from './probe.ts'
import type { TopicFacts, TopicSpec, TopicState } from './state.ts'
import { createTopics, updateTopics } from './write.ts'

export { topicKind } from './kind.ts'

/** Topics of the cluster behind `admin`. They are never removed: there is no such method. */
export function topicResource(admin: KafkaAdmin): Resource<TopicSpec, TopicState, TopicFacts> {
  const probe = new Probe()
  return {
    ...topicKind,
    scoped: true,
    observe: (desired, cycle) => observeTopics(admin, probe, desired, cycle),
    create: (items, { signal }) => createTopics(admin, items, signal),
    update: (items, { signal }) => updateTopics(admin, items, signal)
  }
}
