import assert from 'node:assert/strict'
import fc from 'fast-check'
import { answerEach, codeOfCall } from '../../src/apply/answers.ts'
import { done, failed, unchanged } from '../../src/apply/outcome.ts'
import type { ItemResult } from '../../src/contract.ts'
import { errorTable, ReconcileError, type ErrorCode } from '../../src/errors.ts'

const unanswered: readonly ErrorCode[] = ['UNREACHABLE', 'TIMEOUT', 'CERTIFICATE', 'AUTHENTICATION', 'PACKAGE_MISSING']
const answered: readonly ErrorCode[] = ['REJECTED', 'CONFLICT', 'UNAVAILABLE', 'NOT_PERMITTED', 'INTERNAL']

const named = (count: number): readonly { readonly name: string }[] =>
  Array.from({ length: count }, (_, index) => ({ name: `i${index}` }))
const told = (result: ItemResult): string =>
  result.result === 'failed' ? `${result.name} ${result.error.code}` : `${result.name} ${result.result}`

describe('the codes that are about a call and not about an item', () => {
  it('are those of no answer', () => {
    assert.deepEqual(
      Object.entries(errorTable)
        .flatMap(([code, { ofCall }]) => (ofCall ? [code] : []))
        .toSorted(),
      unanswered.toSorted()
    )
  })
})

describe('a call of one request an item', () => {
  const one = fc.oneof(fc.constant('done' as const), fc.constantFrom(...unanswered), fc.constantFrom(...answered))

  it('throws when no item was answered, and else gives every item its own result', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 8 }), async (ends) => {
        const items = named(ends.length)
        const call = answerEach(items, async ({ name }) => {
          const end = ends[items.findIndex((item) => item.name === name)] ?? 'done'
          if (end !== 'done') throw new ReconcileError(end, 'why')
          return done(name)
        })
        const isSilent = ends.every((end) => unanswered.some((code) => code === end))
        if (isSilent) await assert.rejects(call, { code: ends[0] })
        else
          assert.deepEqual(
            (await call).map(told),
            ends.map((end, index) => `i${index} ${end}`)
          )
      })
    )
  })

  it('takes what is returned for an answer, whatever its code', async () => {
    const late = new ReconcileError('TIMEOUT', 'the broker gave up')
    assert.deepEqual((await answerEach(named(2), async ({ name }) => failed(name, late))).map(told), [
      'i0 TIMEOUT',
      'i1 TIMEOUT'
    ])
  })

  it('is nothing for no items, and knows the names of updates', async () => {
    assert.deepEqual(await answerEach([], async () => assert.fail()), [])
    const updates = [{ desired: { name: 'a' } }, { desired: { name: 'b' } }]
    const results = await answerEach(updates, async ({ desired: { name } }) =>
      name === 'a' ? Promise.reject(new ReconcileError('REJECTED', 'no')) : unchanged(name)
    )
    assert.deepEqual(results.map(told), ['a REJECTED', 'b unchanged'])
  })

  it('makes an error of ours of anything thrown', async () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    await assert.rejects(
      answerEach(named(1), () => Promise.reject(refused)),
      { code: 'UNREACHABLE' }
    )
    await assert.rejects(
      answerEach(named(1), () => {
        throw refused
      }),
      { code: 'UNREACHABLE' }
    )
  })
})

describe('the code under which a call counts', () => {
  it('is that of the first item without an answer', () => {
    const fails = (name: string, code: ErrorCode): ItemResult => failed(name, new ReconcileError(code, 'why'))
    assert.equal(codeOfCall([]), 'OK')
    assert.equal(codeOfCall([done('a'), fails('b', 'REJECTED'), fails('c', 'NOT_PERMITTED')]), 'OK')
    assert.equal(
      codeOfCall([done('a'), fails('b', 'REJECTED'), fails('c', 'TIMEOUT'), fails('d', 'UNREACHABLE')]),
      'TIMEOUT'
    )
  })
})
