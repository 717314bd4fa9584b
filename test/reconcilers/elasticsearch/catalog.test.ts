import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { catalogOf, readCatalog, readCatalogOf } from '../../../reconcilers/elasticsearch/catalog.ts'
import type { Request } from '../../../reconcilers/elasticsearch/connection/link.ts'
import type { Reader } from '../../../reconcilers/elasticsearch/readings.ts'
import type { Json } from '../../../src/records.ts'
import { testCycle } from '../../../src/testing/cycle.ts'

/** As `_resolve/index/*?expand_wildcards=all` answers. */
const answer = {
  indices: [
    { name: '.ds-logs-000001', attributes: ['hidden', 'open'], data_stream: 'logs' },
    { name: 'closed', attributes: ['closed'] },
    { name: 'orders-1', aliases: ['orders'], attributes: ['open'] },
    { name: 'orders-2', aliases: ['orders'], attributes: ['open'] }
  ],
  aliases: [
    { name: 'orders', indices: ['orders-1', 'orders-2'] },
    { name: 'one', indices: 'orders-1' }
  ],
  data_streams: [{ name: 'logs', backing_indices: '.ds-logs-000001', timestamp_field: '@timestamp' }]
}

function cycleThat(answers: Json, asked: Request[] = []): Reader {
  const link = {
    ask: (request: Request) => {
      asked.push(request)
      return Promise.resolve({ status: 200, body: answers })
    },
    patience: { timeout: '9s', master_timeout: '9s' },
    close: () => Promise.resolve()
  }
  const server = { distribution: 'elasticsearch', version: '9.4.3', clusterId: 'c' } as const
  return { ...testCycle(), link, server }
}

describe('the catalog of names', () => {
  it('tells indices, aliases and data streams apart', () => {
    const { indices, aliases, dataStreams } = catalogOf(answer)
    assert.deepEqual([...indices.keys()], ['.ds-logs-000001', 'closed', 'orders-1', 'orders-2'])
    assert.deepEqual(indices.get('.ds-logs-000001'), { attributes: ['hidden', 'open'], dataStream: 'logs' })
    assert.deepEqual(indices.get('closed'), { attributes: ['closed'], dataStream: undefined })
    assert.deepEqual(
      [...aliases],
      [
        ['orders', ['orders-1', 'orders-2']],
        ['one', ['orders-1']]
      ]
    )
    assert.deepEqual([...dataStreams], [['logs', ['.ds-logs-000001']]])
  })

  it('is one request, closed and hidden indices included', async () => {
    const asked: Request[] = []
    const { indices } = await readCatalog(cycleThat(answer, asked))
    assert.equal(indices.size, 4)
    assert.deepEqual(asked, [{ method: 'GET', path: '/_resolve/index/*', query: { expand_wildcards: 'all' } }])
  })

  it('is empty for an empty cluster', () => {
    const { indices, aliases, dataStreams } = catalogOf({ indices: [], aliases: [], data_streams: [] })
    assert.deepEqual([indices.size, aliases.size, dataStreams.size], [0, 0, 0])
  })

  for (const body of [{}, { acknowledged: true }, { indices: {} }]) {
    it(`is no empty cluster when ${JSON.stringify(body)} comes back: "could not look" is not "nothing there"`, async () => {
      await assert.rejects(readCatalog(cycleThat(body)), { code: 'UNAVAILABLE' })
    })
  }

  it('throws for no JSON at all', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('indices', 'aliases', 'data_streams'), fc.jsonValue()),
        (body) => void catalogOf(JSON.parse(JSON.stringify(body)))
      )
    )
  })

  it('is asked of some names in one request, and of all where these do not fit into one', async () => {
    for (const [names, path] of [
      [['orders', 'orders', 'one'], '/_resolve/index/orders,one,orders-*'],
      [['a'.repeat(3_600)], '/_resolve/index/*'],
      [['a*'], '/_resolve/index/*']
    ] as const) {
      const asked: Request[] = []
      await readCatalogOf(cycleThat(answer, asked), names, ['orders-'])
      assert.deepEqual(
        asked.map((request) => request.path),
        [path]
      )
    }
  })
})
