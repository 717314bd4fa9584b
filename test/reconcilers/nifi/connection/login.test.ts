import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mask } from '../../../../src/secrets/mask.ts'
import { FaultServer, type SeenRequest } from '../../../servers/fault-server.ts'
import { answer, hang, hold, page, reset } from '../../../servers/faults.ts'
import { failure, Links, never, reading, writing } from './links.ts'

const plainText = { 'content-type': 'text/plain' }
const tokenPath = '/nifi-api/access/token'
const said = (status: number, body: string) => ({
  status,
  headers: { ...plainText, 'set-cookie': ['__Secure-Request-Token=x'] },
  body: Buffer.from(body)
})
const json = { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from('{}') }

/** As much of NiFi as hands out tokens and wants them. */
class Doorkeeper {
  password = 'canary-right'
  /** The tokens that are valid now. */
  valid = new Set<string>()
  #given = 0

  readonly answer = ({ path, headers, body }: SeenRequest) => {
    if (path === tokenPath) {
      if (new URLSearchParams(body).get('password') !== this.password)
        return Promise.resolve(said(400, 'The supplied username and password are not valid.'))
      const token = `canary-token-${(this.#given += 1)}`
      this.valid.add(token)
      return Promise.resolve(said(201, token))
    }
    const [, token = ''] = /^Bearer (.*)$/.exec(headers.authorization ?? '') ?? []
    return Promise.resolve(
      this.valid.has(token)
        ? json
        : said(401, token === '' ? 'Unauthorized' : 'An error occurred while attempting to decode the Jwt')
    )
  }
}

