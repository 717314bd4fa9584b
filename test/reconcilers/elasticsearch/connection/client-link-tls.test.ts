import assert from 'node:assert/strict'
import { once } from 'node:events'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConnectionSettings } from '../../../../reconcilers/elasticsearch/connection/settings.ts'
import { ClientLink } from '../../../../reconcilers/elasticsearch/connection/client-link.ts'
import type { Answer } from '../../../../reconcilers/elasticsearch/connection/link.ts'
import { ReconcileError } from '../../../../src/errors.ts'
import { Environment } from '../../../../src/connect/environment.ts'
import { FaultServer } from '../../../servers/fault-server.ts'
import { run } from '../../../servers/process.ts'
import { selfSigned, type Identity } from '../../../servers/tls.ts'

/** A certificate for one host alone; `expired`: valid for the first day of this century. */
async function certificateFor(
  dir: string,
  host: 'DNS:elsewhere.example' | 'IP:127.0.0.1',
  { expired = false } = {}
): Promise<Pick<Identity, 'certFile' | 'keyFile'>> {
  const [configFile, certFile, keyFile] = [join(dir, 'only.cnf'), join(dir, 'only.pem'), join(dir, 'only.key')]
  const subject = `[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=only\n[ext]\nsubjectAltName=${host}\n[ca]\ndefault_ca=one\n[one]\nnew_certs_dir=${dir}\ndatabase=${dir}/index.txt\npolicy=any\ndefault_md=sha256\nserial=${dir}/serial\n[any]\nCN=supplied\n`
  await writeFile(configFile, subject)
  await writeFile(join(dir, 'index.txt'), '')
  const requestFile = join(dir, 'only.csr')
  await run('openssl', [
    'req',
    '-new',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-config',
    configFile,
    '-keyout',
    keyFile,
    '-out',
    requestFile
  ])
  const end = expired ? ['-startdate', '20010101000000Z', '-enddate', '20010102000000Z'] : ['-days', '30']
  await run('openssl', [
    'ca',
    '-batch',
    '-selfsign',
    '-create_serial',
    '-config',
    configFile,
    '-extensions',
    'ext',
    '-keyfile',
    keyFile,
    '-in',
    requestFile,
    '-out',
    certFile,
    '-notext',
    ...end
  ])
  return { certFile, keyFile }
}

