/**
 * From `git push` to the moment a real broker reports the new value, with the real Flux and the kubelet's own writer.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Chain } from '../../test/e2e/chain.ts'
import { declareTopics, retention, topic } from '../../test/e2e/topics.ts'
import { Hand } from '../../test/live/kafka/hand.ts'
import { startKafka } from '../../test/servers/kafka.ts'
import { kubernetesTools } from '../../test/servers/kubernetes-tools.ts'
import { startKubernetes } from '../../test/servers/kubernetes.ts'
import { loads, machine, type Result } from '../machine.ts'
import type { BenchOptions } from '../run.ts'
import { summarize } from '../statistics.ts'

const pollMs = 5
const longestMs = 120_000
/** The sidecar looks again a second after a write; the next push comes when that is over. */
const quietMs = 1_500

/** Pushes one change of a topic after the other; the time begins just before `git commit` and `git push`. */
export async function measureKubernetes({ changes, once }: BenchOptions): Promise<Result> {
  const before = loads()
  const tools = await kubernetesTools()
  if ('missing' in tools) throw new Error(`no Kubernetes API server: ${tools.missing}`)
  const server = await startKubernetes(tools.paths)
  const cluster = await startKafka()
  const hand = new Hand(cluster.bootstrap)
  const chain = await Chain.open(server, { service: 'kafka', env: { KAFKA_BOOTSTRAP_SERVERS: cluster.bootstrap } })
  try {
    await chain.copy.push('Declare the environment')
    await chain.startSidecar()
    await until(async () => (await hand.topics([topic])).size === 1)
    const samples: number[] = []
    for (let change = 1; change <= (once ? 3 : changes); change += 1) {
      await sleep(quietMs)
      samples.push(await pushOne(chain, hand, retention(change)))
    }
    const pushedMs = summarize(samples)
    console.error(
      `push to changed topic: p50 ${pushedMs.p50} ms, p99 ${pushedMs.p99} ms, min ${pushedMs.min} ms; load ${before} → ${loads()}`
    )
    return { service: 'kubernetes', machine: machine(), pushedMs }
  } finally {
    await chain.stop()
    await hand.close()
    await cluster.stop()
    await server.stop()
  }
}

async function pushOne({ copy }: Chain, hand: Hand, value: string): Promise<number> {
  await declareTopics(copy, { config: { 'retention.ms': value } })
  const startedAt = performance.now()
  await copy.push(`Keep events for ${value} ms`)
  await until(async () => (await hand.topics([topic])).get(topic)?.config['retention.ms'] === value)
  return performance.now() - startedAt
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + longestMs; !(await isSo()); await sleep(pollMs)) {
    if (performance.now() > deadline) throw new Error(`the topic did not change within ${longestMs / 1000} s`)
  }
}
