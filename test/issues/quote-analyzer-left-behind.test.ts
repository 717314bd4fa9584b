/**
 * A quote analyzer that a field does not set itself is its search analyzer. Where both were declared and the quote
 * analyzer was what it was already, only the search analyzer was written, which changed the quote analyzer with it: the
 * next pass found a difference that nobody had made.
 */
import assert from 'node:assert/strict'
import { compareMapping } from '../../reconcilers/elasticsearch/mapping/compare.ts'

describe('a declared quote analyzer', () => {
  it('is written with a search analyzer that it would follow otherwise', () => {
    const text = { type: 'text', analyzer: 'standard' }
    const declared = {
      properties: { c: { ...text, search_analyzer: 'simple', search_quote_analyzer: 'standard' } }
    }
    const changes = compareMapping(declared, { properties: { c: { type: 'text' } } })
    assert.deepEqual(
      changes.map(({ steps }) => steps.at(-1)),
      ['search_analyzer', 'search_quote_analyzer']
    )
  })

  it('is no difference where the search analyzer stays', () => {
    const declared = { properties: { c: { type: 'text', search_quote_analyzer: 'standard' } } }
    assert.deepEqual(compareMapping(declared, { properties: { c: { type: 'text' } } }), [])
  })
})
