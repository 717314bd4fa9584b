/**
 * Configuration changes through kafkajs, which has only the legacy AlterConfigs: that one replaces everything a topic
 * carries, so what is there has to be read, kept and sent again. Between reading and writing another writer can lose.
 * @module
 */
import { systemClock, toReconcileError } from '../../../src/plugin.ts'
import type { Answer, BrokerError, ConfigAlteration, ConfigEntry } from '../admin.ts'
import { adapterErrors, brokerError, notAnswered } from '../broker-errors.ts'
import { inTurn } from '../in-turn.ts'
import { describeConfigs } from './describe-configs.ts'
import { topicResource } from './resource-types.ts'
import type { Asking } from './session.ts'

/** Why kafkajs must not write anything but topics. */
export const clusterReason =
  'kafkajs cannot name the cluster-wide resource, and its AlterConfigs replaces all keys at once; KAFKA_CLIENT=platformatic can'

/** Readers lag behind the controller; measured well below a second on an idle cluster. */
const visibleWithinMs = 2000
const rereadMs = 100

/** Topic by topic: read, overlay, validate, write, read again. Writes; one bad topic never stops the next. */
export function alterConfigs(
  session: Asking,
  alterations: readonly ConfigAlteration[],
  signal: AbortSignal
): Promise<readonly Answer[]> {
  return inTurn(
    alterations.map((alteration) => ({
      names: [alteration.name],
      send: async () => [{ name: alteration.name, ...(await alterTopic(session, alteration, signal)) }]
    }))
  )
}

/** What is wrong; nothing when the topic is as it should be. Throws when the write is not answered. */
async function alterTopic(
  session: Asking,
  alteration: ConfigAlteration,
  signal: AbortSignal
): Promise<Omit<Answer, 'name'>> {
  if (alteration.type !== 'topic') return { error: unsafe(clusterReason) }
  const before = await ownEntries(session, alteration.name, signal)
  if ('refusal' in before) return { error: before.refusal }
  const kept = before.entries.filter(({ name }) => !touches(alteration, name))
  const unreadable = kept.find(({ value, sensitive }) => sensitive || value === null)
  if (unreadable) {
    const lost = `the topic carries ${unreadable.name}, whose value is hidden and would be lost`
    return { error: unsafe(`${lost}: kafkajs replaces all keys at once`) }
  }
  const keptValues = kept.map(({ name, value }) => ({ name, value: value ?? '' }))
  const configEntries = [...keptValues, ...Object.entries(alteration.set).map(([name, value]) => ({ name, value }))]
  for (const validateOnly of [true, false]) {
    const request = { validateOnly, resources: [{ type: topicResource, name: alteration.name, configEntries }] }
    const outcome = await session.ask('AlterConfigs', signal, async (admin) => void (await admin.alterConfigs(request)))
    if ('refusal' in outcome) return { error: outcome.refusal }
  }
  try {
    const error = await verify(session, alteration, kept, signal)
    return error === undefined ? {} : { error }
  } catch (error) {
    // The write was answered, and only what came of it is not known.
    return { unanswered: toReconcileError(error) }
  }
}

/** Whether everything arrived: our keys are there or gone, and the others are as they were. */
async function verify(
  session: Asking,
  alteration: ConfigAlteration,
  kept: readonly ConfigEntry[],
  signal: AbortSignal
): Promise<BrokerError | undefined> {
  for (let waited = 0; ; waited += rereadMs) {
    const after = await ownEntries(session, alteration.name, signal)
    if ('refusal' in after) return after.refusal
    const wrong = firstDifference(alteration, kept, after.entries)
    if (wrong === undefined) return undefined
    if (waited >= visibleWithinMs)
      return brokerError(
        adapterErrors.CHANGED_MEANWHILE,
        `${wrong} differs from what was written: another client changes this topic's configuration`
      )
    await systemClock.sleep(rereadMs, signal)
  }
}

/** Values we set are not compared: brokers store some of them in another form, and the next reading compares those. */
function firstDifference(
  alteration: ConfigAlteration,
  kept: readonly ConfigEntry[],
  entries: readonly ConfigEntry[]
): string | undefined {
  const now = new Map(entries.map(({ name, value }) => [name, value]))
  return (
    alteration.remove.find((name) => now.has(name)) ??
    Object.keys(alteration.set).find((name) => !now.has(name)) ??
    kept.find(({ name, value }) => now.get(name) !== value)?.name
  )
}

type Own = { readonly entries: readonly ConfigEntry[] } | { readonly refusal: BrokerError }

/** What the topic itself carries. */
async function ownEntries(session: Asking, name: string, signal: AbortSignal): Promise<Own> {
  const [answer] = await describeConfigs(session, [{ type: 'topic', name, keys: 'all' }], { synonyms: false }, signal)
  if (answer === undefined) return { refusal: notAnswered() }
  return answer.error
    ? { refusal: answer.error }
    : { entries: answer.entries.filter(({ source }) => source === 'topic') }
}

function touches({ set, remove }: ConfigAlteration, name: string): boolean {
  return Object.hasOwn(set, name) || remove.includes(name)
}

function unsafe(message: string): BrokerError {
  return brokerError(adapterErrors.UNSAFE_WITH_THIS_CLIENT, message)
}
