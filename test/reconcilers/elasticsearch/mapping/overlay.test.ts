/**
 * Bodies of writes to mappings.
 */
import assert from 'node:assert/strict'
import type { Body } from '../../../../reconcilers/elasticsearch/body.ts'
import { canonicalise, canonicalMapping } from '../../../../reconcilers/elasticsearch/mapping/canonical.ts'
import { compareMapping } from '../../../../reconcilers/elasticsearch/mapping/compare.ts'
import { mappingForCreate, mappingUpdate } from '../../../../reconcilers/elasticsearch/mapping/overlay.ts'

function everything(live: Body, declared: Body): Body {
  return mappingUpdate(live, declared, new Set(compareMapping(declared, live).map(({ field }) => field.path)))
}

describe('the body of a mapping update', () => {
  it('sends a touched field as it is, with the change laid over it, and no other field', () => {
    const live = {
      properties: {
        a: { type: 'text', analyzer: 'simple', fields: { raw: { type: 'keyword', ignore_above: 10, store: true } } },
        b: { type: 'ip' }
      }
    }
    assert.deepEqual(everything(live, { properties: { a: { type: 'text', fielddata: true } } }), {
      properties: { a: { type: 'text', analyzer: 'simple', fielddata: true } }
    })
    assert.deepEqual(
      everything(live, { properties: { a: { type: 'text', fields: { raw: { type: 'keyword', ignore_above: 20 } } } } }),
      {
        properties: {
          a: { type: 'text', analyzer: 'simple', fields: { raw: { type: 'keyword', ignore_above: 20, store: true } } }
        }
      }
    )
    assert.deepEqual(everything(live, { properties: { a: { type: 'text', fields: { sub: { type: 'keyword' } } } } }), {
      properties: { a: { type: 'text', analyzer: 'simple', fields: { sub: { type: 'keyword' } } } }
    })
  })

  it('resets a parameter by leaving it away', () => {
    const live = { properties: { a: { type: 'keyword', ignore_above: 10, store: true } } }
    assert.deepEqual(everything(live, { properties: { a: { type: 'keyword', ignore_above: null } } }), {
      properties: { a: { type: 'keyword', store: true } }
    })
  })

  it('goes down through objects as they are', () => {
    const live: Body = {
      properties: {
        n: { type: 'nested', include_in_parent: true, dynamic: 'strict', properties: { a: { type: 'ip' } } }
      }
    }
    assert.deepEqual(
      everything(live, { properties: { 'n.m.b': { type: 'ip' } } }),
      {},
      'a nested object is not the object a dotted name means'
    )
    assert.deepEqual(
      everything(live, { properties: { n: { type: 'nested', properties: { 'm.b': { type: 'ip' } } } } }),
      {
        properties: {
          n: {
            type: 'nested',
            include_in_parent: true,
            dynamic: 'strict',
            properties: { m: { properties: { b: { type: 'ip' } } } }
          }
        }
      }
    )
  })

  it('repeats that dots are part of names, or they would be read as objects', () => {
    assert.deepEqual(
      everything({ subobjects: false, properties: {} }, { properties: { 'a.b': { type: 'ip' } }, subobjects: false }),
      { subobjects: false, properties: { 'a.b': { type: 'ip' } } }
    )
  })

  it('makes the allowed changes and no others', () => {
    const live = { properties: { a: { type: 'keyword' } }, dynamic: 'strict' }
    const declared = {
      properties: { a: { type: 'keyword', ignore_above: 1, store: true }, b: { type: 'ip' } },
      dynamic: false
    }
    assert.deepEqual(
      mappingUpdate(live, declared, new Set(['mappings.properties.a.ignore_above', 'mappings.properties.a.store'])),
      { properties: { a: { type: 'keyword', ignore_above: 1 } } }
    )
    assert.deepEqual(mappingUpdate(live, declared, new Set()), {})
  })

  it('makes no field below an object that may not be made', () => {
    const declared: Body = { properties: { n: { type: 'nested', properties: { a: { type: 'ip' } } } } }
    assert.deepEqual(mappingUpdate({}, declared, new Set(['mappings.properties.n.properties.a'])), {})
    assert.deepEqual(everything({}, declared), {
      properties: { n: { type: 'nested', properties: { a: { type: 'ip' } } } }
    })
  })

  it('keeps what others wrote in _meta, and takes undeclared rules out of dynamic_templates where that is allowed', () => {
    const live: Body = {
      _meta: { theirs: 1, gone: 2, shared: { theirs: 1 } },
      dynamic_templates: [{ a: { mapping: {} } }],
      dynamic_date_formats: ['yyyy', 'MM']
    }
    const declared: Body = {
      _meta: { ours: 3, gone: null, shared: { ours: 1 } },
      dynamic_templates: [{ b: { mapping: {} } }],
      dynamic_date_formats: ['dd', 'MM']
    }
    const allowed = new Set(
      ['_meta.ours', '_meta.gone', '_meta.shared.ours', 'dynamic_templates', 'dynamic_date_formats'].map(
        (path) => `mappings.${path}`
      )
    )
    assert.deepEqual(mappingUpdate(live, declared, allowed), {
      _meta: { theirs: 1, ours: 3, shared: { theirs: 1, ours: 1 } },
      dynamic_templates: [{ a: { mapping: {} } }, { b: { mapping: {} } }],
      dynamic_date_formats: ['dd', 'MM', 'yyyy']
    })
    const exact = new Set([
      ...allowed,
      'mappings._meta.theirs',
      'mappings._meta.shared.theirs',
      'mappings.dynamic_templates.a',
      'mappings.dynamic_date_formats.yyyy'
    ])
    assert.deepEqual(mappingUpdate(live, declared, exact), {
      _meta: { ours: 3, shared: { ours: 1 } },
      dynamic_templates: [{ b: { mapping: {} } }],
      dynamic_date_formats: ['dd', 'MM']
    })
  })

  it('never holds _source, not even when that is allowed', () => {
    const allowed = new Set(['mappings._source.enabled', 'mappings._source', 'mappings.properties.a'])
    assert.deepEqual(mappingUpdate({}, { _source: { enabled: false }, properties: { a: { type: 'ip' } } }, allowed), {
      properties: { a: { type: 'ip' } }
    })
  })

  it('resets keys of the mapping by writing what they are when nobody says', () => {
    const live: Body = { dynamic: 'strict', numeric_detection: true, dynamic_templates: [{ a: { mapping: {} } }] }
    assert.deepEqual(everything(live, { dynamic: null, numeric_detection: null, dynamic_templates: null }), {
      dynamic: 'true',
      numeric_detection: false,
      dynamic_templates: []
    })
  })

  it('removes runtime fields and overlays the others', () => {
    const live: Body = { runtime: { gone: { type: 'long' }, kept: { type: 'date', format: 'yyyy' } } }
    assert.deepEqual(everything(live, { runtime: { gone: null, kept: { type: 'date', script: 'x' } } }), {
      runtime: { gone: null, kept: { type: 'date', format: 'yyyy', script: { lang: 'painless', source: 'x' } } }
    })
  })

  it('resets what nobody declared when that is allowed', () => {
    const live: Body = {
      _meta: { theirs: 1 },
      properties: { a: { type: 'keyword', ignore_above: 1 }, b: { type: 'ip' } }
    }
    const allowed = new Set(['mappings._meta.theirs', 'mappings.properties.a.ignore_above', 'mappings.properties.b'])
    assert.deepEqual(mappingUpdate(live, { properties: { a: { type: 'keyword' } } }, allowed), {
      _meta: {},
      properties: { a: { type: 'keyword' } }
    })
  })

  it('marks the mapping only when it is written anyway', () => {
    const live: Body = { _meta: { theirs: 1 } }
    assert.deepEqual(mappingUpdate(live, { dynamic: false }, new Set(['mappings.dynamic']), 'me'), {
      dynamic: 'false',
      _meta: { theirs: 1, infometis: { owner: 'me' } }
    })
    assert.deepEqual(mappingUpdate(live, { dynamic: false }, new Set(), 'me'), {})
  })
})

