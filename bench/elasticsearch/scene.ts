/**
 * What all measurements share: a node, a reconciler on a connection that counts, and a way to talk to people.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConnectionSettings } from '../../reconcilers/elasticsearch/connection/settings.ts'
import { elasticsearchService } from '../../reconcilers/elasticsearch/index.ts'
import { ClientLink } from '../../reconcilers/elasticsearch/connection/client-link.ts'
import type { Answer, Link, Request } from '../../reconcilers/elasticsearch/connection/link.ts'
import type { CycleReport } from '../../src/line.ts'
import { Environment } from '../../src/connect/environment.ts'
import { ServiceReconciler } from '../../src/reconciler/service-reconciler.ts'
import {
  missingElasticsearchPrerequisites,
  startElasticsearch,
  type ElasticsearchNode
} from '../../test/servers/elasticsearch.ts'
import { AtomicWriter } from '../../test/read/kubelet.ts'
import type { BenchOptions } from '../run.ts'
import { indexNames, indicesFile } from './declaration.ts'

/** Requests by method and path, names left out. */
export type RequestCounts = Readonly<Record<string, number>>

/** A link that counts what it passes on. */
export class CountingLink implements Link {
  readonly #link: Link
  readonly #counts = new Map<string, number>()

  constructor(link: Link) {
    this.#link = link
  }

  get patience(): Link['patience'] {
    return this.#link.patience
  }

  get counts(): RequestCounts {
    return Object.fromEntries(this.#counts)
  }

  reset(): void {
    this.#counts.clear()
  }

  ask(request: Request, signal: AbortSignal): Promise<Answer> {
    const name = `${request.method} ${request.path.replace(/bench-[^/]+/, '<names>')}`
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
    return this.#link.ask(request, signal)
  }

  close(): Promise<void> {
    return this.#link.close()
  }
}

export interface Scene extends BenchOptions {
  readonly node: ElasticsearchNode
  /** Goes away with the node. */
  readonly dir: string
  readonly names: readonly string[]
  /** The connection of the reconciler, and of whatever is compared with it. */
  readonly link: CountingLink
  /** Declares all indices with this refresh interval. */
  declare(refreshInterval: string): Promise<void>
  /** One cycle of the reconciler; throws when it saw nothing. */
  cycle(): Promise<CycleReport>
  /** Tells people, on stderr. */
  readonly say: (text: string) => void
  close(): Promise<void>
}

/** Starts a node. Throws when Java or Maven is missing, naming what to install. */
export async function openScene(options: BenchOptions): Promise<Scene> {
  const missing = await missingElasticsearchPrerequisites({})
  if (missing !== undefined) throw new TypeError(missing)
  const node = await startElasticsearch({
    heap: '1g',
    settings: { 'cluster.max_shards_per_node': String(options.items + 1000) }
  })
  const directory = await mkdtemp(join(tmpdir(), 'infometis-bench-'))
  const writer = new AtomicWriter(directory, { generation: 'newer' })
  const link = new CountingLink(
    new ClientLink(readConnectionSettings(new Environment({ ELASTICSEARCH_URL: node.url, REQUEST_TIMEOUT: '60s' })))
  )
  const service = elasticsearchService(link, 'infometis')
  const reconciler = new ServiceReconciler(service, { directory })
  const names = indexNames(options.items)
  return {
    ...options,
    node,
    dir: directory,
    names,
    link,
    declare: async (refreshInterval) => {
      await writer.write({ 'indices.json': indicesFile(names, refreshInterval) })
    },
    cycle: async () => {
      const report = await reconciler.reconcile()
      if (report.error !== null)
        throw new Error(`expected a cycle that sees everything, found ${report.status}: ${report.error.message}`)
      return report
    },
    say: (text) => console.error(text),
    close: async () => {
      await service.close()
      await node.stop()
      await rm(directory, { recursive: true, force: true })
    }
  }
}
