/**
 * What is said of mappings without a server.
 */
import assert from 'node:assert/strict'
import type { Body } from '../../../../reconcilers/elasticsearch/body.ts'
import { checkMapping, type MappingContext } from '../../../../reconcilers/elasticsearch/mapping/check.ts'
import { mappingSchema } from '../../../../reconcilers/elasticsearch/mapping/schema.ts'

function remarks(mapping: Body, context: MappingContext = {}): readonly string[] {
  return checkMapping(mapping, context).map(({ verdict, code, path }) => `${verdict} ${code} ${path.join('/')}`)
}

function messages(mapping: Body, context: MappingContext = {}): readonly string[] {
  return checkMapping(mapping, context).map(({ message }) => message)
}

describe('a declared mapping', () => {
  it('has names the server can read', () => {
    for (const name of ['', '.a', 'a.', 'a..b', ' ', 'a. .b', '_id']) {
      assert.deepEqual(
        remarks({ properties: { [name]: { type: 'ip' } } }),
        [`invalid FIELD_NAME properties/${name}`],
        JSON.stringify(name)
      )
    }
    assert.deepEqual(
      remarks({
        properties: { 'a.b': { type: 'ip' }, 'with space': { type: 'ip' }, o: { properties: { _id: { type: 'ip' } } } }
      }),
      []
    )
  })

  it('defines each field once, dotted or not', () => {
    assert.deepEqual(remarks({ properties: { a: { type: 'ip' }, 'a.b': { type: 'ip' } } }), [
      'invalid FIELD_TWICE properties/a.b'
    ])
  })

  it('has types the server knows, as far as we know', () => {
    assert.deepEqual(messages({ properties: { a: { type: 'keywrod' } } }), [
      'expected a known type of field, found "keywrod"; did you mean "keyword"?; the server decides'
    ])
    assert.deepEqual(remarks({ properties: { a: { type: 'flattened' } } }, { distribution: 'opensearch' }), [
      'warn UNKNOWN_TYPE properties/a/type'
    ])
    assert.deepEqual(remarks({ properties: { a: { type: 'flattened' }, b: { type: 'flat_object' } } }), [])
  })

  it('leaves a type out only where the server takes an object for granted', () => {
    assert.deepEqual(remarks({ properties: { a: { properties: {} }, b: { enabled: false } } }), [])
    assert.deepEqual(remarks({ properties: { a: {}, b: { dynamic: 'strict' } } }), [
      'invalid NO_TYPE properties/a',
      'invalid NO_TYPE properties/b'
    ])
  })

  it('has fields below objects and multi-fields below fields', () => {
    assert.deepEqual(
      remarks({ properties: { a: { type: 'keyword', properties: {} }, b: { type: 'nested', fields: {} } } }),
      ['invalid MISPLACED properties/a/properties', 'invalid MISPLACED properties/b/fields']
    )
    assert.deepEqual(
      remarks({
        properties: {
          a: {
            type: 'text',
            fields: { b: { type: 'text', fields: {} }, c: { type: 'object' }, d: { type: 'keyword', copy_to: 'a' } }
          }
        }
      }),
      [
        'invalid MISPLACED properties/a/fields/b/fields',
        'invalid MISPLACED properties/a/fields/c/type',
        'invalid MISPLACED properties/a/fields/d/copy_to'
      ]
    )
  })

  it('keeps to the limits of the index; an undeclared one may have been raised elsewhere', () => {
    const wide = {
      properties: Object.fromEntries(
        Array.from({ length: 600 }, (_, index) => [`f${index}`, { type: 'text', fields: { raw: { type: 'keyword' } } }])
      )
    }
    assert.deepEqual(remarks(wide), ['warn MAPPING_LIMIT properties'])
    assert.deepEqual(remarks(wide, { totalFieldsLimit: 1199 }), ['invalid MAPPING_LIMIT properties'])
    assert.deepEqual(remarks(wide, { totalFieldsLimit: 1200 }), [])
    const deep = { properties: { [Array.from({ length: 21 }, () => 'a').join('.')]: { type: 'ip' } } }
    assert.deepEqual(remarks(deep), ['warn MAPPING_LIMIT properties'])
    assert.deepEqual(remarks(deep, { depthLimit: 21 }), [])
  })

  it('copies to fields that are declared, and aliases them', () => {
    assert.deepEqual(
      remarks({ properties: { a: { type: 'ip', copy_to: ['o.b', 'o.c'] }, o: { properties: { b: { type: 'ip' } } } } }),
      ['warn COPY_TO properties/a/copy_to']
    )
    assert.deepEqual(
      remarks({
        properties: {
          a: { type: 'alias' },
          b: { type: 'alias', path: 'x' },
          c: { type: 'ip' },
          d: { type: 'alias', path: 'c' }
        }
      }),
      ['invalid ALIAS_PATH properties/a', 'warn ALIAS_PATH properties/b/path']
    )
  })

  it('uses analyzers of its settings, when these are known', () => {
    const mapping = {
      properties: {
        a: {
          type: 'text',
          analyzer: 'mine',
          search_analyzer: 'english',
          fields: { b: { type: 'text', analyzer: 'theirs' } }
        }
      }
    }
    assert.deepEqual(remarks(mapping), [])
    assert.deepEqual(remarks(mapping, { analyzers: new Set(['mine']) }), [
      'warn UNKNOWN_ANALYZER properties/a/fields/b/analyzer'
    ])
  })

  it('is warned about documents without source and about fields hidden by runtime fields', () => {
    assert.deepEqual(remarks({ _source: { enabled: false } }), ['warn NO_SOURCE _source/enabled'])
    assert.deepEqual(remarks({ runtime: { a: { type: 'ip' } }, properties: { a: { type: 'ip' } } }), [
      'warn RUNTIME_SHADOWS runtime/a'
    ])
    assert.deepEqual(remarks({ runtime: { a: { type: 'ip' } } }, { distribution: 'opensearch' }), [
      'invalid NOT_HERE runtime'
    ])
  })
})

describe('the schema of mappings', () => {
  it('refuses keys nobody knows and takes any type and parameter', () => {
    assert.equal(mappingSchema.safeParse({ propertys: {} }).success, false)
    const mapping = {
      properties: { a: { type: 'from_a_plugin', its: { own: [1, null] } }, gone: null },
      dynamic: null,
      date_detection: 'false'
    }
    assert.deepEqual(mappingSchema.parse(mapping), mapping)
    assert.equal(mappingSchema.safeParse({ dynamic: 'sometimes' }).success, false)
  })
})