describe('a link to a NiFi that wants to know who asks', function () {
  this.timeout(30_000)
  const links = new Links('400ms')
  let dir = ''
  let server: FaultServer
  let door: Doorkeeper

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'infometis-nifi-login-'))
    door = new Doorkeeper()
    server = await FaultServer.start({}, door.answer)
  })

  afterEach(async () => {
    await links.close()
    await server.stop()
    await rm(dir, { recursive: true })
  })

  const linkAs = (password: string) => links.to(server.url, { NIFI_USERNAME: 'ad min', NIFI_PASSWORD: password })
  const lines = (): readonly string[] =>
    server.requests.map(({ method, path }) => `${method} ${path.replace('/nifi-api', '')}`)
  const login = 'POST /access/token'
  const read = 'GET /flow/about'

  it('logs in with a form, and shows the token from then on', async () => {
    const link = linkAs(door.password)
    assert.equal((await link.ask(reading, never)).status, 200)
    assert.equal((await link.ask(writing, never)).status, 200)
    const [first, second, third] = server.requests
    assert.deepEqual(lines(), [login, read, 'PUT /flow/process-groups/a'])
    assert.equal(first?.body, 'username=ad+min&password=canary-right')
    assert.equal(first.headers['content-type'], 'application/x-www-form-urlencoded')
    assert.equal(first.headers.authorization, undefined)
    for (const request of [second, third])
      assert.deepEqual([request?.headers.authorization, request?.headers.cookie], ['Bearer canary-token-1', undefined])
    assert.equal(mask('canary-token-1'), '******')
  })

  it('uses what a URL says, and does not send it otherwise', async () => {
    await links.to(server.url.replace('//', '//admin:canary-right@')).ask(reading, never)
    assert.deepEqual(lines(), [login, read])
    assert.equal(server.requests[1]?.headers.authorization, 'Bearer canary-token-1')
  })

  it('logs in once for requests that begin together', async () => {
    const link = linkAs(door.password)
    await Promise.all(Array.from({ length: 6 }, () => link.ask(reading, never)))
    assert.deepEqual(
      lines().filter((line) => line === login),
      [login]
    )
  })

  it('logs in once more when the token is no longer taken, and sends again what was refused, writes too', async () => {
    const link = linkAs(door.password)
    await link.ask(reading, never)
    door.valid.clear()
    assert.equal((await link.ask(writing, never)).status, 200)
    assert.deepEqual(lines().slice(2), ['PUT /flow/process-groups/a', login, 'PUT /flow/process-groups/a'])
  })

  it('logs in once when several requests are refused together', async () => {
    const link = linkAs(door.password)
    await link.ask(reading, never)
    door.valid.clear()
    await Promise.all(Array.from({ length: 6 }, () => link.ask(reading, never)))
    assert.equal(lines().filter((line) => line === login).length, 2)
  })

  it('gives up when a new token is refused as well', async () => {
    const link = linkAs(door.password)
    server.fail({ path: '/nifi-api/flow/about' }, answer(401, 'Unauthorized', plainText))
    const error = await failure(link.ask(reading, never))
    assert.equal(error.code, 'AUTHENTICATION')
    assert.match(error.message, /refuses the user and the password: Unauthorized$/)
    assert.deepEqual(lines(), [login, read, login, read])
  })

  it('says that the password is wrong in NiFi’s words, and asks nothing else', async () => {
    const error = await failure(linkAs('canary-wrong').ask(reading, never))
    assert.equal(error.code, 'AUTHENTICATION')
    assert.equal(
      error.message,
      `${server.url}/nifi-api refuses the user and the password: The supplied username and password are not valid.`
    )
    assert.deepEqual(lines(), [login])
  })

  for (const [what, fault, code, message] of [
    [
      'there is nobody to check a password',
      answer(409, 'Access tokens are only issued over HTTPS.', plainText),
      'AUTHENTICATION',
      /over HTTPS\.; over http NiFi has no users: unset NIFI_USERNAME and NIFI_PASSWORD/
    ],
    [
      'its signing key is not made yet',
      answer(409, 'JSON Web Signature Signer not configured', plainText),
      'UNAVAILABLE',
      /is still starting/
    ],
    [
      'NiFi is starting',
      answer(409, 'The Flow Controller is initializing the Data Flow.', plainText),
      'UNAVAILABLE',
      /is still starting/
    ],
    ['NiFi fails', answer(500, 'An unexpected error has occurred', plainText), 'UNAVAILABLE', /An unexpected error/],
    ['NiFi goes by another name', page(400, 'Error 400 Invalid SNI'), 'CERTIFICATE', /Invalid SNI/],
    ['a proxy answers', page(200, 'Sign in'), 'UNAVAILABLE', /"Sign in"$/],
    [
      'what comes is no token',
      answer(201, 'canary no token', plainText),
      'UNAVAILABLE',
      /expected a token of NiFi, found another text$/
    ],
    ['the connection breaks', reset(), 'UNREACHABLE', /ECONNRESET|hang up/],
    ['nothing comes', hang(), 'TIMEOUT', /no answer before the deadline/]
  ] as const) {
    it(`says so when ${what} at the login, and tries again with the next request`, async () => {
      const link = linkAs(door.password)
      server.fail({ path: tokenPath }, fault)
      const error = await failure(link.ask(writing, never))
      assert.equal(error.code, code)
      assert.match(error.message, message)
      assert.doesNotMatch(error.message, /canary/)
      server.reset()
      // A login that has found no answer ends a moment after those who waited for it.
      const started = performance.now()
      while ((await link.ask(reading, never).catch(() => undefined))?.status !== 200)
        assert.ok(performance.now() - started < 15_000)
    })
  }

  it('lets the others go on when the one that logs in for all gives up', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    server.fail({ path: tokenPath }, hold(promise), 1)
    const link = linkAs(door.password)
    const controller = new AbortController()
    const impatient = failure(link.ask(reading, controller.signal))
    const patient = link.ask(reading, never)
    while (server.requests.length === 0) await new Promise(setImmediate)
    controller.abort()
    assert.equal((await impatient).code, 'TIMEOUT')
    resolve()
    assert.equal((await patient).status, 200)
    assert.deepEqual(lines(), [login, read])
  })

  it('logs in with a password that was replaced, at once when the old one is refused', async () => {
    const file = join(dir, 'password')
    await writeFile(file, 'canary-right\n')
    const link = links.to(server.url, { NIFI_USERNAME: 'admin', NIFI_PASSWORD_FILE: file })
    await link.ask(reading, never)
    door.password = 'canary-next'
    door.valid.clear()
    await writeFile(file, 'canary-next\n')
    assert.equal((await link.ask(writing, never)).status, 200)
    assert.deepEqual(lines().slice(2), ['PUT /flow/process-groups/a', login, login, 'PUT /flow/process-groups/a'])
  })

  it('shows the token of a file, also after it was replaced, and never logs in', async () => {
    const file = join(dir, 'token')
    await writeFile(file, 'canary-token-a\n')
    door.valid = new Set(['canary-token-a'])
    const link = links.to(server.url, { NIFI_TOKEN_FILE: file })
    await link.ask(reading, never)
    door.valid = new Set(['canary-token-b'])
    const error = await failure(link.ask(writing, never))
    assert.equal(error.code, 'AUTHENTICATION')
    assert.match(error.message, /refuses the token: An error occurred/)
    await writeFile(file, 'canary-token-b\n')
    assert.equal((await link.ask(writing, never)).status, 200)
    assert.deepEqual(
      [lines().includes(login), server.requests.at(-1)?.headers.authorization],
      [false, 'Bearer canary-token-b']
    )
  })

  it('says that credentials are wanted where none are set', async () => {
    const error = await failure(links.to(server.url).ask(reading, never))
    assert.equal(error.code, 'AUTHENTICATION')
    assert.equal(error.message, `${server.url}/nifi-api wants credentials, and none are set: Unauthorized`)
    assert.deepEqual(lines(), [read])
  })
})
