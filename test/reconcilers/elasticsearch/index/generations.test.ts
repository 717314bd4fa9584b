import assert from 'node:assert/strict'
import fc from 'fast-check'
import { excludedWhy } from '../../../../reconcilers/elasticsearch/index/excluded.ts'
import { generationName, generationOf, targetOf } from '../../../../reconcilers/elasticsearch/index/generations.ts'
import type { IndexSpec } from '../../../../reconcilers/elasticsearch/index/state.ts'
import { catalogOf, type Catalog } from '../../../../reconcilers/elasticsearch/catalog.ts'

const catalog: Catalog = catalogOf({
  indices: [
    { name: 'plain', attributes: ['open'] },
    { name: 'orders-2', attributes: ['open'], aliases: ['orders'] },
    { name: 'left', attributes: ['open'], aliases: ['both'] },
    { name: 'right', attributes: ['open'], aliases: ['both'] },
    { name: '.ds-logs-2026.11.21-000001', attributes: ['hidden', 'open'], data_stream: 'logs' },
    { name: 'secret', attributes: ['hidden', 'open'] },
    { name: 'app-000042', attributes: ['open'] },
    { name: 'shrink-abcd-app', attributes: ['open'] }
  ],
  aliases: [
    { name: 'orders', indices: 'orders-2' },
    { name: 'both', indices: ['left', 'right'] },
    { name: 'plainly', indices: ['plain'] }
  ],
  data_streams: [{ name: 'logs', backing_indices: '.ds-logs-2026.11.21-000001' }]
})

const target = (name: string, spec: IndexSpec = {}) => targetOf({ name, spec }, catalog)
const byReindex: IndexSpec = { strategy: 'reindex' }

describe('an item of kind index', () => {
  it('is the index of its name, or does not exist', () => {
    assert.deepEqual(target('plain'), { index: 'plain' })
    assert.deepEqual(target('absent'), { index: undefined })
  })

  it('waits when its name is that of an alias or a data stream: an answer for one would be about others', () => {
    assert.match(target('both').why ?? '', /alias of left, right/)
    assert.match(target('logs').why ?? '', /data-streams\.json/)
    assert.match(target('logs', byReindex).why ?? '', /data-streams\.json/)
  })

  it('with a strategy is the generation behind the alias of its name', () => {
    assert.deepEqual(target('orders', byReindex), { index: 'orders-2' })
    assert.deepEqual(target('absent', byReindex), { index: undefined })
  })

  it('with a strategy waits when an index has that name, or something else is behind the alias', () => {
    assert.match(target('plain', byReindex).why ?? '', /found an index of that name/)
    assert.match(target('both', byReindex).why ?? '', /one index behind alias "both", found left, right/)
    assert.match(target('plainly', byReindex).why ?? '', /generations named plainly-1, plainly-2/)
  })
})

describe('a generation', () => {
  it('has a number that comes back from its name (property)', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/),
        fc.integer({ min: 1, max: 999_999 }),
        (name, number) => generationOf(name, generationName(name, number)) === number
      )
    )
  })

  for (const index of ['orders', 'orders-', 'orders-0', 'orders-01', 'orders-1a', 'orders-1-1', 'other-1']) {
    it(`is not ${index} of "orders"`, () => assert.equal(generationOf('orders', index), undefined))
  }
})

describe('never an orphan', () => {
  const reasons: readonly (readonly [string, RegExp | undefined])[] = [
    ['.ds-logs-2026.11.21-000001', /data stream logs/],
    ['secret', /hidden/],
    ['app-000042', /rollover/],
    ['shrink-abcd-app', /lifecycle management/],
    ['plain', undefined]
  ]
  for (const [index, reason] of reasons) {
    it(`${reason === undefined ? 'does not hold for' : 'is'} ${index}`, () => {
      const why = excludedWhy(index, catalog)
      if (reason === undefined) assert.equal(why, undefined)
      else assert.match(why ?? '', reason)
    })
  }
})
