import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { FieldChange } from '../../../../../src/contract.ts'
import { compareFlow } from '../../../../../reconcilers/nifi/flow/compare.ts'
import type { Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import type { FlowSpec } from '../../../../../reconcilers/nifi/flow/schema.ts'
import type { FlowState } from '../../../../../reconcilers/nifi/flow/state.ts'
import { content, heartbeat, live, marker, processor, spec, state, unmarked } from '../flows.ts'

/** A flow of ours that is as it was written. */
const written = (group: Group, more: Partial<FlowState> = {}): FlowState =>
  state({ definition: live(group), marker: marker(group, live(group)), ...more })
const flowOf = (...identifiers: readonly string[]): Group => ({
  identifier: 'top',
  processors: identifiers.map((identifier) => processor(identifier))
})
const risksOf = (fields: readonly FieldChange[]): readonly string[] => [...new Set(fields.map(({ risk }) => risk))]
const compared = (declared: Group, before: Group, more: Partial<FlowSpec> = {}): readonly FieldChange[] =>
  compareFlow(spec({ content: content(declared), ...more }), written(before))
const whyOf = (fields: readonly FieldChange[]): string => [...new Set(fields.map(({ why = '' }) => why))].join('\n')

describe('a definition of another flow', () => {
  it('waits as a whole, with what happened and what to do', () => {
    const fields = compareFlow(
      spec({ content: content(flowOf('x', 'y', 'z')) }),
      written(heartbeat, { counts: { running: 0, stopped: 2, invalid: 0, disabled: 0 } })
    )
    assert.deepEqual(
      fields.map(({ path, risk }) => `${path} ${risk}`),
      [
        'state destructive',
        'processors.gen destructive',
        'processors.log destructive',
        'processors.x destructive',
        'processors.y destructive',
        'processors.z destructive',
        'connections.gen:success -> log destructive'
      ]
    )
    assert.equal(
      whyOf(fields),
      'none of the live components (2) is declared: this is another flow, or one that was exported from a copy, whose identifiers are others; ' +
        'the group would be replaced as a whole, with what its components remember; download the live group and change that, or declare another flow under a name of its own'
    )
  })

  it('speaks of keys where the flow is written by hand', () => {
    const fields = compareFlow(spec({ content: content(flowOf('x'), { form: 'inline' }) }), written(flowOf('a', 'b')))
    assert.match(
      whyOf(fields),
      /^none of the live components \(2\) is declared: this is another flow, or its keys were renamed; .*; keep the keys of what is to stay/
    )
  })

  it('may share a name or two with the live one: fewer than a quarter is too few', () => {
    assert.deepEqual(risksOf(compared(flowOf('a', 'x', 'y', 'z'), flowOf('a', 'b', 'c', 'd'))), ['safe'])
    const fields = compared(flowOf('a', 'x'), flowOf('a', 'b', 'c', 'd', 'e'))
    assert.deepEqual(risksOf(fields), ['destructive'])
    assert.match(whyOf(fields), /^only 1 of the live components \(5\) is declared/)
    assert.match(
      whyOf(compared(flowOf('a', 'b'), flowOf('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'))),
      /^only 2 of the live components \(9\) are declared/
    )
  })

  it('may be empty: that too takes everything away', () => {
    assert.match(
      whyOf(compared({}, heartbeat)),
      /^none of the live components \(2\) is declared: the definition is empty;/
    )
  })

  it('is told by what is in groups inside, each in its own', () => {
    const inside = (identifier: string, ...parts: readonly string[]): Group => ({
      identifier: 'top',
      processGroups: [{ ...flowOf(...parts), identifier }]
    })
    assert.deepEqual(risksOf(compared(inside('g', 'a', 'x'), inside('g', 'a', 'b'))), ['safe'])
    assert.deepEqual(risksOf(compared(inside('h', 'a', 'b'), inside('g', 'a', 'b'))), ['destructive'])
    assert.deepEqual(
      risksOf(compared(flowOf('a', 'b'), inside('g', 'a', 'b'))),
      ['destructive'],
      'NiFi makes anew what moves from one group to another'
    )
  })

  it('is not told by what is in a version of another flow, which a file need not hold', () => {
    const versioned = (version: number, ...parts: readonly string[]): Group => ({
      identifier: 'top',
      processGroups: [
        { ...flowOf(...parts), identifier: 'g', versionedFlowCoordinates: { bucketId: 'b', flowId: 'f', version } }
      ]
    })
    assert.deepEqual(risksOf(compared(versioned(2), versioned(1, 'a', 'b'))), ['safe'])
  })

  it('is nothing to wait for where nothing is live that could be lost', () => {
    assert.deepEqual(risksOf(compared(heartbeat, {})), ['safe'])
    assert.deepEqual(risksOf(compared(heartbeat, { labels: [{ identifier: 'note', label: 'empty' }] })), ['safe'])
  })

  it('is held when a group is to be adopted with it', () => {
    const fields = compareFlow(spec({ adopt: true, content: content(flowOf('x')) }), unmarked())
    assert.deepEqual(risksOf(fields), ['destructive'])
    assert.match(whyOf(fields), /^none of the live components \(2\)/)
  })

  it('is held where an earlier attempt to write it ended before anything was replaced', () => {
    const { owner, flow, desired = '' } = marker(flowOf('x'))
    const fields = compareFlow(spec({ content: content(flowOf('x')) }), state({ marker: { owner, flow, desired } }))
    assert.match(whyOf(fields), /^none of the live components \(2\)/)
  })

  it('is not what a person has made of the group: that was added by hand', () => {
    const fields = compareFlow(spec(), state({ definition: live(flowOf('x', 'y')) }))
    assert.match(whyOf(fields), /^processors\.x, processors\.y: added by hand/)
  })

  it('keeps for ever waiting what NiFi cannot do', () => {
    const before: Group = {
      ...flowOf('b', 'c', 'd', 'e'),
      processors: [
        processor('a', {}, { type: 'org.x.Other' }),
        ...['b', 'c', 'd', 'e'].map((identifier) => processor(identifier))
      ]
    }
    assert.deepEqual(
      compared(flowOf('a'), before).map(({ path, risk }) => `${path} ${risk}`),
      [
        'processors.a.type unsupported',
        'processors.b destructive',
        'processors.c destructive',
        'processors.d destructive',
        'processors.e destructive'
      ]
    )
  })
})

const identifiers = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'), { maxLength: 10 })

describe('any definition over any flow of ours', () => {
  it('is written without asking only where a quarter of what is live stays, or nothing is live', () => {
    fc.assert(
      fc.property(identifiers, identifiers, fc.boolean(), (declared, before, isInside) => {
        const nest = (group: Group): Group =>
          isInside ? { identifier: 'top', processGroups: [{ ...group, identifier: 'g' }] } : group
        const fields = compared(nest(flowOf(...declared)), nest(flowOf(...before)), { state: 'IGNORE' })
        const kept = before.filter((identifier) => declared.includes(identifier)).length
        const isAnother = before.length > 0 && kept * 4 < before.length
        assert.deepEqual(risksOf(fields), fields.length === 0 ? [] : [isAnother ? 'destructive' : 'safe'])
      })
    )
  })
})
