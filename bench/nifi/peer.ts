/**
 * nipyapi, the client a user of NiFi would write a loop with, in a process of its own.
 * @module
 */
import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'

export const nipyapiVersion = '1.8.1'

const readingSchema = z.object({ ms: z.number(), requests: z.number() })
export type PeerReading = z.output<typeof readingSchema>

export class Peer {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#process = child
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  }

  /** Installs it once into the cache and connects. Throws when Python or pip is missing. */
  static async connect(url: string, groups: number): Promise<Peer> {
    const library = await install()
    const script = fileURLToPath(new URL('peer.py', import.meta.url))
    const env = { ...process.env, PYTHONPATH: library, PYTHONDONTWRITEBYTECODE: '1' }
    const peer = new Peer(
      spawn('python3', [script, `${url}/nifi-api`, String(groups)], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    )
    await peer.#line()
    return peer
  }

  /** One reading of everything, timed inside the process: its start does not count. */
  async read(): Promise<PeerReading> {
    this.#process.stdin.write('\n')
    return readingSchema.parse(JSON.parse(await this.#line()))
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.stdin.end()
    await ended
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error('nipyapi ended; its reason is above')
    return value
  }
}

/** The folder it is installed in; whoever installs at the same time wins or loses as a whole. */
async function install(): Promise<string> {
  const cache = fileURLToPath(new URL('../../.cache/nipyapi', import.meta.url))
  const path = join(cache, nipyapiVersion)
  if (await exists(path)) return path
  await mkdir(cache, { recursive: true })
  const staging = await mkdtemp(join(cache, 'staging-'))
  try {
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--root-user-action=ignore']
    await promisify(execFile)(
      'python3',
      ['-m', 'pip', 'install', ...quiet, '--target', staging, `nipyapi==${nipyapiVersion}`],
      { timeout: 300_000 }
    )
    if (!(await exists(path))) await rename(staging, path)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
  return path
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false
  )
}
