import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpsServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FaultServer } from '../../../servers/fault-server.ts'
import { selfSigned, type Identity } from '../../../servers/tls.ts'
import { failure, Links, never, reading } from './links.ts'

describe('a link to NiFi over TLS', function () {
  this.timeout(30_000)
  const links = new Links('5s')
  const servers: { stop(): Promise<void> }[] = []
  let dir = ''
  let right: Identity
  let operator: Identity

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'infometis-nifi-tls-'))
    right = await selfSigned(dir, 'right', 'localhost')
    operator = await selfSigned(dir, 'operator', 'operator')
  })

  afterEach(async () => {
    await links.close()
    await Promise.all(servers.splice(0).map((server) => server.stop()))
  })

  after(() => rm(dir, { recursive: true }))

  const serverWith = async (tls?: Identity): Promise<FaultServer> => {
    const server = await FaultServer.start(tls === undefined ? {} : { tls })
    servers.push(server)
    return server
  }

  it('trusts a server of the given CA, and its names only', async () => {
    const { url, port } = await serverWith(right)
    const ca = { NIFI_CA_FILE: right.certFile }
    assert.equal((await links.to(url, ca).ask(reading, never)).status, 200)
    assert.equal((await links.to(`https://localhost:${port}/nifi-api`, ca).ask(reading, never)).status, 200)
    const error = await failure(links.to(`https://127.0.0.2:${port}`, ca).ask(reading, never))
    assert.ok(error.code === 'CERTIFICATE' || error.code === 'UNREACHABLE', error.message)
  })

  it('refuses a server of an unknown CA, and sends it nothing', async () => {
    const server = await serverWith(right)
    for (const request of [reading, { method: 'POST', path: '/x' } as const]) {
      const error = await failure(
        links.to(server.url, { NIFI_USERNAME: 'admin', NIFI_PASSWORD: 'canary-tls' }).ask(request, never)
      )
      assert.equal(error.code, 'CERTIFICATE')
      assert.equal(
        error.message,
        `${server.url}/nifi-api: self-signed certificate; to trust its CA, name the CA's certificate in NIFI_CA_FILE`
      )
    }
    assert.equal(server.requests.length, 0)
  })

  it('says so when the port speaks http', async () => {
    const { port } = await serverWith()
    const error = await failure(links.to(`https://127.0.0.1:${port}`).ask(reading, never))
    assert.equal(error.code, 'UNREACHABLE')
    assert.equal(
      error.message,
      `https://127.0.0.1:${port}/nifi-api: the server answers without TLS; it probably speaks plain http: try http://127.0.0.1:${port}/nifi-api`
    )
  })

  it('asks whether it is https when http is cut off', async () => {
    const { port } = await serverWith(right)
    const error = await failure(links.to(`http://127.0.0.1:${port}`).ask(reading, never))
    assert.equal(error.code, 'UNREACHABLE')
    assert.match(error.message, /speaks? TLS: try https:\/\//)
  })

  it('uses a CA file that was replaced', async () => {
    const file = join(dir, 'rotating.pem')
    await writeFile(file, await readFile(operator.certFile))
    const { url } = await serverWith(right)
    const link = links.to(url, { NIFI_CA_FILE: file })
    assert.equal((await failure(link.ask(reading, never))).code, 'CERTIFICATE')
    await writeFile(file, await readFile(right.certFile))
    const replaced = performance.now()
    while (
      await link.ask(reading, never).then(
        () => false,
        () => true
      )
    )
      assert.ok(performance.now() - replaced < 15_000)
  })

  describe('that shows a certificate', () => {
    let url = ''
    let shown: (string | undefined)[] = []

    beforeEach(async () => {
      shown = []
      const [cert, key, ca] = await Promise.all([
        readFile(right.certFile),
        readFile(right.keyFile),
        readFile(operator.certFile)
      ])
      const server = createHttpsServer(
        { cert, key, ca, requestCert: true, rejectUnauthorized: true },
        (request, response) => {
          shown.push(
            'getPeerCertificate' in request.socket && typeof request.socket.getPeerCertificate === 'function'
              ? String(request.socket.getPeerCertificate().subject.CN)
              : undefined
          )
          response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
        }
      )
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      servers.push({
        stop: async () => {
          server.closeAllConnections()
          server.close()
          await once(server, 'close')
        }
      })
      const address = server.address()
      assert.ok(typeof address === 'object' && address !== null)
      url = `https://127.0.0.1:${address.port}`
    })

    it('is let in with it', async () => {
      const link = links.to(url, {
        NIFI_CA_FILE: right.certFile,
        NIFI_CERT_FILE: operator.certFile,
        NIFI_KEY_FILE: operator.keyFile
      })
      assert.equal((await link.ask(reading, never)).status, 200)
      assert.deepEqual(shown, ['operator'])
    })

    it('says what the server wants where there is none, or the wrong one', async () => {
      const wrong = { NIFI_CERT_FILE: right.certFile, NIFI_KEY_FILE: right.keyFile }
      for (const variables of [{}, wrong]) {
        const error = await failure(links.to(url, { NIFI_CA_FILE: right.certFile, ...variables }).ask(reading, never))
        assert.ok(error.code === 'CERTIFICATE' || error.code === 'UNREACHABLE', error.code)
        assert.match(error.message, /certificate required|unknown ca|ECONNRESET|hang up/)
      }
      assert.deepEqual(shown, [])
    })
  })
})
