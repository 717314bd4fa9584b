import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { refusalOf } from '../../../../reconcilers/nifi/connection/refusal.ts'
import { toReconcileError } from '../../../../src/errors.ts'
import { FaultServer } from '../../../servers/fault-server.ts'
import { answer, hang, json, page, reset, truncated, unfinished, type Fault } from '../../../servers/faults.ts'
import { freePort } from '../../../servers/ports.ts'
import { Links, never, writing } from './links.ts'

const password = 'canary-pass/word'
const token = 'canary-token-x1'
const plainText = { 'content-type': 'text/plain' }

/** What a server may say that repeats what it was sent. */
const echo = `${password} ${encodeURIComponent(password)} Bearer ${token}`
const faults: Readonly<Record<string, Fault>> = {
  'credentials that are refused': answer(401, `Unauthorized ${echo}`, plainText),
  'rights that are refused': answer(403, `No applicable policies ${echo}`, plainText),
  'a refusal': json(409, { message: echo }),
  'a page': page(502, `Bad Gateway ${echo}`),
  'a redirection': answer(302, '', { location: `https://login/?token=${token}` }),
  'JSON that ends too early': truncated(),
  'JSON that is none': answer(200, `<html>${echo}</html>`, { 'content-type': 'application/json' }),
  'a reset': reset(),
  'no answer': hang(),
  'half an answer': unfinished()
}

describe('no secret of a link to NiFi is printed', function () {
  this.timeout(10_000)
  const links = new Links('400ms')
  let dir = ''
  let server: FaultServer

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'infometis-nifi-secrets-'))
    await writeFile(join(dir, 'token'), token)
    server = await FaultServer.start()
  })

  beforeEach(() => server.reset())

  afterEach(() => links.close())

  after(async () => {
    await server.stop()
    await rm(dir, { recursive: true })
  })

  /** Everything anybody could print of what a request ends with. */
  async function everythingOf(url: string, variables: Readonly<Record<string, string>> = {}): Promise<string> {
    const link = links.to(url, variables)
    const error: unknown = await link.ask(writing, never).then(refusalOf, (reason: unknown) => reason)
    const known = toReconcileError(error)
    const options = { depth: 20, showHidden: true, getters: true }
    return `${known.message}\n${known.stack}\n${JSON.stringify(known.toRecord())}\n${inspect(error, options)}\n${inspect(link, options)}`
  }

  const ways: readonly (readonly [string, (url: string) => Promise<string>])[] = [
    ['a URL', (url) => everythingOf(url.replace('//', `//admin:${encodeURIComponent(password)}@`))],
    ['variables', (url) => everythingOf(url, { NIFI_USERNAME: 'admin', NIFI_PASSWORD: password })],
    ['a file', (url) => everythingOf(url, { NIFI_TOKEN_FILE: join(dir, 'token') })]
  ]
  const secrets = /canary-(pass|token)|authorization['"]?:/i

  for (const [way, everything] of ways) {
    for (const [situation, fault] of Object.entries(faults)) {
      it(`with credentials of ${way}, after ${situation}`, async () => {
        server.fail({ path: '/nifi-api/access/token' }, answer(201, token, plainText))
        server.fail({ path: '/nifi-api/flow/process-groups/a' }, fault)
        const printed = await everything(server.url)
        assert.equal(
          server.requests.find(({ method }) => method === 'PUT')?.headers.authorization,
          `Bearer ${token}`,
          'must have been sent'
        )
        assert.doesNotMatch(printed, secrets)
      })

      if (way === 'a file') continue
      it(`with credentials of ${way}, after ${situation} at the login`, async () => {
        server.fail({ path: '/nifi-api/access/token' }, fault)
        const printed = await everything(server.url)
        assert.match(server.requests[0]?.path ?? '', /access\/token$/)
        assert.doesNotMatch(printed, secrets)
      })
    }

    it(`with credentials of ${way}, when nobody listens`, async () => {
      assert.doesNotMatch(await everything(`http://127.0.0.1:${await freePort()}`), secrets)
    })

    it(`with credentials of ${way}, when it is no TLS`, async () => {
      assert.doesNotMatch(await everything(server.url.replace('http:', 'https:')), secrets)
    })
  }
})
