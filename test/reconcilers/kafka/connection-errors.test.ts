import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { SecurityProtocol } from '../../../reconcilers/kafka/connection.ts'
import { toConnectionError, type Attempt } from '../../../reconcilers/kafka/connection-errors.ts'
import { errorTable, ReconcileError } from '../../../src/errors.ts'

const platformatic = (code: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { code: `PLT_KFK_${code}`, ...more })
const kafkajs = (name: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { name: `KafkaJS${name}`, ...more })
const system = (code: string): Error => Object.assign(new Error(`connect ${code} 127.0.0.1:9`), { code })

const refusedPassword = platformatic('PROTOCOL', 'SASL Authentication failed.', {
  apiCode: 58,
  serverErrorMessage: 'invalid credentials with SASL mechanism PLAIN'
})
const closed = platformatic('NETWORK', 'Connection closed')

describe('what a Kafka client throws without an answer', () => {
  for (const [situation, error, code, message] of [
    [
      'a closed port (platformatic)',
      platformatic('NETWORK', 'Connection to a:9 failed.', { cause: system('ECONNREFUSED') }),
      'UNREACHABLE',
      'connect ECONNREFUSED 127.0.0.1:9'
    ],
    [
      'a closed port (kafkajs)',
      kafkajs('NumberOfRetriesExceeded', 'x', {
        cause: kafkajs('ConnectionError', 'Connection error: no', { code: 'ECONNREFUSED' })
      }),
      'UNREACHABLE',
      'Connection error: no'
    ],
    [
      'an unknown host',
      platformatic('NETWORK', 'failed', { cause: system('ENOTFOUND') }),
      'UNREACHABLE',
      'connect ENOTFOUND 127.0.0.1:9'
    ],
    [
      'a server that is not trusted',
      kafkajs('ConnectionError', 'self-signed certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      'CERTIFICATE',
      "self-signed certificate; to trust its CA, name the CA's certificate in KAFKA_SSL_CA_FILE"
    ],
    [
      'a server that demands a certificate',
      platformatic('NETWORK', 'Connection error', { cause: system('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED') }),
      'CERTIFICATE',
      /CERTIFICATE_REQUIRED/
    ],
    [
      'a wrong password (platformatic)',
      platformatic('NETWORK', 'failed', {
        cause: platformatic('AUTHENTICATION', 'SASL authentication failed.', {
          cause: platformatic('RESPONSE', 'error', { errors: [refusedPassword] })
        })
      }),
      'AUTHENTICATION',
      'invalid credentials with SASL mechanism PLAIN'
    ],
    [
      'a wrong password (kafkajs)',
      kafkajs('SASLAuthenticationError', 'SASL PLAIN authentication failed: no'),
      'AUTHENTICATION',
      /no$/
    ],
    [
      'a connection cut off while the password was checked',
      platformatic('AUTHENTICATION', 'SASL authentication failed.', { cause: closed }),
      'UNREACHABLE',
      'the broker closed the connection'
    ],
    [
      'a request without a response (kafkajs)',
      kafkajs('RequestTimeoutError', 'Request Metadata timed out'),
      'TIMEOUT',
      /Metadata/
    ],
    [
      'a port that wants TLS',
      platformatic('USER', 'Broker requires TLS.'),
      'UNREACHABLE',
      'the broker closed the connection'
    ],
    [
      'a partition without a leader (kafkajs)',
      kafkajs('NumberOfRetriesExceeded', 'x', { cause: kafkajs('ProtocolError', 'no leader', { code: 5 }) }),
      'UNAVAILABLE',
      'no leader'
    ],
    ['a fault of ours', new TypeError('x is not a function'), 'INTERNAL', 'x is not a function']
  ] as const) {
    it(`is ${code} for ${situation}`, () => {
      const result = toConnectionError(error)
      assert.equal(result.code, code)
      if (typeof message === 'string') assert.equal(result.message, message)
      else assert.match(result.message, message)
      assert.equal(result.cause, error)
    })
  }

  // Each was seen on brokers of 4.4.0, with both clients.
  const disconnected = Object.assign(
    new Error('Client network socket disconnected before secure TLS connection was established'),
    { code: 'ECONNRESET' }
  )
  const noLogin = platformatic('PROTOCOL', 'Request is not valid given the current SASL state.', { apiCode: 34 })
  const ports: readonly (readonly [SecurityProtocol, Attempt['stage'], Error, string])[] = [
    [
      'SSL',
      'opening',
      platformatic('USER', 'TLS handshake failed.', { cause: disconnected }),
      'PLAINTEXT or SASL_PLAINTEXT'
    ],
    [
      'SASL_SSL',
      'opening',
      kafkajs('ConnectionError', `Connection error: ${disconnected.message}`, { code: 'ECONNRESET' }),
      'PLAINTEXT or SASL_PLAINTEXT'
    ],
    [
      'SSL',
      'opening',
      platformatic('NETWORK', 'failed', {
        cause: new Error('error:0A00010B:SSL routines:ssl3_get_record:wrong version number')
      }),
      'PLAINTEXT or SASL_PLAINTEXT'
    ],
    ['PLAINTEXT', 'opening', platformatic('USER', 'Broker requires TLS.'), 'SSL or SASL_SSL'],
    ['PLAINTEXT', 'opening', kafkajs('ConnectionClosedError', 'Closed connection'), 'SSL or SASL_SSL'],
    [
      'SASL_PLAINTEXT',
      'opening',
      platformatic('AUTHENTICATION', 'Cannot find a mechanism.', { cause: closed }),
      'SSL or SASL_SSL'
    ],
    ['PLAINTEXT', 'fresh', closed, 'SASL_PLAINTEXT'],
    ['SSL', 'fresh', kafkajs('ConnectionClosedError', 'Closed connection'), 'SASL_SSL'],
    [
      'SASL_PLAINTEXT',
      'opening',
      platformatic('AUTHENTICATION', 'Cannot find a mechanism.', { cause: noLogin }),
      'PLAINTEXT'
    ],
    [
      'SASL_SSL',
      'opening',
      kafkajs('ProtocolError', 'Request is not valid given the current SASL state', { code: 34 }),
      'SSL'
    ]
  ]
  for (const [protocol, stage, error, speaks] of ports) {
    it(`names ${speaks} as what the port speaks, for ${protocol} at the stage "${stage}": ${error.message}`, () => {
      const { message } = toConnectionError(error, { protocol, stage })
      assert.ok(message.endsWith(`the port speaks ${speaks} (KAFKA_SECURITY_PROTOCOL is ${protocol})`), message)
    })
  }

  it('names no other protocol for what other protocols would not mend', () => {
    const quiet: readonly (readonly [SecurityProtocol, Attempt['stage'], Error])[] = [
      ['PLAINTEXT', 'used', closed],
      ['SASL_SSL', 'fresh', closed],
      ['PLAINTEXT', 'opening', platformatic('NETWORK', 'failed', { cause: system('ECONNREFUSED') })],
      ['SASL_PLAINTEXT', 'opening', platformatic('AUTHENTICATION', 'no', { cause: refusedPassword })],
      ['SSL', 'opening', kafkajs('ConnectionError', 'self-signed certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })]
    ]
    for (const [protocol, stage, error] of quiet)
      assert.doesNotMatch(toConnectionError(error, { protocol, stage }).message, /the port speaks/)
  })

  it('passes on what is one of our errors already', () => {
    const error = new ReconcileError('UNSUPPORTED', 'Metadata version 12 is needed')
    assert.equal(toConnectionError(error), error)
  })

  it('is always one of our errors, whatever is thrown', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        assert.ok(Object.hasOwn(errorTable, toConnectionError(thrown).code))
      })
    )
  })

  it('comes to an end with errors that wrap themselves', () => {
    const error = new Error('circular')
    error.cause = error
    assert.equal(toConnectionError(error).code, 'INTERNAL')
  })
})
