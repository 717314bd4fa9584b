/**
 * Bodies field by field.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Body } from '../../../../reconcilers/elasticsearch/body.ts'
import {
  compareBodies,
  overlay,
  undeclaredIn,
  withoutNulls,
  type BodyRules
} from '../../../../reconcilers/elasticsearch/body/compare.ts'
import { sameJson } from '../../../../reconcilers/elasticsearch/body/same.ts'
import { anyBody } from './arbitrary.ts'

const plain: BodyRules = {
  isContainer: (steps) => steps.join('.') === 'box',
  isWhole: (steps) => steps[0] === 'whole',
  defaultAt: (steps) => (steps.join('.') === 'filled' ? true : undefined),
  isSame: (_steps, a, b) => sameJson(a, b)
}

function paths(changes: readonly { steps: readonly string[]; before: unknown; after: unknown }[]): unknown {
  return changes.map(({ steps, before, after }) => [steps.join(' '), before, after])
}

describe('comparing two bodies', () => {
  const compare = (declared: Body, live: Body | undefined): unknown => paths(compareBodies(declared, live, plain))

  it('goes into objects and names each field that differs', () => {
    assert.deepEqual(compare({ a: { b: 1, c: 2 } }, { a: { b: 1, c: 3, d: 4 } }), [['a c', 3, 2]])
    assert.deepEqual(compare({ a: { b: 1, c: { d: 2 } } }, {}), [
      ['a b', null, 1],
      ['a c d', null, 2]
    ])
  })

  it('takes a list as one value', () => {
    assert.deepEqual(compare({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }), [])
    assert.deepEqual(compare({ a: [1, 2] }, { a: [2, 1] }), [['a', [2, 1], [1, 2]]])
  })

  it('takes null as "not set"', () => {
    assert.deepEqual(compare({ a: null }, {}), [])
    assert.deepEqual(compare({ a: null }, { a: null }), [])
    assert.deepEqual(compare({ a: null }, { a: 1 }), [['a', 1, null]])
    assert.deepEqual(compare({ a: { b: null, c: 1 } }, {}), [['a c', null, 1]])
  })

  it('wants an empty object to be there, except a container', () => {
    assert.deepEqual(compare({ a: {} }, {}), [['a', null, {}]])
    assert.deepEqual(compare({ a: { b: null } }, {}), [['a', null, {}]])
    assert.deepEqual(compare({ box: {} }, {}), [])
  })

  it('takes what the server fills in as said, but only of an item that exists', () => {
    assert.deepEqual(compare({ filled: true }, {}), [])
    assert.deepEqual(compare({ filled: null }, { filled: true }), [])
    assert.deepEqual(compare({ filled: false }, {}), [['filled', null, false]])
    assert.deepEqual(compare({ filled: true }, undefined), [['filled', null, true]])
  })

  it('compares as one value what a kind wants as one', () => {
    assert.deepEqual(compare({ whole: { a: 1 } }, { whole: { a: 1, b: 2 } }), [['whole', { a: 1, b: 2 }, { a: 1 }]])
    assert.deepEqual(compare({ whole: { a: 1, b: null } }, {}), [['whole', null, { a: 1 }]])
  })

  it('is not misled by what every object inherits', () => {
    assert.deepEqual(compare({ constructor: { type: 'keyword' } }, {}), [['constructor type', null, 'keyword']])
    assert.deepEqual(paths(undeclaredIn({}, { constructor: 1 }, plain)), [['constructor', 1, null]])
  })

  it('replaces a scalar by an object and the other way round', () => {
    assert.deepEqual(compare({ a: { b: 1 } }, { a: 1 }), [['a', 1, { b: 1 }]])
    assert.deepEqual(compare({ a: 1 }, { a: { b: 1 } }), [['a', { b: 1 }, 1]])
  })

  it('finds nothing between a body and itself', () => {
    fc.assert(fc.property(anyBody, (body) => assert.deepEqual(compareBodies(body, withoutNulls(body), plain), [])))
    fc.assert(fc.property(anyBody, (body) => assert.deepEqual(undeclaredIn(body, body, plain), [])))
  })

  it('finds nothing after its changes are laid over the live body', () => {
    fc.assert(
      fc.property(anyBody, anyBody, (declared, live) => {
        const written = overlay(live, compareBodies(declared, live, plain))
        assert.deepEqual(compareBodies(declared, written, plain), [])
      })
    )
  })

  it('leaves what nobody declared', () => {
    fc.assert(
      fc.property(anyBody, anyBody, (declared, live) => {
        const written = overlay(live, compareBodies(declared, live, plain))
        // What stood inside an object that gave way to another value goes with it.
        const replaced = compareBodies(declared, live, plain).filter(({ before }) => before !== null)
        const survivors = undeclaredIn(declared, live, plain).filter(
          ({ steps }) => !replaced.some((change) => change.steps.every((step, index) => steps[index] === step))
        )
        const after = undeclaredIn(declared, written, plain)
        for (const survivor of survivors)
          assert.ok(
            after.some(
              (field) => sameJson([...field.steps], [...survivor.steps]) && sameJson(field.before, survivor.before)
            )
          )
      })
    )
  })

  it('has nothing left undeclared once every undeclared field is reset', () => {
    fc.assert(
      fc.property(anyBody, anyBody, (declared, live) => {
        const reset = overlay(live, undeclaredIn(declared, live, plain))
        assert.deepEqual(undeclaredIn(declared, reset, plain), [])
      })
    )
  })
})

describe('undeclared fields', () => {
  it('are whole objects, except inside what is declared and inside containers', () => {
    const live = { a: { b: { c: 1, d: 2 } }, box: { e: 3, f: { g: 4 } } }
    assert.deepEqual(paths(undeclaredIn({ a: {} }, live, plain)), [
      ['a b', { c: 1, d: 2 }, null],
      ['box e', 3, null],
      ['box f', { g: 4 }, null]
    ])
  })

  it('are not what the server fills in', () => {
    assert.deepEqual(undeclaredIn({}, { filled: true }, plain), [])
    assert.deepEqual(paths(undeclaredIn({}, { filled: false }, plain)), [['filled', false, null]])
  })

  it('are not those declared null', () => {
    assert.deepEqual(undeclaredIn({ a: null }, { a: 1 }, plain), [])
  })
})

describe('laying changes over a body', () => {
  it('makes missing parents and takes away what is null', () => {
    const changes = [
      { steps: ['a', 'b', 'c'], before: null, after: 1 },
      { steps: ['d'], before: 2, after: null }
    ]
    assert.deepEqual(overlay({ d: 2, e: 3 }, changes), { e: 3, a: { b: { c: 1 } } })
  })

  it('makes no parents for what is taken away', () => {
    assert.deepEqual(overlay({ a: 1 }, [{ steps: ['b', 'c'], before: null, after: null }]), { a: 1 })
  })
})
