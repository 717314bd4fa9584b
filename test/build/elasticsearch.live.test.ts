import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { securedNodeOrSkip, type ElasticsearchNode } from '../live/elasticsearch/harness.ts'
import { Hand } from '../live/elasticsearch/hand.ts'
import { layoutOf, type Made } from './layouts.ts'
import { start } from './program.ts'

describe('the bundle for Elasticsearch, far from any node_modules', function () {
  this.timeout(120_000)
  let dir = ''
  let made: Made

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'infometis-bundle-'))
    made = await layoutOf('elasticsearch')
  })
  after(() => rm(dir, { recursive: true, force: true }))

  it('names the variable that is missing, in the container and on the command line', async () => {
    for (const [file, args] of [
      [made.container, []],
      [made.commandLine, ['run', 'elasticsearch', '--config', dir]]
    ] as const) {
      const { code, stderr } = await start(file, args, {}).ended
      assert.equal(code, 2)
      assert.match(stderr, /ELASTICSEARCH_URL: expected a value, it is not set.*VARIABLE_INVALID/s)
    }
  })

  it('knows its one service', async () => {
    assert.match((await start(made.commandLine, ['--help'], {}).ended).stdout, /Services: elasticsearch\n/)
  })

  describe('on a real node', () => {
    let server: ElasticsearchNode

    before(async function () {
      server = await securedNodeOrSkip(this)
    })

    it('trusts the mounted CA, shows the mounted API key, and creates what is declared', async () => {
      const config = join(dir, 'config')
      await mkdir(config, { recursive: true })
      await writeFile(
        join(config, 'indices.json'),
        JSON.stringify({ bundled: { settings: { number_of_replicas: 0 } } })
      )
      const { encoded } = z
        .object({ encoded: z.string() })
        .parse(await new Hand(server).must('POST', '/_security/api_key', { name: 'bundle' }))
      await writeFile(join(dir, 'api-key'), `${encoded}\n`)
      const variables = {
        CONFIG_DIR: config,
        ELASTICSEARCH_URL: server.url,
        ELASTICSEARCH_API_KEY_FILE: join(dir, 'api-key'),
        ...(server.caFile !== undefined && { ELASTICSEARCH_CA_FILE: server.caFile })
      }
      const applied = await start(made.commandLine, ['apply', 'elasticsearch', '--yes'], variables).ended
      assert.equal(applied.code, 0, applied.stderr)
      const seen = await start(made.commandLine, ['diff', 'elasticsearch'], variables).ended
      assert.equal(seen.code, 0, seen.stdout + seen.stderr)
    })
  })
})
