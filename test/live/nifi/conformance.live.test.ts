/** The conformance suite on real servers, for all kinds of NiFi. */
import { conformance, type Subject } from '../../../src/testing/index.ts'
import { ClientLink } from '../../../reconcilers/nifi/connection/client-link.ts'
import type { Request } from '../../../reconcilers/nifi/connection/link.ts'
import { readConnectionSettings } from '../../../reconcilers/nifi/connection/settings.ts'
import { nifiService } from '../../../reconcilers/nifi/index.ts'
import { writeComments } from '../../../reconcilers/nifi/flow/identity/marker.ts'
import { Environment } from '../../../src/connect/environment.ts'
import { tapOn } from '../line.ts'
import { Hand, nifiVersions, sharedNodeOrSkip, variablesFor, type NifiNode } from './harness.ts'

const single = 'there is one item, and it always exists'
/** Enough for a machine that has much else to do. */
const patienceMs = 60_000

for (const version of nifiVersions) {
  describe(`what belongs to NiFi ${version}`, function () {
    this.timeout(180_000)
    let node: NifiNode
    let hand: Hand
    let parent: string

    before(async function () {
      node = await sharedNodeOrSkip(this, version)
      hand = new Hand(node)
      parent = await hand.createGroup('root', 'conformance')
    })

    after(async () => {
      if (node !== undefined) await hand.remove(parent)
    })

    const open = (snapshot: Subject['snapshot'], clear: () => Promise<unknown>): Subject => ({
      ...counting(),
      snapshot,
      stall: () => node.pause(),
      cleanup: async () => {
        node.resume()
        await clear()
      }
    })

    /** The service as the plugin opens it, and how many requests it has made. */
    const counting = (): Pick<Subject, 'service' | 'requests'> => {
      const environment = new Environment({ ...variablesFor(node), NIFI_PARENT_GROUP: parent, REQUEST_TIMEOUT: '30s' })
      const link = new ClientLink(readConnectionSettings(environment))
      const { ask, seen } = tapOn((request: Request, signal) => link.ask(request, signal))
      const tapped = { ask, clientId: link.clientId, close: () => link.close() }
      return {
        service: nifiService(tapped, { owner: 'infometis', parentGroup: parent }),
        requests: () => seen.length
      }
    }

    /** What is written shows in a definition or raises a revision; queues and states move by themselves. */
    const flowsAndRevisions = async (): Promise<unknown> => {
      const groups = await hand.groups(parent)
      const parts = await Promise.all(groups.map(async ({ id }) => [await hand.revisions(id), await hand.services(id)]))
      return {
        definition: await hand.download(parent),
        groups: groups.map(({ id, version: revision, name, comments }) => ({ id, revision, name, comments })),
        parts
      }
    }

    describe('parameter-context', () => {
      const clear = (): Promise<void> => hand.clearContexts('conformance-')

      conformance({
        kind: 'parameter-context',
        patienceMs,
        open: async () => {
          if ((await hand.context('conformance-base')) === undefined)
            await hand.createContext('conformance-base', { inherited: '1' })
          return {
            ...open(() => hand.contexts(), clear),
            createByHand: async (name) =>
              void (await hand.must('POST', '/parameter-contexts', {
                revision: { version: 0 },
                component: { name, description: '[infometis owner=infometis]', parameters: [] }
              })),
            changeByHand: async (name) => hand.setParameters((await hand.context(name))?.id ?? '', { size: 'by hand' })
          }
        },
        valid: {
          description: 'd',
          parameters: {
            size: '1KB',
            empty: '',
            none: { value: null },
            gone: null,
            described: { value: 'v', description: 'w' },
            secret: { value: 'canary', sensitive: true, description: 's' }
          },
          inherits: ['conformance-base']
        },
        changed: { parameters: { size: '2KB' } },
        bad: { item: { parameters: { 'a/b': 1 } } }
      })
    })

    describe('flow', () => {
      const flow = (size: string) => ({
        comments: 'proof of life',
        processors: {
          gen: { type: 'GenerateFlowFile', every: '1 day', properties: { 'File Size': size } },
          log: { type: 'LogAttribute', terminate: ['success'] }
        },
        groups: { inner: { inputPorts: { in: {} }, outputPorts: { out: {} }, connections: ['in -> out'] } },
        funnels: { all: {} },
        labels: { note: 'what it is for' },
        connections: ['gen:success -> inner.in', 'inner.out -> all', { from: 'all', to: 'log', maxObjects: 5 }]
      })

      conformance({
        kind: 'flow',
        patienceMs,
        open: () => ({
          ...open(flowsAndRevisions, () => hand.clear(parent)),
          createByHand: async (name) =>
            void (await hand.createGroup(parent, name, writeComments('', { owner: 'infometis', flow: name }))),
          changeByHand: async (name) => {
            const [group] = (await hand.groups(parent)).filter((each) => each.name === name)
            const { id } = await hand.processor(group?.id ?? '', 'gen')
            await hand.configure(id, { properties: { 'File Size': '7KB' } })
          }
        }),
        valid: flow('1KB'),
        changed: flow('2KB'),
        bad: { item: { processors: { gen: { type: 'NoSuchProcessor' } } } }
      })
    })

    describe('controller', () => {
      const put = (maxTimerDrivenThreadCount: number): Promise<void> => hand.setThreads(maxTimerDrivenThreadCount)
      let threads: number

      before(async () => {
        threads = await hand.threads()
      })

      conformance({
        kind: 'controller',
        patienceMs,
        open: () => ({
          ...open(
            () => hand.threads(),
            () => put(threads)
          ),
          changeByHand: () => put(15)
        }),
        valid: { maxTimerDrivenThreadCount: 12 },
        changed: { maxTimerDrivenThreadCount: 13 },
        skips: {
          'an observation of nothing declared lists what is there': single,
          'one bad item fails alone': single,
          'orphans are reported and untouched': single
        }
      })
    })
  })
}
