import assert from 'node:assert/strict'
import { observeIndices } from '../../../../reconcilers/elasticsearch/index/observe.ts'
import { Readings } from '../../../../reconcilers/elasticsearch/readings.ts'
import type { Json } from '../../../../src/contract.ts'
import { ScriptedLink } from '../scripted-link.ts'

describe('observing indices again after the cluster has changed', () => {
  it('keeps what did not change as the same object, and shows what did', async () => {
    let interval = '5s'
    const indexOf = (refresh: string): Json => ({ settings: { 'index.refresh_interval': refresh }, mappings: { properties: { sku: { type: 'keyword' } } }, aliases: {} })
    const link = new ScriptedLink({
      'GET /_resolve/index/*': { indices: ['orders', 'stock'].map((name) => ({ name, attributes: ['open'] })), aliases: [], data_streams: [] },
      'GET /orders,stock': () => ({ orders: indexOf('1s'), stock: indexOf(interval) })
    })
    const readings = new Readings(link)
    const observe = async () => (await observeIndices(readings, [], { full: true, everything: true, signal: new AbortController().signal })).items
    const before = await observe()
    interval = '9s'
    const after = await observe()
    assert.ok(after.get('orders'))
    assert.equal(after.get('orders'), before.get('orders'))
    const stock = after.get('stock')
    assert.ok(stock !== undefined && 'state' in stock)
    assert.deepEqual(stock.state.settings, { 'index.refresh_interval': '9s' })
  })
})
