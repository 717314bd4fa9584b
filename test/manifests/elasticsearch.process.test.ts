import assert from 'node:assert/strict'
import { parse } from 'yaml'
import { z } from 'zod'
import { buildDirectory, skipWithoutKubectl } from './build.ts'
import { ofKind, parseObjects } from './objects.ts'

const indices = z.record(
  z.string(),
  z.strictObject({ settings: z.record(z.string(), z.union([z.number(), z.string()])), mappings: z.unknown() })
)

/** Files of Elasticsearch's ConfigMaps in one build. */
async function filesIn(directory: string): Promise<ReadonlyMap<string, string>> {
  const maps = ofKind(parseObjects(await buildDirectory(directory)), 'ConfigMap')
  return new Map(
    maps
      .filter(({ metadata }) => metadata.labels['infometis.component'] === 'elasticsearch')
      .flatMap(({ data }) => Object.entries(data))
  )
}

/** JSON with comments is YAML too. */
function indicesOf(files: ReadonlyMap<string, string>, file: string): z.output<typeof indices> {
  return indices.parse(parse(files.get(file) ?? ''))
}

const base = [
  'aliases.json',
  'cluster.json',
  'component-templates.json',
  'index-templates.json',
  'indices.json',
  'ingest-pipelines.json'
]

describe('the desired state of Elasticsearch', () => {
  before(async function () {
    await skipWithoutKubectl(this)
  })

  for (const [directory, layers] of Object.entries({
    manifests: [],
    'environments/dev': [],
    'environments/uat': ['indices.uat.json'],
    'environments/prod': ['indices.prod.json']
  })) {
    it(`in ${directory} is made of the base files${layers.length > 0 ? ` and the layer ${layers.join()}` : ''}`, async () => {
      assert.deepEqual([...(await filesIn(directory)).keys()].toSorted(), [...base, ...layers].toSorted())
    })

    it(`in ${directory} pins a setting of the cluster to the value Elasticsearch ships with`, async () => {
      const files = await filesIn(directory)
      assert.deepEqual(parse(files.get('cluster.json') ?? ''), {
        persistent: { 'action.destructive_requires_name': 'true' }
      })
    })
  }

  it('for development replaces the indices by the same ones, each without a copy, and says why', async () => {
    const files = await filesIn('environments/dev')
    const declared = indicesOf(files, 'indices.json')
    assert.deepEqual(Object.keys(declared), Object.keys(indicesOf(await filesIn('manifests'), 'indices.json')))
    for (const [name, { settings }] of Object.entries(declared)) assert.equal(settings['number_of_replicas'], 0, name)
    assert.match(files.get('indices.json') ?? '', /"number_of_replicas": 0, {3}# One node has no place for a copy/)
  })

  it('for production changes shards, copies and refreshing only, in a layer over the base as it is', async () => {
    const files = await filesIn('environments/prod')
    assert.equal(files.get('indices.json'), (await filesIn('manifests')).get('indices.json'))
    assert.deepEqual(parse(files.get('indices.prod.json') ?? ''), {
      products: { settings: { number_of_shards: 3, number_of_replicas: 2, refresh_interval: '30s' } },
      orders: { settings: { number_of_shards: 6, number_of_replicas: 2 } }
    })
    assert.match(files.get('indices.prod.json') ?? '', /# Fixed when the index is created/)
  })
})
