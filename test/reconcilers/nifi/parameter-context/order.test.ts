import assert from 'node:assert/strict'
import fc from 'fast-check'
import { cycleThrough, familiesOf, parentsFirst } from '../../../../reconcilers/nifi/parameter-context/order.ts'

const names = ['a', 'b', 'c', 'd', 'e', 'f']

/** Each inherits only from those before it. */
const acyclic = fc
  .tuple(...names.map((_, index) => fc.subarray(names.slice(0, index))))
  .map((lists) => new Map(names.map((name, index) => [name, lists[index] ?? []])))
const any = fc
  .tuple(...names.map(() => fc.subarray(names)))
  .map((lists) => new Map(names.map((name, index) => [name, lists[index] ?? []])))

describe('the order of parameter contexts', () => {
  it('puts every one after those it inherits from', () => {
    fc.assert(
      fc.property(acyclic, fc.shuffledSubarray(names), (parents, wanted) => {
        const order = parentsFirst(wanted, parents)
        assert.deepEqual(order.toSorted(), wanted.toSorted())
        for (const name of order)
          for (const parent of parents.get(name) ?? [])
            if (wanted.includes(parent)) assert.ok(order.indexOf(parent) < order.indexOf(name))
      })
    )
  })

  it('has a place for everybody even in a circle', () => {
    fc.assert(fc.property(any, (parents) => assert.deepEqual(parentsFirst(names, parents).toSorted(), names)))
  })

  it('knows a circle by a way that leads back', () => {
    fc.assert(
      fc.property(acyclic, (parents) => names.forEach((name) => assert.equal(cycleThrough(name, parents), undefined)))
    )
    fc.assert(
      fc.property(any, fc.constantFrom(...names), (parents, name) => {
        const cycle = cycleThrough(name, parents)
        if (cycle === undefined) return
        assert.deepEqual([cycle[0], cycle.at(-1)], [name, name])
        cycle.slice(1).forEach((parent, index) => assert.ok(parents.get(cycle[index] ?? '')?.includes(parent)))
      })
    )
    assert.deepEqual(
      cycleThrough(
        'a',
        new Map([
          ['a', ['x', 'b']],
          ['b', ['c']],
          ['c', ['a']]
        ])
      ),
      ['a', 'b', 'c', 'a']
    )
    assert.deepEqual(cycleThrough('a', new Map([['a', ['a']]])), ['a', 'a'])
    assert.equal(
      cycleThrough(
        'a',
        new Map([
          ['a', ['b']],
          ['b', ['b']]
        ])
      ),
      undefined
    )
  })

  it('has relatives in one family, and nobody else', () => {
    fc.assert(
      fc.property(any, any, (declared, live) => {
        const families = familiesOf([declared, live])
        assert.deepEqual([...families.keys()].toSorted(), names)
        const edges = [declared, live].flatMap((each) =>
          [...each].flatMap(([name, list]) => list.map((to) => [name, to]))
        )
        for (const [from = '', to = ''] of edges) assert.equal(families.get(from), families.get(to))
        // Without a way from one part to the other, the parts are two families.
        for (const part of new Set(families.values())) {
          const members = names.filter((name) => families.get(name) === part)
          const reached = new Set([members[0] ?? ''])
          for (let round = 0; round < names.length; round += 1)
            for (const [from = '', to = ''] of edges) {
              if (reached.has(from)) reached.add(to)
              if (reached.has(to)) reached.add(from)
            }
          assert.deepEqual([...reached].toSorted(), members)
        }
      })
    )
  })
})
