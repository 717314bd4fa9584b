/**
 * Requests the broker finds too large.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { splitWhenTooLarge } from '../../../reconcilers/kafka/split.ts'

const tooLarge = { code: 44, name: 'POLICY_VIOLATION', message: 'Unable to perform excessively large batch operation.' }

describe('a request that is too large', () => {
  it('is halved until every part fits, and every item is answered once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.string()), fc.integer({ min: 1, max: 5 }), async (names, limit) => {
        const answers = await splitWhenTooLarge(names, (batch) =>
          Promise.resolve(batch.map((name) => (batch.length > limit ? { name, error: tooLarge } : { name })))
        )
        assert.deepEqual(answers, names.map((name) => ({ name })))
      })
    )
  })

  it('of one item keeps its error', async () => {
    assert.deepEqual(await splitWhenTooLarge(['a'], () => Promise.resolve([{ name: 'a', error: tooLarge }])), [{ name: 'a', error: tooLarge }])
  })

  it('is told from the refusal of a topic policy, which is not split', async () => {
    let calls = 0
    const refused = { code: 44, name: 'POLICY_VIOLATION', message: 'names must start with a team' }
    await splitWhenTooLarge(['a', 'b'], (batch) => {
      calls += 1
      return Promise.resolve(batch.map((name) => ({ name, error: refused })))
    })
    assert.equal(calls, 1)
  })
})
