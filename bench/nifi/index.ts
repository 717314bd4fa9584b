/**
 * What the NiFi reconciler costs on a real server, beside nipyapi. The method is described in docs/performance.md.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Json } from '../../src/records.ts'
import { loads, machine, type Result } from '../machine.ts'
import type { BenchOptions } from '../run.ts'
import { ratio, summarize } from '../statistics.ts'
import { time } from '../timing.ts'
import { nipyapiVersion, Peer } from './peer.ts'
import { measureSidecarChange } from './sidecar-change.ts'
import { openScene, type Scene } from './scene.ts'

const rounds = 15
const warmUps = 3

/** Starts a server, measures, and leaves nothing behind. */
export async function measureNifi(options: BenchOptions): Promise<Result> {
  const scene = await openScene(options)
  try {
    const { node, items } = scene
    scene.say(
      `NiFi ${node.version}, Node ${process.version}, ${items} flows, nipyapi ${nipyapiVersion}, load ${loads()}`
    )
    const versions = { node: process.version, nifi: node.version, nipyapi: nipyapiVersion }
    const facts = { bench: 'nifi', at: new Date().toISOString(), machine: machine(), versions, flows: items }
    if (scene.changeOnly) return { ...facts, sidecarChange: await measureSidecarChange(scene, scene.dir) }
    const create = await measureChange(scene, 'created', '1KB')
    const noOp = await measureNoOp(scene)
    const change = await measureChange(scene, 'one property changed', '2KB')
    return { ...facts, create, noOp, change, sidecarChange: await measureSidecarChange(scene, scene.dir) }
  } finally {
    await scene.close()
  }
}

/** From the new file to the cycle that sees everything as declared. */
async function measureChange(scene: Scene, what: string, size: string): Promise<{ readonly [key: string]: Json }> {
  await scene.declare(size)
  scene.link.take()
  const startedAt = performance.now()
  const deadline = startedAt + 600_000
  for (let cycles = 1; ; cycles += 1) {
    const { status, outcomes } = await scene.cycle()
    if (status === 'in-sync') {
      const [ms, requests] = [Math.round(performance.now() - startedAt), scene.link.take().length]
      scene.say(`${what}: ${ms} ms until seen, ${cycles} cycles, ${requests} requests — load ${loads()}`)
      return { ms, cycles, requests, load: loads() }
    }
    if (performance.now() > deadline)
      throw new Error(
        `not in sync after ten minutes: ${JSON.stringify(outcomes.filter(({ verb }) => verb !== 'keep').slice(0, 3))}`
      )
    await sleep(50)
  }
}

/** The cycle in which nothing has changed beside nipyapi reading the same facts, in turns. */
async function measureNoOp(scene: Scene): Promise<{ readonly [key: string]: Json }> {
  const peer = await Peer.connect(scene.node.url, scene.items)
  const [cycles, cpu, readings]: [number[], number[], number[]] = [[], [], []]
  let [requests, peerRequests]: [readonly string[], number] = [[], 0]
  try {
    for (let round = -warmUps; round < (scene.once ? 1 : rounds); round += 1) {
      scene.link.take()
      const before = process.cpuUsage()
      await time(() => cycleInSync(scene), round < 0 ? [] : cycles)
      const { user, system } = process.cpuUsage(before)
      if (round >= 0) cpu.push((user + system) / 1000)
      requests = scene.link.take()
      const reading = await peer.read()
      if (round >= 0) readings.push(reading.ms)
      peerRequests = reading.requests
    }
  } finally {
    await peer.close()
  }
  const [cycleMs, cycleCpuMs, nipyapiMs] = [summarize(cycles), summarize(cpu), summarize(readings)]
  const timesFaster = ratio(nipyapiMs.p50, cycleMs.p50)
  scene.say(
    `cycle ${cycleMs.p50} ms (min ${cycleMs.min}), ${cycleCpuMs.p50} ms of CPU, ${requests.length} requests; nipyapi ${nipyapiMs.p50} ms, ${peerRequests} requests: ${timesFaster} times — load ${loads()}`
  )
  return {
    cycleMs,
    cycleCpuMs,
    requests: [...requests],
    nipyapi: { ms: nipyapiMs, requests: peerRequests },
    timesFaster,
    load: loads()
  }
}

async function cycleInSync(scene: Scene): Promise<void> {
  const { status } = await scene.cycle()
  if (status !== 'in-sync') throw new Error(`expected a cycle that changes nothing, found ${status}`)
}
