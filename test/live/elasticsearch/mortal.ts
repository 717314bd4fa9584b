/**
 * A sidecar behind a proxy that kills it, as `kill -9` does, at the very moment it writes.
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { FaultServer } from '../../servers/fault-server.ts'
import { atExit } from '../../servers/process.ts'
import type { Variables } from '../command-line.ts'

const commandLine = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url))

/** Before the server hears of the write, or after it has done it. */
export type Moment = 'before' | 'after'

/** POST requests that change nothing. */
const readings = /\/(_refresh|_has_privileges|explain|_search)$/

/** Whether the sidecar dies at a write, e.g. `PUT /a/_settings`. */
type IsLast = (moment: Moment, write: string) => boolean

interface Life {
  child: ChildProcess | undefined
  isLast: IsLast
  /** The moment and the write of its death. */
  end: readonly [Moment, string] | undefined
}

export class MortalSidecar {
  readonly #proxy: FaultServer
  readonly #dir: string
  readonly #env: Variables
  readonly #state: Life

  private constructor(proxy: FaultServer, dir: string, env: Variables, state: Life) {
    this.#proxy = proxy
    this.#dir = dir
    this.#env = env
    this.#state = state
  }

  /** A proxy in front of the server at `url`; no sidecar yet. */
  static async behind(url: string, dir: string, env: Variables): Promise<MortalSidecar> {
    const state: Life = { child: undefined, isLast: () => false, end: undefined }
    const die = async (moment: Moment, write: string): Promise<void> => {
      if (readings.test(write) || !/^(PUT|POST) /.test(write) || state.end !== undefined || !state.isLast(moment, write)) return
      const { child } = state
      state.end = [moment, write]
      child?.kill('SIGKILL')
      if (child?.exitCode === null && child.signalCode === null) await once(child, 'exit')
      throw new Error('the sidecar is dead')
    }
    const proxy = await FaultServer.start({}, async ({ method, path, query }, body) => {
      await die('before', `${method} ${path}`)
      const sent = body.length === 0 ? {} : { body: Buffer.from(body), headers: { 'content-type': 'application/json' } }
      const answer = await fetch(`${url}${path}${query === '' ? '' : `?${query}`}`, { method, ...sent })
      const content = Buffer.from(await answer.arrayBuffer())
      await die('after', `${method} ${path}`)
      const headers = { 'content-type': answer.headers.get('content-type') ?? '', 'x-elastic-product': answer.headers.get('x-elastic-product') ?? '' }
      return { status: answer.status, headers, body: content }
    })
    return new MortalSidecar(proxy, dir, { ...env, ELASTICSEARCH_URL: proxy.url }, state)
  }

  /**
   * Runs a sidecar until it dies at a write, and says when and at which, or until `isDone`, and says nothing.
   */
  async live(isLast: IsLast, isDone: () => Promise<boolean>): Promise<readonly [Moment, string] | undefined> {
    this.#state.isLast = isLast
    this.#state.end = undefined
    const variables = ['PATH', 'HOME', 'TMPDIR'].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
    const env = { ...Object.fromEntries(variables), ...this.#env, RECONCILE_INTERVAL: '1s' }
    const child = spawn(process.execPath, [commandLine, 'run', 'elasticsearch', '--config', this.#dir], { env, stdio: 'ignore' })
    const forget = atExit(() => void child.kill('SIGKILL'))
    this.#state.child = child
    const ended = once(child, 'exit')
    while (child.exitCode === null && child.signalCode === null) {
      if (await isDone()) child.kill('SIGKILL')
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 100))])
    }
    forget()
    return this.#state.end
  }

  async stop(): Promise<void> {
    await this.#proxy.stop()
  }
}
