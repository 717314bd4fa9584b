/**
 * Where components stand on the canvas.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { layOut } from '../../../../../reconcilers/nifi/flow/inline/layout.ts'

const node = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const edges = fc.array(fc.tuple(node, node), { maxLength: 9 })
const nodes = ['a', 'b', 'c', 'd', 'e', 'f']

describe('the layout of a group', () => {
  it('puts what feeds another above it, and neighbours side by side', () => {
    const points = layOut(
      ['log', 'gen', 'end'],
      [
        ['gen', 'log'],
        ['gen', 'end'],
        ['log', 'log']
      ]
    )
    assert.deepEqual(
      [points.get('gen'), points.get('end'), points.get('log')],
      [
        { x: 0, y: 0 },
        { x: 0, y: 240 },
        { x: 480, y: 240 }
      ]
    )
  })

  it('gives every component a place of its own, circles included', () => {
    fc.assert(
      fc.property(edges, (each) => {
        const points = layOut(nodes, each)
        assert.equal(new Set([...points.values()].map(({ x, y }) => `${x} ${y}`)).size, nodes.length)
      })
    )
  })

  it('does not depend on any order', () => {
    fc.assert(
      fc.property(edges, (each) => assert.deepEqual(layOut(nodes, each), layOut(nodes.toReversed(), each.toReversed())))
    )
  })
})
