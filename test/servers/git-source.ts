/**
 * The part of Flux's source-controller: every new commit of a bare repository becomes the artifact of a GitRepository, an archive
 * served on the loopback interface. The original cannot be built from the Go module proxy.
 * @module
 */
import { CustomObjectsApi, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, rmSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { atExit, run } from './process.ts'

export interface GitSourceOptions {
  readonly kubeconfig: string
  /** Of the GitRepository, which may be created later. */
  readonly namespace: string
  readonly name: string
}

export interface GitSource {
  /** The bare repository; what is pushed to its branch `main` is published. */
  readonly repository: string
  /** As Flux calls a commit: `main@sha1:...`. */
  revisionOf(commit: string): string
  stop(): Promise<void>
}

/** How often the branch is looked at; source-controller waits for its interval, or for a webhook. */
const pollMs = 50

/** Starts with an empty repository. */
export async function startGitSource(options: GitSourceOptions): Promise<GitSource> {
  const home = await mkdtemp(join(tmpdir(), 'infometis-source-'))
  const forget = atExit(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  const repository = join(home, 'config.git')
  await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', repository])
  // The branch stays a file of its own, and nothing runs on after a push.
  await run('git', ['--git-dir', repository, 'config', 'receive.autogc', 'false'])
  const server = await serve(home)
  const publisher = new Publisher({ ...options, home, repository, port: portOf(server) })
  const stopping = new AbortController()
  const polling = publisher.poll(stopping.signal)
  return {
    repository,
    revisionOf,
    stop: async () => {
      stopping.abort()
      await polling
      server.close()
      server.closeAllConnections()
      await rm(home, { recursive: true, force: true })
      forget()
    }
  }
}

function revisionOf(commit: string): string {
  return `main@sha1:${commit}`
}

async function serve(home: string): Promise<Server> {
  const server = createServer((request, response) => {
    const file = createReadStream(join(home, basename(request.url ?? '')))
    file.once('error', () => response.writeHead(404).end())
    file.pipe(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  return server
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a TCP port')
  return address.port
}

const object = z.object({ metadata: z.object({ generation: z.number() }) })

interface Place extends GitSourceOptions {
  readonly home: string
  readonly repository: string
  readonly port: number
}

class Publisher {
  readonly #place: Place
  readonly #api: CustomObjectsApi
  #published = ''

  constructor(place: Place) {
    this.#place = place
    const config = new KubeConfig()
    config.loadFromFile(place.kubeconfig)
    this.#api = config.makeApiClient(CustomObjectsApi)
  }

  /** Tries again what failed: the object is not there yet, or the API server is not. */
  async poll(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      const commit = await this.#head()
      if (commit !== undefined && commit !== this.#published) {
        await this.#publish(commit).then(
          () => (this.#published = commit),
          () => sleep(pollMs * 10)
        )
      }
      await sleep(pollMs)
    }
  }

  async #head(): Promise<string | undefined> {
    const text = await readFile(join(this.#place.repository, 'refs/heads/main'), 'utf8').catch(() => '')
    return /^[0-9a-f]{40}$/.exec(text.trim())?.[0]
  }

  async #publish(commit: string): Promise<void> {
    const { home, repository, port, namespace, name } = this.#place
    const file = `${commit}.tar.gz`
    await run('git', ['--git-dir', repository, 'archive', '--format=tar.gz', '--output', join(home, file), commit])
    const content = await readFile(join(home, file))
    const at = { group: 'source.toolkit.fluxcd.io', version: 'v1', plural: 'gitrepositories', namespace, name }
    const { generation } = object.parse(await this.#api.getNamespacedCustomObject(at)).metadata
    const now = `${new Date().toISOString().slice(0, 19)}Z`
    const revision = revisionOf(commit)
    const artifact = {
      path: `gitrepository/${namespace}/${name}/${file}`,
      url: `http://127.0.0.1:${port}/${file}`,
      revision,
      digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
      size: content.length,
      lastUpdateTime: now
    }
    const ready = {
      type: 'Ready',
      status: 'True',
      reason: 'Succeeded',
      message: `stored artifact for revision '${revision}'`,
      lastTransitionTime: now,
      observedGeneration: generation
    }
    const body = { status: { observedGeneration: generation, artifact, conditions: [ready] } }
    await this.#api.patchNamespacedCustomObjectStatus(
      { ...at, body },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch)
    )
  }
}
