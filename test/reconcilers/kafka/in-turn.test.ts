/**
 * Several requests of one call.
 */
import assert from 'node:assert/strict'
import type { Answer } from '../../../reconcilers/kafka/admin.ts'
import { inTurn, type Part } from '../../../reconcilers/kafka/in-turn.ts'
import { ReconcileError } from '../../../src/errors.ts'

const gone = new ReconcileError('UNREACHABLE', 'gone')
const refused: Answer = { name: 'b', error: { code: 40, name: 'INVALID_CONFIG', message: 'no' } }

function part(names: readonly string[], answer: readonly Answer[] | Error, sent: string[] = []): Part {
  const send = (): Promise<readonly Answer[]> => {
    sent.push(...names)
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  }
  return { names, send }
}

describe('several requests of one call', () => {
  it('give all their answers, in order', async () => {
    assert.deepEqual(await inTurn([part(['a', 'b'], [{ name: 'a' }, refused]), part(['c'], [{ name: 'c' }])]), [
      { name: 'a' },
      refused,
      { name: 'c' }
    ])
    assert.deepEqual(await inTurn([]), [])
  })

  it('throw why, when the first one gets no answer, and send no other', async () => {
    const sent: string[] = []
    await assert.rejects(inTurn([part(['a'], gone, sent), part(['b'], [], sent)]), gone)
    assert.deepEqual(sent, ['a'])
  })

  it('keep what was answered when a later one gets no answer, and say of all others why', async () => {
    const sent: string[] = []
    const answers = await inTurn([
      part(['a', 'b'], [{ name: 'a' }, refused], sent),
      part(['c', 'd'], gone, sent),
      part(['e'], [], sent)
    ])
    const unanswered = gone
    assert.deepEqual(answers, [
      { name: 'a' },
      refused,
      { name: 'c', unanswered },
      { name: 'd', unanswered },
      { name: 'e', unanswered }
    ])
    assert.deepEqual(sent, ['a', 'b', 'c', 'd'])
  })
})
