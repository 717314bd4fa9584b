/**
 * `apply` while a service starts ended after two seconds with `status: error`: an answer that asks to be tried later
 * was no reason to wait, and not known as a service that could not be looked at.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommandLine } from '../../src/cli/command-line.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { runThrough, TestHost } from '../sidecar/test-host.ts'
import { FaultServer } from '../servers/fault-server.ts'
import { json } from '../servers/faults.ts'

const services = [
  { service: 'elasticsearch', variable: 'ELASTICSEARCH_URL', file: 'indices.json' },
  { service: 'nifi', variable: 'NIFI_URL', file: 'flows.json' }
] as const

describe('a service that answers every request with 503', () => {
  let server: FaultServer
  let config = ''

  before(async () => {
    server = await FaultServer.start()
    config = await mkdtemp(join(tmpdir(), 'infometis-busy-'))
  })

  after(async () => {
    await server.stop()
    await rm(config, { recursive: true, force: true })
  })

  for (const { service, variable, file } of services) {
    for (const verb of ['apply', 'diff', 'export']) {
      it(`is tried again by ${verb} ${service} until its time is over, and then blind`, async () => {
        await writeFile(join(config, file), '{}')
        server.reset()
        server.fail({}, json(503, { message: 'starting' }))
        const clock = new ManualClock()
        const host = new TestHost({ clock, variables: { [variable]: server.url, CONFIG_DIR: config } })
        const running = runCommandLine([verb, service, '--output', 'json'], host)
        await host.until(() => host.err.includes('waiting for the service'))
        const asked = server.requests.length
        await clock.advance(500)
        await host.until(() => server.requests.length > asked)
        assert.equal(await runThrough(clock, running), 2)
        const { status, error } = JSON.parse(host.out)
        assert.deepEqual([status, error.code], ['blind', 'UNAVAILABLE'])
      })
    }
  }
})
