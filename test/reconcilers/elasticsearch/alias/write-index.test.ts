import assert from 'node:assert/strict'
import { sharedHazard, whyIncomplete } from '../../../../reconcilers/elasticsearch/alias/shared.ts'
import { lostWriteIndex, writeIndexOf, type Members } from '../../../../reconcilers/elasticsearch/alias/write-index.ts'
import type { Body } from '../../../../reconcilers/elasticsearch/body.ts'

const members = (of: Readonly<Record<string, Body>>): Members => new Map(Object.entries(of))
const writes = { is_write_index: true }
const refuses = { is_write_index: false }

describe('the write index of an alias', () => {
  it('is the member that says so, or the only one that does not say no', () => {
    assert.equal(writeIndexOf(members({ a: {}, b: writes })), 'b')
    assert.equal(writeIndexOf(members({ a: {} })), 'a')
    assert.equal(writeIndexOf(members({ a: refuses })), undefined)
    assert.equal(writeIndexOf(members({ a: {}, b: {} })), undefined)
    assert.equal(writeIndexOf(members({})), undefined)
  })

  it('is a data stream only when it says so', () => {
    assert.equal(writeIndexOf(members({ s: {} }), new Set(['s'])), undefined)
    assert.equal(writeIndexOf(members({ s: writes }), new Set(['s'])), 's')
  })

  it('is lost when there was one and there is none', () => {
    assert.equal(lostWriteIndex(members({ a: {} }), members({ a: {}, b: {} })), 'a')
    assert.equal(lostWriteIndex(members({ a: {} }), members({ b: {} })), undefined)
    assert.equal(lostWriteIndex(members({ a: {}, b: {} }), members({ a: {}, b: {}, c: {} })), undefined)
  })
})

describe('an alias that indices declare as their own', () => {
  const riskOf = (live: Members, declared: Members): string => sharedHazard('w', { live, declared })?.risk ?? 'safe'

  it('keeps the write index that others give it', () => {
    assert.equal(riskOf(members({ 'w-000002': {} }), members({ 'w-000001': {} })), 'disruptive')
    assert.equal(riskOf(members({ other: writes }), members({ mine: {} })), 'safe')
    assert.equal(riskOf(members({ a: {}, b: {} }), members({ mine: {} })), 'safe', 'it has none')
    assert.equal(riskOf(members({}), members({ mine: {}, other: {} })), 'safe', 'it is new')
  })

  it('never has two', () => {
    assert.equal(
      riskOf(members({ 'w-000001': refuses, 'w-000002': writes }), members({ 'w-000001': writes })),
      'unsupported'
    )
    assert.equal(riskOf(members({ a: writes }), members({ a: {}, b: writes })), 'safe', 'it moves')
  })

  it("is its author's where all of its members are declared", () => {
    assert.equal(riskOf(members({ a: {} }), members({ a: {}, b: {} })), 'safe')
    assert.equal(riskOf(members({ a: writes }), members({ a: {}, b: {} })), 'safe')
  })

  it('is never written in a part that takes its write index before another one is there', () => {
    const shared = { live: members({ a: writes, b: {} }), declared: members({ a: {}, b: writes }) }
    assert.notEqual(whyIncomplete('w', shared, members({ a: {} })), undefined)
    assert.equal(whyIncomplete('w', shared, members({ a: {}, b: writes })), undefined)
    assert.equal(
      whyIncomplete('w', { ...shared, declared: members({ a: {}, b: {} }) }, members({ a: {} })),
      undefined,
      'the whole, as declared'
    )
  })
})
