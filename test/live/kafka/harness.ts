/**
 * Runs the real command line and the real sidecar, as processes of their own, against a real broker.
 * @module
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { startKafka, missingPrerequisites, type KafkaCluster, type KafkaOptions } from '../../servers/kafka.ts'
import { freePort } from '../../servers/ports.ts'
import { atExit } from '../../servers/process.ts'
import { readApplied, readPlan, type ApplyDocument, type PlanDocument } from './documents.ts'
import { Hand } from './hand.ts'
import { Wiretap } from './wiretap.ts'

export { eventually, Hand } from './hand.ts'

/** Both adapters pass the same scenarios. */
export const clients = ['platformatic', 'kafkajs'] as const
export type ClientName = (typeof clients)[number]

const commandLine = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url))
const external = process.env['KAFKA_BOOTSTRAP_SERVERS']

type Variables = Readonly<Record<string, string>>

/** Variables of this process that would change what a test is about are not handed on. */
function environmentFor(variables: Variables): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR'].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  return { ...Object.fromEntries(kept), ...variables }
}

/** What a command that ended left behind. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

function launch(args: readonly string[], variables: Variables): { readonly child: Child; readonly forget: () => void } {
  const child = spawn(process.execPath, [commandLine, ...args], { env: environmentFor(variables), stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => undefined)
  return { child, forget: atExit(() => void child.kill('SIGKILL')) }
}

/** Runs `infometis` to its end. */
export async function infometis(args: readonly string[], options: { readonly env?: Variables; readonly input?: string } = {}): Promise<Ended> {
  const { child, forget } = launch(args, options.env ?? {})
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.end(options.input ?? '')
  const [code]: (number | null)[] = await once(child, 'close')
  forget()
  return { code: code ?? null, stdout, stderr }
}

/** A line of the sidecar's log. */
export interface LogRecord {
  readonly timestamp: string
  readonly level: string
  readonly message: string
  readonly [fact: string]: unknown
}

/** A running sidecar. */
export interface Sidecar {
  /** Everything logged so far. */
  lines(): readonly LogRecord[]
  /** Everything printed so far, both streams. */
  output(): string
  /** The first matching line, of those from `since` on, within `ms` (default 30,000). Throws with the log otherwise. */
  waitForLine(matches: (line: LogRecord) => boolean, options?: { readonly ms?: number; readonly since?: number }): Promise<LogRecord>
  /** Sends SIGTERM and gives the exit code. */
  stop(): Promise<number | null>
  readonly running: boolean
}

const running = new Set<{ kill(): void; readonly ended: Promise<unknown> }>()

