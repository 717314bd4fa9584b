/**
 * What the Kafka reconciler costs on a real broker. The method is described in docs/performance.md.
 * @module
 */
import { loadavg } from 'node:os'
import { AtomicWriter } from '../../test/read/kubelet.ts'
import type { BenchOptions } from '../run.ts'
import { loads, machine, type Result } from '../machine.ts'
import { round } from '../statistics.ts'
import { measureChange } from './change.ts'
import { measureColdStart } from './cold-start.ts'
import { measureCreate } from './create.ts'
import { declaredKeys, topicNames, topicsFile } from './declaration.ts'
import { measureDiff } from './diff.ts'
import { measureNoOp } from './no-op.ts'
import { openScene, type Scene } from './scene.ts'

/** Starts a broker, measures, and leaves nothing behind. */
export async function measureKafka(options: BenchOptions): Promise<Result> {
  const scene = await openScene(options)
  try {
    const { topics, cluster } = scene
    scene.say(
      `Kafka ${cluster.version}, Node ${process.version}, ${topics} topics of ${declaredKeys.length} keys, load ${loads()}`
    )
    const facts = {
      bench: 'kafka',
      at: new Date().toISOString(),
      machine: machine(),
      versions: { node: process.version, kafka: cluster.version },
      topics,
      keysPerTopic: declaredKeys.length
    }
    if (scene.changeOnly) return { ...facts, change: await step('change', scene, () => measureChange(scene)) }
    const directory = await scene.directory('all')
    await new AtomicWriter(directory, { generation: 'newer' }).write({ 'topics.json': topicsFile(topicNames(topics)) })
    const create = await step('create', scene, () => measureCreate(scene, directory))
    const noOp = await step('noOp', scene, () => measureNoOp(scene, directory))
    const diff = await step('diff', scene, () => measureDiff(scene, directory))
    const coldStart = await step('coldStart', scene, () => measureColdStart(scene, directory))
    const change = await step('change', scene, () => measureChange(scene))
    return { ...facts, create, noOp, diff, coldStart, change }
  } finally {
    await scene.cluster.stop()
  }
}

/** Adds how busy the machine was meanwhile: without it a number says little. */
async function step(name: string, { say }: Scene, measure: () => Promise<Result>): Promise<Result> {
  say(`— ${name}`)
  const result = await measure()
  return { ...result, load: round(loadavg()[0] ?? Number.NaN) }
}
