/**
 * The one broker that all commits of topics go to.
 * @module
 */
import { sharedClusterOrSkip } from '../live/kafka/harness.ts'
import { Hand } from '../live/kafka/hand.ts'
import { topic } from './topics.ts'

/** An address, and a hand on what is there; the hand must be closed. */
export interface Broker {
  readonly bootstrap: string
  readonly hand: Hand
}

/** A new cluster has it, and cannot lose it (KIP-966). */
const setByKafka = 'min.insync.replicas'

/**
 * As it is before any commit: without the topic of the environment, and with nothing set for the whole cluster. Skips
 * where there is none.
 */
export async function brokerOrSkip(context: Mocha.Context): Promise<Broker> {
  const { bootstrap } = await sharedClusterOrSkip(context)
  const hand = new Hand(bootstrap)
  await hand.delete([...(await hand.topics([topic])).keys()])
  const set = Object.keys(await hand.cluster()).filter((key) => key !== setByKafka)
  await hand.setCluster(Object.fromEntries(set.map((key) => [key, null])))
  return { bootstrap, hand }
}
