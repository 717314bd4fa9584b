import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { FaultServer } from '../../servers/fault-server.ts'
import { hang, json, reset, unfinished, type Fault } from '../../servers/faults.ts'
import { run } from '../../servers/process.ts'

const folder = new URL('../../../', import.meta.url).href

/** A process that asks, closes its link, and says how long it lived on after that: any socket or timer would keep it. */
const program = `
import { readConnectionSettings } from '${folder}reconcilers/elasticsearch/connection.ts'
import { ClientLink } from '${folder}reconcilers/elasticsearch/link.ts'
import { Environment } from '${folder}src/run/environment.ts'
const link = new ClientLink(readConnectionSettings(new Environment({ ELASTICSEARCH_URL: process.argv[1], REQUEST_TIMEOUT: process.argv[2] })))
const signal = new AbortController().signal
const asked = Array.from({ length: 12 }, () => link.ask({ method: 'GET', path: '/' }, signal).then(({ status }) => status, ({ code }) => code))
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

describe('a process whose link to Elasticsearch is closed', function () {
  this.timeout(30_000)
  let server: FaultServer

  before(async () => {
    server = await FaultServer.start()
  })

  beforeEach(() => server.reset())

  after(() => server.stop())

  async function endOf(url: string, timeout: string, moment: 'when all is answered' | 'in flight'): Promise<End> {
    const args = ['--input-type=module-typescript', '--eval', program, url, timeout, moment]
    const { stdout } = await run(process.execPath, args, { name: 'the process', timeoutMs: 20_000 })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the program above
    return JSON.parse(stdout) as End
  }

  const cases: readonly (readonly [string, Fault, string, 'when all is answered' | 'in flight', unknown])[] = [
    ['its requests were answered', json(200, {}), '5s', 'when all is answered', 200],
    ['its connections were reset', reset(), '5s', 'when all is answered', 'UNREACHABLE'],
    ['its requests were not answered in time', hang(), '300ms', 'when all is answered', 'TIMEOUT'],
    ['its requests were answered by half', unfinished(20), '300ms', 'when all is answered', 'TIMEOUT'],
    ['its requests are still in flight', hang(), '60s', 'in flight', 'TIMEOUT'],
    ['its answers are still on their way', unfinished(20), '60s', 'in flight', 'TIMEOUT']
  ]
  for (const [situation, fault, timeout, moment, ending] of cases) {
    it(`ends at once after ${situation}`, async () => {
      server.fail({}, fault)
      const { endings, ms } = await endOf(server.url, timeout, moment)
      assert.deepEqual(endings, [ending])
      assert.ok(ms < 300, `lived on for ${ms} ms`)
    })
  }

  it('ends at once while a TLS handshake does not', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined).resume())
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    try {
      const address = silent.address()
      assert.ok(typeof address === 'object' && address !== null)
      const { endings, ms } = await endOf(`https://127.0.0.1:${address.port}`, '60s', 'in flight')
      assert.deepEqual(endings, ['TIMEOUT'])
      assert.ok(ms < 300, `lived on for ${ms} ms`)
    } finally {
      silent.close()
    }
  })
})
