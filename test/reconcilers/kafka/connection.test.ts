import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import {
  formatAddress,
  readConnectionSettings,
  type ConnectionSettings
} from '../../../reconcilers/kafka/connection.ts'
import { Environment } from '../../../src/connect/environment.ts'
import { refusal as refusalOf } from '../../connect/refusal.ts'

type Variables = Readonly<Record<string, string>>

const servers = { KAFKA_BOOTSTRAP_SERVERS: 'kafka:9092' }
const sasl = {
  KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
  KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
  KAFKA_SASL_USERNAME: 'operator',
  KAFKA_SASL_PASSWORD: 'hunter22'
}

function read(variables: Variables): ConnectionSettings {
  return readConnectionSettings(new Environment({ ...servers, ...variables }))
}

const refusal = (variables: Variables): string => refusalOf(() => read(variables))

describe('Kafka connection settings', () => {
  it('need nothing but the bootstrap servers', () => {
    const settings = read({})
    assert.deepEqual(settings, {
      brokers: [{ host: 'kafka', port: 9092 }],
      client: 'platformatic',
      sasl: undefined,
      tls: undefined,
      requestTimeout: 10_000
    })
  })

  it('keep the bootstrap servers in their order, names, IPv4 and bracketed IPv6 alike', () => {
    const { brokers } = read({ KAFKA_BOOTSTRAP_SERVERS: 'kafka_1.ns.svc:9092, 10.0.0.7:19092,[fe80::1]:1,[::1]:65535' })
    assert.deepEqual(brokers, [
      { host: 'kafka_1.ns.svc', port: 9092 },
      { host: '10.0.0.7', port: 19092 },
      { host: 'fe80::1', port: 1 },
      { host: '::1', port: 65_535 }
    ])
  })

  it('read back every address they print', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6())
    fc.assert(
      fc.property(
        fc.array(fc.record({ host, port: fc.integer({ min: 1, max: 65_535 }) }, { noNullPrototype: true }), {
          minLength: 1,
          maxLength: 4
        }),
        (brokers) => {
          assert.deepEqual(read({ KAFKA_BOOTSTRAP_SERVERS: brokers.map(formatAddress).join(',') }).brokers, brokers)
        }
      )
    )
  })

  for (const [value, named] of [
    ['kafka', '"kafka"'],
    ['kafka:0', '"kafka:0"'],
    ['kafka:65536', '"kafka:65536"'],
    ['kafka:9092,', '""'],
    ['good:9092,bad:port', '"bad:port"'],
    ['::1:9092', '"::1:9092"'],
    ['[kafka]:9092', '"[kafka]:9092"'],
    ['kafka://kafka:9092', '"kafka://kafka:9092"']
  ] as const) {
    it(`refuse the bootstrap server ${value || 'of nothing'} by name`, () => {
      const message = refusal({ KAFKA_BOOTSTRAP_SERVERS: value })
      assert.ok(message.startsWith('KAFKA_BOOTSTRAP_SERVERS: expected '), message)
      assert.ok(message.includes(`found ${named}`), message)
    })
  }

  it('refuse an absent list with an example', () => {
    assert.match(refusal({ KAFKA_BOOTSTRAP_SERVERS: '' }), /it is not set; for example kafka-0\.kafka:9092/)
  })

  for (const value of [
    'kafka://operator:s3cr,et/@x@kafka:9092',
    'operator:s3cr,et/@x@kafka:9092',
    'first:1,operator:s3cr,et/@x@kafka:9092'
  ]) {
    it(`refuse credentials in the bootstrap servers and print none of them (${value.slice(0, 8)}…)`, () => {
      const message = refusal({ KAFKA_BOOTSTRAP_SERVERS: value })
      assert.match(message, /without credentials/)
      assert.match(message, /@kafka:9092/)
      assert.doesNotMatch(message, /operator|s3cr|et\/|@x/)
    })
  }

  it('refuse IPv6 with kafkajs, which cannot parse it', () => {
    assert.match(
      refusal({ KAFKA_BOOTSTRAP_SERVERS: '[::1]:9092', KAFKA_CLIENT: 'kafkajs' }),
      /kafkajs cannot parse IPv6, found "\[::1\]:9092"/
    )
  })

  for (const [variable, value] of [
    ['KAFKA_CLIENT', 'librdkafka'],
    ['KAFKA_SECURITY_PROTOCOL', 'ssl'],
    ['REQUEST_TIMEOUT', '10']
  ] as const) {
    it(`refuse ${variable}=${value} with what was expected`, () => {
      assert.match(refusal({ [variable]: value }), new RegExp(`^${variable}: expected .*found "${value}"`))
    })
  }

  it('take a deadline with a unit', () => {
    assert.equal(read({ REQUEST_TIMEOUT: '1m30s' }).requestTimeout, 90_000)
  })
})

