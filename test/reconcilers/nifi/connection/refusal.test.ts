import assert from 'node:assert/strict'
import type { ErrorCode } from '../../../../src/errors.ts'
import {
  bodyOf,
  isInitializing,
  isStale,
  refusalOf,
  explanationOf
} from '../../../../reconcilers/nifi/connection/refusal.ts'

/** As NiFi 1.18 and 2.3 answer it. */
const stale =
  '[999, other, 0b7c8b4e-0191-1000-3b1c-3f5b8e7d0f4a] is not the most up-to-date revision. This component appears to have been modified'
const initializing = 'The Flow Controller is initializing the Data Flow.'

describe('a refusal of NiFi', () => {
  const codes: readonly (readonly [status: number, body: string, code: ErrorCode])[] = [
    [400, 'The position of the proposed group must be specified.', 'REJECTED'],
    [400, stale, 'CONFLICT'],
    [401, 'Unauthorized', 'AUTHENTICATION'],
    [403, 'Access is denied.', 'NOT_PERMITTED'],
    [404, "Unable to find process group with id 'x'.", 'CONFLICT'],
    [405, '', 'UNSUPPORTED'],
    [409, 'Queue not empty for 0b7c', 'CONFLICT'],
    [409, initializing, 'UNAVAILABLE'],
    [413, '', 'REJECTED'],
    [429, '', 'UNAVAILABLE'],
    [500, 'An unexpected error has occurred. Please check the logs for additional details.', 'UNAVAILABLE'],
    [503, 'No coordinator', 'UNAVAILABLE']
  ]
  for (const [status, body, code] of codes) {
    it(`with status ${status} and "${body.slice(0, 40)}" is ${code}, in NiFi's words`, () => {
      const error = refusalOf({ status, body })
      assert.equal(error.code, code)
      assert.equal(error.message, body === '' ? `HTTP ${status} without a reason` : body)
      assert.throws(() => bodyOf({ status, body }), { code })
    })
  }

  it('says what to grant where a right is missing, and only there', () => {
    const body = 'Unable to view the controller. Contact the system administrator.'
    assert.equal(
      refusalOf({ status: 403, body }).message,
      'Unable to view the controller. Contact the system administrator: grant "access the controller", view (read /controller)'
    )
    assert.equal(refusalOf({ status: 409, body }).message, body)
  })

  it('is none with a status below 400', () => {
    assert.deepEqual(bodyOf({ status: 201, body: { id: 'a' } }), { id: 'a' })
  })

  it('is known as stale by status and words together', () => {
    assert.ok(isStale({ status: 400, body: stale }))
    for (const answer of [
      { status: 409, body: stale },
      { status: 400, body: 'other' },
      { status: 400, body: { a: stale } }
    ])
      assert.ok(!isStale(answer))
  })

  it('is known as one of a NiFi that is starting', () => {
    assert.ok(isInitializing({ status: 409, body: initializing }))
    assert.ok(!isInitializing({ status: 409, body: 'Queue not empty' }))
  })
})

describe('the words of NiFi', () => {
  it('are without the tags, styles and scripts of a page', () => {
    const body =
      '<!DOCTYPE html><html><head><title>Error 400</title><style>b {color: red}</style></head><body><h2>HTTP ERROR 400\n Invalid SNI</h2><script>x()</script><p>a &lt;b&gt; &amp;lt; &quot;c&quot;</p></body></html>'
    assert.equal(explanationOf({ status: 400, body }), 'HTTP ERROR 400 Invalid SNI a <b> &lt; "c"')
  })

  it('keep what only looks like a tag in plain text', () => {
    assert.equal(
      explanationOf({ status: 409, body: "'a' is invalid because <b> is\n no number" }),
      "'a' is invalid because <b> is no number"
    )
  })

  it('are cut where they have no end', () => {
    const words = explanationOf({ status: 400, body: 'x '.repeat(5_000) })
    assert.ok(words.length <= 501 && words.endsWith('…'), `${words.length}`)
  })

  it('are the message of an answer in JSON', () => {
    assert.equal(explanationOf({ status: 400, body: { message: 'said' } }), 'said')
    assert.equal(explanationOf({ status: 404, body: { timestamp: 1, error: 'Not Found' } }), 'Not Found')
  })

  for (const body of [null, '', ' \n', {}, [], 7, '<html></html>']) {
    it(`are the status where there are none in ${JSON.stringify(body)}`, () => {
      assert.equal(explanationOf({ status: 418, body }), 'HTTP 418 without a reason')
    })
  }
})
