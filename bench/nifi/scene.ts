/**
 * What all measurements share: a server, a reconciler on a connection that counts, and a way to talk to people.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClientLink } from '../../reconcilers/nifi/connection/client-link.ts'
import { readConnectionSettings } from '../../reconcilers/nifi/connection/settings.ts'
import { nifiService } from '../../reconcilers/nifi/index.ts'
import type { Answer, Link, Request } from '../../reconcilers/nifi/connection/link.ts'
import type { CycleReport } from '../../src/line.ts'
import { Environment } from '../../src/connect/environment.ts'
import { ServiceReconciler } from '../../src/reconciler/service-reconciler.ts'
import { AtomicWriter } from '../../test/read/kubelet.ts'
import { missingNifiPrerequisites, startNifi, type NifiNode } from '../../test/servers/nifi.ts'
import type { BenchOptions } from '../run.ts'

/** A link that counts what it passes on. */
export class CountingLink implements Link {
  readonly #link: Link
  #requests: string[] = []

  constructor(link: Link) {
    this.#link = link
  }

  get clientId(): string {
    return this.#link.clientId
  }

  /** Method and path of every request since the last call. */
  take(): readonly string[] {
    const taken = this.#requests
    this.#requests = []
    return taken
  }

  ask(request: Request, signal: AbortSignal): Promise<Answer> {
    this.#requests.push(`${request.method} ${request.path}`)
    return this.#link.ask(request, signal)
  }

  close(): Promise<void> {
    return this.#link.close()
  }
}

export interface Scene extends BenchOptions {
  readonly node: NifiNode
  /** Goes away with the server. */
  readonly dir: string
  readonly link: CountingLink
  /** Declares that many flows of two processors and a connection, whose files have this size. */
  declare(size: string): Promise<void>
  /** One cycle of the reconciler; throws when it saw nothing. */
  cycle(): Promise<CycleReport>
  /** Tells people, on stderr. */
  readonly say: (text: string) => void
  close(): Promise<void>
}

/** Starts a server. Throws when Java or Maven is missing, naming what to install. */
export async function openScene(options: BenchOptions): Promise<Scene> {
  const missing = await missingNifiPrerequisites()
  if (missing !== undefined) throw new TypeError(missing)
  const node = await startNifi({ heapMb: 512 })
  const directory = await mkdtemp(join(tmpdir(), 'infometis-bench-'))
  const writer = new AtomicWriter(directory, { generation: 'newer' })
  const link = new CountingLink(
    new ClientLink(readConnectionSettings(new Environment({ NIFI_URL: node.url, REQUEST_TIMEOUT: '60s' })))
  )
  const service = nifiService(link, { owner: 'infometis', parentGroup: 'root' })
  const reconciler = new ServiceReconciler(service, { directory })
  return {
    ...options,
    node,
    dir: directory,
    link,
    declare: async (size) => {
      await writer.write({
        'flows.yaml': flowsFile(flowNames(options.items), size),
        'parameter-contexts.yaml': contextsFile
      })
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

export const contextsFile = 'bench: {parameters: {size: 1KB}}\n'

/** `bench-0000` and on. */
export function flowNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `bench-${String(index).padStart(4, '0')}`)
}

/** The text of flows.yaml; `changed` holds the flows whose files have another size. JSON is YAML too. */
export function flowsFile(
  names: readonly string[],
  size: string,
  changed: ReadonlyMap<string, string> = new Map()
): string {
  const flows = names.map((name) => {
    const processors = {
      gen: { type: 'GenerateFlowFile', every: '1 min', properties: { 'File Size': changed.get(name) ?? size } },
      log: { type: 'LogAttribute', terminate: ['success'] }
    }
    return [name, { parameterContext: 'bench', processors, connections: ['gen:success -> log'] }]
  })
  return JSON.stringify(Object.fromEntries(flows))
}
