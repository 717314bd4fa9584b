/**
 * Traps of snapshots: what comes back is older than what was declared, and what is mounted is no index of ours.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, openScene, sharedNodeOrSkip, type ElasticsearchNode, type Scene } from './harness.ts'
import { openLine, told, type Line } from './line.ts'

const spec = {
  settings: { number_of_replicas: 0, refresh_interval: '5s' },
  mappings: { properties: { sku: { type: 'keyword' } } }
}

for (const version of ['9.4.3', 'opensearch-3.8.0'] as const) {
  describe(`an index and its snapshot on ${version}`, function () {
    this.timeout(120_000)
    let repository: string
    let node: ElasticsearchNode
    let scene: Scene
    let kept: string

    before(async function () {
      node = await sharedNodeOrSkip(this, version)
      repository = await mkdtemp(join(tmpdir(), 'snapshots-'))
      // The node runs as another user than root.
      await chmod(repository, 0o777)
      scene = await openScene(node)
      kept = `/_snapshot/${scene.name('kept')}`
      await scene.hand.must('PUT', kept, { type: 'fs', settings: { location: repository } })
    })

    after(async () => {
      if (scene === undefined) return
      await scene.hand.clear(scene.prefix)
      await scene.hand.must('DELETE', kept)
      await rm(repository, { recursive: true, force: true })
    })

    async function snapshotOf(name: string, line: Line): Promise<void> {
      line.declare({ indices: { [name]: spec } })
      assert.deepEqual(told(await line.apply(), name), ['keep unchanged'])
      await scene.hand.must('PUT', `${kept}/${name}?wait_for_completion=true`, {
        indices: name,
        include_global_state: false
      })
    }

    const restore = (name: string, isAwaited: boolean, options: object = {}): Promise<unknown> =>
      scene.hand.must('POST', `${kept}/${name}/_restore?wait_for_completion=${isAwaited}`, {
        indices: name,
        include_global_state: false,
        ...options
      })

    it('that is restored is as old as its snapshot, whatever was written since: the difference is found and repaired', async () => {
      const name = scene.name(`orders-${randomUUID()}`)
      const line = openLine(node, scene)
      await snapshotOf(name, line)
      const newer = {
        settings: { number_of_replicas: 0, refresh_interval: '9s' },
        mappings: { properties: { sku: { type: 'keyword' }, at: { type: 'date' } } }
      }
      line.declare({ indices: { [name]: newer } })
      await line.apply()
      await scene.hand.close(name)
      await restore(name, true)
      const update = (await line.diff(name))[0]
      assert.ok(update?.verb === 'update')
      assert.deepEqual(update.fields.map(({ path }) => path).toSorted(), [
        'mappings.properties.at',
        'settings.refresh_interval'
      ])
      assert.deepEqual(told(await line.apply(), name), ['keep unchanged'])
      assert.equal((await scene.hand.index(name))?.settings['index.refresh_interval'], '9s')
    })

    if (version === '9.4.3') return

    it('that is mounted is held as what it is, and the server would have refused its changes', async () => {
      const [source, mounted] = [scene.name(`source-${randomUUID()}`), scene.name(`mounted-${randomUUID()}`)]
      const line = openLine(node, scene)
      await snapshotOf(source, line)
      await restore(source, false, {
        storage_type: 'remote_snapshot',
        rename_pattern: '.+',
        rename_replacement: mounted
      })
      await eventually(async () => assert.ok(await scene.hand.index(mounted)))
      line.declare({
        indices: { [source]: spec, [mounted]: { ...spec, mappings: { properties: { at: { type: 'date' } } } } }
      })
      line.take()
      const report = await line.cycle()
      assert.match(told(report, mounted).join(), /^hold held a searchable snapshot/)
      assert.deepEqual(told(report, source), ['keep unchanged'])
      assert.deepEqual(line.takeWrites(), [])
      const refused = await scene.hand.request('PUT', `/${mounted}/_mapping`, { properties: { at: { type: 'date' } } })
      assert.ok(refused.status >= 400, JSON.stringify(refused.body))
    })
  })
}
