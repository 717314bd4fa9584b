import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  foundText,
  keepsText,
  locate,
  nameOf,
  overlay,
  toValue,
  type MapNode,
  type Node,
  type Scalar
} from '../../src/parse/node.ts'

const at = { file: 'boxes.json', line: 1, column: 1 }
const scalar = (value: Scalar): Node => ({ type: 'scalar', at, value })
const number = (value: Scalar, written: string): Node => ({ type: 'scalar', at, value, written })
const list = (...items: readonly Node[]): Node => ({ type: 'list', at, items })
const map = (entries: Readonly<Record<string, Node>>): MapNode => ({
  type: 'map',
  at,
  entries: new Map(Object.entries(entries).map(([key, value]) => [key, { at, value }]))
})

const leaf = fc.oneof(
  fc.constantFrom<Scalar>(null, true, 0, 1, 5n, 'text').map(scalar),
  fc.array(fc.nat(2).map(scalar), { maxLength: 2 }).map((items) => list(...items))
)
/** Objects under names that begin with `o`, everything else under others: no layer puts a value in an object's place. */
function layersOf(depth: number): fc.Arbitrary<MapNode> {
  const leaves = { a: leaf, b: leaf }
  const objects = depth === 0 ? {} : { oa: layersOf(depth - 1), ob: layersOf(depth - 1) }
  return fc.record<Record<string, Node>>({ ...leaves, ...objects }, { requiredKeys: [] }).map(map)
}
const layer = layersOf(2)
const anyNode = fc.oneof(leaf, layer)

describe('layers laid over each other', () => {
  it('may be put together in any grouping', () => {
    fc.assert(
      fc.property(layer, layer, layer, (a, b, c) =>
        assert.deepEqual(overlay(overlay(a, b), c), overlay(a, overlay(b, c)))
      )
    )
  })

  it('begin again where one of them replaces an object by something else', () => {
    const result = [
      map({ a: map({ x: scalar(1) }) }),
      map({ a: scalar(null) }),
      map({ a: map({ y: scalar(2) }) })
    ].reduce<Node>(overlay, map({}))
    assert.deepEqual(toJson(result), { a: { y: 2 } })
  })

  it('change nothing when they are empty or equal', () => {
    fc.assert(
      fc.property(layer, (base) => {
        assert.deepEqual(overlay(base, map({})), base)
        assert.deepEqual(overlay(base, base), base)
      })
    )
  })

  it('hide what is below a scalar or a list', () => {
    fc.assert(fc.property(anyNode, leaf, (base, above) => assert.equal(overlay(base, above), above)))
  })

  it('leave what was laid below unchanged', () => {
    fc.assert(
      fc.property(layer, layer, (base, above) => {
        const before = structuredClone([base, above])
        overlay(base, above)
        assert.deepEqual([base, above], before)
      })
    )
  })

  it('point at the layer that has the last word', () => {
    const below = map({ a: map({ x: scalar(1), y: scalar(1) }) })
    const place = { file: 'boxes.prod.json', line: 7, column: 3 }
    const above: MapNode = {
      ...map({}),
      entries: new Map([
        [
          'a',
          {
            at: place,
            value: {
              type: 'map',
              at: place,
              entries: new Map([['x', { at: place, value: { type: 'scalar', at: place, value: 2 } }]])
            }
          }
        ]
      ])
    }
    const result = overlay(below, above)
    assert.deepEqual(locate(result, ['a', 'x']).at, place)
    assert.deepEqual(locate(result, ['a', 'y']).at, at)
  })
})

describe('a node', () => {
  it('becomes a plain value in which __proto__ is only a key', () => {
    const value = toValue(map({ a: map(Object.fromEntries([['__proto__', scalar(1)]])) }))
    assert.equal(JSON.stringify(value), '{"a":{"__proto__":1}}')
    assert.equal(Object.getPrototypeOf(value), null)
    assert.equal(Object.hasOwn({}, 'polluted'), false)
  })

  it('is found by its path, or the nearest one above it', () => {
    const inner = scalar(5)
    const tree = map({ a: list(scalar(1), map({ b: inner })) })
    assert.equal(locate(tree, ['a', 1, 'b']), inner)
    assert.equal(locate(tree, ['a', 1, 'b', 'c']), inner)
    assert.equal(locate(tree, ['a', 5]).type, 'list')
    assert.equal(locate(tree, ['constructor']), tree)
  })

  it('gives its numbers by their value, or as they are written', () => {
    const node = map({
      a: list(number(1, '1.0'), number(1, '1')),
      b: number(9_007_199_254_740_993n, '9007199254740993'),
      c: scalar('1.0')
    })
    assert.deepEqual({ ...Object(toValue(node)) }, { a: [1, 1], b: 9_007_199_254_740_993n, c: '1.0' })
    assert.equal(JSON.stringify(toValue(node, 'written')), '{"a":[1.0,1],"b":9007199254740993,"c":"1.0"}')
    assert.deepEqual([node, number(1, '1'), scalar('1.0'), number(10n ** 16n, '10000000000000000')].map(keepsText), [
      true,
      false,
      false,
      true
    ])
  })

  it('is named without its text', () => {
    assert.deepEqual(
      [map({}), list(), scalar(null), scalar(true), scalar(6.5), scalar(2n ** 63n), scalar('hunter2')].map((node) =>
        nameOf(node)
      ),
      ['an object', 'a list', 'null', 'true', '6.5', '9223372036854775808', 'text']
    )
    assert.equal(nameOf(scalar(10n ** 400n)), 'a number of 401 digits')
  })

  it('is shown with its text when that is short and no secret', () => {
    assert.equal(foundText(scalar('six'), ['size']), 'text "six"')
    assert.equal(
      foundText(number('0.12345678901234567890', '0.12345678901234567890'), ['size']),
      '0.12345678901234567890'
    )
    assert.equal(foundText(number(1, '1.0'), ['size']), '1.0')
    assert.equal(foundText(scalar('x'.repeat(41)), ['size']), 'text')
    assert.equal(foundText(scalar('hunter2'), ['labels', 'password']), 'text')
    assert.equal(foundText(scalar(12_345_678), ['db-password', 'size']), 'a number')
  })
})

function toJson(node: Node): unknown {
  return JSON.parse(JSON.stringify(toValue(node)))
}
