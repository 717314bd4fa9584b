import assert from 'node:assert/strict'
import { remember } from '../src/remember.ts'

describe('a function that remembers', () => {
  const counted = <V>(answer: V) => {
    const calls: object[] = []
    const ask = remember((about: object): V => {
      calls.push(about)
      return answer
    })
    return { calls, ask }
  }

  it('works once for each object, and again for another that is equal', () => {
    const { calls, ask } = counted({ answer: 1 })
    const first = {}
    assert.equal(ask(first), ask(first))
    ask({})
    assert.equal(calls.length, 2)
  })

  it('remembers that there is nothing to say, too', () => {
    const { calls, ask } = counted(undefined)
    const about = {}
    assert.equal(ask(about), undefined)
    assert.equal(ask(about), undefined)
    assert.equal(calls.length, 1)
  })

  it('works again after it failed', () => {
    let failures = 1
    const ask = remember((): string => {
      if (failures-- > 0) throw new Error('not yet')
      return 'done'
    })
    const about = {}
    assert.throws(() => ask(about), /not yet/)
    assert.equal(ask(about), 'done')
  })
})
