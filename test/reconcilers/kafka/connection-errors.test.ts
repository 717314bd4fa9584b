import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { toConnectionError } from '../../../reconcilers/kafka/connection-errors.ts'
import { errorTable, ReconcileError } from '../../../src/errors.ts'

const platformatic = (code: string, message: string, more: object = {}): Error => Object.assign(new Error(message), { code: `PLT_KFK_${code}`, ...more })
const kafkajs = (name: string, message: string, more: object = {}): Error => Object.assign(new Error(message), { name: `KafkaJS${name}`, ...more })
const system = (code: string): Error => Object.assign(new Error(`connect ${code} 127.0.0.1:9`), { code })

const refusedPassword = platformatic('PROTOCOL', 'SASL Authentication failed.', { apiCode: 58, serverErrorMessage: 'invalid credentials with SASL mechanism PLAIN' })
const closed = platformatic('NETWORK', 'Connection closed')

describe('what a Kafka client throws without an answer', () => {
  for (const [situation, error, code, message] of [
    ['a closed port (platformatic)', platformatic('NETWORK', 'Connection to a:9 failed.', { cause: system('ECONNREFUSED') }), 'UNREACHABLE', 'connect ECONNREFUSED 127.0.0.1:9'],
    ['a closed port (kafkajs)', kafkajs('NumberOfRetriesExceeded', 'x', { cause: kafkajs('ConnectionError', 'Connection error: no', { code: 'ECONNREFUSED' }) }), 'UNREACHABLE', 'Connection error: no'],
    ['an unknown host', platformatic('NETWORK', 'failed', { cause: system('ENOTFOUND') }), 'UNREACHABLE', 'connect ENOTFOUND 127.0.0.1:9'],
    ['a server that is not trusted', kafkajs('ConnectionError', 'self-signed certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), 'CERTIFICATE', 'self-signed certificate'],
    ['a server that demands a certificate', platformatic('NETWORK', 'Connection error', { cause: system('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED') }), 'CERTIFICATE', /CERTIFICATE_REQUIRED/],
    ['a wrong password (platformatic)', platformatic('NETWORK', 'failed', { cause: platformatic('AUTHENTICATION', 'SASL authentication failed.', { cause: platformatic('RESPONSE', 'error', { errors: [refusedPassword] }) }) }), 'AUTHENTICATION', 'invalid credentials with SASL mechanism PLAIN'],
    ['a wrong password (kafkajs)', kafkajs('SASLAuthenticationError', 'SASL PLAIN authentication failed: no'), 'AUTHENTICATION', /no$/],
    ['a connection cut off while the password was checked', platformatic('AUTHENTICATION', 'SASL authentication failed.', { cause: closed }), 'UNREACHABLE', /does KAFKA_SECURITY_PROTOCOL fit/],
    ['a request without a response (kafkajs)', kafkajs('RequestTimeoutError', 'Request Metadata timed out'), 'TIMEOUT', /Metadata/],
    ['a port that wants TLS', platformatic('USER', 'Broker requires TLS.'), 'UNREACHABLE', 'Broker requires TLS.'],
    ['a partition without a leader (kafkajs)', kafkajs('NumberOfRetriesExceeded', 'x', { cause: kafkajs('ProtocolError', 'no leader', { code: 5 }) }), 'UNAVAILABLE', 'no leader'],
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
