/**
 * One configuration directory, one fake service and one host: what a verb does to them.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommandLine } from '../../src/cli/command-line.ts'
import type { FakeServer } from '../../src/testing/fake-server.ts'
import { AtomicWriter } from '../read/kubelet.ts'
import { newServer } from './fake-plugin.ts'
import { hurried, TestHost, type TestHostOptions } from '../sidecar/test-host.ts'

/** A path for `--plugin`. */
export const fakeModule = fileURLToPath(new URL('fake-plugin.ts', import.meta.url))

export class Bench {
  readonly server: FakeServer
  /** Laid out as kubelet does, so that a reading of it need not settle. */
  readonly directory: string
  readonly #writer: AtomicWriter

  private constructor(directory: string) {
    this.directory = directory
    this.server = newServer()
    this.#writer = new AtomicWriter(directory, { generation: 'newer' })
  }

  static async open(): Promise<Bench> {
    return new Bench(await mkdtemp(join(tmpdir(), 'infometis-verbs-')))
  }

  /** Puts exactly these files there. */
  async declare(files: Readonly<Record<string, string>>): Promise<void> {
    await this.#writer.write(files)
  }

  /** Its time runs twenty times as fast, so that waiting costs little; a verb has ten minutes of it. */
  host({ variables, ...options }: TestHostOptions = {}): TestHost {
    const own = { INFOMETIS_PLUGIN: fakeModule, CONFIG_DIR: this.directory, INFOMETIS_TIMEOUT: '10m' }
    return new TestHost({ clock: hurried(20), variables: { ...own, ...variables }, ...options })
  }

  /** The exit code of `infometis <words>`. */
  run(host: TestHost, ...words: readonly string[]): Promise<number> {
    return runCommandLine(words, host)
  }

  async close(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true })
  }
}

/** What was printed as JSON. */
export function documentOf(host: TestHost): ReturnType<typeof JSON.parse> {
  return JSON.parse(host.out)
}
