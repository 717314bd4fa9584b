/**
 * Declared mappings beside live ones.
 */
import assert from 'node:assert/strict'
import type { Body } from '../../../../reconcilers/elasticsearch/body.ts'
import { compareMapping } from '../../../../reconcilers/elasticsearch/mapping/compare.ts'
import { undeclaredMapping } from '../../../../reconcilers/elasticsearch/mapping/undeclared.ts'
import { mappingCases } from './changes.ts'
import { created } from './server-model.ts'

function summary(declared: Body, live: Body | undefined): readonly unknown[] {
  return compareMapping(declared, live).map(({ field: { path, before, after, risk } }) => [path, before, after, risk])
}

function undeclared(declared: Body, live: Body): readonly unknown[] {
  return undeclaredMapping(declared, live).map(({ field: { path, before, after, risk } }) => [
    path,
    before,
    after,
    risk
  ])
}

function whys(declared: Body, live: Body): readonly (string | undefined)[] {
  return compareMapping(declared, live).map(({ field }) => field.why)
}

describe('a change of a mapping', () => {
  for (const { title, before, after, prediction } of mappingCases) {
    it(`${prediction}: ${title}`, () => {
      const risks = new Set(compareMapping(after, created(before)).map(({ field }) => field.risk))
      const found = risks.has('unsupported') ? 'needs reindex' : risks.has('safe') ? 'in place' : 'no change'
      assert.equal(found, prediction)
    })
  }
})

