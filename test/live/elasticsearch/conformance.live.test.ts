/**
 * The conformance suite on real servers, for what belongs to indices. Index templates cannot take part: two of one
 * declaration would have the same patterns. Lifecycles have servers of their own: lifecycle.live.test.ts.
 */
import { conformance, type ConformanceOptions, type Subject } from '../../../src/testing/index.ts'
import { countedService } from './counted.ts'
import { Hand, sharedNodeOrSkip, type ElasticsearchNode } from './harness.ts'

const versions = ['9.4.3', '8.19.8', 'opensearch-3.8.0'] as const
const withoutLifecycle = 'OpenSearch has no lifecycle for data streams, so that nothing can differ'
const single = 'there is one item, and it always exists'

for (const version of versions) {
  const isOpenSearch = version.startsWith('opensearch')

  describe(`what belongs to indices on ${version}`, function () {
    this.timeout(120_000)
    let node: ElasticsearchNode

    before(async function () {
      node = await sharedNodeOrSkip(this, version)
    })

    const open = (
      paths: readonly string[],
      clear: (hand: Hand) => Promise<unknown>
    ): Subject & { readonly hand: Hand } => {
      const hand = new Hand(node)
      const { service, asked } = countedService(node)
      return {
        hand,
        service,
        requests: () => asked.length,
        // OpenSearch says 404 when there is no pipeline at all.
        snapshot: () => Promise.all(paths.map(async (path) => (await hand.find(path)) ?? {})),
        stall: () => node.pause(),
        cleanup: async () => {
          node.resume()
          await clear(hand)
        }
      }
    }
    const clearOurs = (hand: Hand): Promise<void> => hand.clear('conformance-')

    describe('alias', () => {
      const [one, two] = ['conformance-one', 'conformance-two']

      conformance({
        kind: 'alias',
        open: async () => {
          const { hand, ...subject } = open(['/_alias?expand_wildcards=all'], clearOurs)
          await hand.create({ [one]: {}, [two]: {} })
          const add = (alias: string, index: string): Promise<unknown> =>
            hand.must('POST', '/_aliases', { actions: [{ add: { index, alias } }] })
          return {
            ...subject,
            createByHand: async (name) => void (await add(name, one)),
            changeByHand: async (name) => void (await add(name, one))
          }
        },
        valid: {
          [one]: { filter: { bool: { must: { match: { text: 'x' } }, filter: [{ term: { a: 1 } }] } }, routing: 7 },
          [two]: { is_write_index: true }
        },
        changed: { [one]: { routing: 7, filter: { term: { b: 2 } } }, [two]: {} },
        bad: { item: { [one]: { filter: { 'no-such-query': {} } } } }
      })
    })

    describe('cluster', () => {
      const key = 'cluster.max_shards_per_node'

      conformance({
        kind: 'cluster',
        open: () => {
          const reset = (hand: Hand): Promise<unknown> =>
            hand.must('PUT', '/_cluster/settings', {
              persistent: { [key]: null, 'indices.recovery.max_bytes_per_sec': null }
            })
          const { hand, ...subject } = open(['/_cluster/settings?flat_settings=true'], reset)
          return {
            ...subject,
            changeByHand: async () =>
              void (await hand.must('PUT', '/_cluster/settings', { persistent: { [key]: 1500 } }))
          }
        },
        valid: { persistent: { cluster: { max_shards_per_node: 2000 }, 'indices.recovery.max_bytes_per_sec': '50MB' } },
        changed: { persistent: { [key]: 3000 } },
        skips: {
          'an observation of nothing declared lists what is there': single,
          'one bad item fails alone': single,
          'orphans are reported and untouched': single
        }
      })
    })

    interface BodyCase extends Omit<ConformanceOptions, 'open'> {
      readonly path: string
      /** A body by which the item is made or changed by hand. */
      readonly body: unknown
    }

    const bodies: readonly BodyCase[] = [
      {
        kind: 'component-template',
        path: '/_component_template',
        body: { template: { settings: { number_of_replicas: 3 } } },
        valid: {
          template: {
            settings: { number_of_replicas: 0, refresh_interval: '5s' },
            mappings: { properties: { a: { type: 'keyword' } } }
          },
          version: 1
        },
        changed: { template: { settings: { number_of_replicas: 1 } } },
        bad: { item: { template: { mappings: { properties: { a: { type: 'keyword', analyzer: 'x' } } } } } }
      },
      {
        kind: 'ingest-pipeline',
        path: '/_ingest/pipeline',
        body: { processors: [] },
        valid: { description: 'x', processors: [{ set: { field: 'a', value: 1 } }], version: 1 },
        changed: { processors: [{ set: { field: 'a', value: 2 } }] },
        bad: { item: { processors: [{ 'no-such-processor': {} }] } }
      }
    ]

    for (const { path, body, ...options } of bodies) {
      describe(options.kind, () => {
        conformance({
          ...options,
          open: () => {
            const { hand, ...subject } = open([path], clearOurs)
            const put = async (name: string): Promise<void> => void (await hand.must('PUT', `${path}/${name}`, body))
            return { ...subject, createByHand: put, changeByHand: put }
          }
        })
      })
    }

    if (!isOpenSearch) return
    describe('data-stream', () => {
      conformance({
        kind: 'data-stream',
        open: async () => {
          const clear = async (hand: Hand): Promise<void> => {
            await hand.request('DELETE', '/_data_stream/conformance-*')
            await clearOurs(hand)
          }
          const { hand, ...subject } = open(['/_data_stream'], clear)
          await hand.must('PUT', '/_index_template/conformance-streams', {
            index_patterns: ['conformance-*'],
            data_stream: {}
          })
          return { ...subject, createByHand: async (name) => void (await hand.must('PUT', `/_data_stream/${name}`)) }
        },
        valid: {},
        changed: {},
        bad: { name: 'without-template', item: {} },
        skips: {
          'compare is pure, and empty on what was just written': withoutLifecycle,
          'an update changes the named field and no other': withoutLifecycle,
          'drift made by hand is found and repaired': withoutLifecycle,
          'a paused item is untouched': withoutLifecycle,
          'mode observe writes nothing': withoutLifecycle,
          'a verb without a method is held as unsupported': withoutLifecycle,
          'one bad item fails alone': 'what the server would refuse waits for its template'
        }
      })
    })
  })
}