/** Starts `infometis run kafka`; a test that fails leaves it to the end of the test. */
export function startSidecar(options: { readonly dir: string; readonly env?: Variables }): Sidecar {
  const { child, forget } = launch(['run', 'kafka', '--config', options.dir], options.env ?? {})
  const lines: LogRecord[] = []
  let printed = ''
  let rest = ''
  let ended = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) lines.push(recordOf(part))
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed += text))
  const exit = once(child, 'close').then(([code]: (number | null)[]) => {
    ended = true
    forget()
    running.delete(handle)
    return code ?? null
  })
  const handle = { kill: () => void child.kill('SIGKILL'), ended: exit }
  running.add(handle)
  return {
    lines: () => lines,
    output: () => printed,
    get running() {
      return !ended
    },
    waitForLine: async (matches, { ms = 30_000, since = 0 } = {}) => {
      const deadline = performance.now() + ms
      for (;;) {
        const line = lines.slice(since).find(matches)
        if (line !== undefined) return line
        if (ended || performance.now() > deadline) throw new Error(`the sidecar ${ended ? 'ended' : `did not say it in ${ms} ms`}:\n${printed}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    stop: () => {
      child.kill('SIGTERM')
      return exit
    }
  }
}

function recordOf(line: string): LogRecord {
  const parsed: unknown = JSON.parse(line)
  if (!isRecord(parsed)) throw new Error(`expected a log record, found ${line}`)
  return parsed
}

function isRecord(value: unknown): value is LogRecord {
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string' && 'level' in value && 'timestamp' in value
}

const notOurs = 'needs control over its brokers, and KAFKA_BOOTSTRAP_SERVERS names one of somebody else'

/** Says on stderr why tests are skipped, and skips them. */
function skipLoudly(context: Mocha.Context, why: string): never {
  process.stderr.write(`SKIPPED: ${context.test?.fullTitle() ?? ''}: ${why}\n`)
  context.skip()
}

/** A cluster of the test's own, with full control; skipped when it cannot be had or another broker was given. */
export async function clusterOrSkip(context: Mocha.Context, options: KafkaOptions & { readonly tools?: boolean } = {}): Promise<KafkaCluster> {
  context.timeout(300_000)
  if (external !== undefined) skipLoudly(context, notOurs)
  await skipWithoutPrerequisites(context, options)
  const { tools: _, ...wanted } = options
  return startKafka(wanted)
}

async function skipWithoutPrerequisites(context: Mocha.Context, options: Parameters<typeof missingPrerequisites>[0]): Promise<void> {
  const missing = await missingPrerequisites(options)
  if (missing !== undefined) skipLoudly(context, `no real Kafka here: ${missing}`)
}

let shared: Promise<KafkaCluster> | undefined

/**
 * The broker all single-node scenarios share, started at the first call, for tests that pause it or change what holds
 * for the whole of it, and put that right again. Skipped where another broker was given.
 */
export async function sharedClusterOrSkip(context: Mocha.Context): Promise<KafkaCluster> {
  context.timeout(300_000)
  if (external !== undefined) skipLoudly(context, notOurs)
  await skipWithoutPrerequisites(context, {})
  shared ??= startKafka()
  return shared
}

/** Addresses of the given broker, or of the shared one: for tests that need no more than topics of their own. */
export async function brokerOrSkip(context: Mocha.Context): Promise<string> {
  return external ?? (await sharedClusterOrSkip(context)).bootstrap
}

let tapped: Promise<TappedCluster> | undefined

/** A broker that is reached through a wiretap only; with room for many topics, and shared as well. */
export interface TappedCluster {
  readonly cluster: KafkaCluster
  readonly wiretap: Wiretap
  /** Addresses of the wiretap. */
  readonly bootstrap: string
}

/** Skips as `sharedClusterOrSkip` does. */
export async function tappedClusterOrSkip(context: Mocha.Context): Promise<TappedCluster> {
  context.timeout(300_000)
  if (external !== undefined) skipLoudly(context, notOurs)
  await skipWithoutPrerequisites(context, {})
  tapped ??= startTapped()
  return tapped
}

async function startTapped(): Promise<TappedCluster> {
  const port = await freePort()
  // kafkajs goes where the broker says it is.
  const cluster = await startKafka({ heap: '512m', properties: { 'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}` } })
  const wiretap = await Wiretap.start(port, () => cluster.nodes[0]?.port ?? 0)
  return { cluster, wiretap, bootstrap: `127.0.0.1:${port}` }
}

/** A directory that is removed at the end of the run, also of one that is broken off. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'infometis-live-'))
  atExit(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const scenes: Scene[] = []

afterEach(async () => {
  for (const sidecar of running) {
    sidecar.kill()
    await sidecar.ended
  }
})

after(async function () {
  this.timeout(60_000)
  for (const scene of scenes) await scene.clear()
  await (await shared?.catch(() => undefined))?.stop()
  const tap = await tapped?.catch(() => undefined)
  await tap?.wiretap.stop()
  await tap?.cluster.stop()
})

/** One topic as the file declares it. */
export type Declaration = null | {
  readonly partitions?: number
  readonly 'replication-factor'?: number
  readonly config?: Readonly<Record<string, unknown>>
  readonly reconcile?: { readonly paused?: boolean; readonly ignore?: readonly string[]; readonly exact?: boolean }
}

