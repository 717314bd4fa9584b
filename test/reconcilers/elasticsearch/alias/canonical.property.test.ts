/**
 * What holds of every member and every filter.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { canonicalFilter } from '../../../../reconcilers/elasticsearch/alias/filter.ts'
import { canonicalMember, sameMember } from '../../../../reconcilers/elasticsearch/alias/member.ts'
import { compareAlias, undeclaredAliasFields } from '../../../../reconcilers/elasticsearch/alias/compare.ts'
import { actionsOf } from '../../../../reconcilers/elasticsearch/alias/write.ts'
import { aliasKind } from '../../../../reconcilers/elasticsearch/alias/index.ts'
import { isBody, type Body } from '../../../../reconcilers/elasticsearch/body.ts'
import { item } from '../items.ts'

const field = fc.constantFrom('a', 'b.c', 'value', 'filter')
const scalar = fc.oneof(fc.string({ maxLength: 3 }), fc.integer(), fc.boolean())
const { query } = fc.letrec<{ query: Body }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 4 },
    fc
      .tuple(fc.constantFrom('term', 'match', 'prefix', 'wildcard'), field, scalar)
      .map(([type, name, value]): Body => ({ [type]: { [name]: value } })),
    fc.tuple(field, scalar).map(([name, value]): Body => ({ term: { [name]: { value } } })),
    fc.tuple(field, fc.array(scalar)).map(([name, values]): Body => ({ terms: { [name]: values } })),
    fc
      .tuple(
        fc.constantFrom('must', 'filter', 'should', 'must_not'),
        fc.oneof(tie('query'), fc.array(tie('query'), { maxLength: 3 }))
      )
      .map(([clause, value]): Body => ({ bool: { [clause]: value } })),
    tie('query').map((filter): Body => ({ constant_score: { filter } })),
    fc.constant<Body>({ match_all: {} })
  )
}))
const flag = fc.boolean()
const text = fc.constantFrom('1', '2', '1,2')
const member: fc.Arbitrary<Body> = fc
  .record(
    {
      filter: query,
      routing: fc.oneof(text, fc.integer()),
      index_routing: text,
      search_routing: text,
      is_hidden: flag
    },
    { requiredKeys: [] }
  )
  .map((fields) => ({ ...fields }))
const index = fc.constantFrom('i-1', 'i-2', 'i-3', 'i-4')

/** As the server shows what it was told: null is not allowed, and every `add` replaces the member. */
function carriedOut(members: ReadonlyMap<string, Body>, actions: readonly Body[]): ReadonlyMap<string, Body> {
  const after = new Map(members)
  for (const action of actions) {
    const [[verb, body] = ['', null]] = Object.entries(action)
    assert.ok(isBody(body))
    const { index: name, alias: _, must_exist: mustExist, ...fields } = body
    assert.ok(typeof name === 'string' && !Object.values(fields).includes(null), 'the server refuses null')
    if (verb === 'remove') assert.ok(mustExist === true && after.delete(name), 'only what is there can be removed')
    else after.set(name, canonicalMember(fields))
  }
  return after
}

describe('every filter and member', () => {
  it('has one canonical form', () => {
    fc.assert(
      fc.property(query, (one) => assert.deepEqual(canonicalFilter(canonicalFilter(one)), canonicalFilter(one)))
    )
    fc.assert(
      fc.property(member, (one) => assert.deepEqual(canonicalMember(canonicalMember(one)), canonicalMember(one)))
    )
  })

  it('means the same as its canonical form', () => {
    fc.assert(fc.property(member, (one) => assert.ok(sameMember(one, canonicalMember(one)))))
    fc.assert(fc.property(query, (one) => assert.ok(sameMember({ filter: one }, { filter: canonicalFilter(one) }))))
  })
})

describe('every alias', () => {
  const declared = fc.dictionary(index, member, { minKeys: 1 })
  const writeIndex = fc.option(index, { nil: undefined })
  const live = fc.tuple(fc.dictionary(index, member), writeIndex)

  function withWriteIndex(members: Readonly<Record<string, Body>>, chosen: string | undefined): Record<string, Body> {
    return Object.fromEntries(
      Object.entries(members).map(([name, each]) => [name, name === chosen ? { ...each, is_write_index: true } : each])
    )
  }

  it('is as declared once all differences are written, has at most one write index, and keeps what nobody declares', () => {
    fc.assert(
      fc.property(declared, writeIndex, live, (spec, chosen, [before, liveChosen]) => {
        const desired = item(aliasKind, 'x', withWriteIndex(spec, chosen))
        const members = new Map(
          Object.entries(withWriteIndex(before, liveChosen)).map(([name, each]) => [name, canonicalMember(each)])
        )
        const state = { members, streams: new Set<string>() }
        const after = {
          members: carriedOut(members, actionsOf({ desired, state, fields: compareAlias(desired.spec, state) })),
          streams: new Set<string>()
        }
        assert.deepEqual(compareAlias(desired.spec, after), [])
        assert.deepEqual([...after.members.keys()].toSorted(), Object.keys(spec).toSorted())
        if (chosen !== undefined && chosen in spec)
          assert.ok([...after.members.values()].filter((each) => each['is_write_index'] === true).length === 1)
        const kept = undeclaredAliasFields(desired.spec, state).map(({ path }) => path)
        assert.deepEqual(
          undeclaredAliasFields(desired.spec, after).map(({ path }) => path),
          kept
        )
      })
    )
  })

  it('has nothing undeclared left once that is reset too', () => {
    fc.assert(
      fc.property(declared, live, (spec, [before, liveChosen]) => {
        const desired = item(aliasKind, 'x', spec)
        const members = new Map(
          Object.entries(withWriteIndex(before, liveChosen)).map(([name, each]) => [name, canonicalMember(each)])
        )
        const state = { members, streams: new Set<string>() }
        const fields = [...compareAlias(desired.spec, state), ...undeclaredAliasFields(desired.spec, state)]
        const after = {
          members: carriedOut(members, actionsOf({ desired, state, fields })),
          streams: new Set<string>()
        }
        assert.deepEqual([...compareAlias(desired.spec, after), ...undeclaredAliasFields(desired.spec, after)], [])
      })
    )
  })
})
