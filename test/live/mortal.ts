/**
 * A sidecar behind a proxy that kills it, as `kill -9` does, at the very moment it writes.
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { FaultServer, type SeenRequest } from '../servers/fault-server.ts'
import { atExit } from '../servers/process.ts'
import type { Variables } from './command-line.ts'

const commandLine = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

/** Before the server hears of the write, or after it has done it. */
export type Moment = 'before' | 'after'

/** The moment and the write of a death, e.g. `PUT /a/_settings`. */
export type Death = readonly [moment: Moment, write: string]

/** Whether the sidecar dies at a write. */
type IsLast = (...death: Death) => boolean

/** What is in front of which server. */
export interface MortalSetup {
  /** The folder below reconcilers/. */
  readonly service: string
  /** Where the server is, without a path. */
  readonly url: string
  /** The configuration directory. */
  readonly dir: string
  /** How the sidecar reaches a server at this address. */
  readonly env: (url: string) => Variables
  /** Whether this request changes anything. */
  readonly isWrite: (request: SeenRequest) => boolean
  /** Headers of answers to hand on, beside the type of their content. */
  readonly headers?: readonly string[]
}

interface Life {
  child: ChildProcess | undefined
  isLast: IsLast
  end: Death | undefined
}

export class MortalSidecar {
  readonly #proxy: FaultServer
  readonly #setup: MortalSetup
  readonly #state: Life

  private constructor(proxy: FaultServer, setup: MortalSetup, state: Life) {
    this.#proxy = proxy
    this.#setup = setup
    this.#state = state
  }

  /** A proxy in front of the server; no sidecar yet. */
  static async behind(setup: MortalSetup): Promise<MortalSidecar> {
    const { url, isWrite, headers: names = [] } = setup
    const state: Life = { child: undefined, isLast: () => false, end: undefined }
    const die = async (moment: Moment, request: SeenRequest): Promise<void> => {
      const write = `${request.method} ${request.path}`
      if (!isWrite(request) || state.end !== undefined || !state.isLast(moment, write)) return
      const { child } = state
      state.end = [moment, write]
      child?.kill('SIGKILL')
      if (child?.exitCode === null && child.signalCode === null) await once(child, 'exit')
      throw new Error('the sidecar is dead')
    }
    const proxy = await FaultServer.start({}, async (request, body) => {
      await die('before', request)
      const { method, path, query } = request
      const sent =
        body.length === 0
          ? {}
          : { body: Buffer.from(body), headers: { 'content-type': request.headers['content-type'] ?? '' } }
      const answer = await fetch(`${url}${path}${query === '' ? '' : `?${query}`}`, { method, ...sent })
      const content = Buffer.from(await answer.arrayBuffer())
      await die('after', request)
      const headers = Object.fromEntries(
        ['content-type', ...names].map((name) => [name, answer.headers.get(name) ?? ''])
      )
      return { status: answer.status, headers, body: content }
    })
    return new MortalSidecar(proxy, setup, state)
  }

  /** Runs a sidecar until it dies at a write, and says when and at which, or until `isDone`, and says nothing. */
  async live(isLast: IsLast, isDone: () => Promise<boolean>): Promise<Death | undefined> {
    this.#state.isLast = isLast
    this.#state.end = undefined
    const { service, dir, env } = this.#setup
    const variables = ['PATH', 'HOME', 'TMPDIR'].flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]]
    )
    const all = { ...Object.fromEntries(variables), ...env(this.#proxy.url), RECONCILE_INTERVAL: '1s', HTTP_PORT: '0' }
    const child = spawn(process.execPath, [commandLine, 'run', service, '--config', dir], { env: all, stdio: 'ignore' })
    const forget = atExit(() => void child.kill('SIGKILL'))
    this.#state.child = child
    const ended = once(child, 'exit')
    try {
      while (child.exitCode === null && child.signalCode === null) {
        if (await isDone()) child.kill('SIGKILL')
        await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 100))])
      }
      return this.#state.end
    } finally {
      child.kill('SIGKILL')
      forget()
    }
  }

  async stop(): Promise<void> {
    await this.#proxy.stop()
  }
}
