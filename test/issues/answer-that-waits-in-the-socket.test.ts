/**
 * On a busy machine a request failed with TIMEOUT although its answer had come: Node runs timers before it reads
 * sockets, and a process that was held up for longer than the deadline found its timer over first.
 */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { readConnectionSettings } from '../../reconcilers/elasticsearch/connection/settings.ts'
import { ClientLink } from '../../reconcilers/elasticsearch/connection/client-link.ts'
import { Environment } from '../../src/connect/environment.ts'
import { freePort } from '../servers/ports.ts'
import { startServer, type ServerProcess } from '../servers/process.ts'

/** Keeps this thread busy until the file is there, and as long as that. */
function holdUp(ms: number, file: string): void {
  const start = performance.now()
  let isThere = false
  while (!isThere || performance.now() - start < ms) isThere ||= existsSync(file)
}

/** Leaves a file named after the path of each request it has answered. */
const program = `
  const { createServer } = require('node:http')
  const { writeFileSync } = require('node:fs')
  createServer(({ url }, answer) => {
    answer.setHeader('content-type', 'application/json')
    answer.end('{}', () => writeFileSync(process.argv[2] + url, ''))
  }).listen(Number(process.argv[1]), '127.0.0.1')
`

describe('an answer that is there when the deadline is over', function () {
  this.timeout(60_000)
  let directory: string
  let service: ServerProcess
  let link: ClientLink

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'infometis-answer-'))
    const port = await freePort()
    service = await startServer(process.execPath, ['--eval', program, String(port), directory], {
      cwd: directory,
      log: join(directory, 'output.log')
    })
    link = new ClientLink(
      readConnectionSettings(
        new Environment({ ELASTICSEARCH_URL: `http://127.0.0.1:${port}`, REQUEST_TIMEOUT: '200ms' })
      )
    )
    // The first one connects, as soon as the server listens.
    while ((await ask('/first').catch(() => undefined)) === undefined) await turn()
  })

  after(async () => {
    await link?.close()
    await service?.kill()
    await rm(directory, { recursive: true, force: true })
  })

  const ask = async (path: string): Promise<number> =>
    (await link.ask({ method: 'GET', path }, new AbortController().signal)).status

  it('counts, however long this process was held up itself', async () => {
    const answered = ask('/second')
    // Until the request is on its way.
    for (let turns = 0; turns < 5; turns += 1) await turn()
    holdUp(500, join(directory, 'second'))
    assert.equal(await answered, 200)
  })
})
