/**
 * From the swap of a mounted volume to the parsed declaration, without a service: what a change of one topic among many
 * costs, and what all of them cost at once.
 * @module
 */
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { topicKind } from '../reconcilers/kafka/topic/kind.ts'
import { guardKind } from '../src/boundary/kind.ts'
import { changedKeys } from '../src/parse/changed.ts'
import { DesiredParser, type DesiredState } from '../src/parse/desired.ts'
import type { ConfigFiles } from '../src/read/config-files.ts'
import { watchDirectory } from '../src/read/watch.ts'
import { retentionAfter, topicNames, topicsFile } from './kafka/declaration.ts'
import { loads, machine, type Result } from './machine.ts'
import type { BenchOptions } from './run.ts'
import { ratio, round, summarize } from './statistics.ts'

const service = { name: 'kafka', kinds: [guardKind('kafka', topicKind, () => {})] }

/** Times of the changes in ms, by step. */
interface Steps {
  /** From the swap until the files are read, of which the event is all that is not reading. */
  readonly swap: number[]
  readonly parse: number[]
  readonly compare: number[]
}

/** Changes one topic after the other in a directory that is mounted as kubelet does it. */
export async function measureParse({ items, changes, once }: BenchOptions): Promise<Result> {
  const names = topicNames(items)
  const text = (change: number): Uint8Array =>
    Buffer.from(topicsFile(names, new Map([[names[change % items] ?? '', retentionAfter(change)]])))
  const cold = Array.from({ length: once ? 1 : 5 }, () => coldMs(text(0)))
  const heapMiB = retainedMiB(text(0))
  const count = once ? 3 : changes
  const full = await follow(count, text)
  const event = await follow(count, (change) => Buffer.from(`{"a": {"partitions": ${change + 1}}}`))
  const [changed, all] = [summarize(full.parse), summarize(cold)]
  console.error(
    `${items} topics, ${round(text(0).length / 2 ** 20)} MiB: ${changed.p50} ms to parse one change, ${all.p50} ms to parse all ` +
      `(${ratio(all.p50, changed.p50)} times as long); ${summarize(event.swap).p50} ms from the swap of a small file until ` +
      `it is read, ${summarize(full.swap).p50} ms of this one; ${heapMiB} MiB kept; load ${loads()}`
  )
  const steps = { swap: summarize(full.swap), parse: changed, compare: summarize(full.compare) }
  return {
    bench: 'parse',
    at: new Date().toISOString(),
    machine: machine(),
    versions: { node: process.version },
    items,
    bytes: text(0).length,
    cold: all,
    changed: steps,
    event: summarize(event.swap),
    coldOverChanged: ratio(all.p50, changed.p50),
    heapMiB
  }
}

function filesOf(bytes: Uint8Array): ConfigFiles {
  return { digest: '', files: new Map([['topics.json', bytes]]) }
}

function coldMs(bytes: Uint8Array): number {
  const startedAt = performance.now()
  new DesiredParser(service).parse(filesOf(bytes))
  return performance.now() - startedAt
}

/** What a parser and its result keep, the bytes of the files aside. */
function retainedMiB(bytes: Uint8Array): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  const used = (): number => {
    if (typeof collect === 'function') collect()
    return process.memoryUsage().heapUsed
  }
  const before = used()
  const parser = new DesiredParser(service)
  const { desired } = parser.parse(filesOf(bytes))
  const after = used()
  if (desired === undefined) throw new Error('expected a declaration, found none')
  return round((after - before) / 2 ** 20)
}

async function follow(changes: number, text: (change: number) => Uint8Array): Promise<Steps> {
  const directory = await mkdtemp(join(tmpdir(), 'infometis-bench-'))
  const steps: Steps = { swap: [], parse: [], compare: [] }
  const parser = new DesiredParser(service)
  let [swappedAt, state]: [number, DesiredState | undefined] = [0, undefined]
  let { promise, resolve } = Promise.withResolvers<void>()
  swap(directory, 0, text(0))
  const watch = watchDirectory(directory, {
    onProblem: (problem) => console.error(problem),
    onChange: (_, files) => {
      const readAt = performance.now()
      const { desired } = parser.parse(files)
      const parsedAt = performance.now()
      if (desired !== undefined && state !== undefined) {
        changedKeys(state, desired)
        steps.swap.push(readAt - swappedAt)
        steps.parse.push(parsedAt - readAt)
        steps.compare.push(performance.now() - parsedAt)
      }
      state = desired
      resolve()
    }
  })
  try {
    for (let change = 1; change <= changes + 1; change += 1) {
      await promise
      // The watcher is busy with what the swap before left behind.
      await new Promise((done) => setTimeout(done, 150))
      ;({ promise, resolve } = Promise.withResolvers<void>())
      swappedAt = swap(directory, change, text(change))
    }
    await promise
  } finally {
    await watch.close()
    await rm(directory, { recursive: true, force: true })
  }
  // The first change is parsed by code that is not compiled yet.
  return { swap: steps.swap.slice(1), parse: steps.parse.slice(1), compare: steps.compare.slice(1) }
}

/** What kubelet does when a ConfigMap has changed; the moment of the swap. */
function swap(directory: string, version: number, bytes: Uint8Array): number {
  const [next, last] = [`..${version}`, `..${version - 1}`]
  mkdirSync(join(directory, next))
  writeFileSync(join(directory, next, 'topics.json'), bytes)
  symlinkSync(next, join(directory, '..data_tmp'))
  const swappedAt = performance.now()
  renameSync(join(directory, '..data_tmp'), join(directory, '..data'))
  if (version === 0) symlinkSync(join('..data', 'topics.json'), join(directory, 'topics.json'))
  else rmSync(join(directory, last), { recursive: true })
  return swappedAt
}