describe('comparing a mapping', () => {
  it('of an index that does not exist shows every declared leaf, without what is declared as not set', () => {
    const declared = {
      dynamic: 'strict',
      date_detection: null,
      _source: { excludes: ['secret'] },
      _meta: { team: 'x', infometis: { owner: 'me' } },
      properties: {
        a: { type: 'keyword', ignore_above: null },
        o: { properties: { b: { type: 'ip' } } },
        n: { type: 'nested', properties: { c: { type: 'long' } } },
        gone: null
      }
    }
    assert.deepEqual(summary(declared, undefined), [
      ['mappings.dynamic', null, 'strict', 'safe'],
      ['mappings._source.excludes', null, ['secret'], 'safe'],
      ['mappings._meta.team', null, 'x', 'safe'],
      ['mappings.properties.a', null, { type: 'keyword' }, 'safe'],
      ['mappings.properties.o.properties.b', null, { type: 'ip' }, 'safe'],
      ['mappings.properties.n', null, { type: 'nested' }, 'safe'],
      ['mappings.properties.n.properties.c', null, { type: 'long' }, 'safe']
    ])
  })

  it('says from what to what a change would need a new index', () => {
    const live = {
      properties: {
        o: {
          properties: {
            f: { type: 'text', analyzer: 'simple', fields: { raw: { type: 'keyword', doc_values: false } } }
          }
        }
      }
    }
    assert.deepEqual(whys({ properties: { 'o.f': { type: 'keyword' } } }, live), [
      'needs reindex: type of field "o.f" from "text" to "keyword"'
    ])
    assert.deepEqual(whys({ properties: { 'o.f': { type: 'text', analyzer: 'english' } } }, live), [
      'needs reindex: "analyzer" of field "o.f" from "simple" to "english"'
    ])
    assert.deepEqual(
      whys({ properties: { 'o.f': { type: 'text', fields: { raw: { type: 'keyword', doc_values: true } } } } }, live),
      ['needs reindex: "doc_values" of field "o.f.raw" from false to true']
    )
  })

  it('names the default where the server shows nothing', () => {
    assert.deepEqual(
      whys({ properties: { f: { type: 'keyword', index: false } } }, { properties: { f: { type: 'keyword' } } }),
      ['needs reindex: "index" of field "f" from true to false']
    )
    assert.deepEqual(whys({ _routing: { required: true } }, {}), [
      'needs reindex: "_routing.required" from nothing to true'
    ])
  })

  it('never changes _source of a live index, and says what would become of documents', () => {
    const [why = ''] = whys({ _source: { enabled: false } }, {})
    assert.match(why, /would accept it and documents written from then on would lose their source/u)
    assert.deepEqual(summary({ _source: { enabled: 'true', mode: 'stored', includes: [] } }, {}), [])
    assert.deepEqual(summary({ _source: { excludes: 'a' } }, { _source: { excludes: ['a'] } }), [])
  })

  it('stops at a field of another type: its parameters belong to the new index', () => {
    assert.deepEqual(
      summary(
        { properties: { f: { type: 'keyword', ignore_above: 1, fields: { t: { type: 'text' } } } } },
        { properties: { f: { type: 'long' } } }
      ),
      [['mappings.properties.f.type', 'long', 'keyword', 'unsupported']]
    )
  })

  it('takes only declared keys of parameters that are objects', () => {
    const live = {
      properties: {
        v: { type: 'dense_vector', dims: 3, index_options: { type: 'int8_hnsw', m: 16, ef_construction: 100 } }
      }
    }
    assert.deepEqual(
      summary({ properties: { v: { type: 'dense_vector', index_options: { type: 'int8_hnsw' } } } }, live),
      []
    )
    assert.deepEqual(
      summary(
        { properties: { v: { type: 'dense_vector', index_options: { type: 'int8_hnsw', on_disk_rescore: false } } } },
        live
      ),
      []
    )
    assert.deepEqual(summary({ properties: { v: { type: 'dense_vector', index_options: { m: 32 } } } }, live), [
      [
        'mappings.properties.v.index_options',
        { type: 'int8_hnsw', m: 16, ef_construction: 100 },
        { type: 'int8_hnsw', m: 32, ef_construction: 100 },
        'safe'
      ]
    ])
  })

  it('replaces a script as a whole', () => {
    const live = {
      runtime: { r: { type: 'long', script: { source: 'emit(params.a)', lang: 'painless', params: { a: 1, b: 2 } } } }
    }
    assert.deepEqual(
      summary({ runtime: { r: { type: 'long', script: { source: 'emit(params.a)', params: { a: 1 } } } } }, live),
      [
        [
          'mappings.runtime.r.script',
          live.runtime.r.script,
          { lang: 'painless', source: 'emit(params.a)', params: { a: 1 } },
          'safe'
        ]
      ]
    )
  })

  it('lets nobody hide a multi-field or an alias behind a runtime field, but changes one that does already', () => {
    const live: Body = {
      properties: { o: { properties: { f: { type: 'text', fields: { raw: { type: 'keyword' } } } } } }
    }
    assert.deepEqual(summary({ runtime: { 'o.f.raw': { type: 'long' } } }, live), [
      ['mappings.runtime.o.f.raw', null, { type: 'long' }, 'unsupported']
    ])
    assert.deepEqual(
      summary({ runtime: { o: { type: 'long' }, 'o.g': { type: 'long' } } }, live).map(
        (row) => Array.isArray(row) && row[3]
      ),
      ['safe', 'safe']
    )
    assert.deepEqual(
      summary({ runtime: { 'o.f.raw': { type: 'long' } } }, { ...live, runtime: { 'o.f.raw': { type: 'ip' } } }),
      [['mappings.runtime.o.f.raw.type', 'ip', 'long', 'safe']]
    )
  })

  it('keeps dots in names where the object says so, and turns objects into dots there', () => {
    const live = { subobjects: false, properties: { 'a.b': { type: 'long' }, 'a.c': { type: 'ip' } } }
    assert.deepEqual(
      summary(
        { subobjects: false, properties: { a: { properties: { b: { type: 'long' } } }, 'a.c': { type: 'ip' } } },
        live
      ),
      []
    )
    assert.deepEqual(summary({ subobjects: true }, live), [['mappings.subobjects', false, true, 'unsupported']])
  })

  it('takes names of JavaScript for names', () => {
    assert.deepEqual(summary({ properties: { constructor: { type: 'long' } }, _meta: { toString: 1 } }, {}), [
      ['mappings.properties.constructor', null, { type: 'long' }, 'safe'],
      ['mappings._meta.toString', null, 1, 'safe']
    ])
  })

  it('treats null as not set', () => {
    const live: Body = {
      properties: { f: { type: 'keyword', ignore_above: 5 } },
      runtime: { r: { type: 'long' } },
      dynamic: 'strict',
      _meta: { k: 1 }
    }
    assert.deepEqual(
      summary(
        {
          properties: { f: { type: 'keyword', ignore_above: null, index: null }, g: null },
          runtime: { r: null, s: null },
          dynamic: null,
          _meta: { k: null, l: null }
        },
        live
      ),
      [
        ['mappings.properties.f.ignore_above', 5, null, 'safe'],
        ['mappings.runtime.r', { type: 'long' }, null, 'safe'],
        ['mappings.dynamic', 'strict', null, 'safe'],
        ['mappings._meta.k', 1, null, 'safe']
      ]
    )
    assert.deepEqual(
      summary({ properties: { f: null } }, live).map((row) => Array.isArray(row) && row[3]),
      ['unsupported']
    )
  })

  it('cannot take "dynamic" away from an object, only set it', () => {
    assert.deepEqual(
      whys(
        { properties: { o: { dynamic: null, properties: {} } } },
        { properties: { o: { dynamic: 'strict', properties: {} } } }
      ),
      ['needs reindex: "dynamic" of object "o" can be set to another value, not taken away']
    )
  })
})

