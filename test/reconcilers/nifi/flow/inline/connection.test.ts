/**
 * Connections in their short form.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { connectionLabel, readConnection } from '../../../../../reconcilers/nifi/flow/inline/connection.ts'

describe('the short form of a connection', () => {
  it('names its ends, and relationships where there are any', () => {
    assert.deepEqual(readConnection('gen:success,failure -> log'), {
      from: 'gen',
      relationships: ['failure', 'success'],
      to: 'log'
    })
    assert.deepEqual(readConnection(' gen : a , b->inner.in '), {
      from: 'gen',
      relationships: ['a', 'b'],
      to: 'inner.in'
    })
    assert.deepEqual(readConnection('inner.out -> log'), { from: 'inner.out', relationships: [], to: 'log' })
  })

  it('takes whatever stands between the first colon and the last arrow for relationships', () => {
    assert.deepEqual(readConnection('gen:a:b,c -> d -> log'), {
      from: 'gen',
      relationships: ['a:b', 'c -> d'],
      to: 'log'
    })
    assert.deepEqual(readConnection('gen:no match,no match -> log')?.relationships, ['no match'])
  })

  it('is nothing else', () => {
    for (const text of [
      '',
      'gen',
      'gen:success',
      '-> log',
      'gen ->',
      'gen: -> log',
      'gen:a, -> log',
      ':a -> log',
      'gen > log',
      'gen=>log'
    ])
      assert.equal(readConnection(text), undefined, text)
  })

  it('is read back from what a connection is called', () => {
    const key = fc.stringMatching(/^[a-z_-]{1,5}(\.[a-z]{1,3})?$/)
    const relationships = fc
      .uniqueArray(
        fc.stringMatching(/^[^\s,\\](?:[^,\\\n]*[^\s,\\])?$/).filter((name) => name.trim() === name),
        { maxLength: 3 }
      )
      .map((names) => names.toSorted())
    fc.assert(
      fc.property(key, relationships, key, (from, names, to) =>
        assert.deepEqual(readConnection(connectionLabel({ from, relationships: names, to })), {
          from,
          relationships: names,
          to
        })
      )
    )
  })

  it('is another one for another connection, whatever its relationships are called', () => {
    const names = ['x', 'y', 'x,y', '\\', '\\,', ',', ',x', ' -> b']
    const lists = names.reduce<readonly (readonly string[])[]>(
      (made, name) => [...made, ...made.map((list) => [...list, name])],
      [[]]
    )
    const labels = lists.flatMap((list) =>
      ['a', 'b'].map((to) => connectionLabel({ from: 'a', relationships: list.toSorted(), to }))
    )
    assert.equal(new Set(labels).size, 2 ** names.length * 2)
  })
})
