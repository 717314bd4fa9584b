/**
 * Declared aliases beside live ones.
 */
import assert from 'node:assert/strict'
import { canonicalMember } from '../../../../reconcilers/elasticsearch/alias/member.ts'
import { aliasKind } from '../../../../reconcilers/elasticsearch/alias/index.ts'
import type { AliasState } from '../../../../reconcilers/elasticsearch/alias/state.ts'
import type { Body } from '../../../../reconcilers/elasticsearch/body.ts'
import { item, shown } from '../items.ts'

function live(members: Readonly<Record<string, Body>>): AliasState {
  return {
    members: new Map(Object.entries(members).map(([index, member]) => [index, canonicalMember(member)])),
    streams: new Set()
  }
}

function differences(
  declared: Readonly<Record<string, Body | null>>,
  state: AliasState | undefined
): readonly string[] {
  return shown(aliasKind.compare(item(aliasKind, 'orders', declared).spec, state))
}

describe('comparing an alias', () => {
  it('that does not exist shows every member with what is said of it', () => {
    assert.deepEqual(differences({ a: {}, b: { routing: 7, filter: null } }, undefined), [
      'a: null → {} (safe)',
      'b: null → {"index_routing":"7","search_routing":"7"} (safe)'
    ])
  })

  it('wants exactly the declared members: others leave', () => {
    assert.deepEqual(differences({ new: {} }, live({ old: { filter: { term: { a: 1 } } } })), [
      'new: null → {} (safe)',
      'old: {"filter":{"term":{"a":1}}} → null (safe)'
    ])
  })

  it('takes a member that is null for no member, so that a layer can take it out', () => {
    assert.deepEqual(differences({ a: {}, b: null }, live({ a: {}, b: {} })), ['b: {} → null (safe)'])
  })

  it('refuses an alias of nothing', () => {
    assert.equal(aliasKind.schema.safeParse({}).success, false)
    assert.equal(aliasKind.schema.safeParse({ a: null }).success, false)
  })

  it('compares of a member only what is declared, and null with "not set"', () => {
    assert.deepEqual(differences({ a: {} }, live({ a: { filter: { term: { a: 1 } }, is_write_index: true } })), [])
    assert.deepEqual(differences({ a: { filter: null, is_write_index: null } }, live({ a: {} })), [])
    assert.deepEqual(differences({ a: { filter: null } }, live({ a: { filter: { term: { a: 1 } } } })), [
      'a.filter: {"term":{"a":1}} → null (safe)'
    ])
  })

  it('lists what nobody declares of a declared member', () => {
    const state = live({ a: { filter: { term: { a: 1 } }, routing: '1', is_hidden: false }, b: { routing: '2' } })
    assert.deepEqual(
      shown(aliasKind.undeclared?.(item(aliasKind, 'orders', { a: { routing: 1 } }).spec, state) ?? []),
      ['a.filter: {"term":{"a":1}} → null (safe)']
    )
  })

  it("keeps routing one field in its author's words though the server keeps two", () => {
    assert.deepEqual(differences({ a: { routing: 1 } }, live({ a: { index_routing: '1', search_routing: '1' } })), [])
    assert.deepEqual(differences({ a: { routing: '2' } }, live({ a: { routing: '1' } })), [
      'a.routing: "1" → "2" (safe)'
    ])
    assert.deepEqual(differences({ a: { routing: '2', search_routing: '2,3' } }, live({ a: { routing: '2' } })), [
      'a.search_routing: "2" → "2,3" (safe)'
    ])
    assert.deepEqual(differences({ a: { routing: '2' } }, live({ a: { index_routing: '2', search_routing: '3' } })), [
      'a.routing: {"index_routing":"2","search_routing":"3"} → "2" (safe)'
    ])
  })

  it('takes short and long forms of a query for the same filter', () => {
    const long = { bool: { must: [{ match: { t: { query: 'x' } } }], filter: [{ term: { a: { value: 1 } } }] } }
    assert.deepEqual(
      differences(
        { a: { filter: { bool: { must: { match: { t: 'x' } }, filter: [{ term: { a: 1 } }] } } } },
        live({ a: { filter: long } })
      ),
      []
    )
    assert.equal(
      differences({ a: { filter: { term: { a: 2 } } } }, live({ a: { filter: { term: { a: { value: 1 } } } } })).length,
      1
    )
  })

  it('takes is_write_index from the member that has it when another one is declared, and says so', () => {
    assert.deepEqual(
      differences({ a: {}, b: { is_write_index: true } }, live({ a: { is_write_index: true }, b: {} })),
      ['a.is_write_index: true → null (safe)', 'b.is_write_index: null → true (safe)']
    )
    assert.deepEqual(
      differences(
        { a: {}, b: { is_write_index: true } },
        live({ a: { is_write_index: false }, b: { is_write_index: true } })
      ),
      []
    )
  })

  it('calls it disruptive to go back to an index that rollover has left behind', () => {
    const state = live({ 'logs-000001': { is_write_index: false }, 'logs-000002': { is_write_index: true } })
    assert.deepEqual(differences({ 'logs-000001': { is_write_index: true } }, state), [
      'logs-000001.is_write_index: false → true (disruptive)',
      'logs-000002: {"is_write_index":true} → null (disruptive)'
    ])
    assert.deepEqual(differences({ 'logs-000001': {} }, live({ 'logs-000002': {} })), [
      'logs-000001: null → {} (disruptive)',
      'logs-000002: {} → null (disruptive)'
    ])
    assert.deepEqual(
      differences(
        { 'logs-000001': { filter: { term: { a: 1 } } }, other: {} },
        live({ 'logs-000001': {}, 'logs-000002': { is_write_index: true } })
      ).map((line) => line.slice(-12)),
      ['(disruptive)', '(disruptive)', '(disruptive)'],
      'an alias is one thing'
    )
    const [dated, later] = ['logs-2026.12.01-000001', 'logs-2026.12.02-000002']
    assert.deepEqual(differences({ [dated]: {} }, live({ [later]: {} })), [
      `${dated}: null → {} (disruptive)`,
      `${later}: {} → null (disruptive)`
    ])
    assert.deepEqual(
      differences({ 'app-2': {} }, live({ 'app-3': {} })),
      ['app-2: null → {} (safe)', 'app-3: {} → null (safe)'],
      'numbers of people are no rollover'
    )
  })

  it('calls it disruptive to reset the only write index an alias has', () => {
    const state = live({ a: { is_write_index: true, filter: { term: { f: 1 } } }, b: {} })
    const undeclared = (declared: Readonly<Record<string, Body>>): readonly string[] =>
      shown(aliasKind.undeclared?.(item(aliasKind, 'orders', declared).spec, state) ?? [])
    assert.deepEqual(undeclared({ a: {}, b: {} }), [
      'a.is_write_index: true → null (disruptive)',
      'a.filter: {"term":{"f":1}} → null (disruptive)'
    ])
    assert.deepEqual(
      undeclared({ a: {} }),
      ['a.is_write_index: true → null (safe)', 'a.filter: {"term":{"f":1}} → null (safe)'],
      'alone it is the write index anyway'
    )
  })

  it('describes an alias as its file would declare it', () => {
    assert.deepEqual(aliasKind.describe?.(live({ b: { routing: '1' }, a: {} })), {
      a: {},
      b: { index_routing: '1', search_routing: '1' }
    })
  })
})
