/**
 * From a change of the mounted file to the moment the broker reports the new value.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Json } from '../../src/records.ts'
import { AtomicWriter } from '../../test/read/kubelet.ts'
import { round, summarize } from '../statistics.ts'
import { retentionAfter, topicNames, topicsFile } from './declaration.ts'
import { RawConnection } from './raw.ts'
import type { Scene } from './scene.ts'
import { startSidecar } from './sidecar.ts'

/** The sidecar looks again a second after a write; the next change comes when that is over. */
const quietMs = 1_500
const jitterMs = 500
const pollMs = 2
const longestMs = 30_000

/** Declares `declared` topics to a running sidecar, then changes one after the other. */
export async function measureChange(scene: Scene, declared: number): Promise<{ readonly [key: string]: Json }> {
  const directory = await scene.directory(`change-${declared}`)
  const names = topicNames(declared)
  const writer = new AtomicWriter(directory, { generation: 'newer' })
  const retention = new Map<string, string>()
  await writer.write({ 'topics.json': topicsFile(names) })
  const sidecar = startSidecar({
    entry: scene.bundle.container,
    directory,
    bootstrap: scene.cluster.bootstrap,
    client: 'platformatic'
  })
  await sidecar.firstCycle
  const raw = await RawConnection.open(scene.cluster.bootstrap)
  const samples: number[] = []
  for (let change = 1; change <= (scene.once ? 3 : scene.changes); change += 1) {
    const topic = names[change % names.length] ?? ''
    retention.set(topic, retentionAfter(change))
    const text = topicsFile(names, retention)
    await sleep(quietMs + Math.random() * jitterMs)
    samples.push(await changeOne(writer, raw, { text, topic, value: retentionAfter(change) }))
  }
  await writer.write({ 'topics.json': topicsFile(names) })
  await until(raw, names[1] ?? '', retentionAfter(0))
  await sleep(quietMs)
  const usage = await sidecar.usage()
  await raw.close()
  await sidecar.stop()
  const result = { declared, appliedMs: summarize(samples), rssMiB: usage === undefined ? null : round(usage.rssMiB) }
  scene.say(
    `change applied with ${declared} declared: p50 ${result.appliedMs.p50} ms, p99 ${result.appliedMs.p99} ms, min ${result.appliedMs.min} ms, RSS ${result.rssMiB} MiB`
  )
  return result
}

/** ms from just before the new version is written, as kubelet would write it, until the broker reports the value. */
async function changeOne(
  writer: AtomicWriter,
  raw: RawConnection,
  change: { readonly text: string; readonly topic: string; readonly value: string }
): Promise<number> {
  const startedAt = performance.now()
  await writer.write({ 'topics.json': change.text })
  await until(raw, change.topic, change.value)
  return performance.now() - startedAt
}

async function until(raw: RawConnection, topic: string, value: string): Promise<void> {
  const deadline = performance.now() + longestMs
  while ((await raw.valueOf(topic, 'retention.ms')) !== value) {
    if (performance.now() > deadline) throw new Error(`${topic} did not change within ${longestMs / 1000} s`)
    await sleep(pollMs)
  }
}
