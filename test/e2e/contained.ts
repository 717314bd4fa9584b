/**
 * The container of a Deployment without a container: its program, its variables and its volume.
 * @module
 */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { layoutOf } from '../build/layouts.ts'
import type { LogRecord } from '../live/command-line.ts'
import { eventually } from '../live/eventually.ts'
import { containersOf, mountedConfigMaps, ofKind, parseObjects } from '../manifests/objects.ts'
import { startMirror, type Mirror } from '../servers/configmap-mirror.ts'
import { atExit, lastLines, startServer, type ServerProcess } from '../servers/process.ts'

export interface ContainedOptions {
  readonly kubeconfig: string
  readonly service: string
  /** The Deployment, as the API server gives it. */
  readonly manifest: string
  /** Instead of those of the Deployment: where the service is. */
  readonly env: Readonly<Record<string, string>>
}

/** A sidecar, and what the kubelet would do for it. */
export class Contained {
  /** Where its ConfigMaps are. */
  readonly directory: string
  readonly mirror: Mirror
  readonly #home: string
  readonly #process: ServerProcess
  readonly #forget: () => void
  #ended: Promise<readonly LogRecord[]> | undefined

  private constructor(home: string, mirror: Mirror, process: ServerProcess) {
    this.#home = home
    this.directory = join(home, 'config')
    this.mirror = mirror
    this.#process = process
    this.#forget = atExit(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  }

  /** Bundles the service, mounts what the Deployment mounts, and starts what the image would start. */
  static async start({ kubeconfig, service, manifest, env }: ContainedOptions): Promise<Contained> {
    const [deployment] = ofKind(parseObjects(manifest), 'Deployment')
    assert.ok(deployment)
    const home = await mkdtemp(join(tmpdir(), 'infometis-contained-'))
    const directory = join(home, 'config')
    await mkdir(directory)
    const { container } = await layoutOf(service)
    const maps = mountedConfigMaps(deployment).map(
      ({ name, optional }) => `${deployment.metadata.namespace}/${name}${optional ? '?' : ''}`
    )
    const mirror = await startMirror(kubeconfig, [{ directory, maps }])
    const variables = containersOf(deployment).flatMap(({ env: own }) =>
      own.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))
    )
    const all = { ...Object.fromEntries(variables), ...env, CONFIG_DIR: directory, HTTP_PORT: '0' }
    const sidecar = await startServer(process.execPath, [container], {
      cwd: home,
      log: join(home, 'sidecar.log'),
      env: all
    })
    return new Contained(home, mirror, sidecar)
  }

  get running(): boolean {
    return this.#process.alive
  }

  get pid(): number {
    return this.#process.pid
  }

  /** Everything it has logged. Throws when it printed something else. */
  async lines(): Promise<readonly LogRecord[]> {
    const text = await readFile(this.#process.log, 'utf8')
    return text.split('\n').slice(0, -1).map(recordOf)
  }

  /** The first line that matches, of those from `since` on. Throws with the end of the log after `ms` (default 60,000). */
  async waitForLine(matches: (line: LogRecord) => boolean, { since = 0, ms = 60_000 } = {}): Promise<LogRecord> {
    return eventually(async () => {
      const lines = await this.lines()
      return (
        lines.slice(since).find(matches) ??
        assert.fail(`not said:\n${lastLines(lines.map((line) => JSON.stringify(line)).join('\n'))}`)
      )
    }, ms)
  }

  /** As the readiness probe asks; not ready either while nobody answers. */
  async isReady(): Promise<boolean> {
    const port = (await this.lines())
      .map(({ message }) => /^probes and metrics on port (\d+)$/.exec(message)?.[1])
      .find((found) => found !== undefined)
    if (port === undefined) return false
    const url = `http://127.0.0.1:${port}/readyz`
    return fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
      ({ ok }) => ok,
      () => false
    )
  }

  /** Ends the sidecar as a kubelet would, then the mirror. Gives everything it has logged; the same when asked again. */
  stop(): Promise<readonly LogRecord[]> {
    this.#ended ??= this.#end()
    return this.#ended
  }

  async #end(): Promise<readonly LogRecord[]> {
    await this.#process.stop()
    await this.mirror.stop()
    try {
      return await this.lines()
    } finally {
      await rm(this.#home, { recursive: true, force: true })
      this.#forget()
    }
  }
}

function recordOf(line: string): LogRecord {
  const parsed: unknown = JSON.parse(line)
  assert.ok(isRecord(parsed), `expected a log record, found ${line}`)
  return parsed
}

function isRecord(value: unknown): value is LogRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'message' in value &&
    typeof value.message === 'string' &&
    'level' in value &&
    'timestamp' in value
  )
}
