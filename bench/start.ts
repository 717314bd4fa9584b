/**
 * What the images cost: each bundle from its start to its first cycle, and how much memory a change of many topics takes
 * with and without the limit of the heap that the image sets.
 * @module
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { imageLayout } from '../build/image.ts'
import { startKafka } from '../test/servers/kafka.ts'
import { freePort } from '../test/servers/ports.ts'
import { atExit } from '../test/servers/process.ts'
import { AtomicWriter } from '../test/read/kubelet.ts'
import { retentionAfter, topicNames, topicsFile } from './kafka/declaration.ts'
import { loads, machine, type Result } from './machine.ts'
import { cost, usageOf, type Usage } from './processes.ts'
import type { BenchOptions } from './run.ts'
import { summarize } from './statistics.ts'

const rounds = 7
/** What 60 % of a pod's 256 MiB is, with a smaller one, see `--max-old-space-size-percentage` in the Dockerfile. */
const heaps = [undefined, 154, 128] as const

interface Program {
  readonly entry: string
  readonly env: Readonly<Record<string, string>>
}

/** Kafka's first cycle asks a real broker and finds nothing declared; nobody answers the others, so that theirs are `blind`. */
export async function measureStart(options: BenchOptions): Promise<Result> {
  const dir = await mkdtemp(join(tmpdir(), 'infometis-bench-'))
  const cluster = await startKafka({ heap: '512m' })
  try {
    const closed = `http://127.0.0.1:${await freePort()}`
    await writeFile(join(dir, 'topics.json'), topicsFile([]))
    const programs = new Map<string, Program>()
    for (const [service, variable, address] of [['kafka', 'KAFKA_BOOTSTRAP_SERVERS', cluster.bootstrap], ['elasticsearch', 'ELASTICSEARCH_URL', closed], ['nifi', 'NIFI_URL', closed]] as const) {
      const { container } = await imageLayout(service, join(dir, service))
      programs.set(service, { entry: container, env: { CONFIG_DIR: dir, [variable]: address } })
    }
    const kafka = programs.get('kafka')
    if (kafka === undefined) throw new Error('expected a bundle for Kafka')
    const coldStart = await measureColdStarts(programs, options.once ? 1 : rounds)
    const memory: { [key: string]: Result } = {}
    for (const heap of heaps) memory[heap === undefined ? 'no limit' : `${heap} MiB`] = await measureMemory(kafka, join(dir, `heap-${heap}`), heap, options)
    return { bench: 'start', at: new Date().toISOString(), machine: machine(), versions: { node: process.version, kafka: cluster.version }, coldStart, memory }
  } finally {
    await cluster.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

/** All of them and the floor, Node's own start, take turns. */
async function measureColdStarts(programs: ReadonlyMap<string, Program>, count: number): Promise<Result> {
  const cpu = new Map<string, number[]>()
  const peak = new Map<string, number[]>()
  for (let round = 0; round < count; round += 1) {
    add(cpu, 'floor', (await cost({ file: process.execPath, args: ['-e', '0'] })).cpuMs)
    for (const [service, program] of programs) {
      const sidecar = startBundle(program)
      await sidecar.cycle()
      const usage = await sidecar.usage()
      await sidecar.stop()
      add(cpu, service, usage.cpuMs)
      add(peak, service, usage.peakMiB)
    }
  }
  const result: { [key: string]: Result } = {}
  for (const [name, samples] of cpu) {
    const of = peak.get(name)
    result[name] = { cpuMs: summarize(samples), ...(of !== undefined && { peakMiB: summarize(of) }) }
    console.error(`${name}: CPU p50 ${summarize(samples).p50} ms${of === undefined ? '' : `, peak RSS p50 ${summarize(of).p50} MiB`}, load ${loads()}`)
  }
  return result
}

function add(samples: Map<string, number[]>, name: string, value: number): void {
  samples.set(name, [...(samples.get(name) ?? []), value])
}

/** Declares topics to a sidecar and changes one after the other, without a pause longer than a cycle. */
async function measureMemory({ entry, env }: Program, directory: string, heap: number | undefined, { items, changes, once: few }: BenchOptions): Promise<Result> {
  const names = topicNames(items)
  await mkdir(directory)
  const writer = new AtomicWriter(directory, { generation: 'newer' })
  await writer.write({ 'topics.json': topicsFile(names) })
  const options = heap === undefined ? {} : { NODE_OPTIONS: `--max-old-space-size=${heap}` }
  const sidecar = startBundle({ entry, env: { ...env, CONFIG_DIR: directory, ...options } })
  await sidecar.cycle()
  for (let change = 1; change <= (few ? 3 : changes); change += 1) {
    const next = sidecar.cycle()
    await writer.write({ 'topics.json': topicsFile(names, new Map([[names[change % names.length] ?? '', retentionAfter(change)]])) })
    await next
    await sleep(50)
  }
  const { rssMiB, peakMiB, cpuMs } = await sidecar.usage()
  await sidecar.stop()
  console.error(`${items} topics, ${few ? 3 : changes} changes, heap ${heap ?? 'as Node likes'}: RSS ${rssMiB.toFixed(0)} MiB, peak ${peakMiB.toFixed(0)} MiB, CPU ${cpuMs} ms`)
  return { items, changes: few ? 3 : changes, rssMiB, peakMiB, cpuMs }
}

interface Started {
  /** The end of the next cycle. */
  cycle(): Promise<void>
  usage(): Promise<Usage>
  stop(): Promise<void>
}

function startBundle({ entry, env }: Program): Started {
  const child = spawn(process.execPath, [entry], { env: { PATH: process.env['PATH'], RECONCILE_INTERVAL: '1h', HTTP_PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  const forget = atExit(() => void child.kill('SIGKILL'))
  const ended = once(child, 'exit').finally(forget)
  const lines = createInterface({ input: child.stdout })
  const cycle = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const onLine = (line: string): void => {
        if (!/"status":/.test(line)) return
        lines.off('line', onLine)
        resolve()
      }
      lines.on('line', onLine)
      void ended.then(() => reject(new Error(`${entry} ended with ${child.exitCode ?? child.signalCode}`)))
    })
  const usage = async (): Promise<Usage> => (await usageOf(child.pid ?? 0)) ?? { rssMiB: Number.NaN, peakMiB: Number.NaN, cpuMs: Number.NaN }
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  return { cycle, usage, stop }
}
