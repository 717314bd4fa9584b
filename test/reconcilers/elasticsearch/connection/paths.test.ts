import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { encodeName, nameLists, onePath } from '../../../../reconcilers/elasticsearch/connection/paths.ts'

const mostBytes = 3_500
const name = fc.oneof(
  fc.stringMatching(/^[a-z0-9.%+ü<>{}/-]{1,40}$/),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 255 })
)

describe('a name in a path', () => {
  it('is one step of it, whatever it holds', () => {
    fc.assert(fc.property(name, (text) => assert.match(encodeName(text), /^[^/?#,\s]+$/)))
    assert.equal(encodeName('<logs-{now/d}>'), '%3Clogs-%7Bnow%2Fd%7D%3E')
  })
})

describe('lists of names for paths', () => {
  it('hold every name once, in its order, each list readable from its path', () => {
    fc.assert(
      fc.property(fc.array(name, { maxLength: 300 }), (names) => {
        const lists = nameLists(names)
        assert.deepEqual(
          lists.flatMap((list) => list.names),
          names
        )
        assert.deepEqual(
          lists.flatMap(({ path }) => path.split(',').map(decodeURIComponent)),
          names
        )
      })
    )
  })

  it('fit into a request line, unless a single name does not', () => {
    const long = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 600 })
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 9, arbitrary: name }, long), { maxLength: 200 }), (names) => {
        for (const list of nameLists(names))
          assert.ok(Buffer.byteLength(list.path) <= mostBytes || list.names.length === 1)
      })
    )
  })

  it('are as few as fit: no two neighbours could be one', () => {
    fc.assert(
      fc.property(fc.array(name, { maxLength: 300 }), (names) => {
        const lists = nameLists(names)
        for (const [index, { path }] of lists.slice(1).entries()) {
          const [first = ''] = path.split(',')
          assert.ok((lists[index]?.path.length ?? 0) + 1 + first.length > mostBytes)
        }
      })
    )
  })

  it('use the last byte there is', () => {
    assert.equal(nameLists(['a'.repeat(1749), 'b'.repeat(1750)]).length, 1)
    assert.equal(nameLists(['a'.repeat(1750), 'b'.repeat(1750)]).length, 2)
  })

  it('are none for no names', () => assert.deepEqual(nameLists([]), []))
})

describe('all names in one path', () => {
  it('are there once each, in their order, or not at all', () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 300 }), (names) => {
        const path = onePath(names)
        if (path === undefined) return
        assert.deepEqual(path.split(',').map(decodeURIComponent), names)
        assert.ok(Buffer.byteLength(path) <= mostBytes)
      })
    )
  })

  it('are followed by what begins with a prefix', () =>
    assert.equal(onePath(['shop', 'a'], ['shop-']), 'shop,a,shop-*'))

  for (const odd of ['a*', 'a,b', '-a', '_all', '+a', '.', '..', 'far:a', 'a/b', 'a b', '<a-{now}>', '']) {
    it(`cannot be written where one is ${JSON.stringify(odd)}, which would mean something else`, () =>
      assert.equal(onePath(['a', odd]), undefined))
  }

  it('cannot be written where they are longer than a path', () => {
    assert.notEqual(onePath(['a'.repeat(1749), 'b'.repeat(1750)]), undefined)
    assert.equal(onePath(['a'.repeat(1750), 'b'.repeat(1750)]), undefined)
    assert.equal(onePath(['a'.repeat(1750)], ['a'.repeat(1750)]), undefined)
  })
})
