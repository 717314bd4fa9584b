import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Scope } from '../../src/records.ts'
import { changedKeys } from '../../src/parse/changed.ts'
import { DesiredParser, type DesiredState } from '../../src/parse/desired.ts'
import { boxKind, configOf, declared, settingsKind, type Files } from './box-kind.ts'
import { edits, statesAfter } from './edits.ts'

const listed = (scope: Scope): unknown => (scope === 'all' ? scope : [...scope].toSorted())
const changed = (before: Files, after: Files): unknown => listed(changedKeys(declared(before), declared(after)))
const boxes = (text: string): Files => ({ 'boxes.json': text })

/** By name: what an item says, or what is wrong with it. */
function contentOf({ kinds }: DesiredState): ReadonlyMap<string, unknown> {
  return new Map(
    kinds.flatMap(({ items, invalid }) => [
      ...items.map(({ key, digest }): [string, unknown] => [key, digest]),
      ...invalid.map(({ key, problems }): [string, unknown] => [key, problems])
    ])
  )
}

/** The same in the plainest way. */
function expected(before: DesiredState | undefined, after: DesiredState): unknown {
  if (before === undefined) return 'all'
  const kindsOf = ({ policy, kinds }: DesiredState): string =>
    JSON.stringify([policy, kinds.map(({ kind }) => kind.kind)])
  const [old, now] = [contentOf(before), contentOf(after)]
  if (kindsOf(before) !== kindsOf(after) || [...old.keys()].some((key) => !now.has(key))) return 'all'
  return [...now.keys()].filter((key) => JSON.stringify(old.get(key)) !== JSON.stringify(now.get(key))).toSorted()
}

describe('what a new configuration changes', () => {
  it('is everything when there was none', () => {
    assert.equal(changedKeys(undefined, declared(boxes('{"a": {}}'))), 'all')
  })

  it('is the items that are new or say something else', () => {
    assert.deepEqual(changed(boxes('{"a": {"size": 1}, "b": {}}'), boxes('{"a": {"size": 2}, "b": {}, "c": {}}')), [
      'shop/box/a',
      'shop/box/c'
    ])
  })

  it('is nothing when items only moved or are written in another way', () => {
    const after = boxes('{"b": {},\n "a": {"colour": "red", "size": 1}}')
    assert.deepEqual(changed(boxes('{"a": {"size": 1, "colour": "red"}, "b": {}}'), after), [])
  })

  it('is everything when an item is gone, a valid or an invalid one', () => {
    assert.equal(changed(boxes('{"a": {}, "b": {}}'), boxes('{"b": {}, "c": {}}')), 'all')
    assert.equal(changed(boxes('{"a": {"size": "x"}, "b": {}}'), boxes('{"b": {}}')), 'all')
  })

  it('is everything when a kind appears or is gone', () => {
    const both = { ...boxes('{"a": {}}'), 'settings.json': '{}' }
    assert.deepEqual([changed(boxes('{"a": {}}'), both), changed(both, boxes('{"a": {}}'))], ['all', 'all'])
  })

  it('is everything when the policy is another one, and nothing when it is only written in another way', () => {
    const policy = (text: string): Files => ({ ...boxes('{"a": {}}'), 'policy.yaml': text })
    assert.equal(changed(policy('mode: observe'), policy('mode: enforce')), 'all')
    assert.deepEqual(changed(policy('mode: observe'), policy('mode: "observe"\nexact: false')), [])
  })

  it('is an item that becomes invalid, becomes valid, or is wrong in another way', () => {
    const [valid, wrong, other] = [boxes('{"a": {}}'), boxes('{"a": {"size": "x"}}'), boxes('{"a": {"size": 0}}')]
    for (const [before, after] of [
      [valid, wrong],
      [wrong, valid],
      [wrong, other]
    ] as const)
      assert.deepEqual(changed(before, after), ['shop/box/a'])
    assert.deepEqual(changed(wrong, wrong), [])
  })

  it('is what a comparison of everything finds, whatever was edited, parsed with a memory or without', () => {
    const service = { name: 'shop', kinds: [boxKind, settingsKind] }
    fc.assert(
      fc.property(edits, (all) => {
        const remembering = new DesiredParser(service)
        let before: { readonly kept: DesiredState; readonly fresh: DesiredState } | undefined
        for (const files of statesAfter(all)) {
          const [kept, fresh] = [remembering, new DesiredParser(service)].map(
            (parser) => parser.parse(configOf(files)).desired
          )
          if (kept === undefined || fresh === undefined) continue
          assert.deepEqual(listed(changedKeys(before?.kept, kept)), expected(before?.kept, kept))
          assert.deepEqual(listed(changedKeys(before?.fresh, fresh)), expected(before?.fresh, fresh))
          before = { kept, fresh }
        }
      }),
      { numRuns: 150 }
    )
  })
})
