/**
 * What the Elasticsearch reconciler costs on a real node. The method is described in docs/performance.md.
 * @module
 */
import type { Json } from '../../src/records.ts'
import { loads, machine, type Result } from '../machine.ts'
import type { BenchOptions } from '../run.ts'
import { measureChange } from './change.ts'
import { fieldsPerIndex } from './declaration.ts'
import { measureNoOp } from './no-op.ts'
import { measureSidecarChange } from './sidecar-change.ts'
import { openScene, type Scene } from './scene.ts'

/** Starts a node, measures, and leaves nothing behind. */
export async function measureElasticsearch(options: BenchOptions): Promise<Result> {
  const scene = await openScene(options)
  try {
    const { node, names } = scene
    scene.say(
      `Elasticsearch ${node.version}, Node ${process.version}, ${names.length} indices of ${fieldsPerIndex} fields, load ${loads()}`
    )
    const facts = {
      bench: 'elasticsearch',
      at: new Date().toISOString(),
      machine: machine(),
      versions: { node: process.version, elasticsearch: node.version },
      indices: names.length,
      fieldsPerIndex
    }
    const sidecarChange = (): Promise<Result> => step(scene, () => measureSidecarChange(scene, scene.dir))
    if (scene.changeOnly) return { ...facts, sidecarChange: await sidecarChange() }
    const create = await step(scene, () => measureChange(scene, 'created', '30s'))
    const noOp = await step(scene, () => measureNoOp(scene))
    const change = await step(scene, () => measureChange(scene, 'one setting changed', '60s'))
    return { ...facts, create, noOp, change, sidecarChange: await sidecarChange() }
  } finally {
    await scene.close()
  }
}

/** Adds how busy the machine was meanwhile: without it a number says little. */
async function step(scene: Scene, measure: () => Promise<{ readonly [key: string]: Json }>): Promise<Result> {
  const result = await measure()
  scene.say(`— load ${loads()}`)
  return { ...result, load: loads() }
}
