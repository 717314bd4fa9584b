import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { inspect } from 'node:util'
import { readConnectionSettings } from '../../../../reconcilers/elasticsearch/connection/settings.ts'
import { ClientLink } from '../../../../reconcilers/elasticsearch/connection/client-link.ts'
import { refusalOf } from '../../../../reconcilers/elasticsearch/connection/refusal.ts'
import { toReconcileError } from '../../../../src/errors.ts'
import { Environment } from '../../../../src/connect/environment.ts'
import { FaultServer } from '../../../servers/fault-server.ts'
import { answer, hang, json, page, reset, truncated, unfinished, type Fault } from '../../../servers/faults.ts'
import { freePort } from '../../../servers/ports.ts'

const user = 'canary-user'
const password = 'canary-pass/word'
const basic = Buffer.from(`${user}:${password}`).toString('base64')
const apiKey = 'canary-api-key'

/** What a server may say that repeats what it was sent. */
function faultsWith(echo: string): Readonly<Record<string, Fault>> {
  return {
    'credentials that are refused': json(401, {
      error: { type: 'security_exception', reason: `unable to authenticate ${echo}` }
    }),
    'rights that are refused': json(403, {
      error: { type: 'security_exception', reason: `action [x] is unauthorized ${echo}` }
    }),
    'a page': page(502, `Bad Gateway ${echo}`),
    'a redirection': answer(302, '', { location: `https://login/?token=${apiKey}` }),
    'JSON that ends too early': truncated(),
    'JSON that is none': answer(200, `<html>${echo}</html>`, { 'content-type': 'application/json' }),
    'a reset': reset(),
    'no answer': hang(),
    'half an answer': unfinished()
  }
}

describe('no secret of a link to Elasticsearch is printed', () => {
  let server: FaultServer

  before(async () => {
    server = await FaultServer.start()
  })

  beforeEach(() => server.reset())

  after(() => server.stop())

  const ways: readonly (readonly [string, echo: string, (url: string) => Readonly<Record<string, string>>])[] = [
    [
      'a URL',
      `${password} ${encodeURIComponent(password)} Basic ${basic} user [${user}] and User [name=${user}, roles=[]]`,
      (url) => ({ ELASTICSEARCH_URL: url.replace('//', `//${user}:${encodeURIComponent(password)}@`) })
    ],
    ['an API key', `ApiKey ${apiKey}`, (url) => ({ ELASTICSEARCH_URL: url, ELASTICSEARCH_API_KEY: apiKey })]
  ]

  /** Everything anybody could print of what a request ends with. */
  async function everythingOf(
    variables: Readonly<Record<string, string>>,
    caller = new AbortController().signal
  ): Promise<string> {
    const link = new ClientLink(readConnectionSettings(new Environment({ REQUEST_TIMEOUT: '60s', ...variables })))
    try {
      const error: unknown = await link
        .ask({ method: 'PUT', path: '/orders', body: { settings: {} } }, caller)
        .then(refusalOf, (reason: unknown) => reason)
      const known = toReconcileError(error)
      return `${known.message}\n${known.stack}\n${JSON.stringify(known.toRecord())}\n${inspect(error, { depth: 20, showHidden: true, getters: true })}\n${inspect(link, { depth: 20, showHidden: true })}`
    } finally {
      await link.close()
    }
  }

  async function seen(): Promise<void> {
    while (server.requests.length === 0) await turn()
  }

  /** The name too, in whatever casing of its own; headers in whatever casing. */
  const secrets = /canary-(user|pass|api)|Y2FuYXJ5|authorization['"]?:/i

  for (const [way, echo, variables] of ways) {
    for (const [situation, fault] of Object.entries(faultsWith(echo))) {
      it(`with credentials of ${way}, after ${situation}`, async () => {
        server.fail({}, fault)
        const caller = new AbortController()
        const printing = everythingOf(variables(server.url), caller.signal)
        // Of these nothing comes by itself.
        if (fault.kind === 'hang' || fault.kind === 'unfinished') await seen().then(() => caller.abort())
        const printed = await printing
        assert.match(server.requests[0]?.headers.authorization ?? '', /^(Basic|ApiKey) /, 'must have been sent')
        assert.doesNotMatch(printed, secrets)
      })
    }

    it(`with credentials of ${way}, when nobody listens`, async () => {
      assert.doesNotMatch(await everythingOf(variables(`http://127.0.0.1:${await freePort()}`)), secrets)
    })

    it(`with credentials of ${way}, when it is no TLS`, async () => {
      assert.doesNotMatch(await everythingOf(variables(server.url.replace('http:', 'https:'))), secrets)
    })
  }
})
