import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { parseWithNumbers } from '../../../src/parse/written-number.ts'
import { bodySchema, isBody } from '../../../reconcilers/elasticsearch/body.ts'

describe('a body', () => {
  it('is an object and no list', () => {
    assert.deepEqual([{}, [], null, 'x', 1, true, undefined, JSON.rawJSON('1.0')].map(isBody), [
      true,
      false,
      false,
      false,
      false,
      false,
      false,
      false
    ])
  })

  it('is taken as it was written', () => {
    const key = fc.string().filter((text) => text !== '__proto__')
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), (body) => {
        const json: unknown = JSON.parse(JSON.stringify(body))
        assert.deepEqual(JSON.stringify(bodySchema.parse(json)), JSON.stringify(json))
      })
    )
  })

  it('has no prototype of its own: zod drops that key', () => {
    assert.deepEqual(
      bodySchema.parse(JSON.parse('{"a": {"__proto__": 1}, "__proto__": {"x": 1}}')),
      JSON.parse('{"a": {"__proto__": 1}}')
    )
  })

  it('has its numbers as they are written', () => {
    const text = '{"a":[1.0,9223372036854775807,1],"b":{"c":1e3,"d":"1.0"}}'
    assert.equal(JSON.stringify(bodySchema.parse(parseWithNumbers(text))), text)
    assert.equal(
      JSON.stringify(bodySchema.parse({ a: [9223372036854775807n], b: 1n })),
      '{"a":[9223372036854775807],"b":1}'
    )
  })

  for (const value of [[], 'x', 1, null])
    it(`is refused when it is ${JSON.stringify(value)}`, () => assert.equal(bodySchema.safeParse(value).success, false))
})
