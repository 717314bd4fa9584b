import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { errors } from '@elastic/elasticsearch'
import * as fc from 'fast-check'
import { noAnswer } from '../../../../reconcilers/elasticsearch/connection/no-answer.ts'
import { errorTable, ReconcileError } from '../../../../src/errors.ts'

const https = new URL('https://es:9200/')
const http = new URL('http://es:9200/')
const connection = (message: string): Error => new errors.ConnectionError(message)

describe('what the client throws without an answer', () => {
  for (const [situation, error, url, code, message] of [
    [
      'a closed port',
      connection('connect ECONNREFUSED 10.0.0.7:9200'),
      http,
      'UNREACHABLE',
      'http://es:9200: connect ECONNREFUSED 10.0.0.7:9200'
    ],
    [
      'an unknown host',
      connection('getaddrinfo ENOTFOUND es'),
      http,
      'UNREACHABLE',
      'http://es:9200: getaddrinfo ENOTFOUND es'
    ],
    [
      'several addresses that all refuse',
      connection(''),
      http,
      'UNREACHABLE',
      'http://es:9200: none of its addresses can be connected to'
    ],
    [
      'a port that may be https',
      connection('other side closed - Local: 10.0.0.1:1, Remote: 10.0.0.7:9200'),
      http,
      'UNREACHABLE',
      /Remote: 10\.0\.0\.7:9200; if this persists, the server may speak TLS: try https:\/\/es:9200$/
    ],
    [
      'a reset of a TLS connection',
      connection('read ECONNRESET'),
      https,
      'UNREACHABLE',
      'https://es:9200: read ECONNRESET'
    ],
    [
      'a port that is http',
      connection(
        '4047:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../deps/tlsany_meth.c:77:\n'
      ),
      https,
      'UNREACHABLE',
      'https://es:9200: the server answers without TLS; it probably speaks plain http: try http://es:9200'
    ],
    [
      'a server that demands a certificate',
      connection(
        '4047:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:../deps/rec_layer_s3.c:916:SSL alert number 116\n'
      ),
      https,
      'CERTIFICATE',
      'https://es:9200: TLS: tlsv13 alert certificate required'
    ],
    [
      'a CA nobody knows',
      connection(
        'self-signed certificate in certificate chain; if the root CA is installed locally, try running Node.js with --use-system-ca'
      ),
      https,
      'CERTIFICATE',
      "https://es:9200: self-signed certificate in certificate chain; to trust its CA, name the CA's certificate in ELASTICSEARCH_CA_FILE"
    ],
    [
      'another host name',
      connection(
        "Hostname/IP does not match certificate's altnames: Host: es. is not in the cert's altnames: DNS:localhost"
      ),
      https,
      'CERTIFICATE',
      /Host: es\. is not in the cert's altnames: DNS:localhost$/
    ],
    [
      'an old certificate',
      connection('certificate has expired'),
      https,
      'CERTIFICATE',
      'https://es:9200: certificate has expired'
    ],
    [
      'a host that is not there',
      connection('Connect Timeout Error (attempted address: 10.0.0.7:9200, timeout: 10000ms)'),
      http,
      'TIMEOUT',
      /attempted address: 10\.0\.0\.7:9200/
    ],
    [
      'a kernel that gave up',
      connection('connect ETIMEDOUT 10.0.0.7:9200'),
      http,
      'TIMEOUT',
      'http://es:9200: connect ETIMEDOUT 10.0.0.7:9200'
    ],
    [
      'a server that does not answer',
      new errors.TimeoutError('Request timed out'),
      http,
      'TIMEOUT',
      'http://es:9200: Request timed out'
    ],
    [
      'a deadline of ours',
      new errors.RequestAbortedError('Request aborted'),
      http,
      'TIMEOUT',
      'http://es:9200: Request aborted'
    ],
    [
      'a body that is no JSON',
      new errors.DeserializationError('Unexpected end of JSON input', ''),
      http,
      'UNAVAILABLE',
      'http://es:9200: the answer is no JSON (Unexpected end of JSON input)'
    ],
    ['a fault of ours', new TypeError('x is not a function'), http, 'INTERNAL', 'http://es:9200: x is not a function']
  ] as const) {
    it(`is ${code} for ${situation}`, () => {
      const result = noAnswer(error, url)
      assert.equal(result.code, code)
      if (typeof message === 'string') assert.equal(result.message, message)
      else assert.match(result.message, message)
      if (!(error instanceof errors.DeserializationError)) assert.equal(result.cause, error)
    })
  }

  it('keeps no body of an answer in its cause, and no second line in its message', () => {
    const { cause, message } = noAnswer(
      new errors.DeserializationError('Unexpected token, "a\r\nb"', 'canary-body'),
      http
    )
    assert.ok(cause instanceof Error)
    assert.equal(cause.name, 'DeserializationError')
    assert.doesNotMatch(inspect(cause, { showHidden: true }), /canary-body/)
    assert.equal(message, 'http://es:9200: the answer is no JSON (Unexpected token, "a b")')
  })

  it('passes on what is one of our errors already', () => {
    const error = new ReconcileError('UNSUPPORTED', 'x')
    assert.equal(noAnswer(error, http), error)
  })

  it('is always one of our errors, whatever is thrown', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: false }), (thrown) =>
        assert.ok(Object.hasOwn(errorTable, noAnswer(thrown, http).code))
      )
    )
  })
})
