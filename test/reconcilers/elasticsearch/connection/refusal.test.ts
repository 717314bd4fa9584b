import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Answer } from '../../../../reconcilers/elasticsearch/connection/link.ts'
import {
  bodyOf,
  isUnknownApi,
  reasonOf,
  refusalOf,
  typeOf
} from '../../../../reconcilers/elasticsearch/connection/refusal.ts'
import { errorTable, ReconcileError, type ErrorCode } from '../../../../src/errors.ts'
import type { Json } from '../../../../src/records.ts'

/** As Elasticsearch and OpenSearch write an error. */
function refused(status: number, type: string, reason: string, more: { readonly [key: string]: Json } = {}): Answer {
  return { status, body: { error: { root_cause: [{ type, reason }], type, reason, ...more }, status } }
}

/** A status with the code and text of what it says. */
const table: readonly (readonly [situation: string, answer: Answer, code: ErrorCode, message: string | RegExp])[] = [
  [
    'somebody else created it first',
    refused(400, 'resource_already_exists_exception', 'index [a/x4kQ] already exists', { index: 'a' }),
    'CONFLICT',
    'index [a/x4kQ] already exists'
  ],
  [
    'an alias that is to be removed is gone',
    refused(404, 'aliases_not_found_exception', 'aliases [a] missing'),
    'CONFLICT',
    'aliases [a] missing'
  ],
  [
    'an index that is gone',
    refused(404, 'index_not_found_exception', 'no such index [a]', { index: 'a' }),
    'UNAVAILABLE',
    'no such index [a]'
  ],
  [
    'a name that is an alias',
    refused(400, 'invalid_index_name_exception', 'Invalid index name [a], already exists as alias'),
    'REJECTED',
    'Invalid index name [a], already exists as alias'
  ],
  [
    'a setting nobody knows',
    refused(400, 'illegal_argument_exception', 'unknown setting [index.nope]'),
    'REJECTED',
    'unknown setting [index.nope]'
  ],
  [
    'a setting OpenSearch does not know',
    refused(400, 'settings_exception', 'unknown setting [index.nope]'),
    'REJECTED',
    'unknown setting [index.nope]'
  ],
  [
    'a field of another type',
    refused(400, 'illegal_argument_exception', 'mapper [f] cannot be changed from type [text] to [keyword]'),
    'REJECTED',
    'mapper [f] cannot be changed from type [text] to [keyword]'
  ],
  [
    'too many shards',
    refused(400, 'validation_exception', 'Validation Failed: 1: this action would add [2] shards;'),
    'REJECTED',
    /this action would add \[2\] shards/
  ],
  [
    'a component template in use',
    refused(400, 'illegal_argument_exception', 'component templates [c] cannot be removed as they are still in use'),
    'REJECTED',
    /still in use/
  ],
  [
    'two write indices of an alias: a 500 for ever',
    refused(500, 'illegal_state_exception', 'alias [a] has more than one write index [x,y]'),
    'REJECTED',
    'alias [a] has more than one write index [x,y]'
  ],
  [
    'a parameter of an object that is fixed: a 500 for ever',
    refused(500, 'mapper_exception', "the [enabled] parameter can't be updated for the object mapping [o]"),
    'REJECTED',
    /\[enabled\]/
  ],
  [
    'a master too busy (9.4)',
    refused(429, 'process_cluster_event_timeout_exception', 'failed to process cluster event (put-mapping) within 9s'),
    'UNAVAILABLE',
    /put-mapping/
  ],
  [
    'a master too busy (8.19)',
    refused(503, 'process_cluster_event_timeout_exception', 'failed to process cluster event (put-mapping) within 9s'),
    'UNAVAILABLE',
    /put-mapping/
  ],
  [
    'no master',
    {
      status: 503,
      body: { error: { root_cause: [], type: 'master_not_discovered_exception', reason: null }, status: 503 }
    },
    'UNAVAILABLE',
    'HTTP 503 without a reason'
  ],
  [
    'a block of metadata',
    refused(403, 'cluster_block_exception', 'index [a] blocked by: [FORBIDDEN/9/index metadata (api)];'),
    'UNAVAILABLE',
    /FORBIDDEN\/9/
  ],
  [
    'the disk watermark',
    refused(
      429,
      'cluster_block_exception',
      'index [a] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark];'
    ),
    'UNAVAILABLE',
    /flood-stage/
  ],
  [
    'too little memory',
    refused(429, 'circuit_breaking_exception', '[parent] Data too large', { bytes_wanted: 1 }),
    'UNAVAILABLE',
    '[parent] Data too large'
  ],
  [
    'a full queue',
    refused(429, 'es_rejected_execution_exception', 'rejected execution'),
    'UNAVAILABLE',
    'rejected execution'
  ],
  [
    'no right',
    refused(403, 'security_exception', 'action [indices:admin/create] is unauthorized for user [lab]'),
    'NOT_PERMITTED',
    /indices:admin\/create/
  ],
  [
    'no API of that name',
    { status: 400, body: { error: 'no handler found for uri [/_ilm/policy] and method [GET]' } },
    'UNSUPPORTED',
    'no handler found for uri [/_ilm/policy] and method [GET]'
  ],
  [
    'no such method',
    {
      status: 405,
      body: { error: 'Incorrect HTTP method for uri [/] and method [GET], allowed: [HEAD]', status: 405 }
    },
    'UNSUPPORTED',
    /Incorrect HTTP method/
  ],
  [
    'an alias that does not exist, in text',
    { status: 404, body: { error: 'alias [a] missing', status: 404 } },
    'REJECTED',
    'alias [a] missing'
  ],
  ['nothing but a status', { status: 404, body: {} }, 'REJECTED', 'HTTP 404 without a reason'],
  [
    'a proxy of a hosted cluster',
    { status: 403, body: { Message: 'User: anonymous is not authorized' } },
    'NOT_PERMITTED',
    'User: anonymous is not authorized'
  ],
  [
    'a gateway in front of a hosted cluster',
    { status: 503, body: { ok: false, message: 'Unavailable' } },
    'UNAVAILABLE',
    'Unavailable'
  ],
  ['a status nobody measured', { status: 418, body: {} }, 'REJECTED', 'HTTP 418 without a reason'],
  [
    'a fault of the server nobody measured',
    refused(500, 'null_pointer_exception', 'Cannot invoke'),
    'UNAVAILABLE',
    'Cannot invoke'
  ]
]

