/**
 * Rules over declared aliases.
 */
import assert from 'node:assert/strict'
import { aliasKind } from '../../../../reconcilers/elasticsearch/alias/index.ts'
import type { AliasFacts, AliasState } from '../../../../reconcilers/elasticsearch/alias/state.ts'
import { indexKind } from '../../../../reconcilers/elasticsearch/index/kind.ts'
import { dataStreamKind } from '../../../../reconcilers/elasticsearch/data-stream/index.ts'
import type { Desired, Observed } from '../../../../src/contract.ts'
import { items, messagesOf, remarksOf } from '../items.ts'

function world(facts: Partial<AliasFacts>): Observed<AliasState, AliasFacts> {
  return { items: new Map(), facts: { indices: new Set(), dataStreams: new Set(), aliases: new Map(), ...facts } }
}

type Declared = Readonly<Record<string, unknown>>

function beside(indices: Declared, streams: Declared = {}): ReadonlyMap<string, readonly Desired<unknown>[]> {
  return new Map<string, readonly Desired<unknown>[]>([
    ['index', items(indexKind, indices)],
    ['data-stream', items(dataStreamKind, streams)]
  ])
}

describe('a declared alias', () => {
  it('has a name the server takes', () => {
    assert.deepEqual(remarksOf(aliasKind, { 'a,b': { i: {} } }, world({ indices: new Set(['i']) })), [
      'a,b invalid NAME'
    ])
    assert.deepEqual(remarksOf(aliasKind, { UPPER: { i: {} } }, world({ indices: new Set(['i']) })), [])
  })

  it('does not have the name of an index or data stream, declared or live', () => {
    assert.deepEqual(remarksOf(aliasKind, { x: { i: {} } }, undefined, beside({ x: {}, i: {} })), [
      'x invalid NAME_TAKEN'
    ])
    assert.deepEqual(remarksOf(aliasKind, { x: { i: {} } }, undefined, beside({ i: {} }, { x: {} })), [
      'x invalid NAME_TAKEN'
    ])
    assert.deepEqual(remarksOf(aliasKind, { x: { i: {} } }, world({ indices: new Set(['x', 'i']) })), [
      'x invalid NAME_TAKEN'
    ])
    assert.deepEqual(
      remarksOf(aliasKind, { x: { i: {} } }, world({ indices: new Set(['i']), dataStreams: new Set(['x']) })),
      ['x invalid NAME_TAKEN']
    )
  })

  it('is declared in one place: not beside "aliases" of an index', () => {
    const [remark, ...others] = messagesOf(
      aliasKind,
      { x: { i: {} }, y: { i: {} } },
      undefined,
      beside({ i: { aliases: { x: {} } } })
    )
    assert.deepEqual(others, [])
    assert.equal(remark?.code, 'DECLARED_TWICE')
    assert.match(remark.message, /"x" here and under "aliases" of the index "i" \(indices\.json:1\)/)
  })

  it('has at most one write index', () => {
    const remarks = remarksOf(
      aliasKind,
      { x: { a: { is_write_index: true }, b: {}, c: { is_write_index: true } } },
      undefined,
      beside({ a: {}, b: {}, c: {} })
    )
    assert.deepEqual(remarks, ['x invalid WRITE_INDEX c is_write_index'])
  })

  it('is hidden everywhere or nowhere', () => {
    assert.deepEqual(
      remarksOf(aliasKind, { x: { a: { is_hidden: true }, b: {} } }, undefined, beside({ a: {}, b: {} })),
      ['x invalid HIDDEN b']
    )
    assert.deepEqual(
      remarksOf(
        aliasKind,
        { x: { a: { is_hidden: true }, b: { is_hidden: true } } },
        undefined,
        beside({ a: {}, b: {} })
      ),
      []
    )
  })

  it('names its members in full: no patterns, no date math', () => {
    assert.deepEqual(remarksOf(aliasKind, { x: { 'logs-*': {} } }), ['x invalid NAME logs-*'])
    assert.deepEqual(remarksOf(aliasKind, { x: { '<logs-{now/d}>': {} } }), ['x invalid NAME <logs-{now/d}>'])
  })

  it('is warned of a member that is neither declared nor live', () => {
    assert.deepEqual(remarksOf(aliasKind, { x: { i: {} } }), ['x warn UNKNOWN_REFERENCE i'])
    assert.deepEqual(remarksOf(aliasKind, { x: { i: {} } }, world({})), ['x warn UNKNOWN_REFERENCE i'])
    assert.deepEqual(
      remarksOf(aliasKind, { x: { i: {}, s: {} } }, world({ indices: new Set(['i']), dataStreams: new Set(['s']) })),
      []
    )
    assert.match(
      messagesOf(aliasKind, { x: { order: {} } }, undefined, beside({ orders: {} }))[0]?.message ?? '',
      /did you mean "orders"/
    )
  })

  it('waits when a member is itself an alias', () => {
    assert.deepEqual(remarksOf(aliasKind, { x: { y: {} } }, world({ aliases: new Map([['y', ['y-1']]]) })), [
      'x hold ALIAS_OF_ALIAS y'
    ])
  })

  it('has no fields the server does not know, and a filter that is an object', () => {
    assert.equal(aliasKind.schema.safeParse({ i: { write: true } }).success, false)
    assert.equal(aliasKind.schema.safeParse({ i: { filter: 'a:1' } }).success, false)
  })
})