/** A stage of its own on a broker others use too: names under a prefix, a configuration directory, a client. */
export class Scene {
  readonly prefix: string
  readonly dir: string
  readonly hand: Hand
  readonly env: Variables
  readonly #isOwn: boolean

  constructor(dir: string, bootstrap: string, client: ClientName) {
    this.dir = dir
    this.prefix = `live-${randomBytes(4).toString('hex')}-`
    this.hand = new Hand(bootstrap)
    this.env = { KAFKA_BOOTSTRAP_SERVERS: bootstrap, KAFKA_CLIENT: client }
    this.#isOwn = bootstrap !== external
  }

  /** The full name of a topic of this scene. */
  name(short: string): string {
    return this.prefix + short
  }

  /** `kafka/topic/<full name>`. */
  key(short: string): string {
    return `kafka/topic/${this.name(short)}`
  }

  /** topics.json with these topics, by short name. */
  topicsJson(topics: Readonly<Record<string, Declaration>>): string {
    return JSON.stringify(Object.fromEntries(Object.entries(topics).map(([name, topic]) => [this.name(name), topic])), null, 2)
  }

  /** policy.yaml; what does not belong to this scene is nobody's orphan. */
  policyYaml(policy: Readonly<Record<string, unknown>> = {}): string {
    return stringify({ owned: [`${this.prefix}*`], ...policy })
  }

  /** Writes topics.json and policy.yaml. */
  async declare(topics: Readonly<Record<string, Declaration>>, policy: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.write({ 'topics.json': this.topicsJson(topics), 'policy.yaml': this.policyYaml(policy) })
  }

  /** Writes files of the configuration directory in place. */
  async write(files: Readonly<Record<string, string>>): Promise<void> {
    await mkdir(this.dir, { recursive: true })
    for (const [name, content] of Object.entries(files)) await writeFile(join(this.dir, name), content)
  }

  /** `infometis <verb> kafka --config <dir> --output json …`. */
  run(verb: string, args: readonly string[] = [], env: Variables = {}): Promise<Ended> {
    return infometis([verb, 'kafka', '--config', this.dir, '--output', 'json', ...args], { env: { ...this.env, ...env } })
  }

  async diff(env: Variables = {}): Promise<{ readonly code: number | null; readonly document: PlanDocument }> {
    const ended = await this.run('diff', [], env)
    return { code: ended.code, document: readPlan(explained(ended)) }
  }

  async apply(args: readonly string[] = [], env: Variables = {}): Promise<{ readonly code: number | null; readonly document: ApplyDocument }> {
    const ended = await this.run('apply', args, env)
    return { code: ended.code, document: readApplied(explained(ended)) }
  }

  sidecar(env: Variables = {}): Sidecar {
    return startSidecar({ dir: this.dir, env: { ...this.env, ...env } })
  }

  /** Removes what this scene created from a broker that lives on. */
  async clear(): Promise<void> {
    if (!this.#isOwn) await this.hand.delete(await this.hand.names(this.prefix))
    await this.hand.close()
  }
}

/** A text where a document belongs is easier to understand with what was said beside it. */
function explained({ code, stdout, stderr }: Ended): string {
  if (stdout.startsWith('{')) return stdout
  throw new Error(`expected a document on stdout, found ${JSON.stringify(stdout)} with exit code ${code} and\n${stderr}`)
}

/** A new scene on a broker. */
export async function openScene(bootstrap: string, client: ClientName): Promise<Scene> {
  const scene = new Scene(await temporaryDirectory(), bootstrap, client)
  scenes.push(scene)
  return scene
}

/** Entries of a document about one topic, as `verb` → entry. */
export function entriesOf<T extends { readonly key: string; readonly verb: string }>(entries: readonly T[], key: string): Readonly<Record<string, T>> {
  return Object.fromEntries(entries.filter((entry) => entry.key === key).map((entry) => [entry.verb, entry]))
}
