import assert from 'node:assert/strict'
import type { Hold } from '../../src/line.ts'
import { keyOf } from '../../src/records.ts'
import { holdId } from '../../src/plan/hold-id.ts'

const hold = (given: Partial<Hold> = {}): Hold => ({
  key: keyOf('shop', 'box', 'a'),
  name: 'a',
  kind: 'box',
  verb: 'hold',
  risk: 'disruptive',
  reason: 'risk',
  why: 'size is disruptive',
  fields: [
    { path: 'size', before: 1, after: 2, risk: 'disruptive' },
    { path: 'lid', before: null, after: true, risk: 'disruptive' }
  ],
  state: {},
  ...given
})

describe('the id of a held change', () => {
  const id = holdId(hold(), 'cluster-1')

  it('is an "a" and 15 hex digits, whatever the order of fields and the sentence', () => {
    assert.match(id ?? '', /^a[0-9a-f]{15}$/)
    assert.equal(holdId(hold({ fields: hold().fields.toReversed(), why: 'another sentence' }), 'cluster-1'), id)
  })

  it('is another one for another cluster, item, verb or value', () => {
    const size = { path: 'size', before: 0, after: 2, risk: 'disruptive' } as const
    const { state: _, ...absent } = hold()
    const others = [
      holdId(hold(), 'cluster-2'),
      holdId(hold({ key: keyOf('shop', 'box', 'b') }), 'cluster-1'),
      holdId(absent, 'cluster-1'),
      holdId(hold({ fields: [size] }), 'cluster-1')
    ]
    assert.equal(new Set([id, ...others]).size, 5)
  })

  it('does not exist where nothing could release the change', () => {
    const unsupported = [{ path: 'size', before: 1, after: 2, risk: 'unsupported' }] as const
    for (const given of [{ reason: 'paused' }, { reason: 'owner' }, { fields: [] }, { fields: unsupported }] as const) {
      assert.equal(holdId(hold(given), 'cluster-1'), undefined)
    }
  })
})
