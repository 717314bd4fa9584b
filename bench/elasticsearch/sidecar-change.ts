/**
 * Indices whose refresh interval is changed, one after the other, by a sidecar in a process of its own.
 * @module
 */
import { z } from 'zod'
import { ask } from '../../test/servers/http.ts'
import type { ElasticsearchNode } from '../../test/servers/elasticsearch.ts'
import { changedAfter, itemOf, measureChanges, splitFiles, type Changing } from '../change.ts'
import { countHttp } from '../http-counter.ts'
import type { Result } from '../machine.ts'
import { indexNames, indicesFile } from './declaration.ts'
import type { Scene } from './scene.ts'

const sizes = [10, 1_000]
/** Files of less than 1 MiB, which is what a ConfigMap may hold. */
const mostPerFile = 400

/** Every size up to `items`. `dir` is removed by the caller. */
export async function measureSidecarChange(scene: Scene, dir: string): Promise<Result> {
  const { node, items } = scene
  return measureChanges({
    service: 'elasticsearch',
    sizes: sizes.filter((each) => each <= items),
    env: { ELASTICSEARCH_URL: node.url },
    dir,
    open: (declared) => indicesOf(node, declared),
    count: () => countHttp(node.url, 'ELASTICSEARCH_URL', /bench-[^/]+/g),
    options: scene
  })
}

const settingsSchema = z.record(z.string(), z.object({ settings: z.record(z.string(), z.unknown()) }))

/** The refresh interval after the n-th change. */
function interval(change: number): string {
  return `${30 + change}s`
}

function indicesOf(node: ElasticsearchNode, declared: number): Changing {
  const names = indexNames(declared)
  return {
    declared,
    files: (change) => {
      const changed = new Map([...changedAfter(names, change)].map(([name, last]) => [name, interval(last)]))
      return splitFiles('indices', names, mostPerFile, (part) => indicesFile(part, interval(0), changed))
    },
    isApplied: async (change) => {
      const name = itemOf(names, change)
      const { body } = await ask(node, { path: `/${name}/_settings/index.refresh_interval?flat_settings=true` })
      return settingsSchema.parse(body)[name]?.settings['index.refresh_interval'] === interval(change)
    }
  }
}
