import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ask, elasticsearchVersions, missingElasticsearchPrerequisites, startElasticsearch, type Access, type ElasticsearchNode, type ElasticsearchOptions } from './elasticsearch.ts'
import { superUser } from './elasticsearch-config.ts'
import { findJdk } from './java.ts'

async function startOrSkip(context: Mocha.Context, options: ElasticsearchOptions): Promise<ElasticsearchNode> {
  const missing = await missingElasticsearchPrerequisites(options)
  if (missing === undefined) return startElasticsearch(options)
  process.stderr.write(`SKIPPED: ${context.test?.fullTitle() ?? ''}: ${missing}\n`)
  return context.skip()
}

/** Ids of the processes that name one of these directories on their command line. */
async function processesOf(directories: readonly string[]): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(ids.map(async (id) => [id, await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')] as const))
  return lines.filter(([, line]) => directories.some((directory) => line.includes(directory))).map(([id]) => id)
}

async function json(access: Access, path: string, change?: { readonly method: string; readonly body?: unknown }): Promise<unknown> {
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
    assert.match((await missingElasticsearchPrerequisites(options)) ?? '', /no plugin lifecycle is made for elasticsearch 9\.5\.3|^Java/)
    await assert.rejects(startElasticsearch(options), /no plugin lifecycle is made/)
  })

  it('needs a Java that can compile', async () => {
    assert.equal(await findJdk(999), undefined)
    const jdk = await findJdk(1)
    if (jdk !== undefined) assert.ok(existsSync(join(jdk, 'bin', 'javac')))
  })
})

for (const version of elasticsearchVersions) {
  describe(`a real node of ${version} for tests`, function () {
    this.timeout(900_000)
    let node: ElasticsearchNode | undefined

    before(async function () {
      node = await startOrSkip(this, { version })
    })

    after(() => node?.stop())

    it('answers with its version', async () => {
      assert.ok(node)
      assert.deepEqual(await versionOf(node), [{ version: node.version }])
      assert.ok(version.includes(node.version))
    })

    it('keeps port and data over a kill', async () => {
      assert.ok(node)
      await json(node, '/kept', { method: 'PUT', body: { settings: { number_of_replicas: 0 }, mappings: { properties: { a: { type: 'keyword' } } } } })
      await json(node, '/kept/_doc/1?refresh=true', { method: 'PUT', body: { a: 'b' } })
      const { pid } = node
      await node.kill()
      await assert.rejects(ask(node, { path: '/kept' }), { code: 'ECONNREFUSED' })
      await node.restart()
      assert.notEqual(node.pid, pid)
      const count = await json(node, '/kept/_count?filter_path=count')
      assert.deepEqual(count, { count: 1 })
    })

    it('answers nothing while it is paused', async () => {
      assert.ok(node)
      await node.pause()
      await assert.rejects(ask(node, { path: '/_cluster/health', timeoutMs: 500 }), { name: 'AbortError' })
      node.resume()
      await json(node, '/_cluster/health')
    })

    it('leaves no process and no directory behind', async () => {
      assert.ok(node)
      const { directories } = node
      assert.ok(directories.every((directory) => existsSync(directory)))
      assert.ok((await processesOf(directories)).includes(String(node.pid)))
      await node.stop()
      assert.deepEqual(await processesOf(directories), [])
      assert.deepEqual(directories.filter((directory) => existsSync(directory)), [])
      node = undefined
    })
  })
}

const secured = [
  ['9.4.3', 'http'],
  ['9.4.3', 'https'],
  ['8.19.8', 'http']
] as const

for (const [version, security] of secured) {
  describe(`a real node of ${version} that asks for a password over ${security}`, function () {
    this.timeout(900_000)
    let node: ElasticsearchNode | undefined

    before(async function () {
      node = await startOrSkip(this, { version, security })
    })

    after(() => node?.stop())

    it('lets the right password in, and nobody else', async () => {
      assert.ok(node)
      const { url, caFile } = node
      assert.ok(url.startsWith(`${security}://`))
      const path = '/_cluster/health'
      assert.equal((await ask(node, { path })).status, 200)
      assert.equal((await ask({ ...node, password: 'wrong' }, { path })).status, 401)
      assert.equal((await ask({ url, ...(caFile !== undefined && { caFile }) }, { path })).status, 401)
      assert.equal(node.username, superUser.username)
    })

    it('makes API keys', async () => {
      assert.ok(node)
      const made = await json(node, '/_security/api_key', { method: 'POST', body: { name: 'one' } })
      assert.ok(made instanceof Object && 'encoded' in made && typeof made.encoded === 'string')
      const { url, caFile } = node
      await json({ url, apiKey: made.encoded, ...(caFile !== undefined && { caFile }) }, '/_cluster/health')
    })

    if (security === 'https') {
      it('is not trusted without its certificate', async () => {
        assert.ok(node)
        const { caFile: _, ...untrusting } = node
        await assert.rejects(ask(untrusting, { path: '/' }), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
      })

      it('keeps its users over a clean restart', async () => {
        assert.ok(node)
        const { pid } = node
        await node.restart()
        assert.notEqual(node.pid, pid)
        await json(node, '/_cluster/health')
      })
    }
  })
}
