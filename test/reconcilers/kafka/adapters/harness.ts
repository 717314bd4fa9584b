/**
 * What the live tests of the adapters share: both clients, a cluster or a loud skip, and patience.
 * @module
 */
import type { KafkaAdmin } from '../../../../reconcilers/kafka/admin.ts'
import { readConnectionSettings } from '../../../../reconcilers/kafka/connection.ts'
import { openAdmin } from '../../../../reconcilers/kafka/open-admin.ts'
import { Environment } from '../../../../src/connect/environment.ts'
import { skipLoudly } from '../../../live/skip.ts'
import { type KafkaCluster, type KafkaOptions, missingPrerequisites, startKafka } from '../../../servers/kafka.ts'

export { eventually } from '../../../live/eventually.ts'

/** Both fulfil the same port, so every scenario runs with both. */
export const clients = ['platformatic', 'kafkajs'] as const
export type ClientName = (typeof clients)[number]

/** An admin as the sidecar would open it. */
export function adminFor(
  client: ClientName,
  bootstrap: string,
  variables: Readonly<Record<string, string>> = {}
): KafkaAdmin {
  return openAdmin(
    readConnectionSettings(new Environment({ KAFKA_BOOTSTRAP_SERVERS: bootstrap, KAFKA_CLIENT: client, ...variables }))
  )
}

/** A cluster, or a skip that says on stderr what is missing. */
export async function clusterOrSkip(context: Mocha.Context, options: KafkaOptions = {}): Promise<KafkaCluster> {
  const missing = await missingPrerequisites(options)
  if (missing !== undefined) skipLoudly(context, `no real Kafka here: ${missing}`)
  return startKafka(options)
}

/** A caller's patience that no request of a healthy cluster uses up. */
export function patience(): AbortSignal {
  return AbortSignal.timeout(60_000)
}

/** Runs `work` and gives its duration in ms beside its error. */
export async function failing(work: Promise<unknown>): Promise<{ readonly error: unknown; readonly ms: number }> {
  const start = performance.now()
  try {
    await work
  } catch (error) {
    return { error, ms: performance.now() - start }
  }
  throw new Error('did not fail')
}
