/**
 * From the start of the bundled sidecar to the end of its first cycle.
 * @module
 */
import type { Json } from '../../src/records.ts'
import { summarize, type Summary } from '../statistics.ts'
import type { Scene } from './scene.ts'
import { startSidecar } from '../sidecar.ts'

type Sample = Readonly<Record<'wallMs' | 'cpuMs' | 'rssMiB', number>>

const rounds = 9

/** With both clients; everything is in sync, so the cycle only reads. */
export async function measureColdStart(scene: Scene, directory: string): Promise<{ readonly [key: string]: Json }> {
  const result: { [key: string]: Json } = { bundleBytes: scene.bundle.bytes }
  for (const client of ['platformatic', 'kafkajs'] as const) {
    const samples: Sample[] = []
    for (let round = 0; round <= (scene.once ? 1 : rounds); round += 1) {
      const sample = await startOnce(scene, directory, client)
      if (round > 0) samples.push(sample)
    }
    const of = (name: keyof Sample): Summary | null =>
      samples.some((sample) => Number.isNaN(sample[name])) ? null : summarize(samples.map((sample) => sample[name]))
    const summary = { wallMs: of('wallMs'), cpuMs: of('cpuMs'), rssMiB: of('rssMiB') }
    scene.say(
      `cold start with ${client}: ${summary.wallMs?.p50} ms (min ${summary.wallMs?.min}), CPU ${summary.cpuMs?.p50} ms, RSS ${summary.rssMiB?.p50} MiB`
    )
    result[client] = summary
  }
  return result
}

async function startOnce(scene: Scene, directory: string, client: 'platformatic' | 'kafkajs'): Promise<Sample> {
  const startedAt = performance.now()
  const sidecar = startSidecar([scene.bundle.container], {
    CONFIG_DIR: directory,
    KAFKA_BOOTSTRAP_SERVERS: scene.cluster.bootstrap,
    KAFKA_CLIENT: client
  })
  const { line, at } = await sidecar.firstCycle
  const usage = await sidecar.usage()
  await sidecar.stop()
  if (line.status !== 'in-sync') throw new Error(`expected a first cycle that changes nothing, found: ${line.message}`)
  return { wallMs: at - startedAt, cpuMs: usage?.cpuMs ?? Number.NaN, rssMiB: usage?.rssMiB ?? Number.NaN }
}
