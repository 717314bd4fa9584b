import assert from 'node:assert/strict'
import { serverText } from '../../../reconcilers/elasticsearch/numbers.ts'
import { parsed } from './declared.ts'
import { aliasKind } from '../../../reconcilers/elasticsearch/alias/index.ts'
import { indexTemplateKind } from '../../../reconcilers/elasticsearch/index-template/kind.ts'
import { writtenNumber } from '../../../src/parse/written-number.ts'

describe('the text a server makes of a number', () => {
  // Printed by Java's Long.toString and Double.toString.
  const texts: readonly (readonly [written: string, text: string])[] = [
    ['1', '1'],
    ['-0', '0'],
    ['1.0', '1.0'],
    ['1e3', '1000.0'],
    ['0.0', '0.0'],
    ['-0.0', '-0.0'],
    ['1e7', '1.0E7'],
    ['9999999.5', '9999999.5'],
    ['12345678.9', '1.23456789E7'],
    ['0.001', '0.001'],
    ['1e-4', '1.0E-4'],
    ['-2.5e-10', '-2.5E-10'],
    ['9223372036854775807', '9223372036854775807']
  ]
  for (const [written, text] of texts)
    it(`of ${written} is ${text}`, () => assert.equal(serverText(writtenNumber(written)), text))
})

describe('a whole number, a flag and a routing', () => {
  const template = (fields: object): unknown => parsed(indexTemplateKind, { index_patterns: ['a'], ...fields })
  const withFields = (fields: object): object => ({ index_patterns: ['a'], ...fields })

  it('may be text where the server takes text', () => {
    for (const priority of ['508', JSON.rawJSON('508.0'), JSON.rawJSON('50.8e1'), 508])
      assert.deepEqual(template({ priority }), withFields({ priority: 508 }))
    assert.deepEqual(
      template({ version: '9223372036854775807' }),
      withFields({ version: JSON.rawJSON('9223372036854775807') })
    )
    assert.deepEqual(
      template({ allow_auto_create: 'true', data_stream: { hidden: 'false' } }),
      withFields({ allow_auto_create: true, data_stream: { hidden: false } })
    )
    assert.deepEqual(
      template({ template: { aliases: { a: { is_write_index: 'true', routing: 5 } } } }),
      withFields({ template: { aliases: { a: { is_write_index: true, routing: '5' } } } })
    )
    const member = { is_write_index: 'false', routing: JSON.rawJSON('9007199254740993') }
    assert.deepEqual(parsed(aliasKind, { i: member }), { i: { is_write_index: false, routing: '9007199254740993' } })
  })

  it('may be nothing else', () => {
    const refused = [
      { priority: -1 },
      { priority: '1.5' },
      { priority: 1.5 },
      { priority: 'high' },
      { priority: true },
      { version: 'x' },
      { deprecated: 'yes' },
      { deprecated: 1 }
    ]
    for (const fields of refused) assert.ok(Array.isArray(template(fields)), JSON.stringify(fields))
  })
})
