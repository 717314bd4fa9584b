/**
 * Requests the broker finds too large.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { ReconcileError } from '../../../src/errors.ts'
import { splitWhenTooLarge } from '../../../reconcilers/kafka/split.ts'

const tooLarge = { code: 44, name: 'POLICY_VIOLATION', message: 'Unable to perform excessively large batch operation.' }

describe('a request that is too large', () => {
  it('is halved until every part fits, and every item is answered once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.string()), fc.integer({ min: 1, max: 5 }), async (names, limit) => {
        const items = names.map((name) => ({ name }))
        const answers = await splitWhenTooLarge(items, (batch) =>
          Promise.resolve(batch.map(({ name }) => (batch.length > limit ? { name, error: tooLarge } : { name })))
        )
        assert.deepEqual(answers, items)
      })
    )
  })

  it('of one item keeps its error', async () => {
    assert.deepEqual(
      await splitWhenTooLarge([{ name: 'a' }], () => Promise.resolve([{ name: 'a', error: tooLarge }])),
      [{ name: 'a', error: tooLarge }]
    )
  })

  it('keeps what was answered when a half gets no answer', async () => {
    const gone = new ReconcileError('UNREACHABLE', 'gone')
    const items = ['a', 'b', 'c', 'd'].map((name) => ({ name }))
    const answers = await splitWhenTooLarge(items, (batch) => {
      if (batch.length === 4) return Promise.resolve(batch.map(({ name }) => ({ name, error: tooLarge })))
      return batch[0]?.name === 'a' ? Promise.resolve([...batch]) : Promise.reject(gone)
    })
    const unanswered = gone
    assert.deepEqual(answers, [{ name: 'a' }, { name: 'b' }, { name: 'c', unanswered }, { name: 'd', unanswered }])
  })

  it('throws when no half gets an answer', async () => {
    const items = ['a', 'b'].map((name) => ({ name }))
    const answer = (batch: typeof items) =>
      batch.length > 1
        ? Promise.resolve(batch.map(({ name }) => ({ name, error: tooLarge })))
        : Promise.reject(new Error('gone'))
    await assert.rejects(
      splitWhenTooLarge(items, (batch) => answer([...batch])),
      { message: 'gone' }
    )
  })

  it('is told from the refusal of a topic policy, which is not split', async () => {
    let calls = 0
    const refused = { code: 44, name: 'POLICY_VIOLATION', message: 'names must start with a team' }
    await splitWhenTooLarge([{ name: 'a' }, { name: 'b' }], (batch) => {
      calls += 1
      return Promise.resolve(batch.map(({ name }) => ({ name, error: refused })))
    })
    assert.equal(calls, 1)
  })
})
