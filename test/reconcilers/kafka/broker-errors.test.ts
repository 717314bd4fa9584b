import assert from 'node:assert/strict'
import {
  adapterErrors,
  answersFor,
  brokerError,
  itemError,
  toItemError
} from '../../../reconcilers/kafka/broker-errors.ts'
import { errorName } from '../../../reconcilers/kafka/error-names.ts'

describe('what a broker says of one item', () => {
  it('keeps the broker’s own text, or the name of the code when it gave none', () => {
    assert.deepEqual(brokerError(36, 'Topic exists.'), {
      code: 36,
      name: 'TOPIC_ALREADY_EXISTS',
      message: 'Topic exists.'
    })
    assert.equal(brokerError(36, '').message, 'TOPIC_ALREADY_EXISTS')
    assert.equal(brokerError(36, null).message, 'TOPIC_ALREADY_EXISTS')
  })

  it('has a name even for a code newer than the table', () => {
    assert.equal(errorName(-1), 'UNKNOWN_SERVER_ERROR')
    assert.equal(errorName(136), 'CONTROLLER_ID_NOT_REGISTERED')
    assert.equal(errorName(999), 'UNKNOWN_999')
  })

  for (const [code, expected] of [
    [3, 'NO_ANSWER'],
    [29, 'NOT_PERMITTED'],
    [31, 'NOT_PERMITTED'],
    [36, 'CONFLICT'],
    [17, 'REJECTED'],
    [37, 'REJECTED'],
    [38, 'UNAVAILABLE'],
    [40, 'REJECTED'],
    [42, 'REJECTED'],
    [44, 'REJECTED'],
    [7, 'UNAVAILABLE'],
    [41, 'UNAVAILABLE'],
    [89, 'UNAVAILABLE'],
    [35, 'UNSUPPORTED'],
    [999, 'UNAVAILABLE'],
    [adapterErrors.UNSAFE_WITH_THIS_CLIENT, 'UNSUPPORTED'],
    [adapterErrors.CHANGED_MEANWHILE, 'CONFLICT'],
    [adapterErrors.NOT_ANSWERED, 'NO_ANSWER']
  ] as const) {
    it(`means ${expected} for ${brokerError(code).name}`, () => {
      assert.equal(toItemError(brokerError(code)).code, expected)
    })
  }

  it('shows the text and the name, and passes on when to try again', () => {
    const error = toItemError(brokerError(89, 'Too much.', 1500))
    assert.equal(error.message, 'Too much. (THROTTLING_QUOTA_EXCEEDED)')
    assert.equal(error.retryAfterMs, 1500)
  })

  it('takes the throttle time of a response for throttled items only', () => {
    assert.equal(itemError(89, 'Too much.', 1500)?.retryAfterMs, 1500)
    assert.equal(itemError(40, 'Unknown.', 1500)?.retryAfterMs, undefined)
    assert.equal(itemError(0, '', 1500), undefined)
  })

  it('answers for every name in the order asked, also for one the broker left out', () => {
    const errors = new Map([
      ['b', undefined],
      ['a', brokerError(40)]
    ])
    assert.deepEqual(
      answersFor(['a', 'b', 'c'], errors).map(({ name, error }) => [name, error?.name]),
      [
        ['a', 'INVALID_CONFIG'],
        ['b', undefined],
        ['c', 'NOT_ANSWERED']
      ]
    )
  })
})