describe('a refusal of the server', () => {
  for (const [situation, answer, code, message] of table) {
    it(`is ${code} for ${situation} (${answer.status})`, () => {
      const error = refusalOf(answer)
      assert.equal(error.code, code)
      if (typeof message === 'string') assert.equal(error.message, message)
      else assert.match(error.message, message)
    })
  }

  it('says what caused it where that says more', () => {
    const answer = refused(400, 'mapper_parsing_exception', 'Failed to parse mapping', {
      caused_by: {
        type: 'x',
        reason: 'unknown parameter',
        caused_by: { type: 'y', reason: 'No handler for type [nope]' }
      }
    })
    assert.equal(reasonOf(answer), 'Failed to parse mapping: No handler for type [nope]')
  })

  it('does not say the same twice', () => {
    assert.equal(reasonOf(refused(400, 'x', 'once', { caused_by: { type: 'y', reason: 'once' } })), 'once')
  })

  it('has the type of what caused it, not of what wraps it', () => {
    const answer = {
      status: 500,
      body: {
        error: {
          root_cause: [{ type: 'cluster_block_exception', reason: 'b' }],
          type: 'remote_transport_exception',
          reason: 'r'
        }
      }
    }
    assert.equal(typeOf(answer), 'cluster_block_exception')
    assert.equal(refusalOf(answer).code, 'UNAVAILABLE')
  })

  it('keeps how long the server wants to be left alone', () => {
    assert.equal(refusalOf({ status: 429, body: {}, retryAfterMs: 7000 }).retryAfterMs, 7000)
    assert.equal(refusalOf({ status: 429, body: {} }).retryAfterMs, undefined)
  })

  it('takes no type for a code that only looks like one', () => {
    for (const type of ['constructor', '__proto__', 'toString'])
      assert.equal(refusalOf(refused(400, type, 'x')).code, 'REJECTED')
  })

  it('is one of our errors with a text, whatever JSON came with whatever status', () => {
    const inner = fc.record(
      {
        type: fc.option(fc.string()),
        reason: fc.option(fc.string()),
        root_cause: fc.jsonValue(),
        caused_by: fc.jsonValue()
      },
      { requiredKeys: [] }
    )
    const likely = fc.record(
      { error: fc.oneof(fc.string(), inner, fc.jsonValue()), status: fc.jsonValue(), message: fc.jsonValue() },
      { requiredKeys: [] }
    )
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 599 }), fc.oneof(fc.jsonValue(), likely), (status, body) => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- both arbitraries give nothing but JSON
        const error = refusalOf({ status, body: JSON.parse(JSON.stringify(body)) as Json })
        assert.ok(Object.hasOwn(errorTable, error.code))
        assert.equal(typeof error.message, 'string')
      })
    )
  })

  it('comes to an end with causes as deep as a server may send them', () => {
    let cause: Json = { reason: 'deepest' }
    for (let depth = 0; depth < 50_000; depth += 1) cause = { caused_by: cause }
    assert.equal(reasonOf({ status: 500, body: { error: cause } }), 'deepest')
  })
})

describe('the body of an answer', () => {
  it('is what the server said', () => assert.deepEqual(bodyOf({ status: 200, body: { a: 1 } }), { a: 1 }))

  it('is the refusal when it refused', () => {
    assert.throws(
      () => bodyOf(refused(400, 'x', 'no')),
      (error) => error instanceof ReconcileError && error.code === 'REJECTED' && error.message === 'no'
    )
  })
})

describe('an API the server does not have', () => {
  it('is told from a request it refuses', () => {
    assert.ok(isUnknownApi({ status: 400, body: { error: 'no handler found for uri [/_ilm] and method [GET]' } }))
    assert.ok(isUnknownApi({ status: 405, body: {} }))
    assert.ok(!isUnknownApi(refused(400, 'illegal_argument_exception', 'unknown setting')))
    assert.ok(!isUnknownApi({ status: 200, body: { a: 'no handler found for uri' } }))
  })
})