describe('the mapping of a new index', () => {
  it('is what is declared, without what is not set, and with the owner', () => {
    const declared: Body = {
      _source: { enabled: false },
      _meta: { k: { deep: null }, l: null },
      properties: { 'a.b': { type: 'keyword', ignore_above: null }, c: null }
    }
    assert.deepEqual(mappingForCreate(declared, 'me'), {
      _source: { enabled: false },
      _meta: { k: { deep: null }, infometis: { owner: 'me' } },
      properties: { a: { properties: { b: { type: 'keyword' } } } }
    })
  })
})

describe('the one form of a mapping', () => {
  it('has objects for dotted names, and one object for several of them', () => {
    assert.deepEqual(
      canonicalMapping({
        properties: { 'a.b': { type: 'ip' }, a: { type: 'object', dynamic: false, properties: { c: { type: 'ip' } } } }
      }),
      {
        properties: { a: { dynamic: 'false', properties: { b: { type: 'ip' }, c: { type: 'ip' } } } }
      }
    )
  })

  it('finds fields that are defined twice, and objects that are fields as well', () => {
    const { clashes } = canonicalise({
      properties: {
        'a.b': { type: 'ip' },
        a: { properties: { b: { type: 'long' } } },
        c: { type: 'ip' },
        'c.d': { type: 'ip' }
      }
    })
    assert.deepEqual(clashes, [
      { steps: ['properties', 'a'], field: 'a.b', kind: 'twice' },
      { steps: ['properties', 'c.d'], field: 'c', kind: 'object' }
    ])
  })
})
