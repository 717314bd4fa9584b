/**
 * A topic without a replication factor of its own was given up for ten minutes when it was created while one of three
 * brokers restarted: the broker says INVALID_REPLICATION_FACTOR, which was taken for a declaration it will never accept.
 */
import assert from 'node:assert/strict'
import { brokerError, toItemError } from '../../reconcilers/kafka/broker-errors.ts'

describe('a broker that finds too few brokers alive', () => {
  it('is asked again soon', () => {
    const { code, retryable } = toItemError(brokerError(38))
    assert.deepEqual([code, retryable], ['UNAVAILABLE', true])
  })
})
