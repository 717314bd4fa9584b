import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { encodeName, nameLists } from '../../../../reconcilers/elasticsearch/connection/paths.ts'

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
