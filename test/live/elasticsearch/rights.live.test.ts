/**
 * The rights the documentation asks for: enough for every kind, and each of them needed.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Json } from '../../../src/records.ts'
import { Hand, openScene, securedNodeOrSkip, type ElasticsearchNode, type Scene } from './harness.ts'
import { openLine, told, type Files, type Line } from './line.ts'

const page = new URL('../../../docs/elasticsearch.md', import.meta.url)

const role = z.strictObject({
  cluster: z.array(z.string()),
  indices: z.array(z.strictObject({ names: z.array(z.string()), privileges: z.array(z.string()) }))
})
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
  let node: ElasticsearchNode
  let hand: Hand

  before(async function () {
    node = await securedNodeOrSkip(this)
    hand = new Hand(node)
  })

  /** A scene, and a line that is let in with an API key and nothing else. */
  async function openWith(
    request: (scene: Scene) => Promise<unknown>
  ): Promise<{ readonly scene: Scene; readonly line: Line }> {
    const scene = await openScene(node)
    const { encoded: apiKey } = z
      .object({ encoded: z.string() })
      .parse(await hand.must('POST', '/_security/api_key', await request(scene)))
    const { url, caFile } = node
    return { scene, line: openLine({ url, apiKey, ...(caFile !== undefined && { caFile }) }, scene) }
  }

  const keyOf = (name: string, { cluster, indices }: Role): unknown => ({
    name,
    role_descriptors: { own: { cluster, indices } }
  })

  async function documentedRole({ prefix }: Scene): Promise<Role> {
    return role.parse(await documented('PUT /_security/role/infometis', prefix))
  }

  it('are the same in the role and in the API key', async () => {
    const key = z
      .object({ role_descriptors: z.object({ infometis: role }) })
      .parse(await documented('POST /_security/api_key', 'a-'))
    assert.deepEqual(key.role_descriptors.infometis, await documented('PUT /_security/role/infometis', 'a-'))
  })

  it('are accepted as a role by the server', async () => {
    await hand.must('PUT', '/_security/role/infometis', await documented('PUT /_security/role/infometis', 'live-'))
  })

  /** The settings of the cluster outlive a scene: each needs a value no other has set. */
  let limit = 1000

  /** Something of every kind this server has; `version` 0 is to be created, 1 to be changed to. */
  function everything(scene: Scene, version: 0 | 1): Files & { readonly policy: { readonly hold: readonly string[] } } {
    limit += 1
    const tokenizer = version === 0 ? 'standard' : 'whitespace'
    const properties: { readonly [field: string]: Json } = {
      sku: { type: 'keyword' },
      ...(version === 1 && { price: { type: 'double' } })
    }
    const files = scene.filesOf({
      'component-templates': { parts: { template: { settings: { number_of_replicas: version } } } },
      'index-templates': {
        made: {
          index_patterns: [`${scene.name('made')}-*`],
          composed_of: [scene.name('parts')],
          priority: 900 + version
        }
      },
      'ingest-pipelines': { arriving: { processors: [{ set: { field: 'seen', value: `${version}` } }] } },
      indices: {
        a: {
          settings: {
            number_of_replicas: version,
            default_pipeline: scene.name('arriving'),
            analysis: { analyzer: { own: { type: 'custom', tokenizer } } }
          },
          mappings: { properties },
          aliases: { [scene.name('inline')]: {} }
        },
        b: { settings: { number_of_replicas: version } }
      },
      aliases: { both: { a: {}, b: { is_write_index: version === 1 } } },
      cluster: { persistent: { 'cluster.max_shards_per_node': limit } }
    })
    return { ...files, policy: { hold: [] } }
  }

  it('are enough to create, change and look at every kind this server has', async () => {
    const { scene, line } = await openWith(({ prefix }) => documented('POST /_security/api_key', prefix))
    for (const version of [0, 1] as const) {
      line.declare(everything(scene, version))
      const report = await line.cycle()
      assert.deepEqual(new Set(report.outcomes.map(({ result }) => result)), new Set(['done']), JSON.stringify(report))
      assert.equal((await line.apply()).status, 'in-sync')
    }
  })

  // This build of the server has no lifecycle policies, so nothing here needs manage_ilm.
  for (const right of [
    'monitor',
    'manage_index_templates',
    'manage_ingest_pipelines',
    'cluster:admin/settings/update'
  ]) {
    it(`are all needed: without ${right} something is refused, and the rest is done`, async () => {
      const { scene, line } = await openWith(async (made) => {
        const { cluster, indices } = await documentedRole(made)
        assert.ok(cluster.includes(right))
        return keyOf('less', { cluster: cluster.filter((other) => other !== right), indices })
      })
      line.declare(everything(scene, 0))
      const report = await line.cycle()
      assert.match(JSON.stringify(report.outcomes), /not permitted|NOT_PERMITTED/)
      assert.notEqual(await hand.index(scene.name('b')), undefined)
    })
  }

  it('with read and write on top are enough for a strategy', async () => {
    const { scene, line } = await openWith(async (made) => {
      const { cluster, indices } = await documentedRole(made)
      return keyOf('strategy', {
        cluster,
        indices: indices.map((entry) =>
          entry.privileges.includes('manage') ? { ...entry, privileges: ['manage', 'read', 'write'] } : entry
        )
      })
    })
    const copied = scene.name('copied')
    const apply = async (type: string): Promise<void> => {
      line.declare({
        indices: {
          [copied]: {
            strategy: 'reindex',
            settings: { number_of_replicas: 0 },
            mappings: { properties: { sku: { type } } }
          }
        }
      })
      const report = await line.apply()
      assert.equal(report.status, 'in-sync', JSON.stringify(report))
    }
    await apply('keyword')
    await hand.bulk(copied, [{ sku: 'x-1' }])
    await apply('text')
    assert.deepEqual(Object.keys(await hand.alias(copied)), [scene.name('copied-2')])
    assert.equal(await hand.count(copied), 1)
  })

  it('without view_index_metadata hold a declared index as "not permitted", whether it exists or not, and create none', async () => {
    const { scene, line } = await openWith(async (made) =>
      keyOf('blind', {
        cluster: (await documentedRole(made)).cluster,
        indices: [{ names: [made.name('seen*')], privileges: ['manage'] }]
      })
    )
    await hand.create({ [scene.name('there')]: { settings: { number_of_replicas: 0 } } })
    line.declare({
      ...scene.filesOf({ indices: { there: {}, missing: {}, seen: { settings: { number_of_replicas: 0 } } } })
    })
    const report = await line.cycle()
    for (const short of ['there', 'missing']) {
      const outcomes = told(report, scene.name(short))
      assert.equal(outcomes.length, 1)
      assert.match(outcomes[0] ?? '', /^hold held .*not permitted/)
    }
    assert.deepEqual((await hand.names(scene.prefix)).toSorted(), [scene.name('seen'), scene.name('there')].toSorted())
  })
})
