/**
 * The rights the documentation asks for: enough for every kind, and each of them needed.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Json } from '../../../src/contract.ts'
import { entriesOf, Hand, nodeOrSkip, openScene, type ElasticsearchNode, type Scene } from './harness.ts'

const page = new URL('../../../docs/elasticsearch.md', import.meta.url)

const role = z.strictObject({ cluster: z.array(z.string()), indices: z.array(z.strictObject({ names: z.array(z.string()), privileges: z.array(z.string()) })) })
type Role = z.output<typeof role>

/** The body of a request on the page, with names of a scene in place of those of the example. */
async function documented(request: string, prefix: string): Promise<unknown> {
  const text = await readFile(page, 'utf8')
  const [, body] = text.split(`\n${request}\n`)
  assert.ok(body !== undefined, `docs/elasticsearch.md shows ${request}`)
  return JSON.parse((body.split('\n```')[0] ?? '').replaceAll('app-*', `${prefix}*`))
}

describe('the rights in docs/elasticsearch.md', function () {
  this.timeout(180_000)
  let node: ElasticsearchNode | undefined
  const server = (): ElasticsearchNode => node ?? assert.fail('no node')

  before(async function () {
    node = await nodeOrSkip(this, { security: 'http' })
  })
  after(() => node?.stop())

  /** A scene whose command line is let in with an API key and nothing else. */
  async function sceneWith(request: (scene: Scene) => Promise<unknown>): Promise<{ readonly scene: Scene; readonly env: Readonly<Record<string, string>> }> {
    const scene = await openScene({ url: server().url })
    const { encoded } = z.object({ encoded: z.string() }).parse(await new Hand(server()).must('POST', '/_security/api_key', await request(scene)))
    return { scene, env: { ELASTICSEARCH_API_KEY: encoded } }
  }

  const keyOf = (name: string, { cluster, indices }: Role): unknown => ({ name, role_descriptors: { own: { cluster, indices } } })

  async function documentedRole({ prefix }: Scene): Promise<Role> {
    return role.parse(await documented('PUT /_security/role/infometis', prefix))
  }

  it('are the same in the role and in the API key', async () => {
    const key = z.object({ role_descriptors: z.object({ infometis: role }) }).parse(await documented('POST /_security/api_key', 'a-'))
    assert.deepEqual(key.role_descriptors.infometis, await documented('PUT /_security/role/infometis', 'a-'))
  })

  it('are accepted as a role by the server', async () => {
    const hand = new Hand(server())
    await hand.must('PUT', '/_security/role/infometis', await documented('PUT /_security/role/infometis', 'live-'))
  })

  /** The settings of the cluster outlive a scene: each needs a value no other has set. */
  let limit = 1000

  /** Something of every kind this server has; `version` 0 is to be created, 1 to be changed to. */
  function declare(scene: Scene, version: 0 | 1): Promise<void> {
    limit += 1
    const tokenizer = version === 0 ? 'standard' : 'whitespace'
    const properties: { readonly [field: string]: Json } = { sku: { type: 'keyword' }, ...(version === 1 && { price: { type: 'double' } }) }
    return scene.declare({
      'component-templates': { parts: { template: { settings: { number_of_replicas: version } } } },
      'index-templates': { made: { index_patterns: [`${scene.name('made')}-*`], composed_of: [scene.name('parts')], priority: 900 + version } },
      'ingest-pipelines': { arriving: { processors: [{ set: { field: 'seen', value: `${version}` } }] } },
      indices: {
        a: {
          settings: { number_of_replicas: version, default_pipeline: scene.name('arriving'), analysis: { analyzer: { own: { type: 'custom', tokenizer } } } },
          mappings: { properties },
          aliases: { [scene.name('inline')]: {} }
        },
        b: { settings: { number_of_replicas: version } }
      },
      aliases: { both: { a: {}, b: { is_write_index: version === 1 } } },
      cluster: { persistent: { 'cluster.max_shards_per_node': limit } },
      policy: { hold: [] }
    })
  }

  it('are enough to create, change and look at every kind this server has', async () => {
    const { scene, env } = await sceneWith(({ prefix }) => documented('POST /_security/api_key', prefix))
    await declare(scene, 0)
    const created = await scene.apply([], env)
    assert.equal(created.code, 0, JSON.stringify(created.document))
    await declare(scene, 1)
    const changed = await scene.apply([], env)
    assert.equal(changed.code, 0, JSON.stringify(changed.document))
    assert.deepEqual(new Set(changed.document.outcomes.map(({ result }) => result)), new Set(['done']))
    const seen = await scene.diff(env)
    assert.equal(seen.code, 0, JSON.stringify(seen.document))
  })

  // This build of the server has no lifecycle policies, so nothing here needs manage_ilm.
  for (const right of ['monitor', 'manage_index_templates', 'manage_ingest_pipelines', 'cluster:admin/settings/update']) {
    it(`are all needed: without ${right} something is refused, and the rest is done`, async () => {
      const { scene, env } = await sceneWith(async (made) => {
        const { cluster, indices } = await documentedRole(made)
        assert.ok(cluster.includes(right))
        return keyOf('less', { cluster: cluster.filter((other) => other !== right), indices })
      })
      await declare(scene, 0)
      const { code, document } = await scene.apply(['--timeout', '5s'], env)
      assert.equal(code, 1, JSON.stringify(document))
      assert.match(JSON.stringify(document), /not permitted|NOT_PERMITTED/)
      assert.notEqual(await new Hand(server()).index(scene.name('b')), undefined)
    })
  }

  it('with read and write on top are enough for a strategy', async () => {
    const { scene, env } = await sceneWith(async (made) => {
      const { cluster, indices } = await documentedRole(made)
      return keyOf('strategy', { cluster, indices: indices.map((entry) => (entry.privileges.includes('manage') ? { ...entry, privileges: ['manage', 'read', 'write'] } : entry)) })
    })
    const declareType = (type: string): Promise<void> =>
      scene.declare({ indices: { copied: { strategy: 'reindex', settings: { number_of_replicas: 0 }, mappings: { properties: { sku: { type } } } } } })
    await declareType('keyword')
    assert.equal((await scene.apply([], env)).code, 0)
    const hand = new Hand(server())
    await hand.bulk(scene.name('copied'), [{ sku: 'x-1' }])
    await declareType('text')
    const copied = await scene.apply([], env)
    assert.equal(copied.code, 0, JSON.stringify(copied.document))
    assert.deepEqual(Object.keys(await hand.alias(scene.name('copied'))), [scene.name('copied-2')])
    assert.equal(await hand.count(scene.name('copied')), 1)
  })

  it('without view_index_metadata hold a declared index as "not permitted", whether it exists or not, and create none', async () => {
    const { scene, env } = await sceneWith(async (made) => keyOf('blind', { cluster: (await documentedRole(made)).cluster, indices: [{ names: [made.name('seen*')], privileges: ['manage'] }] }))
    const hand = new Hand(server())
    await hand.create({ [scene.name('there')]: { settings: { number_of_replicas: 0 } } })
    await scene.declare({ indices: { there: {}, missing: {}, seen: { settings: { number_of_replicas: 0 } } } })
    const { code, document } = await scene.apply(['--timeout', '5s'], env)
    assert.equal(code, 1, JSON.stringify(document))
    for (const short of ['there', 'missing']) {
      const { hold, ...others } = entriesOf(document.changes, scene.key(short))
      assert.match(hold?.why ?? '', /not permitted/)
      assert.deepEqual(others, {})
    }
    assert.deepEqual((await hand.names(scene.prefix)).toSorted(), [scene.name('seen'), scene.name('there')].toSorted())
  })
})
