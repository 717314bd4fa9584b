/**
 * Nothing of a closed link keeps a process from its end.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { FaultServer } from '../../../servers/fault-server.ts'
import { hang, json, reset, unfinished, type Fault } from '../../../servers/faults.ts'
import { run } from '../../../servers/process.ts'

const folder = new URL('../../../../', import.meta.url).href

/**
 * A process that asks, closes its link, and says how long it lived on after that: any socket or timer would keep it.
 */
const program = `
import { readConnectionSettings } from '${folder}reconcilers/elasticsearch/connection/settings.ts'
import { ClientLink } from '${folder}reconcilers/elasticsearch/connection/client-link.ts'
import { Environment } from '${folder}src/connect/environment.ts'
const link = new ClientLink(readConnectionSettings(new Environment({ ELASTICSEARCH_URL: process.argv[1], REQUEST_TIMEOUT: process.argv[2] })))
const signal = new AbortController().signal
const asked = Array.from({ length: 12 }, () => link.ask({ method: 'GET', path: process.argv[4] }, signal).then(({ status }) => status, ({ code }) => code))
const soon = process.argv[3] === 'in flight' ? new Promise((resolve) => setTimeout(resolve, 200)) : Promise.all(asked)
await soon
await link.close()
const endings = new Set(await Promise.all(asked))
const closed = performance.now()
process.on('exit', () => console.log(JSON.stringify({ endings: [...endings], ms: performance.now() - closed })))
`

interface End {
  readonly endings: readonly unknown[]
  readonly ms: number
}

type Moment = 'when all is answered' | 'in flight'

/** What the process says of its end. */
async function endOf(url: string, timeout: string, moment: Moment, path = '/'): Promise<End> {
  const args = ['--input-type=module-typescript', '--eval', program, url, timeout, moment, path]
  const { stdout } = await run(process.execPath, args, { name: 'the process', timeoutMs: 60_000 })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the program above
  return JSON.parse(stdout) as End
}

const cases: readonly (readonly [situation: string, fault: Fault, timeout: string, moment: Moment, ending: unknown])[] =
  [
    ['its requests were answered', json(200, {}), '60s', 'when all is answered', 200],
    ['its connections were reset', reset(), '60s', 'when all is answered', 'UNREACHABLE'],
    ['its requests were not answered in time', hang(), '300ms', 'when all is answered', 'TIMEOUT'],
    ['its requests were answered by half', unfinished(20), '300ms', 'when all is answered', 'TIMEOUT'],
    ['its requests are still in flight', hang(), '60s', 'in flight', 'TIMEOUT'],
    ['its answers are still on their way', unfinished(20), '60s', 'in flight', 'TIMEOUT']
  ]

describe('a process whose link to Elasticsearch is closed', function () {
  this.timeout(90_000)
  let server: FaultServer
  let silent: Server
  /** All at once: most of their time goes into starting. */
  let ends: readonly Promise<End>[] = []

  before(async () => {
    server = await FaultServer.start()
    silent = createServer((socket) => socket.on('error', () => undefined).resume())
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const address = silent.address()
    assert.ok(typeof address === 'object' && address !== null)
    for (const [position, [, fault]] of cases.entries()) server.fail({ path: `/${position}` }, fault)
    ends = [
      ...cases.map(([, , timeout, moment], position) => endOf(server.url, timeout, moment, `/${position}`)),
      endOf(`https://127.0.0.1:${address.port}`, '60s', 'in flight')
    ]
    await Promise.allSettled(ends)
  })

  after(async () => {
    silent.close()
    await server.stop()
  })

  async function assertEnd(position: number, ending: unknown): Promise<void> {
    const { endings, ms } = (await ends[position]) ?? assert.fail()
    assert.deepEqual(endings, [ending])
    // Timers and sockets of the client would hold it for seconds.
    assert.ok(ms < 1_000, `lived on for ${ms} ms`)
  }

  for (const [position, [situation, , , , ending]] of cases.entries()) {
    it(`ends at once after ${situation}`, () => assertEnd(position, ending))
  }

  it('ends at once while a TLS handshake does not', () => assertEnd(cases.length, 'TIMEOUT'))
})
