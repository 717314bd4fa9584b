/**
 * A generation whose copy was given up, exported and declared by its own name, was taken for one that is in use: it never
 * came into sync, and its source would have been marked as replaced.
 */
import assert from 'node:assert/strict'
import { compareIndex } from '../../reconcilers/elasticsearch/index/compare.ts'
import { metaWith } from '../../reconcilers/elasticsearch/index/reindex/marker.ts'
import type { IndexState } from '../../reconcilers/elasticsearch/index/state.ts'

describe('an index in which a copy has left its marker', () => {
  const reindex = { from: 'shop-1', digest: 'd', block: 'lifted', failed: 'a document did not fit' } as const
  const state: IndexState = {
    index: 'shop-2',
    isOpen: true,
    distribution: 'elasticsearch',
    settings: {},
    mappings: { _meta: metaWith({}, { reindex }, 'infometis') },
    aliases: {}
  }

  it('is nobody’s generation when it is declared by its own name', () => {
    assert.deepEqual(compareIndex({}, state), [])
  })

  it('is to be cleared up when it is in use behind the alias that is declared', () => {
    assert.deepEqual(
      compareIndex({ strategy: 'reindex' }, { ...state, others: [] }).map(({ path }) => path),
      ['reindex']
    )
  })
})
