import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Json } from '../../../../src/records.ts'
import type { Body } from '../../../../reconcilers/elasticsearch/body.ts'
import { compareMapping } from '../../../../reconcilers/elasticsearch/mapping/compare.ts'
import { withDynamicTemplates, withEntries } from '../../../../reconcilers/elasticsearch/mapping/merged-lists.ts'
import { mappingForCreate } from '../../../../reconcilers/elasticsearch/mapping/overlay.ts'
import { undeclaredMapping } from '../../../../reconcilers/elasticsearch/mapping/undeclared.ts'

const rule = (match: string): Body => ({ match, mapping: { type: 'long' } })
/** `a b c` as rules of these names. */
const rules = (names: string): Json[] =>
  names
    .split(' ')
    .filter((name) => name !== '')
    .map((name) => ({ [name]: rule(`${name}*`) }))
const namesOf = (list: readonly Json[]): string => list.flatMap((entry) => Object.keys(Object(entry))).join(' ')

describe('rules of dynamic_templates', () => {
  const cases: readonly (readonly [live: string, declared: string, result: string])[] = [
    ['t1', 'mine', 't1 mine'],
    ['t1 mine', 'mine', 't1 mine'],
    ['t1 mine', 'mine t1', 'mine t1'],
    ['a t1 b', 'b a', 'b t1 a'],
    ['a t1 c', 'a b c', 'a b t1 c'],
    ['t1 c', 'a b c', 't1 a b c'],
    ['', 'a b', 'a b'],
    ['t1', '', 't1']
  ]
  for (const [live, declared, result] of cases) {
    it(`declared as "${declared}" are "${result}" beside "${live}"`, () =>
      assert.equal(namesOf(withDynamicTemplates(rules(live), rules(declared))), result))
  }

  it('are declared ones in the declared order and others in theirs, whatever is live; what is so already stays (property)', () => {
    const names = fc
      .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { maxLength: 6 })
      .map((list) => list.join(' '))
    fc.assert(
      fc.property(names, names, (live, declared) => {
        const result = withDynamicTemplates(rules(live), rules(declared))
        const within = (list: string, isOf: (name: string) => boolean): string =>
          list
            .split(' ')
            .filter((name) => name !== '' && isOf(name))
            .join(' ')
        const isDeclared = (name: string): boolean => declared.split(' ').includes(name)
        assert.equal(within(namesOf(result), isDeclared), declared)
        assert.equal(
          within(namesOf(result), (name) => !isDeclared(name)),
          within(live, (name) => !isDeclared(name))
        )
        assert.deepEqual(withDynamicTemplates(result, rules(declared)), result)
      })
    )
  })

  it('change in place, go with null, and are no rules of ours without names of their own', () => {
    const live = rules('t1 a b')
    assert.deepEqual(withDynamicTemplates(live, [{ a: rule('x*') }, { b: null }, { c: null }]), [
      ...rules('t1'),
      { a: rule('x*') }
    ])
    const twice: Json[] = [{ a: rule('1') }, { a: rule('2') }, { b: null }]
    assert.deepEqual(withDynamicTemplates(live, twice), twice.slice(0, 2))
    assert.deepEqual(
      mappingForCreate({ dynamic_templates: [...rules('a'), { b: null }] }, 'us')['dynamic_templates'],
      rules('a')
    )
  })
})

describe('what a template adds to a mapping', () => {
  const differences = (declared: Body, live: Body): readonly string[] =>
    compareMapping(declared, live).map(({ field }) => `${field.path} ${field.risk}`)
  const extras = (declared: Body, live: Body): readonly string[] =>
    undeclaredMapping(declared, live).map(({ field }) => field.path)

  it('stays in every list and in _meta, and is listed', () => {
    // As 9.4 makes it of a request for the declared half.
    const declared: Body = {
      dynamic_templates: rules('mine'),
      dynamic_date_formats: ['yyyy-MM-dd'],
      _source: { excludes: ['r'] },
      _meta: { r: 1, shared: { r: 1 } }
    }
    const live: Body = {
      dynamic_templates: rules('t1 mine'),
      dynamic_date_formats: ['yyyy-MM-dd', 'yyyy'],
      _source: { excludes: ['r', 't'] },
      _meta: { r: 1, t: 1, shared: { t: 1, r: 1 } }
    }
    assert.deepEqual(differences(declared, live), [])
    assert.deepEqual(extras(declared, live), [
      'mappings.dynamic_templates.t1',
      'mappings.dynamic_date_formats.yyyy',
      'mappings._source.excludes',
      'mappings._meta.t',
      'mappings._meta.shared.t'
    ])
  })

  it('is no excuse for what is missing', () => {
    assert.deepEqual(differences({ _source: { excludes: ['a', 'b'] } }, { _source: { excludes: ['a', 't'] } }), [
      'mappings._source.excludes unsupported'
    ])
    assert.deepEqual(differences({ dynamic_date_formats: ['yyyy', 'MM'] }, { dynamic_date_formats: ['MM', 'yyyy'] }), [
      'mappings.dynamic_date_formats safe'
    ])
    assert.deepEqual(differences({ dynamic_templates: rules('a b') }, { dynamic_templates: rules('b t a') }), [
      'mappings.dynamic_templates safe'
    ])
    assert.deepEqual(differences({ _meta: { shared: { r: 2 } } }, { _meta: { shared: { r: 1, t: 1 } } }), [
      'mappings._meta.shared.r safe'
    ])
  })

  it('is not what an index has when nobody says anything', () => {
    const usual = ['strict_date_optional_time||epoch_millis', 'yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis']
    assert.deepEqual(differences({ dynamic_date_formats: usual }, {}), [])
    assert.deepEqual(differences({ dynamic_date_formats: ['yyyy'] }, {}), ['mappings.dynamic_date_formats safe'])
    assert.deepEqual(extras({ dynamic_date_formats: ['yyyy'] }, { dynamic_date_formats: usual }), [])
  })

  it('goes where null or an empty value says so', () => {
    assert.deepEqual(
      differences(
        { dynamic_templates: null, _meta: { shared: null } },
        { dynamic_templates: rules('t1'), _meta: { shared: { t: 1 } } }
      ),
      ['mappings.dynamic_templates safe', 'mappings._meta.shared safe']
    )
    assert.deepEqual(
      differences(
        { dynamic_templates: [], _meta: { shared: {} } },
        { dynamic_templates: rules('t1'), _meta: { shared: { t: 1 } } }
      ),
      []
    )
  })
})

describe('entries of a list', () => {
  it('are the declared ones first, then the others', () => {
    assert.deepEqual(withEntries(['t', 'a'], ['a', 'b']), ['a', 'b', 't'])
    assert.deepEqual(withEntries(['t', 'a', 'u', 'b'], ['a', 'b']), ['t', 'a', 'u', 'b'])
  })
})
