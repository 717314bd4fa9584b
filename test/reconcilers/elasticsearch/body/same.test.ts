/**
 * When values mean the same.
 */
import assert from 'node:assert/strict'
import { sameJson, sameText } from '../../../../reconcilers/elasticsearch/body/same.ts'

const one = JSON.rawJSON('1.0')

describe('values are the same', () => {
  it('as JSON whatever the order of their fields, but not of their entries', () => {
    assert.ok(sameJson({ a: 1, b: [2] }, { b: [2], a: 1 }))
    assert.ok(!sameJson([1, 2], [2, 1]))
    assert.ok(!sameJson({ a: 1 }, { a: 1, b: null }))
    assert.ok(!sameJson(1, '1'))
    assert.ok(!sameJson([], {}))
    assert.ok(!sameJson({ a: [1] }, { a: [one] }))
    assert.ok(sameJson({ a: [one] }, { a: [JSON.rawJSON('10e-1')] }))
    assert.ok(!sameJson({ a: 1 }, { a: { rawJSON: '1' } }))
  })

  it('as text where the server keeps text', () => {
    assert.ok(sameText({ a: [1, true] }, { a: ['1', 'true'] }))
    assert.ok(!sameText(null, 'null'))
    assert.ok(!sameText('1', '01'))
    assert.ok(sameText([one, one, one], [1, '1.0', one]))
    assert.ok(sameText(JSON.rawJSON('1e3'), '1000.0'))
    assert.ok(!sameText(one, '1'))
    assert.ok(!sameText(JSON.rawJSON('9223372036854775807'), JSON.rawJSON('9223372036854775806')))
  })
})
