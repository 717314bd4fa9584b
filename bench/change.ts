/**
 * From a change of the mounted files to the moment the server shows it: how long, with how many requests, and what the
 * sidecar takes meanwhile.
 * @module
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AtomicWriter } from '../test/read/kubelet.ts'
import { loads, type Result } from './machine.ts'
import type { BenchOptions } from './run.ts'
import { Launcher, type Form, type Sidecar, type Variables } from './sidecar.ts'
import { ratio, round, summarize } from './statistics.ts'

/** The sidecar looks again a second after a write; the next change comes when that is over. */
const quietMs = 1_300
const jitterMs = 200
const pollMs = 2
const longestMs = 60_000
/** What belongs to the change itself has been asked by then, and the look that follows has not begun. */
const settledMs = 300
const countedChanges = 5
/** A sidecar that has asked nothing for so long has seen all that it created. */
const createdMs = 5_000

/** Items of one service, changed one after the other. */
export interface Changing {
  readonly declared: number
  /** All files after the n-th change; 0: before the first one. */
  files(change: number): Readonly<Record<string, string>>
  /** Whether the server shows the n-th change. */
  isApplied(change: number): Promise<boolean>
}

/** Counts the requests of a sidecar that is sent there by its variables. */
export interface Counter {
  readonly env: Variables
  /** By name, since the last call. */
  take(): Counts
  close(): Promise<void>
}

export interface ChangeBench {
  readonly service: string
  readonly sizes: readonly number[]
  /** Sends the sidecar to the server. */
  readonly env: Variables
  /** An empty directory that somebody else removes. */
  readonly dir: string
  readonly open: (declared: number) => Changing
  readonly count: () => Promise<Counter>
  readonly options: BenchOptions
}

/** All sizes, one after the other, each in every form. The first sidecar of a size creates what is missing. */
export async function measureChanges(bench: ChangeBench): Promise<Result> {
  const launcher = await Launcher.open(bench.service)
  if (launcher.missing !== undefined) console.error(`without containers: ${launcher.missing}`)
  const results: Result[] = []
  const medians = new Map<Form, number[]>()
  try {
    for (const declared of bench.sizes) {
      const changing = bench.open(declared)
      results.push(await countRequests(bench, launcher, changing))
      for (const form of launcher.forms) {
        const { result, p50 } = await measureForm(bench, launcher, changing, form)
        results.push(result)
        medians.set(form, [...(medians.get(form) ?? []), p50])
      }
    }
  } finally {
    await launcher.close()
  }
  const ratios: { [form: string]: number[] } = {}
  for (const [form, [few = Number.NaN, ...more]] of medians) {
    const own = more.map((many) => ratio(many, few))
    ratios[form] = own
    console.error(
      `${form}: ${bench.sizes.slice(1).join(' and ')} compared with ${bench.sizes[0]}: ${own.join(' and ')}`
    )
  }
  return { results, ratios }
}

/** A running sidecar and the directory it reads. */
interface Running {
  readonly sidecar: Sidecar
  readonly writer: AtomicWriter
}

async function start(
  { dir, env }: Pick<ChangeBench, 'dir' | 'env'>,
  launcher: Launcher,
  changing: Changing,
  form: Form
): Promise<Running> {
  const directory = join(dir, `change-${changing.declared}-${form}-${Date.now()}`)
  await mkdir(directory)
  const writer = new AtomicWriter(directory, { generation: 'newer', beforeSwap: () => (swappedAt = performance.now()) })
  await writer.write(changing.files(0))
  const sidecar = await launcher.start(form, directory, env)
  await sidecar.inSync
  return { sidecar, writer }
}

/** When `..data` was last renamed. */
let swappedAt = 0

