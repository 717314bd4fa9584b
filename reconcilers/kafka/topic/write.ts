/**
 * Creates and updates topics, in one request a batch, with an answer for every topic.
 * @module
 */
import { type Desired, type FieldChange, type ItemResult, unchanged, type Update } from '../../../src/plugin.ts'
import type { KafkaAdmin, NewTopic } from '../admin.ts'
import { toItemResult } from '../broker-errors.ts'
import { configWrites } from '../config/write.ts'
import { inTurn } from '../in-turn.ts'
import { splitWhenTooLarge } from '../split.ts'
import { requestedCount, type TopicSpec, type TopicState } from './state.ts'

const topicAlreadyExists = 36

/** A topic that exists already is `unchanged`: the next reading shows whether it is as declared. */
export async function createTopics(
  admin: KafkaAdmin,
  items: readonly Desired<TopicSpec>[],
  signal: AbortSignal
): Promise<readonly ItemResult[]> {
  const answers = await splitWhenTooLarge(items.map(newTopic), (topics) => admin.createTopics(topics, signal))
  return answers.map((answer) =>
    answer.error?.code === topicAlreadyExists ? unchanged(answer.name) : toItemResult(answer)
  )
}

/** Writes only the named fields: partitions by CreatePartitions, keys by one alteration for the whole batch. */
export async function updateTopics(
  admin: KafkaAdmin,
  items: readonly Update<TopicSpec, TopicState>[],
  signal: AbortSignal
): Promise<readonly ItemResult[]> {
  const alterations = items.map(
    ({ desired, fields }) => ({ type: 'topic', name: desired.name, ...configWrites(fields) }) as const
  )
  const altered = alterations.filter(({ set, remove }) => remove.length > 0 || Object.keys(set).length > 0)
  const increases = items.flatMap(({ desired, fields }) => partitionIncrease(desired.name, fields))
  const parts = [
    { names: namesOf(altered), send: () => splitWhenTooLarge(altered, (batch) => admin.alterConfigs(batch, signal)) },
    {
      names: namesOf(increases),
      send: () => splitWhenTooLarge(increases, (batch) => admin.createPartitions(batch, signal))
    }
  ]
  const answers = await inTurn(parts.filter(({ names }) => names.length > 0))
  return items.map(({ desired: { name } }) => {
    const own = answers.filter((answer) => answer.name === name)
    return toItemResult(
      own.find(({ error, unanswered }) => error !== undefined || unanswered !== undefined) ?? { name }
    )
  })
}

function namesOf(items: readonly { readonly name: string }[]): readonly string[] {
  return items.map(({ name }) => name)
}

function newTopic({ name, spec }: Desired<TopicSpec>): NewTopic {
  const config = Object.fromEntries(
    Object.entries(spec.config ?? {}).flatMap(([key, value]) => (value === null ? [] : [[key, value]]))
  )
  return {
    name,
    partitions: requestedCount(spec.partitions),
    replicationFactor: requestedCount(spec['replication-factor']),
    config
  }
}

function partitionIncrease(
  name: string,
  fields: readonly FieldChange[]
): { readonly name: string; readonly count: number }[] {
  const count = fields.find(({ path }) => path === 'partitions')?.after
  return typeof count === 'number' ? [{ name, count }] : []
}
