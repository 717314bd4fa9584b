import assert from 'node:assert/strict'
import { ReconcileError } from '../../src/errors.ts'
import { done, failed, fieldsOf, outcomeOf, unchanged } from '../../src/apply/outcome.ts'
import { planFor, policyOf, worldOf } from '../plan/model.ts'

const { changes } = planFor(
  { items: [{ name: 'a', fields: { s1: 1 } }, { name: 'b', fields: { d1: 1 } }, { name: 'c' }], policy: policyOf({}) },
  worldOf({ b: {}, c: {}, z: {} })
).plan

describe('an outcome', () => {
  it('has the same fields in success and failure', () => {
    const keys = [
      'attempts',
      'contested',
      'durationMs',
      'error',
      'fields',
      'key',
      'kind',
      'nextTryAt',
      'reason',
      'result',
      'verb',
      'why'
    ]
    for (const change of changes) {
      assert.deepEqual(Object.keys(outcomeOf(change, 'done')).toSorted(), keys)
      assert.deepEqual(
        Object.keys(outcomeOf(change, 'failed', { error: new ReconcileError('REJECTED', 'no') })).toSorted(),
        keys
      )
    }
  })

  it('says why in the words of the change, or in those of the moment', () => {
    const [, hold] = changes
    assert.ok(hold)
    assert.equal(outcomeOf(hold, 'held').why, 'd1 is disruptive (policy.yaml: hold)')
    assert.equal(outcomeOf(hold, 'held', { why: 'later' }).why, 'later')
  })

  it('carries the fields of what is written or held, and none of what is not', () => {
    assert.deepEqual(
      changes.map((change) => [change.verb, fieldsOf(change).map(({ path }) => path)]),
      [
        ['create', ['s1']],
        ['hold', ['d1']],
        ['keep', []],
        ['orphan', []]
      ]
    )
  })

  it('took no time and is not due again unless told otherwise', () => {
    for (const change of changes) {
      const { durationMs, nextTryAt, error } = outcomeOf(change, 'unchanged')
      assert.deepEqual([durationMs, nextTryAt, error], [0, null, null])
    }
  })

  it('carries an error with its hint, and when it is due again', () => {
    const [create] = changes
    assert.ok(create)
    const { error, nextTryAt, durationMs } = outcomeOf(create, 'failed', {
      error: new ReconcileError('UNAVAILABLE', 'later'),
      nextTryAt: 5,
      durationMs: 7
    })
    assert.deepEqual(
      { error, nextTryAt, durationMs },
      {
        error: { code: 'UNAVAILABLE', message: 'later', hint: 'The service asked to be tried later.' },
        nextTryAt: 5,
        durationMs: 7
      }
    )
  })
})

describe('the answer of a plugin', () => {
  it('is made in one place', () => {
    const error = new ReconcileError('REJECTED', 'no')
    assert.deepEqual(
      [done('a'), unchanged('b'), failed('c', error)],
      [
        { name: 'a', result: 'done' },
        { name: 'b', result: 'unchanged' },
        { name: 'c', result: 'failed', error }
      ]
    )
  })
})
