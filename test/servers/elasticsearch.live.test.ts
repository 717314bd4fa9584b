import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeOrSkip, sharedNodeOrSkip } from '../live/elasticsearch/harness.ts'
import {
  ask,
  elasticsearchVersions,
  missingElasticsearchPrerequisites,
  startElasticsearch,
  type Access,
  type ElasticsearchNode,
  type ElasticsearchOptions
} from './elasticsearch.ts'
import { superUser } from './elasticsearch-config.ts'
import { findJdk } from './java.ts'

/** Ids of the processes that name one of these directories on their command line. */
async function processesOf(directories: readonly string[]): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(
    ids.map(async (id) => [id, await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')] as const)
  )
  return lines.filter(([, line]) => directories.some((directory) => line.includes(directory))).map(([id]) => id)
}

async function json(
  access: Access,
  path: string,
  change?: { readonly method: string; readonly body?: unknown }
): Promise<unknown> {
  const { status, body } = await ask(access, { path, ...change })
  assert.ok(status < 300, `${path}: ${status} ${JSON.stringify(body)}`)
  return body
}

async function versionOf(node: ElasticsearchNode): Promise<unknown> {
  const nodes = await json(node, '/_nodes/_local?filter_path=nodes.*.version')
  assert.ok(nodes instanceof Object && 'nodes' in nodes && nodes.nodes instanceof Object)
  return Object.values(nodes.nodes)
}

describe('a node with a plugin of ours', () => {
  it('is refused, with the reason, where the plugin is not made for the version', async () => {
    const options = { version: '9.5.3-bare', plugins: ['lifecycle'] } as const
    assert.match(
      (await missingElasticsearchPrerequisites(options)) ?? '',
      /no plugin lifecycle is made for elasticsearch 9\.5\.3|^Java/
    )
    await assert.rejects(startElasticsearch(options), /no plugin lifecycle is made/)
  })

  it('needs a Java that can compile', async () => {
    assert.equal(await findJdk(999), undefined)
    const jdk = await findJdk(1)
    if (jdk !== undefined) assert.ok(existsSync(join(jdk, 'bin', 'javac')))
  })
})

/** Those that other tests share: a start takes longer than all of this. */
for (const version of elasticsearchVersions) {
  describe(`a real node of ${version} for tests`, function () {
    this.timeout(60_000)
    let node: ElasticsearchNode

    before(async function () {
      node = await sharedNodeOrSkip(this, version)
    })

    it('answers with its version', async () => {
      assert.deepEqual(await versionOf(node), [{ version: node.version }])
      assert.ok(version.includes(node.version))
    })

    it('answers nothing while it is paused', async () => {
      await node.pause()
      try {
        await assert.rejects(ask(node, { path: '/_cluster/health', timeoutMs: 500 }), { name: 'AbortError' })
      } finally {
        node.resume()
      }
      await json(node, '/_cluster/health')
    })
  })
}

/** One for each way to start a server. */
const own: readonly ElasticsearchOptions[] = [
  { version: '9.4.3', secure: true },
  { version: '8.19.8', secure: true },
  { version: 'opensearch-3.8.0' }
]

for (const options of own) {
  describe(`a node of ${options.version} for one test alone`, function () {
    this.timeout(120_000)
    let node: ElasticsearchNode | undefined
    const running = (): ElasticsearchNode => node ?? assert.fail('no node')

    before(async function () {
      node = await nodeOrSkip(this, options)
    })

    after(() => node?.stop())

    if (options.secure === true) {
      it('lets the right password in, and nobody else', async () => {
        const server = running()
        assert.ok(server.url.startsWith('https://'))
        const { username, password: _, ...nobody } = server
        const path = '/_cluster/health'
        assert.equal((await ask(server, { path })).status, 200)
        assert.equal((await ask({ ...server, password: 'wrong' }, { path })).status, 401)
        assert.equal((await ask(nobody, { path })).status, 401)
        assert.equal(username, superUser.username)
      })

      it('makes API keys', async () => {
        const { url, caFile, ...server } = running()
        const made = await json({ url, ...server, ...(caFile !== undefined && { caFile }) }, '/_security/api_key', {
          method: 'POST',
          body: { name: 'one' }
        })
        assert.ok(made instanceof Object && 'encoded' in made && typeof made.encoded === 'string')
        await json({ url, apiKey: made.encoded, ...(caFile !== undefined && { caFile }) }, '/_cluster/health')
      })

      it('is not trusted without its certificate', async () => {
        const { caFile: _, ...untrusting } = running()
        await assert.rejects(ask(untrusting, { path: '/' }), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
      })
    }

    // What starts it again is the same for all of them.
    if (options.version === '8.19.8') {
      it('keeps port, users and data over a kill', async () => {
        const server = running()
        const kept = `/kept-${randomUUID()}`
        await json(server, kept, {
          method: 'PUT',
          body: { settings: { number_of_replicas: 0 }, mappings: { properties: { a: { type: 'keyword' } } } }
        })
        await json(server, `${kept}/_doc/1?refresh=true`, { method: 'PUT', body: { a: 'b' } })
        const { pid } = server
        await server.kill()
        await assert.rejects(ask(server, { path: kept }), { code: 'ECONNREFUSED' })
        await server.restart()
        assert.notEqual(server.pid, pid)
        assert.deepEqual(await json(server, `${kept}/_count?filter_path=count`), { count: 1 })
      })
    }

    it('leaves no process and no directory behind', async function () {
      // It ends what a second attempt would need.
      this.retries(0)
      const { directories, pid } = running()
      assert.ok(directories.every((directory) => existsSync(directory)))
      assert.ok((await processesOf(directories)).includes(String(pid)))
      await running().stop()
      assert.deepEqual(await processesOf(directories), [])
      assert.deepEqual(
        directories.filter((directory) => existsSync(directory)),
        []
      )
      node = undefined
    })
  })
}
