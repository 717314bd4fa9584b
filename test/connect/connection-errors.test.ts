import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createSocketServer } from 'node:net'
import * as fc from 'fast-check'
import { errorTable, type ErrorCode } from '../../src/errors.ts'
import { addressOf, connectionErrorCode, connectionErrorReason } from '../../src/connect/connection-errors.ts'

const http = new URL('http://host:80')
const https = new URL('https://host:443')
const coded = (message: string, code: string): Error => Object.assign(new Error(message), { code })

describe('an error of a connection', () => {
  const table: readonly (readonly [
    situation: string,
    error: unknown,
    url: URL,
    code: ErrorCode | undefined,
    reason: string
  ])[] = [
    [
      'a closed port',
      coded('connect ECONNREFUSED 10.0.0.7:80', 'ECONNREFUSED'),
      http,
      'UNREACHABLE',
      'connect ECONNREFUSED 10.0.0.7:80'
    ],
    ['a reason that lost its code', new Error('read ECONNRESET'), https, 'UNREACHABLE', 'read ECONNRESET'],
    ['a code whose text says nothing', coded('x', 'ECONNRESET'), https, 'UNREACHABLE', 'x'],
    [
      'a reason inside of others',
      new Error('failed', {
        cause: new Error('fetch failed', { cause: coded('getaddrinfo ENOTFOUND host', 'ENOTFOUND') })
      }),
      http,
      'UNREACHABLE',
      'getaddrinfo ENOTFOUND host'
    ],
    ['a connection cut off over TLS', new Error('socket hang up'), https, 'UNREACHABLE', 'socket hang up'],
    [
      'a connection cut off that may want TLS',
      new Error('socket hang up'),
      http,
      'UNREACHABLE',
      'socket hang up; if this persists, the server may speak TLS: try https://host:80'
    ],
    ['an answer cut off', new Error('aborted'), https, 'UNREACHABLE', 'aborted'],
    [
      'an answer that is no HTTP',
      new Error('Parse Error: Expected HTTP/'),
      http,
      'UNREACHABLE',
      'the answer is not HTTP (Parse Error: Expected HTTP/); the server probably speaks TLS: try https://host:80'
    ],
    [
      'a server without TLS',
      coded(
        '4047:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../deps/x.c:77:\n',
        'EPROTO'
      ),
      https,
      'UNREACHABLE',
      'the server answers without TLS; it probably speaks plain http: try http://host:443'
    ],
    [
      'a server that demands a certificate',
      new Error('4047:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:../deps/x.c:916:'),
      https,
      'CERTIFICATE',
      'TLS: tlsv13 alert certificate required'
    ],
    [
      'a server that does not know our CA',
      new Error('4047:error:0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:../deps/x.c:916:'),
      https,
      'CERTIFICATE',
      'TLS: tlsv1 alert unknown ca'
    ],
    [
      'a CA nobody knows',
      new Error(
        'self-signed certificate; if the root CA is installed locally, try running Node.js with --use-system-ca'
      ),
      https,
      'CERTIFICATE',
      'self-signed certificate'
    ],
    [
      'a certificate of another name',
      new Error("Hostname/IP does not match certificate's altnames"),
      https,
      'CERTIFICATE',
      "Hostname/IP does not match certificate's altnames"
    ],
    ['a host that does not answer', new Error('Connect Timeout Error'), http, 'TIMEOUT', 'Connect Timeout Error'],
    ['a text of several lines', new Error('one\r\n two '), http, undefined, 'one two'],
    ['a fault of ours', new TypeError('x is not a function'), http, undefined, 'x is not a function']
  ]
  for (const [situation, error, url, code, reason] of table) {
    it(`is ${code ?? 'not known'} for ${situation}`, () => {
      assert.equal(connectionErrorCode(error), code)
      assert.equal(connectionErrorReason(error, url), reason)
    })
  }

  it('names the variable of the CA where nobody known has signed the certificate, and nowhere else', () => {
    const told = (text: string): string => connectionErrorReason(new Error(text), https, 'SHOP_CA_FILE')
    const advice = "; to trust its CA, name the CA's certificate in SHOP_CA_FILE"
    for (const reason of [
      'self-signed certificate',
      'self-signed certificate in certificate chain',
      'unable to verify the first certificate',
      'unable to get local issuer certificate',
      'unable to get issuer certificate'
    ]) {
      assert.equal(
        told(`${reason}; if the root CA is installed locally, try running Node.js with --use-system-ca`),
        `${reason}${advice}`
      )
    }
    for (const reason of [
      'certificate has expired',
      "Hostname/IP does not match certificate's altnames",
      'connect ECONNREFUSED 10.0.0.7:443'
    ])
      assert.equal(told(reason), reason)
  })

  it('is total, and its reason is one line', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: false }), (thrown) => {
        const code = connectionErrorCode(thrown)
        assert.ok(code === undefined || Object.hasOwn(errorTable, code))
        assert.doesNotMatch(connectionErrorReason(thrown, http), /[\r\n]/)
      })
    )
  })

  describe('as Node itself throws it', () => {
    const ask = async (url: string): Promise<unknown> => fetch(url).catch((error: unknown) => error)
    const portOf = async (server: ReturnType<typeof createSocketServer>): Promise<number> => {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      return typeof address === 'object' && address !== null ? address.port : assert.fail('no port')
    }

    it('names http where https meets none', async () => {
      const server = createServer((_request, response) => response.end('x'))
      try {
        const url = `https://127.0.0.1:${await portOf(server)}`
        const error = await ask(url)
        assert.equal(connectionErrorCode(error), 'UNREACHABLE')
        assert.equal(
          connectionErrorReason(error, new URL(url)),
          `the server answers without TLS; it probably speaks plain http: try ${url.replace('https', 'http')}`
        )
      } finally {
        server.close()
      }
    })

    it('names https where http is cut off', async () => {
      const server = createSocketServer((socket) => socket.destroy())
      try {
        const url = `http://127.0.0.1:${await portOf(server)}`
        const error = await ask(url)
        assert.equal(connectionErrorCode(error), 'UNREACHABLE')
        assert.match(
          connectionErrorReason(error, new URL(url)),
          /; if this persists, the server may speak TLS: try https:\/\/127\.0\.0\.1:\d+$/
        )
      } finally {
        server.close()
      }
    })
  })
})

describe('an address', () => {
  for (const [url, shown] of [
    ['https://host', 'https://host'],
    ['https://proxy:8443/api/', 'https://proxy:8443/api'],
    ['http://[::1]:9200/', 'http://[::1]:9200'],
    ['http://user:password@host/?q#f', 'http://host']
  ] as const) {
    it(`${url} is shown as ${shown}`, () => assert.equal(addressOf(new URL(url)), shown))
  }
})