describe('Kafka SASL settings', () => {
  it('are read with a protocol that uses them', async () => {
    const settings = read({ ...sasl, KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT' })
    assert.equal(settings.sasl?.mechanism, 'SCRAM-SHA-512')
    assert.equal(settings.sasl.username, 'operator')
    assert.equal(await settings.sasl.password.read(), 'hunter22')
    assert.equal(settings.tls, undefined)
  })

  for (const [variable, expected] of [
    ['KAFKA_SASL_MECHANISM', /one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, it is not set/],
    ['KAFKA_SASL_USERNAME', /it is not set/],
    ['KAFKA_SASL_PASSWORD', /KAFKA_SASL_PASSWORD_FILE.*it is not set/]
  ] as const) {
    it(`are refused without ${variable}`, () => {
      const message = refusal({ ...sasl, [variable]: '' })
      assert.ok(message.startsWith(`${variable}: `), message)
      assert.match(message, expected)
    })
  }

  it('are refused with a mechanism we do not speak', () => {
    assert.match(refusal({ ...sasl, KAFKA_SASL_MECHANISM: 'GSSAPI' }), /SCRAM-SHA-512, found "GSSAPI"/)
  })

  for (const protocol of ['PLAINTEXT', 'SSL']) {
    for (const variable of [
      'KAFKA_SASL_MECHANISM',
      'KAFKA_SASL_USERNAME',
      'KAFKA_SASL_PASSWORD',
      'KAFKA_SASL_PASSWORD_FILE'
    ]) {
      it(`refuse ${variable} beside ${protocol}, without its value where that is a credential`, () => {
        const message = refusal({ KAFKA_SECURITY_PROTOCOL: protocol, [variable]: 'pw' })
        assert.match(message, new RegExp(`^${variable}: expected nothing, as KAFKA_SECURITY_PROTOCOL does not use it`))
        if (variable.endsWith('USERNAME') || variable.endsWith('PASSWORD')) assert.match(message, /found "\*{6}"/)
      })
    }
  }
})

describe('Kafka TLS settings', () => {
  it('trust the system when no CA is given', () => {
    assert.deepEqual(read({ KAFKA_SECURITY_PROTOCOL: 'SSL' }).tls, { ca: undefined, cert: undefined, key: undefined })
  })

  it('take a client certificate with its key', () => {
    const { tls } = read({
      ...sasl,
      KAFKA_SSL_CA_FILE: '/ca',
      KAFKA_SSL_CERT_FILE: '/cert',
      KAFKA_SSL_KEY_FILE: '/key'
    })
    assert.deepEqual([tls?.ca?.path, tls?.cert?.path, tls?.key?.path], ['/ca', '/cert', '/key'])
  })

  it('refuse a client certificate without its key, and a key without its certificate', () => {
    assert.match(
      refusal({ KAFKA_SECURITY_PROTOCOL: 'SSL', KAFKA_SSL_CERT_FILE: '/cert' }),
      /^KAFKA_SSL_KEY_FILE: .*it is not set/
    )
    assert.match(
      refusal({ KAFKA_SECURITY_PROTOCOL: 'SSL', KAFKA_SSL_KEY_FILE: '/key' }),
      /^KAFKA_SSL_CERT_FILE: .*it is not set/
    )
  })

  for (const variable of ['KAFKA_SSL_CA_FILE', 'KAFKA_SSL_CERT_FILE', 'KAFKA_SSL_KEY_FILE']) {
    it(`refuse ${variable} with a protocol in the clear, as the mistake is most often the protocol`, () => {
      assert.match(
        refusal({ [variable]: '/file' }),
        new RegExp(`^${variable}: expected nothing.*KAFKA_SECURITY_PROTOCOL=SASL_SSL`)
      )
    })
  }
})
