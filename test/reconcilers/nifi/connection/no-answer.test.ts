import assert from 'node:assert/strict'
import { AxiosError, CanceledError } from 'axios'
import * as fc from 'fast-check'
import { noAnswer } from '../../../../reconcilers/nifi/connection/no-answer.ts'
import { ReconcileError, type ErrorCode } from '../../../../src/errors.ts'

const url = new URL('https://nifi:8443/nifi-api')
const coded = (message: string, code: string): Error => Object.assign(new Error(message), { code })
const wrapped = (error: Error): Error => AxiosError.from(error)

describe('no answer of NiFi', () => {
  const table: readonly (readonly [error: unknown, code: ErrorCode, message: string])[] = [
    [
      wrapped(coded('connect ECONNREFUSED 10.0.0.1:8443', 'ECONNREFUSED')),
      'UNREACHABLE',
      'connect ECONNREFUSED 10.0.0.1:8443'
    ],
    [
      wrapped(new AggregateError([coded('connect ECONNREFUSED ::1:8443', 'ECONNREFUSED')])),
      'UNREACHABLE',
      'connect ECONNREFUSED ::1:8443'
    ],
    [wrapped(coded('getaddrinfo ENOTFOUND nifi', 'ENOTFOUND')), 'UNREACHABLE', 'getaddrinfo ENOTFOUND nifi'],
    [wrapped(coded('socket hang up', 'ECONNRESET')), 'UNREACHABLE', 'socket hang up'],
    [new AxiosError('stream has been aborted', 'ERR_BAD_RESPONSE'), 'UNREACHABLE', 'stream has been aborted'],
    [wrapped(coded('connect ETIMEDOUT 10.0.0.1:8443', 'ETIMEDOUT')), 'TIMEOUT', 'connect ETIMEDOUT 10.0.0.1:8443'],
    [new CanceledError(), 'TIMEOUT', 'no answer before the deadline'],
    [
      wrapped(
        coded(
          'self-signed certificate; if the root CA is installed locally, try running Node.js with --use-system-ca',
          'DEPTH_ZERO_SELF_SIGNED_CERT'
        )
      ),
      'CERTIFICATE',
      "self-signed certificate; to trust its CA, name the CA's certificate in NIFI_CA_FILE"
    ],
    [
      wrapped(coded('unable to verify the first certificate', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')),
      'CERTIFICATE',
      "unable to verify the first certificate; to trust its CA, name the CA's certificate in NIFI_CA_FILE"
    ],
    [
      wrapped(coded("Hostname/IP does not match certificate's altnames", 'ERR_TLS_CERT_ALTNAME_INVALID')),
      'CERTIFICATE',
      "Hostname/IP does not match certificate's altnames"
    ],
    [
      wrapped(
        coded(
          'C0:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:../deps/ssl/record.c:1:SSL alert number 116',
          'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'
        )
      ),
      'CERTIFICATE',
      'TLS: tlsv13 alert certificate required'
    ],
    [
      wrapped(
        coded(
          'C0:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../deps/ssl/x.c:1:',
          'EPROTO'
        )
      ),
      'UNREACHABLE',
      'the server answers without TLS; it probably speaks plain http: try http://nifi:8443/nifi-api'
    ],
    [
      wrapped(coded('Parse Error: Expected HTTP/', 'HPE_INVALID_CONSTANT')),
      'UNREACHABLE',
      'Parse Error: Expected HTTP/'
    ],
    [new TypeError('x is not a function'), 'INTERNAL', 'x is not a function'],
    ['text', 'INTERNAL', 'text']
  ]
  for (const [error, code, message] of table) {
    it(`is ${code} after "${error instanceof Error ? error.message.slice(0, 60) : String(error)}"`, () => {
      const known = noAnswer(error, url)
      assert.equal(known.code, code)
      assert.equal(known.message, `https://nifi:8443/nifi-api: ${message}`)
      assert.ok(known.cause instanceof Error)
    })
  }

  it('names https where http is not understood', () => {
    const known = noAnswer(
      wrapped(coded('Parse Error: Expected HTTP/', 'HPE_INVALID_CONSTANT')),
      new URL('http://nifi:8443/nifi-api')
    )
    assert.match(known.message, /the server probably speaks TLS: try https:\/\/nifi:8443\/nifi-api$/)
  })

  it('is one of our errors whatever was thrown, and the same where it is one already', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        assert.ok(noAnswer(thrown, url) instanceof ReconcileError)
      })
    )
    const known = new ReconcileError('CONFLICT', 'x')
    assert.equal(noAnswer(known, url), known)
  })

  it('keeps nothing of the request', () => {
    const error = new AxiosError('socket hang up', 'ECONNRESET', undefined, { headers: { Authorization: 'canary' } })
    assert.deepEqual(Object.keys(noAnswer(error, url).cause ?? {}), ['code'])
  })
})
