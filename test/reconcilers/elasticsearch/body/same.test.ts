/**
 * When values mean the same.
 */
import assert from 'node:assert/strict'
import { bytesOf, millisecondsOf, sameQuantity } from '../../../../reconcilers/elasticsearch/body/quantity.ts'
import { sameJson, sameText } from '../../../../reconcilers/elasticsearch/body/same.ts'

describe('values are the same', () => {
  it('as JSON whatever the order of their fields, but not of their entries', () => {
    assert.ok(sameJson({ a: 1, b: [2] }, { b: [2], a: 1 }))
    assert.ok(!sameJson([1, 2], [2, 1]))
    assert.ok(!sameJson({ a: 1 }, { a: 1, b: null }))
    assert.ok(!sameJson(1, '1'))
    assert.ok(!sameJson([], {}))
  })

  it('as text where the server keeps text', () => {
    assert.ok(sameText({ a: [1, true] }, { a: ['1', 'true'] }))
    assert.ok(!sameText(null, 'null'))
    assert.ok(!sameText('1', '01'))
  })

  it('by unit', () => {
    assert.ok(sameQuantity('1m', '60s'))
    assert.ok(sameQuantity('1gb', '1024mb'))
    assert.ok(!sameQuantity('1m', '1h'))
    assert.ok(!sameQuantity('x', 'x'))
  })
})

describe('a quantity', () => {
  it('needs a unit, except 0', () => {
    assert.deepEqual(['30d', '0', '0ms', '30', 'd', '', '5x'].map(millisecondsOf), [2_592_000_000, 0, 0, undefined, undefined, undefined, undefined])
    assert.deepEqual(['1kb', '1.5KB', '10b', '10'].map(bytesOf), [1024, 1536, 10, undefined])
  })
})
