import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openScene, serverOrSkip, type ElasticsearchVersion, type Scene } from './harness.ts'

const versions: readonly ElasticsearchVersion[] = ['9.4.3', '8.19.8', 'opensearch-3.8.0']

for (const version of versions) {
  describe(`the hand of the tests on ${version}`, function () {
    this.timeout(60_000)
    let scene: Scene

    // Another one for each attempt: what one has left is in the way of the next.
    beforeEach(async function () {
      scene = await openScene(await serverOrSkip(this, version))
    })

    it('creates, changes, fills, closes and deletes an index', async () => {
      const { hand } = scene
      const name = scene.name('index')
      await hand.create({ [name]: { settings: { number_of_replicas: 0 }, aliases: { [scene.name('alias')]: {} } } })
      await hand.putSettings(name, { 'index.refresh_interval': '5s' })
      await hand.putMapping(name, { properties: { at: { type: 'date' } } })
      await hand.bulk(name, [{ at: '2026-01-01' }, { at: '2026-01-02' }])
      const index = await hand.index(name)
      assert.equal(index?.settings['index.refresh_interval'], '5s')
      assert.deepEqual(index.mappings, { properties: { at: { type: 'date' } } })
      assert.equal(await hand.count(name), 2)
      assert.deepEqual(await hand.names(scene.prefix), [name])
      await hand.close(name)
      assert.equal(await hand.isOpen(name), false)
      await hand.open(name)
      assert.equal(await hand.isOpen(name), true)
      await hand.deleteIndices([name])
      assert.equal(await hand.index(name), undefined)
    })

    it('moves an alias, which is not taken for an index', async () => {
      const { hand } = scene
      const [alias, a, b] = [scene.name('moved'), scene.name('a'), scene.name('b')]
      await hand.create({ [a]: { aliases: { [alias]: {} } }, [b]: {} })
      await hand.changeAliases([{ remove: { index: a, alias } }, { add: { index: b, alias, is_write_index: true } }])
      assert.deepEqual(await hand.alias(alias), { [b]: { is_write_index: true } })
      assert.deepEqual(await hand.alias(scene.name('none')), {})
      assert.equal(await hand.index(alias), undefined)
    })

    it('clears everything of its scene, and nothing else', async () => {
      const { hand } = scene
      const other = `other-${scene.prefix}`
      await hand.create({ [scene.name('open')]: {}, [scene.name('closed')]: {}, [other]: {} })
      await hand.close(scene.name('closed'))
      const pipeline = `/_ingest/pipeline/${scene.name('pipeline')}`
      await hand.must('PUT', pipeline, { processors: [] })
      await hand.must('PUT', `/_component_template/${scene.name('part')}`, { template: {} })
      const template = { index_patterns: [scene.name('stream*')], data_stream: {}, composed_of: [scene.name('part')] }
      await hand.must('PUT', `/_index_template/${scene.name('whole')}`, template)
      // SonarQube's copies of Elasticsearch make data streams, and have no request that deletes one.
      if (version === 'opensearch-3.8.0') await hand.bulk(scene.name('stream'), [{ '@timestamp': '2026-01-01' }])
      await hand.clear(scene.prefix)
      assert.deepEqual(await hand.names(scene.prefix), [])
      assert.equal(await hand.find(pipeline), undefined)
      assert.equal(await hand.find(`/_component_template/${scene.name('part')}`), undefined)
      assert.notEqual(await hand.index(other), undefined)
      await hand.deleteIndices([other])
    })

    it('leaves the configuration of its scene in files, by full names', async () => {
      await scene.declare({
        indices: { a: { settings: {} } },
        aliases: { b: { a: {} }, c: null },
        cluster: { persistent: {} },
        policy: { exact: true }
      })
      assert.deepEqual((await readdir(scene.dir)).toSorted(), [
        'aliases.json',
        'cluster.json',
        'indices.json',
        'policy.yaml'
      ])
      const read = async (file: string): Promise<unknown> => JSON.parse(await readFile(join(scene.dir, file), 'utf8'))
      assert.deepEqual(await read('indices.json'), { [scene.name('a')]: { settings: {} } })
      assert.deepEqual(await read('aliases.json'), {
        [scene.name('b')]: { [scene.name('a')]: {} },
        [scene.name('c')]: null
      })
      assert.deepEqual(await read('cluster.json'), { persistent: {} })
    })
  })
}
