/**
 * What memory an image takes: Kafka's, in a container as the manifests limit it, while many topics are created and then
 * changed one after the other. Needs root of a Linux, as the tests of the images do.
 * @module
 */
import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { root } from '../build/bundle.ts'
import { imageLayout } from '../build/layout.ts'
import { nodeOptions } from '../test/build/dockerfile.ts'
import { AtomicWriter } from '../test/read/kubelet.ts'
import { findCrun, startContainer, type Container } from '../test/servers/crun.ts'
import { startKafka } from '../test/servers/kafka.ts'
import { retentionAfter, topicNames, topicsFile } from './kafka/declaration.ts'
import { loads, machine, type Result } from './machine.ts'
import { usageOf, type Usage } from './processes.ts'
import type { BenchOptions } from './run.ts'

/** MiB: what the manifests allow a pod, and half of it. */
const limits = [256, 128] as const

interface Pod {
  /** Where the container's root file system is. */
  readonly dir: string
  readonly memoryMiB: number
  readonly env: Readonly<Record<string, string>>
}

/** One container after the other on the same broker, the first of which creates the topics. */
export async function measureMemory(options: BenchOptions): Promise<Result> {
  const dir = await mkdtemp(join(tmpdir(), 'infometis-bench-'))
  const cluster = await startKafka({ heap: '512m' })
  try {
    await chmod(dir, 0o755)
    await promisify(execFile)('sh', [join(root, 'build/node-root.sh'), process.execPath, join(dir, 'root')])
    await imageLayout('kafka', join(dir, 'root'))
    const flags = await nodeOptions()
    const kafka = { KAFKA_BOOTSTRAP_SERVERS: cluster.bootstrap, RECONCILE_INTERVAL: '1h', HTTP_PORT: '0' }
    const env = { PATH: '/usr/local/bin', NODE_ENV: 'production', NODE_OPTIONS: flags, ...kafka }
    const memory: { [key: string]: Result } = {}
    for (const memoryMiB of limits) memory[`${memoryMiB} MiB`] = await inPod({ dir, memoryMiB, env }, options)
    return {
      bench: 'memory',
      at: new Date().toISOString(),
      machine: machine(),
      versions: { node: process.version, kafka: cluster.version },
      flags,
      memory
    }
  } finally {
    await cluster.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

async function inPod({ dir, memoryMiB, env }: Pod, { items, changes, once }: BenchOptions): Promise<Result> {
  const names = topicNames(items)
  const config = join(dir, `config-${memoryMiB}`)
  await mkdir(config)
  const writer = new AtomicWriter(config, { generation: 'newer' })
  await writer.write({ 'topics.json': topicsFile(names) })
  const crun = await findCrun()
  if ('missing' in crun) throw new TypeError(`containers cannot be run here: ${crun.missing}`)
  const container = await startContainer(crun, {
    root: join(dir, 'root'),
    args: ['/usr/local/bin/node', '/app/reconcilers/kafka/main.js'],
    env,
    config,
    memoryMiB
  })
  try {
    await nextCycle(container)
    const first = await usage(container)
    const count = once ? 3 : changes
    for (let change = 1; change <= count; change += 1) {
      const next = nextCycle(container)
      await writer.write({
        'topics.json': topicsFile(names, new Map([[names[change % names.length] ?? '', retentionAfter(change)]]))
      })
      await next
      await sleep(50)
    }
    const last = await usage(container)
    console.error(
      `limit ${memoryMiB} MiB, ${items} topics: peak RSS ${first.peakMiB.toFixed(0)} MiB after the first cycle, ${last.peakMiB.toFixed(0)} MiB after ${count} changes; CPU ${first.cpuMs} and ${last.cpuMs} ms, load ${loads()}`
    )
    return { items, changes: count, first: { ...first }, last: { ...last } }
  } finally {
    container.child.kill('SIGTERM')
    await container.ended
  }
}

/** The end of the next cycle; the end of the container is an error, among others when the kernel ends it for its memory. */
function nextCycle({ child, ended }: Container): Promise<void> {
  return new Promise((resolve, reject) => {
    const onData = (text: string): void => {
      if (!text.includes('"status":')) return
      child.stdout?.off('data', onData)
      resolve()
    }
    child.stdout?.on('data', onData)
    void ended.then(({ code, stderr }) => reject(new Error(`the container ended with ${code}\n${stderr}`)))
  })
}

async function usage(container: Container): Promise<Usage> {
  const found = await usageOf(await container.pid())
  if (found === undefined) throw new Error('expected a program in the container, found none')
  return found
}
