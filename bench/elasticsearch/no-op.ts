/**
 * Cycles that change nothing: those in which the cluster has not changed either, and those that read everything.
 * @module
 */
import { Agent, request as send } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Json } from '../../src/records.ts'
import { ask } from '../../test/servers/http.ts'
import { ratio, summarize } from '../statistics.ts'
import { time } from '../timing.ts'
import type { RequestCounts, Scene } from './scene.ts'

const rounds = 41
const warmUps = 15
/** An index nobody declares: changing it changes the cluster state. */
const other = 'undeclared'

/** The idle cycle beside its one request; the reading cycle beside one GET for each index, with the same client. */
export async function measureNoOp(scene: Scene): Promise<{ readonly [key: string]: Json }> {
  await askOrThrow(scene, 'PUT', `/${other}`, { settings: { number_of_replicas: 0 } })
  await untilQuiet(scene)
  return { idle: await measureIdle(scene), full: await measureFull(scene) }
}

/** A node goes on working for a while after a thousand indices were made, on the processors we are measured on. */
async function untilQuiet({ node }: Scene): Promise<void> {
  const deadline = performance.now() + 90_000
  for (let calm = 0; calm < 3 && performance.now() < deadline;) {
    await sleep(1000)
    const { body } = await ask(node, { path: '/_nodes/stats/process?filter_path=nodes.*.process.cpu.percent' })
    const [stats] = Object.values(statsSchema.parse(body).nodes)
    calm = (stats?.process.cpu.percent ?? 0) < 15 ? calm + 1 : 0
  }
}

const statsSchema = z.object({
  nodes: z.record(z.string(), z.object({ process: z.object({ cpu: z.object({ percent: z.number() }) }) }))
})

async function measureIdle(scene: Scene): Promise<{ readonly [key: string]: Json }> {
  const [cycles, floors]: [number[], number[]] = [[], []]
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const url = new URL('/_cluster/state/version?filter_path=version,state_uuid,cluster_uuid', scene.node.url)
  let requests: RequestCounts = {}
  for (let round = -warmUps; round < (scene.once ? 1 : rounds); round += 1) {
    scene.link.reset()
    await time(() => cycleInSync(scene), round < 0 ? [] : cycles)
    if (Object.keys(scene.link.counts).length === 1) requests = scene.link.counts
    await time(() => get(url, agent), round < 0 ? [] : floors)
  }
  agent.destroy()
  const result = { cycleMs: summarize(cycles), serverMs: summarize(floors), requests }
  scene.say(
    `idle cycle ${result.cycleMs.p50} ms, its request alone ${result.serverMs.p50} ms, ${JSON.stringify(requests)}`
  )
  return result
}

/** One plain request on a connection that is kept. */
function get(url: URL, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    send(url, { agent }, (answer) => resolve(text(answer)))
      .once('error', reject)
      .end()
  })
}

async function measureFull(scene: Scene): Promise<{ readonly [key: string]: Json }> {
  const [cycles, concurrent, sequential]: [number[], number[], number[]] = [[], [], []]
  let requests: RequestCounts = {}
  for (let round = -3; round < (scene.once ? 1 : 15); round += 1) {
    const keep = (samples: number[]): number[] => (round < 0 ? [] : samples)
    await askOrThrow(scene, 'PUT', `/${other}/_settings`, { 'index.priority': round + 10 })
    scene.link.reset()
    await time(() => cycleInSync(scene), keep(cycles))
    requests = scene.link.counts
    await time(() => Promise.all(scene.names.map((name) => askOrThrow(scene, 'GET', `/${name}`))), keep(concurrent))
    await time(async () => {
      for (const name of scene.names) await askOrThrow(scene, 'GET', `/${name}`)
    }, keep(sequential))
  }
  const [cycleMs, concurrentMs, sequentialMs] = [summarize(cycles), summarize(concurrent), summarize(sequential)]
  const timesFaster = {
    thanConcurrent: ratio(concurrentMs.p50, cycleMs.p50),
    thanSequential: ratio(sequentialMs.p50, cycleMs.p50)
  }
  scene.say(
    `full cycle ${cycleMs.p50} ms (min ${cycleMs.min}), ${JSON.stringify(requests)}; one GET each, eight at once ${concurrentMs.p50} ms: ${timesFaster.thanConcurrent} times, one by one ${sequentialMs.p50} ms: ${timesFaster.thanSequential} times`
  )
  return { cycleMs, requests, oneGetEach: { eightAtOnceMs: concurrentMs, oneByOneMs: sequentialMs }, timesFaster }
}

async function cycleInSync(scene: Scene): Promise<void> {
  const { status } = await scene.cycle()
  if (status !== 'in-sync') throw new Error(`expected a cycle that changes nothing, found ${status}`)
}

async function askOrThrow({ link }: Scene, method: 'GET' | 'PUT', path: string, body?: Json): Promise<void> {
  const query = method === 'GET' ? { query: { flat_settings: true } } : {}
  const answer = await link.ask(
    { method, path, ...query, ...(body === undefined ? {} : { body }) },
    AbortSignal.timeout(60_000)
  )
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
}
