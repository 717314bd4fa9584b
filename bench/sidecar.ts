/**
 * A sidecar as a process of its own: from the checkout, as the bundle that images hold, or as that bundle in a container
 * as the manifests limit it.
 * @module
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { z } from 'zod'
import { root } from '../build/bundle.ts'
import { imageLayout } from '../build/layout.ts'
import { nodeOptions } from '../test/build/dockerfile.ts'
import { findCrun, startContainer } from '../test/servers/crun.ts'
import { atExit } from '../test/servers/process.ts'
import { usageOf, type Usage } from './processes.ts'

/** MiB: what the manifests allow a container. */
export const memoryLimit = 256

/** The line every cycle ends with. */
const cycleLine = z.object({
  status: z.string(),
  counts: z.record(z.string(), z.number()),
  durationMs: z.number(),
  message: z.string()
})
export type CycleLine = z.output<typeof cycleLine>

export type Variables = Readonly<Record<string, string>>

export interface Sidecar {
  /** Resolves with the first cycle's line, and when it came, on the clock of `performance.now()`. */
  readonly firstCycle: Promise<{ readonly line: CycleLine; readonly at: number }>
  /** Resolves after the first cycle that found everything as declared. */
  readonly inSync: Promise<void>
  usage(): Promise<Usage | undefined>
  /** Ends it at once, if it still runs. */
  kill(): void
  /** SIGTERM; throws when it does not end with exit code 0. */
  stop(): Promise<void>
}

/** Variables with an interval so long that only changes of the files wake it. */
function variablesOf(env: Variables): Variables {
  return { RECONCILE_INTERVAL: '1h', HTTP_PORT: '0', ...env }
}

/** Starts a module of Node as a plain process. */
export function startSidecar(args: readonly string[], env: Variables): Sidecar {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...variablesOf(env) },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const forget = atExit(() => void child.kill('SIGKILL'))
  child.once('exit', forget)
  return follow(child, () => Promise.resolve(child.pid ?? 0))
}

/** `pid` is that of the program, which may be another one than that of `child`. */
function follow(child: ChildProcess, pid: () => Promise<number>): Sidecar {
  const first = Promise.withResolvers<{ line: CycleLine; at: number }>()
  const inSync = Promise.withResolvers<void>()
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = cycleLine.safeParse(parsed(text))
      if (line.success) first.resolve({ line: line.data, at: performance.now() })
      if (line.data?.status === 'in-sync') inSync.resolve()
    })
  const ended = once(child, 'exit')
  child.once('exit', (code, signal) => {
    const error = new Error(`the sidecar ended with ${code ?? signal} before everything was in sync`)
    first.reject(error)
    inSync.reject(error)
  })
  for (const { promise } of [first, inSync]) promise.catch(() => undefined)
  return {
    firstCycle: first.promise,
    inSync: inSync.promise,
    usage: async () => usageOf(await pid()),
    kill: () => void child.kill(),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      if (child.exitCode !== 0) throw new Error(`the sidecar ended with ${child.exitCode ?? child.signalCode}`)
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a sidecar is run from. */
export const forms = ['container', 'bundle', 'checkout'] as const
export type Form = (typeof forms)[number]

/** The sidecar of one service in every form that can be run here. */
export class Launcher {
  readonly #service: string
  readonly #dir: string
  /** Arguments of Node in the container. */
  readonly #flags: string
  /** Why there are no containers. */
  readonly missing: string | undefined
  readonly #started: Sidecar[] = []

  private constructor(service: string, dir: string, flags: string, missing: string | undefined) {
    this.#service = service
    this.#dir = dir
    this.#flags = flags
    this.missing = missing
  }

  /** Builds the bundle, and the root of a container around it. */
  static async open(service: string): Promise<Launcher> {
    const dir = await mkdtemp(join(tmpdir(), 'infometis-bench-'))
    await chmod(dir, 0o755)
    await promisify(execFile)('sh', [join(root, 'build/node-root.sh'), process.execPath, join(dir, 'root')])
    await imageLayout(service, join(dir, 'root'))
    const crun = await findCrun()
    return new Launcher(service, dir, await nodeOptions(), 'missing' in crun ? crun.missing : undefined)
  }

  get forms(): readonly Form[] {
    return forms.filter((form) => form !== 'container' || this.missing === undefined)
  }

  /** `directory` holds the configuration. */
  async start(form: Form, directory: string, env: Variables): Promise<Sidecar> {
    const sidecar = await this.#start(form, directory, env)
    this.#started.push(sidecar)
    return sidecar
  }

  async #start(form: Form, directory: string, env: Variables): Promise<Sidecar> {
    const variables = { CONFIG_DIR: directory, ...env }
    const entry = `app/reconcilers/${this.#service}/main.js`
    if (form === 'bundle') return startSidecar([join(this.#dir, 'root', entry)], variables)
    if (form === 'checkout') return startSidecar([join(root, 'src/cli/main.ts'), 'run', this.#service], variables)
    const crun = await findCrun()
    if ('missing' in crun) throw new TypeError(`containers cannot be run here: ${crun.missing}`)
    const { child, pid } = await startContainer(crun, {
      root: join(this.#dir, 'root'),
      args: ['/usr/local/bin/node', `/${entry}`],
      env: { PATH: '/usr/local/bin', NODE_ENV: 'production', NODE_OPTIONS: this.#flags, ...variablesOf(env) },
      config: directory,
      memoryMiB: memoryLimit
    })
    return follow(child, pid)
  }

  /** Ends what a failed measurement has left running. */
  async close(): Promise<void> {
    for (const sidecar of this.#started) sidecar.kill()
    await rm(this.#dir, { recursive: true, force: true })
  }
}
