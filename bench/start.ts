/**
 * What a start costs: each bundle from its start to the end of its first cycle.
 * @module
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { imageLayout } from '../build/layout.ts'
import { startKafka } from '../test/servers/kafka.ts'
import { freePort } from '../test/servers/ports.ts'
import { atExit } from '../test/servers/process.ts'
import { topicsFile } from './kafka/declaration.ts'
import { loads, machine, type Result } from './machine.ts'
import { cost, usageOf, type Usage } from './processes.ts'
import type { BenchOptions } from './run.ts'
import { summarize } from './statistics.ts'

const rounds = 7

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
    for (const [service, variable, address] of [
      ['kafka', 'KAFKA_BOOTSTRAP_SERVERS', cluster.bootstrap],
      ['elasticsearch', 'ELASTICSEARCH_URL', closed],
      ['nifi', 'NIFI_URL', closed]
    ] as const) {
      const { container } = await imageLayout(service, join(dir, service))
      programs.set(service, { entry: container, env: { CONFIG_DIR: dir, [variable]: address } })
    }
    const coldStart = await measureColdStarts(programs, options.once ? 1 : rounds)
    return {
      bench: 'start',
      at: new Date().toISOString(),
      machine: machine(),
      versions: { node: process.version, kafka: cluster.version },
      coldStart
    }
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
    console.error(
      `${name}: CPU p50 ${summarize(samples).p50} ms${of === undefined ? '' : `, peak RSS p50 ${summarize(of).p50} MiB`}, load ${loads()}`
    )
  }
  return result
}

function add(samples: Map<string, number[]>, name: string, value: number): void {
  samples.set(name, [...(samples.get(name) ?? []), value])
}

interface Started {
  /** The end of the next cycle. */
  cycle(): Promise<void>
  usage(): Promise<Usage>
  stop(): Promise<void>
}

function startBundle({ entry, env }: Program): Started {
  const child = spawn(process.execPath, [entry], {
    env: { PATH: process.env['PATH'], RECONCILE_INTERVAL: '1h', HTTP_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit']
  })
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
  const usage = async (): Promise<Usage> =>
    (await usageOf(child.pid ?? 0)) ?? { rssMiB: Number.NaN, peakMiB: Number.NaN, cpuMs: Number.NaN }
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  return { cycle, usage, stop }
}
