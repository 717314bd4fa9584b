/**
 * The main job on a real NiFi, step by step: created and running, changed in place, started again, held, orphan reported,
 * bad file refused.
 * @module
 */
import { z } from 'zod'
import { ClientLink } from '../reconcilers/nifi/connection/client-link.ts'
import { readConnectionSettings } from '../reconcilers/nifi/connection/settings.ts'
import type { Link, Request } from '../reconcilers/nifi/connection/link.ts'
import { bodyOf } from '../reconcilers/nifi/connection/refusal.ts'
import { Environment } from '../src/connect/environment.ts'
import { missingNifiPrerequisites, startNifi } from '../test/servers/nifi.ts'
import { isDone, isInSync, isOrphan, isRefused, play, prefixOn, type Scene, type Step } from './play.ts'
import { openServer, type Ways } from './server.ts'

const ways: Ways = {
  what: 'a NiFi',
  variable: 'NIFI_URL',
  container: {
    image: 'apache/nifi:2.3.0',
    port: 8080,
    settings: () => ({ NIFI_WEB_HTTP_HOST: '0.0.0.0', NIFI_WEB_HTTP_PORT: '8080' }),
    address: (port) => `http://127.0.0.1:${port}`,
    isUp: (address) =>
      fetch(`${address}/nifi-api/flow/about`).then(
        ({ ok }) => ok,
        () => false
      )
  },
  java: {
    missing: () => missingNifiPrerequisites({}),
    start: async () => {
      const node = await startNifi({})
      return { name: `NiFi ${node.version}`, address: node.url, stop: () => node.stop() }
    }
  }
}

/** What differs between the versions of the file. */
interface Version {
  readonly size?: string
  readonly withMark?: boolean
  readonly withSecond?: boolean
}

function flows(prefix: string, { size = '1KB', withMark = true, withSecond = true }: Version): string {
  return `${prefix}-heartbeat:
  processors:
    gen: {type: GenerateFlowFile, every: 1 sec, properties: {File Size: ${size}}}   # edit me and watch
${withMark ? '    mark: {type: LogMessage}\n' : ''}    log: {type: LogAttribute, terminate: [success]}
  connections:
${withMark ? '  - gen:success -> mark\n  - mark:success -> log' : '  - gen:success -> log'}
${withSecond ? `${prefix}-second:\n  processors:\n    gen: {type: GenerateFlowFile, every: 1 min, terminate: [success]}\n` : ''}`
}

/** Shows everything once. Every step that did not happen is counted. */
export async function demonstrate(): Promise<Scene> {
  const server = await openServer(ways)
  const prefix = prefixOn(server)
  const variables = { NIFI_URL: server.address }
  const link = new ClientLink(readConnectionSettings(new Environment({ ...process.env, ...variables })))
  return play({
    service: 'nifi',
    server,
    variables,
    prefix,
    file: 'flows.yaml',
    text: flows(prefix, { withMark: false }),
    steps: (write) => stepsOf(prefix, new ByHand(link, `${prefix}-heartbeat`), write),
    close: () => link.close()
  })
}

function stepsOf(prefix: string, hand: ByHand, write: (text: string) => Promise<void>): readonly Step[] {
  const [key, second] = [`nifi/flow/${prefix}-heartbeat`, `nifi/flow/${prefix}-second`]
  const isUpdated = isDone('update', key)
  const size = '2KB'
  return [
    { title: 'created from flows.yaml, and running', happened: isDone('create', key), settled: isInSync },
    {
      title: 'a changed property applied in place',
      act: () => write(flows(prefix, { size, withMark: false })),
      happened: isUpdated,
      settled: isInSync
    },
    {
      title: 'a processor added in between, its queue kept',
      act: () => write(flows(prefix, { size })),
      happened: isUpdated,
      settled: isInSync
    },
    { title: 'stopped by hand, started again', act: () => hand.stop('log'), happened: isUpdated, settled: isInSync },
    {
      title: 'a processor added by hand, held and named',
      act: () => hand.add(),
      happened: (line) => line.key === key && line.result === 'held' && line.message.includes('by hand')
    },
    { title: 'taken away by hand, in sync', act: () => hand.remove('by hand'), happened: isInSync },
    {
      title: 'no longer declared, reported and left running',
      act: () => write(flows(prefix, { size, withSecond: false })),
      happened: isOrphan(second)
    },
    {
      title: 'a bad file refused',
      act: () => write(flows(prefix, { size, withSecond: false }).replace('[success]', '[success')),
      happened: isRefused
    },
    { title: 'last good kept, still repaired', act: () => hand.stop('log'), happened: isUpdated },
    {
      title: 'the file mended, in sync',
      act: () => write(flows(prefix, { size, withSecond: false })),
      happened: isInSync
    }
  ]
}

const revised = z.object({
  id: z.string(),
  revision: z.object({ version: z.number() }),
  component: z.object({ name: z.string() })
})
const flow = z.object({ processGroupFlow: z.object({ flow: z.object({ processGroups: z.array(revised) }) }) })
const processors = z.object({ processors: z.array(revised) })

/** Somebody at the canvas. */
class ByHand {
  readonly #link: Link
  readonly #group: string

  constructor(link: Link, group: string) {
    this.#link = link
    this.#group = group
  }

  async stop(name: string): Promise<void> {
    const { id, revision } = await this.#processor(name)
    await this.#ask({
      method: 'PUT',
      path: `/processors/${id}/run-status`,
      body: { revision: { version: revision.version }, state: 'STOPPED' }
    })
  }

  async remove(name: string): Promise<void> {
    const { id, revision } = await this.#processor(name)
    await this.#ask({ method: 'DELETE', path: `/processors/${id}`, query: { version: revision.version } })
  }

  /** Adds a processor that is connected to nothing. */
  async add(): Promise<void> {
    const type = 'org.apache.nifi.processors.standard.LogAttribute'
    const body = { revision: { version: 0 }, component: { name: 'by hand', type, position: { x: 400, y: 0 } } }
    await this.#ask({ method: 'POST', path: `/process-groups/${await this.#id()}/processors`, body })
  }

  async #processor(name: string): Promise<z.output<typeof revised>> {
    const { processors: all } = processors.parse(
      await this.#ask({ method: 'GET', path: `/process-groups/${await this.#id()}/processors` })
    )
    const found = all.find(({ component }) => component.name === name)
    if (found === undefined) throw new Error(`no processor "${name}"`)
    return found
  }

  async #id(): Promise<string> {
    const { processGroupFlow } = flow.parse(await this.#ask({ method: 'GET', path: '/flow/process-groups/root' }))
    const found = processGroupFlow.flow.processGroups.find(({ component }) => component.name === this.#group)
    if (found === undefined) throw new Error(`no group "${this.#group}"`)
    return found.id
  }

  async #ask(request: Request): Promise<unknown> {
    return bodyOf(await this.#link.ask(request, AbortSignal.timeout(30_000)))
  }
}
