/**
 * Flows of which one property is changed, one after the other, by a sidecar in a process of its own.
 * @module
 */
import { z } from 'zod'
import { ask } from '../../test/servers/http.ts'
import type { NifiNode } from '../../test/servers/nifi.ts'
import { changedAfter, itemOf, measureChanges, type Changing } from '../change.ts'
import { countHttp } from '../http-counter.ts'
import type { Result } from '../machine.ts'
import { contextsFile, flowNames, flowsFile, type Scene } from './scene.ts'

const sizes = [10, 100]
const ids = /[\da-f]{8}-[\da-f-]{27}/g

/** Every size up to `items`. `dir` is removed by the caller. */
export async function measureSidecarChange(scene: Scene, dir: string): Promise<Result> {
  const { node, items } = scene
  return measureChanges({
    service: 'nifi',
    sizes: sizes.filter((each) => each <= items),
    env: { NIFI_URL: node.url },
    dir,
    open: (declared) => changingFlows(node, declared),
    count: () => countHttp(node.url, 'NIFI_URL', ids),
    options: scene
  })
}

const groupsSchema = z.object({
  processGroupFlow: z.object({
    flow: z.object({
      processGroups: z.array(z.object({ id: z.string(), component: z.object({ name: z.string() }) }))
    })
  })
})
const processorsSchema = z.object({
  processors: z.array(
    z.object({
      component: z.object({
        state: z.string(),
        config: z.object({ properties: z.record(z.string(), z.string().nullable()) })
      })
    })
  )
})

/** The size of files after the n-th change. */
function sizeAfter(change: number): string {
  return `${1 + change}KB`
}

function changingFlows(node: NifiNode, declared: number): Changing {
  const names = flowNames(declared)
  const groups = new Map<string, string>()
  return {
    declared,
    files: (change) => {
      const changed = new Map([...changedAfter(names, change)].map(([name, last]) => [name, sizeAfter(last)]))
      return { 'flows.yaml': flowsFile(names, sizeAfter(0), changed), 'parameter-contexts.yaml': contextsFile }
    },
    // Applied is what runs again.
    isApplied: async (change) => {
      const name = itemOf(names, change)
      if (!groups.has(name)) for (const [each, id] of await readGroups(node)) groups.set(each, id)
      const { body } = await ask(node, { path: `/nifi-api/process-groups/${groups.get(name) ?? ''}/processors` })
      const { processors } = processorsSchema.parse(body)
      const isRunning = processors.every(({ component }) => component.state === 'RUNNING')
      return (
        isRunning && processors.some(({ component }) => component.config.properties['File Size'] === sizeAfter(change))
      )
    }
  }
}

async function readGroups(node: NifiNode): Promise<readonly (readonly [name: string, id: string])[]> {
  const { body } = await ask(node, { path: '/nifi-api/flow/process-groups/root' })
  return groupsSchema
    .parse(body)
    .processGroupFlow.flow.processGroups.map(({ id, component }) => [component.name, id] as const)
}