describe('a link to Elasticsearch over TLS', function () {
  this.timeout(30_000)
  const open: { close(): Promise<void> }[] = []
  let dir = ''
  let right: Identity

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'infometis-tls-'))
    right = await selfSigned(dir, 'right', 'localhost')
  })

  afterEach(async () => {
    for (const one of open.splice(0)) await one.close()
  })

  after(() => rm(dir, { recursive: true }))

  const serverWith = async (tls?: Pick<Identity, 'certFile' | 'keyFile'>): Promise<FaultServer> => {
    const server = await FaultServer.start(tls === undefined ? {} : { tls })
    open.push({ close: () => server.stop() })
    return server
  }
  const listening = async (server: Server): Promise<number> => {
    const sockets = new Set<Socket>()
    server.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    open.push({
      close: async () => {
        for (const socket of sockets) socket.destroy()
        server.close()
        await once(server, 'close')
      }
    })
    const address = server.address()
    assert.ok(typeof address === 'object' && address !== null)
    return address.port
  }
  const linkTo = (url: string, caFile?: string, timeout = '60s'): ClientLink => {
    const variables = {
      ELASTICSEARCH_URL: url,
      REQUEST_TIMEOUT: timeout,
      ...(caFile === undefined ? {} : { ELASTICSEARCH_CA_FILE: caFile })
    }
    const link = new ClientLink(readConnectionSettings(new Environment(variables)))
    open.unshift(link)
    return link
  }
  const ask = (url: string, caFile?: string): Promise<Answer> =>
    linkTo(url, caFile).ask({ method: 'GET', path: '/' }, new AbortController().signal)
  const failure = async (asked: Promise<unknown>): Promise<ReconcileError> => {
    const error: unknown = await asked.then(
      () => assert.fail('was answered'),
      (reason: unknown) => reason
    )
    assert.ok(error instanceof ReconcileError, String(error))
    return error
  }

  it('trusts a server of the given CA', async () => {
    const { url, port } = await serverWith(right)
    assert.equal((await ask(url, right.certFile)).status, 200)
    assert.equal((await ask(`https://localhost:${port}/es`, right.certFile)).status, 200)
  })

  it('refuses a server of an unknown CA, and sends it nothing', async () => {
    const server = await serverWith(right)
    const error = await failure(ask(server.url))
    assert.equal(error.code, 'CERTIFICATE')
    assert.equal(
      error.message,
      `${server.url}: self-signed certificate; to trust its CA, name the CA's certificate in ELASTICSEARCH_CA_FILE`
    )
    assert.equal(server.requests.length, 0)
  })

  it('refuses a server of another CA than the given one', async () => {
    const other = await selfSigned(dir, 'other', 'localhost')
    const server = await serverWith(right)
    assert.equal((await failure(ask(server.url, other.certFile))).code, 'CERTIFICATE')
  })

  it('refuses a certificate for another host, and names both', async () => {
    const elsewhere = await certificateFor(dir, 'DNS:elsewhere.example')
    const server = await serverWith(elsewhere)
    const error = await failure(ask(server.url, elsewhere.certFile))
    assert.equal(error.code, 'CERTIFICATE')
    assert.match(error.message, /127\.0\.0\.1.*(elsewhere\.example|cert's list)/)
  })

  it('refuses a certificate that has expired', async () => {
    const old = await certificateFor(dir, 'IP:127.0.0.1', { expired: true })
    const server = await serverWith(old)
    const error = await failure(ask(server.url, old.certFile))
    assert.equal(error.code, 'CERTIFICATE')
    assert.equal(error.message, `${server.url}: certificate has expired`)
  })

  it('uses a CA file that was replaced', async () => {
    const caFile = join(dir, 'rotating.pem')
    await copyFile((await selfSigned(dir, 'before', 'localhost')).certFile, caFile)
    const link = linkTo((await serverWith(right)).url, caFile)
    const request = () => link.ask({ method: 'GET', path: '/' }, new AbortController().signal)
    assert.equal((await failure(request())).code, 'CERTIFICATE')
    await writeFile(caFile, await readFile(right.certFile))
    const replaced = performance.now()
    while (
      await request().then(
        () => false,
        () => true
      )
    )
      assert.ok(performance.now() - replaced < 15_000)
  })

  it('says so when the port speaks http', async () => {
    const { port } = await serverWith()
    const error = await failure(ask(`https://127.0.0.1:${port}`))
    assert.equal(error.code, 'UNREACHABLE')
    assert.equal(
      error.message,
      `https://127.0.0.1:${port}: the server answers without TLS; it probably speaks plain http: try http://127.0.0.1:${port}`
    )
  })

  it('names https when http is cut off', async () => {
    const { port } = await serverWith(right)
    const error = await failure(ask(`http://127.0.0.1:${port}`))
    assert.equal(error.code, 'UNREACHABLE')
    assert.match(error.message, /the server may speak TLS: try https:\/\//)
  })

  it('says what the server wants when it demands a certificate', async () => {
    const demanding = createTlsServer({
      cert: await readFile(right.certFile),
      key: await readFile(right.keyFile),
      requestCert: true,
      rejectUnauthorized: true
    })
    const port = await listening(demanding.on('tlsClientError', () => undefined))
    const error = await failure(ask(`https://127.0.0.1:${port}`, right.certFile))
    assert.ok(error.code === 'CERTIFICATE' || error.code === 'UNREACHABLE', error.code)
    assert.match(error.message, /certificate required|ECONNRESET|other side closed/)
  })

  it('gives up a handshake that never ends, and leaves no socket of it when it is closed', async () => {
    const silent = createTcpServer()
    const sockets = new Set<Socket>()
    silent.on('connection', (socket) => {
      sockets.add(socket)
      socket.resume().once('close', () => sockets.delete(socket))
    })
    const port = await listening(silent)
    const link = linkTo(`https://127.0.0.1:${port}`, undefined, '300ms')
    assert.equal((await failure(link.ask({ method: 'GET', path: '/' }, new AbortController().signal))).code, 'TIMEOUT')
    const started = performance.now()
    await link.close()
    assert.ok(performance.now() - started < 10_000)
    while (sockets.size > 0) {
      assert.ok(performance.now() - started < 15_000, 'a socket is left')
      await new Promise(setImmediate)
    }
  })
})
