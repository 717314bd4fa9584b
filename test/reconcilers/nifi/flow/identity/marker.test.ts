import assert from 'node:assert/strict'
import fc from 'fast-check'
import { readComments, writeComments, type Marker } from '../../../../../reconcilers/nifi/flow/identity/marker.ts'

const word = fc.string({ minLength: 1, unit: 'grapheme' })
const marker: fc.Arbitrary<Marker> = fc.record(
  {
    owner: word,
    flow: word,
    desired: fc.stringMatching(/^[\da-f]{32}$/),
    live: fc.stringMatching(/^[\da-f]{32}$/),
    drain: fc.nat(),
    stopped: fc.array(fc.uuid(), { minLength: 1, maxLength: 3 })
  },
  { requiredKeys: ['owner', 'flow'] }
)

describe('the marker of a flow', () => {
  it('is read as it was written, below whatever people wrote', () => {
    fc.assert(
      fc.property(fc.string(), marker, (text, each) => {
        assert.deepEqual(readComments(writeComments(text, each)), { text, marker: { ...each } })
      })
    )
  })

  it('is nothing but a text where a line is no whole marker', () => {
    for (const text of [
      '',
      'proof of life',
      '[infometis]',
      '[infometis owner=a]',
      '[infometis owner=a flow=b] and more'
    ])
      assert.deepEqual(readComments(text), { text })
  })

  it('reads any text without failing', () => {
    fc.assert(fc.property(fc.string(), (text) => readComments(text).text.length <= text.length))
  })

  it('says since when it is drained and what was stopped for that, and nothing of it afterwards', () => {
    const drained = { owner: 'o', flow: 'f', drain: 1000, stopped: ['a', 'b'] }
    assert.equal(writeComments('', drained), '[infometis owner=o flow=f drain=1000 stopped=a%2Cb]')
    assert.equal(writeComments('', { owner: 'o', flow: 'f', stopped: [] }), '[infometis owner=o flow=f]')
  })
})