describe('a mapping whose live one has no objects of their own', () => {
  const flat: Body = {
    subobjects: false,
    properties: { 'host.name': { type: 'keyword' }, 'host.os.v': { type: 'ip' } }
  }

  it('holds objects as fields with dots in their names', () => {
    assert.deepEqual(
      summary(
        {
          properties: { host: { properties: { name: { type: 'keyword' }, os: { properties: { v: { type: 'ip' } } } } } }
        },
        flat
      ),
      []
    )
    assert.deepEqual(
      summary(
        {
          properties: {
            'host.name': { type: 'keyword', ignore_above: 5 },
            host: { dynamic: true, properties: { 'os.v': { type: 'ip' } } }
          }
        },
        flat
      ),
      [['mappings.properties.host.name.ignore_above', null, 5, 'safe']]
    )
    assert.deepEqual(undeclared({ properties: { host: { properties: { name: { type: 'keyword' } } } } }, flat), [
      ['mappings.subobjects', false, null, 'unsupported'],
      ['mappings.properties.host.os.v', { type: 'ip' }, null, 'unsupported']
    ])
  })

  it('holds them so below one object as well, whoever names it', () => {
    const live: Body = { properties: { o: flat } }
    const declared: Body = {
      properties: {
        'o.host.name': { type: 'keyword' },
        o: { properties: { host: { properties: { 'os.v': { type: 'ip' } } } } }
      }
    }
    assert.deepEqual(summary(declared, live), [])
  })

  it('takes none that says otherwise of its fields, nor a nested one', () => {
    for (const host of [{ dynamic: 'strict' }, { enabled: false }, { subobjects: true }, { type: 'nested' }]) {
      assert.deepEqual(
        summary({ properties: { host: { ...host, properties: { x: { type: 'ip' } } } } }, flat).map((change) =>
          [change].flat(2).at(3)
        ),
        ['unsupported']
      )
    }
  })

  it('is as the server has it where the declaration says the contrary', () => {
    const objects: Body = { properties: { host: { properties: { name: { type: 'keyword' } } } } }
    assert.deepEqual(
      summary({ subobjects: false, properties: { 'host.name': { type: 'keyword' } } }, objects).map((change) =>
        [change].flat(2).at(0)
      ),
      ['mappings.subobjects']
    )
    assert.deepEqual(
      summary(
        { subobjects: true, ...objects },
        { subobjects: false, properties: { 'host.name': { type: 'keyword' } } }
      ).map((change) => [change].flat(2).at(0)),
      ['mappings.subobjects']
    )
  })
})

describe('what nobody declared in a mapping', () => {
  it('is listed leaf by leaf: fields can never go, the rest can', () => {
    const live: Body = {
      dynamic: 'strict',
      _meta: { theirs: 1, infometis: { owner: 'x' } },
      runtime: { r: { type: 'long' } },
      dynamic_templates: [{ a: { match: 'a', mapping: {} } }],
      properties: {
        f: { type: 'keyword', ignore_above: 5, store: true },
        o: { properties: { g: { type: 'ip' }, h: { type: 'text', fields: { raw: { type: 'keyword' } } } } }
      }
    }
    assert.deepEqual(undeclared({ properties: { f: { type: 'keyword' } } }, live), [
      ['mappings.dynamic', 'strict', null, 'safe'],
      ['mappings._meta.theirs', 1, null, 'safe'],
      ['mappings.runtime.r', { type: 'long' }, null, 'safe'],
      ['mappings.dynamic_templates.a', { match: 'a', mapping: {} }, null, 'safe'],
      ['mappings.properties.f.ignore_above', 5, null, 'safe'],
      ['mappings.properties.f.store', true, null, 'unsupported'],
      ['mappings.properties.o.properties.g', { type: 'ip' }, null, 'unsupported'],
      [
        'mappings.properties.o.properties.h',
        { type: 'text', fields: { raw: { type: 'keyword' } } },
        null,
        'unsupported'
      ]
    ])
  })

  it('leaves out what equals a default and what the server fills in by itself', () => {
    const live: Body = {
      dynamic: 'true',
      date_detection: true,
      _data_stream_timestamp: { enabled: true },
      _source: { enabled: true },
      properties: {
        n: { type: 'long', coerce: true, ignore_malformed: false },
        v: {
          type: 'dense_vector',
          dims: 3,
          index: true,
          similarity: 'cosine',
          index_options: { type: 'int8_hnsw', m: 16 }
        },
        s: { type: 'semantic_text', inference_id: 'e', model_settings: { task_type: 'sparse_embedding' } }
      }
    }
    assert.deepEqual(
      undeclared(
        {
          properties: {
            n: { type: 'long' },
            v: { type: 'dense_vector', dims: 3 },
            s: { type: 'semantic_text', inference_id: 'e' }
          }
        },
        live
      ),
      []
    )
  })

  it('holds what cannot be reset: _source, an analyzer', () => {
    assert.deepEqual(
      undeclared(
        { properties: { f: { type: 'text' } } },
        { _source: { excludes: ['a'] }, properties: { f: { type: 'text', analyzer: 'simple' } } }
      ),
      [
        ['mappings._source.excludes', ['a'], null, 'unsupported'],
        ['mappings.properties.f.analyzer', 'simple', null, 'unsupported']
      ]
    )
  })
})
