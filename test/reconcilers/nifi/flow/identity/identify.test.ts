import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { GroupEntity } from '../../../../../reconcilers/nifi/reading/entities.ts'
import { identify } from '../../../../../reconcilers/nifi/flow/identity/identify.ts'
import { writeComments } from '../../../../../reconcilers/nifi/flow/identity/marker.ts'
import { flowOfUnfinished, unfinishedName } from '../../../../../reconcilers/nifi/flow/identity/unfinished-name.ts'

function group(id: string, name: string, comments = ''): GroupEntity {
  const counts = { running: 0, stopped: 0, invalid: 0, disabled: 0 }
  return { id, revision: { version: 1 }, name, comments, canRead: true, canWrite: true, counts, queued: 0 }
}

function marked(
  id: string,
  flow: string,
  { owner = 'infometis', name = flow }: { owner?: string; name?: string } = {}
): GroupEntity {
  return group(id, name, writeComments('', { owner, flow }))
}

/** `name: ownership id (+ twins)`, and `name beside: ids`. */
function told(groups: readonly GroupEntity[], ...declared: readonly string[]): readonly string[] {
  const { groups: found, beside } = identify(groups, declared, 'infometis')
  return [
    ...[...found].map(
      ([
        name,
        {
          ownership,
          group: { id },
          twins
        }
      ]) => `${name}: ${[`${ownership} ${id}`, ...twins.map((twin) => twin.group.id)].join(' + ')}`
    ),
    ...[...beside].map(([name, others]) => `${name} beside: ${others.map((other) => other.group.id).join(', ')}`)
  ].toSorted()
}

describe('which group is which flow', () => {
  it('is told by the marker, whatever the group is called', () => {
    assert.deepEqual(told([marked('1', 'beat', { name: 'renamed' })], 'beat'), ['beat: ours 1'])
  })

  it('is told by the name where there is no marker', () => {
    assert.deepEqual(told([group('1', ' beat ')], 'beat'), ['beat: namesake 1'])
  })

  it('is nothing of ours where neither is there', () => {
    assert.deepEqual(told([group('1', 'other')], 'beat'), ['other: foreign 1'])
  })

  it('tells twins: two with one marker, and two of one name without any', () => {
    assert.deepEqual(told([marked('2', 'beat'), marked('1', 'beat', { name: 'x' })], 'beat'), ['beat: ours 1 + 2'])
    assert.deepEqual(told([group('2', 'beat'), group('1', 'beat')], 'beat'), ['beat: namesake 1 + 2'])
  })

  it('leaves alone what is called the same beside the marked one', () => {
    assert.deepEqual(told([group('1', 'beat'), marked('2', 'beat')], 'beat'), ['beat beside: 1', 'beat: ours 2'])
  })

  it('finds what was begun and not marked, declared or not, as ours', () => {
    assert.deepEqual(told([group('1', 'beat [infometis import]')], 'beat'), ['beat: ours 1'])
    assert.deepEqual(told([group('1', 'beat [infometis import]')]), ['beat: ours 1'])
    assert.deepEqual(told([group('1', 'beat [infometis import]'), group('2', 'beat [infometis import]')], 'beat'), [
      'beat: ours 1 + 2'
    ])
  })

  it('reports what was begun beside a flow that is there', () => {
    assert.deepEqual(told([group('1', 'beat [infometis import]'), marked('2', 'beat')], 'beat'), [
      'beat beside: 1',
      'beat: ours 2'
    ])
  })

  it('leaves the flows of another owner to him, also under a declared name', () => {
    assert.deepEqual(told([marked('1', 'beat', { owner: 'they' }), group('2', 'beat')], 'beat'), [
      'beat beside: 2',
      "beat: another's 1"
    ])
    assert.deepEqual(told([marked('1', 'beat', { owner: 'they' }), marked('2', 'beat')], 'beat'), ['beat: ours 2'])
  })

  it('does not take the flow of another name for one that is called as it is now', () => {
    assert.deepEqual(told([marked('1', 'pulse', { name: 'beat' })], 'beat'), ['pulse: ours 1'])
  })
})

const names = fc.constantFrom('a', 'b', 'a [infometis import]', ' a')
const anyGroup = fc.tuple(names, fc.option(fc.constantFrom('a', 'b')), fc.constantFrom('infometis', 'they'))

describe('telling any groups apart', () => {
  it('neither loses one, nor sees one twice, and does not depend on their order', () => {
    fc.assert(
      fc.property(fc.array(anyGroup, { maxLength: 6 }), fc.subarray(['a', 'b']), (kinds, declared) => {
        const groups = kinds.map(([name, flow, owner], index) =>
          flow === null ? group(String(index), name) : marked(String(index), flow, { name, owner })
        )
        const { groups: found, beside } = identify(groups, declared, 'infometis')
        const ids = [
          ...[...found.values()].flatMap(({ group: each, twins }) => [each.id, ...twins.map((twin) => twin.group.id)]),
          ...[...beside.values()].flatMap((others) => others.map((other) => other.group.id))
        ]
        assert.equal(new Set(ids).size, ids.length)
        const ours = groups.filter(
          ({ id }) => kinds[Number(id)]?.[1] !== null && kinds[Number(id)]?.[2] === 'infometis'
        )
        assert.ok(ours.every(({ id }) => ids.includes(id)))
        assert.deepEqual(told(groups.toReversed(), ...declared), told(groups, ...declared))
      })
    )
  })

  it('finds the flow in the name of an unfinished one, and in no other name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (flow) => {
        assert.equal(flowOfUnfinished(unfinishedName(flow)), flow)
        if (!flow.endsWith('import]')) assert.equal(flowOfUnfinished(flow), undefined)
      })
    )
  })
})
