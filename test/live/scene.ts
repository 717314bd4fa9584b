/**
 * A stage of its own on a server others use too: names under a prefix, a configuration directory, the command line.
 * @module
 */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { atExit } from '../servers/process.ts'
import { infometis, startSidecar, type Ended, type Sidecar, type Variables } from './command-line.ts'
import type { ApplyDocument, Documents, PlanDocument } from './documents.ts'

/** A directory that is removed at the end of the run, also of one that is broken off. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'infometis-live-'))
  atExit(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** What a scene is made of. */
export interface SceneSetup {
  /** The folder below reconcilers/. */
  readonly service: string
  /** The configuration directory. */
  readonly dir: string
  /** How the command line reaches the server. */
  readonly env: Variables
  readonly documents: Documents
}

/** What scenes of all services have in common. */
export class Scene {
  readonly service: string
  readonly prefix = `live-${randomBytes(4).toString('hex')}-`
  readonly dir: string
  readonly env: Variables
  readonly #documents: Documents

  constructor({ service, dir, env, documents }: SceneSetup) {
    this.service = service
    this.dir = dir
    this.env = env
    this.#documents = documents
  }

  /** The full name of an item of this scene. */
  name(short: string): string {
    return this.prefix + short
  }

  /** The same items by their full names. */
  named<T>(items: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
    return Object.fromEntries(Object.entries(items).map(([short, item]) => [this.name(short), item]))
  }

  /** policy.yaml; what does not belong to this scene is nobody's orphan. */
  policyYaml(policy: Readonly<Record<string, unknown>> = {}): string {
    return stringify({ owned: [`${this.prefix}*`], ...policy })
  }

  /** Writes files of the configuration directory in place. */
  async write(files: Readonly<Record<string, string>>): Promise<void> {
    await mkdir(this.dir, { recursive: true })
    for (const [name, content] of Object.entries(files)) await writeFile(join(this.dir, name), content)
  }

  /** `infometis <verb> <service> --config <dir> --output json …`. */
  run(verb: string, args: readonly string[] = [], env: Variables = {}): Promise<Ended> {
    return infometis([verb, this.service, '--config', this.dir, '--output', 'json', ...args], {
      env: { ...this.env, ...env }
    })
  }

  async diff(env: Variables = {}): Promise<{ readonly code: number | null; readonly document: PlanDocument }> {
    const ended = await this.run('diff', [], env)
    return { code: ended.code, document: this.#documents.readPlan(explained(ended)) }
  }

  async apply(
    args: readonly string[] = [],
    env: Variables = {}
  ): Promise<{ readonly code: number | null; readonly document: ApplyDocument }> {
    const ended = await this.run('apply', args, env)
    return { code: ended.code, document: this.#documents.readApplied(explained(ended)) }
  }

  sidecar(env: Variables = {}): Sidecar {
    return startSidecar(this.service, { dir: this.dir, env: { ...this.env, ...env } })
  }
}

/** A text where a document belongs is easier to understand with what was said beside it. */
function explained({ code, stdout, stderr }: Ended): string {
  if (stdout.startsWith('{')) return stdout
  throw new Error(
    `expected a document on stdout, found ${JSON.stringify(stdout)} with exit code ${code} and\n${stderr}`
  )
}
