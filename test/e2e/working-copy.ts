/**
 * A working copy of the configuration of a cluster, as whoever changes a topic has one.
 * @module
 */
import { rmSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repository } from '../manifests/build.ts'
import { atExit, run } from '../servers/process.ts'

/** What a person's own settings would change must not change the tests. */
const settings = [
  'user.name=tester',
  'user.email=tester@example.org',
  'commit.gpgsign=false',
  'core.hooksPath=/dev/null',
  'core.autocrlf=false'
]

export class WorkingCopy {
  readonly directory: string
  readonly #forget: () => void

  private constructor(directory: string) {
    this.directory = directory
    this.#forget = atExit(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }))
  }

  /** Clones an empty repository and puts our own manifests and environments in, the environment in a namespace of its own; pushes nothing. */
  static async of(remote: string, environment: string, namespace: string): Promise<WorkingCopy> {
    const copy = new WorkingCopy(await mkdtemp(join(tmpdir(), 'infometis-copy-')))
    await copy.#git('clone', '--quiet', remote, '.')
    for (const folder of ['manifests', 'environments'])
      await cp(join(repository, folder), join(copy.directory, folder), { recursive: true })
    for (const file of ['kustomization.yaml', 'namespace.yaml']) {
      await copy.edit(`environments/${environment}/${file}`, (text) =>
        text.replaceAll(`infometis-${environment}`, namespace)
      )
    }
    return copy
  }

  write(path: string, text: string): Promise<void> {
    return writeFile(join(this.directory, path), text)
  }

  async edit(path: string, change: (text: string) => string): Promise<void> {
    await this.write(path, change(await readFile(join(this.directory, path), 'utf8')))
  }

  /** Commits everything and pushes it; gives the name of the commit. Throws when nothing has changed. */
  async push(message: string): Promise<string> {
    await this.#git('add', '--all')
    await this.#git('commit', '--quiet', '--message', message)
    return this.#pushed()
  }

  /** Takes the last commit back with one of its own, and pushes that. */
  async revert(): Promise<string> {
    await this.#git('revert', '--no-edit', 'HEAD')
    return this.#pushed()
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true })
    this.#forget()
  }

  async #pushed(): Promise<string> {
    await this.#git('push', '--quiet', 'origin', 'HEAD:refs/heads/main')
    return (await this.#git('rev-parse', 'HEAD')).trim()
  }

  async #git(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('git', [...settings.flatMap((setting) => ['-c', setting]), ...args], {
      name: `git ${args[0]}`,
      cwd: this.directory,
      timeoutMs: 60_000
    })
    return stdout
  }
}
