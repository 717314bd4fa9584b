/**
 * The same configuration on every server: the same report, or held with the reason that this server cannot.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { CycleReport } from '../../../src/line.ts'
import {
  infometis,
  openScene,
  sharedNodeOrSkip,
  temporaryDirectory,
  type DeclaredFiles,
  type ElasticsearchNode,
  type Scene
} from './harness.ts'
import { openLine } from './line.ts'

const versions = ['9.4.3', '8.19.8', 'opensearch-3.8.0'] as const

/** Every kind, and every class of change. */
function everything(scene: Scene, refresh: string): DeclaredFiles {
  return {
    'component-templates': { base: { template: { settings: { refresh_interval: refresh } } } },
    'index-templates': {
      logs: {
        index_patterns: [`${scene.name('logs')}-*`],
        composed_of: [scene.name('base')],
        priority: 321,
        template: { mappings: { properties: { at: { type: 'date' } } } }
      }
    },
    'lifecycle-policies': {
      short: { policy: { phases: { hot: { actions: {} }, delete: { min_age: '7d', actions: { delete: {} } } } } }
    },
    'ingest-pipelines': { stamp: { processors: [{ set: { field: 'stamped', value: true } }] } },
    indices: {
      products: {
        settings: {
          number_of_shards: 1,
          number_of_replicas: 0,
          refresh_interval: refresh,
          default_pipeline: scene.name('stamp')
        },
        mappings: {
          dynamic: 'strict',
          properties: { name: { type: 'text', fields: { raw: { type: 'keyword' } } }, price: { type: 'double' } }
        }
      },
      orders: {
        settings: { 'index.number_of_replicas': '0' },
        mappings: { properties: { 'customer.id': { type: 'keyword' } } }
      }
    },
    aliases: { shop: { products: { is_write_index: true }, orders: { filter: { term: { 'customer.id': 'a' } } } } },
    cluster: { persistent: { 'cluster.max_shards_per_node': '3000' } }
  }
}

/** What cannot be done in place, beside what can. */
function harder(): DeclaredFiles {
  return {
    indices: {
      products: {
        settings: { number_of_shards: 2, refresh_interval: '9s' },
        mappings: { properties: { name: { type: 'text', analyzer: 'english' }, stock: { type: 'long' } } }
      },
      orders: {
        settings: { codec: 'best_compression' },
        mappings: { properties: { customer: { properties: { id: { type: 'keyword', ignore_above: 64 } } } } }
      },
      ['x'.repeat(300)]: {}
    }
  }
}

/** A scene, what its first cycle said, and further ones. */
interface Applied {
  readonly scene: Scene
  readonly report: CycleReport
  readonly apply: (declared: DeclaredFiles) => Promise<CycleReport>
}

const capability = /this server has no API|OpenSearch has no reopen/

/** A report without what is of this run: the prefix, how long it took, and which of two kinds was answered first. */
function told(scene: Scene, { outcomes }: CycleReport): readonly string[] {
  return outcomes
    .map(({ key, verb, result, why }) => [key, verb, result, why ?? ''].join(' | ').replaceAll(scene.prefix, ''))
    .toSorted()
}

/** Where the reports differ, one of them must name what its server lacks. */
function assertSame(reports: readonly (readonly string[])[]): void {
  const [first = [], ...others] = reports
  const keyOf = (line: string): string => line.split(' | ')[0] ?? ''
  for (const other of others) {
    const able = (lines: readonly string[]): readonly string[] => {
      const lacking = new Set([...first, ...other].filter((line) => capability.test(line)).map(keyOf))
      return lines.filter((line) => !lacking.has(keyOf(line)))
    }
    assert.deepEqual(able(other), able(first))
  }
}

describe('the same configuration on Elasticsearch 9, 8 and OpenSearch', function () {
  this.timeout(180_000)
  const servers: ElasticsearchNode[] = []
  const scenes: Scene[] = []

  before(async function () {
    for (const version of versions) servers.push(await sharedNodeOrSkip(this, version))
  })

  afterEach(async () => {
    for (const scene of scenes.splice(0)) {
      await scene.hand.must('PUT', '/_cluster/settings', { persistent: { 'cluster.max_shards_per_node': null } })
      await scene.hand.clear(scene.prefix)
    }
  })

  /** A scene that is cleared after its test, and a line that has applied this. */
  async function applied(server: ElasticsearchNode, declare: (scene: Scene) => DeclaredFiles): Promise<Applied> {
    const scene = await openScene(server)
    scenes.push(scene)
    const line = openLine(server, scene)
    const apply = (declared: DeclaredFiles): Promise<CycleReport> => {
      line.declare(scene.filesOf(declared))
      return line.cycle()
    }
    return { scene, report: await apply(declare(scene)), apply }
  }

  it('is created, is in sync afterwards, and the reports are the same but for what a server lacks', async () => {
    const reports = await Promise.all(
      servers.map(async (server) => {
        const { scene, report, apply } = await applied(server, (one) => everything(one, '5s'))
        const again = await apply(everything(scene, '5s'))
        assert.deepEqual(
          again.outcomes.filter(({ verb }) => !['keep', 'hold', 'orphan'].includes(verb)),
          []
        )
        return told(scene, report)
      })
    )
    assertSame(reports)
    assert.equal(reports[0]?.filter((line) => line.includes('| done |')).length, 7)
  })

  it('is changed in place where that can be, and held with the same words where not', async () => {
    const reports = await Promise.all(
      servers.map(async (server) => {
        const { scene, report, apply } = await applied(server, (one) => {
          const { indices = {} } = everything(one, '5s')
          return {
            indices: { ...indices, products: { ...Object(indices['products']), settings: { number_of_replicas: 0 } } }
          }
        })
        assert.deepEqual(
          report.outcomes.map(({ result }) => result),
          ['done', 'done']
        )
        return told(scene, await apply(harder()))
      })
    )
    assertSame(reports)
    const [first = []] = reports
    assert.ok(
      first.some((line) => /products \| update \| done/.test(line)),
      first.join('\n')
    )
    assert.ok(
      first.some((line) => /products \| hold \| held \| needs reindex: .*number_of_shards.*analyzer/.test(line)),
      first.join('\n')
    )
    assert.ok(
      first.some((line) => /orders \| hold \| held \| .*closed and opened/.test(line)),
      first.join('\n')
    )
    assert.ok(
      first.some((line) => /xxx \| invalid \| invalid/.test(line)),
      first.join('\n')
    )
  })

  for (const [position, version] of versions.entries()) {
    it(`what export prints of ${version} is in sync at once`, async () => {
      const server = servers[position]
      assert.ok(server)
      const { scene } = await applied(server, (one) => everything(one, '5s'))
      const out = join(await temporaryDirectory(), 'adopted')
      const written = await infometis(['export', 'elasticsearch', '--out', out], { env: scene.env })
      assert.equal(written.code, 0, written.stderr)
      const indices = z
        .record(z.string(), z.json())
        .parse(JSON.parse(await readFile(join(out, 'indices.json'), 'utf8')))
      assert.ok(Object.keys(indices).includes(scene.name('products')))
      const diff = await infometis(['diff', 'elasticsearch', '--config', out], { env: scene.env })
      assert.equal(diff.code, 0, diff.stdout + diff.stderr)
    })
  }
})
