/**
 * The conformance suite on real servers, for indices.
 */
import { conformance, type Subject } from '../../../src/testing/index.ts'
import { countedService } from './counted.ts'
import { Hand, sharedNodeOrSkip, type ElasticsearchNode } from './harness.ts'

const versions = ['9.4.3', '8.19.8', 'opensearch-3.8.0'] as const

for (const version of versions) {
  describe(`indices on ${version}`, function () {
    this.timeout(120_000)
    let node: ElasticsearchNode

    before(async function () {
      node = await sharedNodeOrSkip(this, version)
    })

    const open = (): Subject => {
      const hand = new Hand(node)
      const { service, asked } = countedService(node)
      return {
        service,
        requests: () => asked.length,
        snapshot: async () => hand.must('GET', '/_all?flat_settings=true'),
        createByHand: (name) => hand.create({ [name]: { settings: { number_of_replicas: 0 } } }),
        changeByHand: (name) => hand.putSettings(name, { 'index.refresh_interval': '7s' }),
        stall: () => node.pause(),
        cleanup: async () => {
          node.resume()
          await hand.clear('conformance-')
        }
      }
    }

    conformance({
      kind: 'index',
      open,
      valid: {
        settings: { number_of_shards: 1, number_of_replicas: 0, refresh_interval: '5s' },
        mappings: { properties: { sku: { type: 'keyword', ignore_above: 256 }, price: { type: 'double' } } }
      },
      changed: { mappings: { properties: { sku: { type: 'keyword', ignore_above: 512 } } } },
      bad: { item: { mappings: { properties: { sku: { type: 'keyword', analyzer: 'standard' } } } } }
    })
  })
}