async function measureForm(
  bench: ChangeBench,
  launcher: Launcher,
  changing: Changing,
  form: Form
): Promise<{ readonly result: Result; readonly p50: number }> {
  const { sidecar, writer } = await start(bench, launcher, changing, form)
  const before = await sidecar.usage()
  const samples: number[] = []
  const count = bench.options.once ? 3 : bench.options.changes
  for (let change = 1; change <= count; change += 1) samples.push(await changeOne(writer, changing, change))
  await sleep(quietMs)
  const after = await sidecar.usage()
  await sidecar.stop()
  const appliedMs = summarize(samples)
  const { declared } = changing
  const cpuMs = round(((after?.cpuMs ?? Number.NaN) - (before?.cpuMs ?? Number.NaN)) / count)
  const [rssMiB, peakMiB] = [round(after?.rssMiB ?? Number.NaN), round(after?.peakMiB ?? Number.NaN)]
  console.error(
    `${declared} declared, ${form}: applied after p50 ${appliedMs.p50} ms, p99 ${appliedMs.p99} ms (min ${appliedMs.min}, max ${appliedMs.max}); CPU of a change ${cpuMs} ms; RSS ${rssMiB} MiB, peak ${peakMiB} MiB; load ${loads()}`
  )
  return { result: { declared, form, appliedMs, cpuMs, rssMiB, peakMiB, load: loads() }, p50: appliedMs.p50 }
}

/** ms from the rename of `..data` until the server shows the change. */
async function changeOne(writer: AtomicWriter, changing: Changing, change: number): Promise<number> {
  const files = changing.files(change)
  await sleep(quietMs + Math.random() * jitterMs)
  await writer.write(files)
  const deadline = performance.now() + longestMs
  while (!(await changing.isApplied(change))) {
    if (performance.now() > deadline) throw new Error(`change ${change} was not applied within ${longestMs / 1000} s`)
    await sleep(pollMs)
  }
  return performance.now() - swappedAt
}

type Counts = Readonly<Record<string, number>>

/** How many requests there were each time; equal numbers once. */
function totalsOf(all: readonly Counts[]): readonly number[] {
  return [...new Set(all.map((counts) => Object.values(counts).reduce((sum, count) => sum + count, 0)))]
}

/** Requests of a change, and of the look a second later that confirms it. Counting costs time, so nothing is timed. */
async function countRequests(bench: ChangeBench, launcher: Launcher, changing: Changing): Promise<Result> {
  const counter = await bench.count()
  try {
    const { sidecar, writer } = await start({ dir: bench.dir, env: counter.env }, launcher, changing, 'bundle')
    const [changes, looks]: [Counts[], Counts[]] = [[], []]
    do await sleep(createdMs)
    while (Object.keys(counter.take()).length > 0)
    for (let change = 1; change <= countedChanges; change += 1) {
      await changeOne(writer, changing, change)
      await sleep(settledMs)
      changes.push(counter.take())
      await sleep(quietMs)
      looks.push(counter.take())
    }
    await sidecar.stop()
    const [change, look] = [totalsOf(changes), totalsOf(looks)]
    console.error(
      `${changing.declared} declared: ${change.join(' or ')} requests for a change, ${look.join(' or ')} to confirm it; of the last one ${JSON.stringify(changes.at(-1))} and ${JSON.stringify(looks.at(-1))}`
    )
    return { declared: changing.declared, requests: { change, look, ofChange: changes, ofLook: looks } }
  } finally {
    await counter.close()
  }
}

/** `names` in files of at most so many items each, the first of which is the base and the others lie over it. Pure. */
export function splitFiles(
  base: string,
  names: readonly string[],
  most: number,
  text: (names: readonly string[]) => string
): Readonly<Record<string, string>> {
  const parts = Array.from({ length: Math.ceil(names.length / most) }, (_, part) =>
    names.slice(part * most, (part + 1) * most)
  )
  return Object.fromEntries(
    parts.map((part, index) => [index === 0 ? `${base}.json` : `${base}.part-${index}.json`, text(part)])
  )
}

/** Which items differ after the n-th change from how they were before the first one: by name, the number of the last change. */
export function changedAfter(names: readonly string[], change: number): ReadonlyMap<string, number> {
  const changed = new Map<string, number>()
  for (let each = Math.max(1, change - names.length + 1); each <= change; each += 1)
    changed.set(itemOf(names, each), each)
  return changed
}

/** What the n-th change changes. */
export function itemOf(names: readonly string[], change: number): string {
  return names[change % names.length] ?? ''
}
