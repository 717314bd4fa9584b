/** The servers that the other tests share. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { ask } from '../../servers/http.ts'
import {
  eventually,
  heartbeat,
  nifiVersions,
  openScene,
  sharedNodeOrSkip,
  type NifiNode,
  type Scene
} from './harness.ts'

const about = '/nifi-api/flow/about'

interface SavedGroup {
  readonly name?: string
  readonly processors: readonly { readonly scheduledState: string }[]
  readonly processGroups: readonly SavedGroup[]
}

/** Run states of the processors of a group after a kill: NiFi writes its flow half a second after a change, or later. */
async function savedStates({ home }: NifiNode, name: string): Promise<readonly string[]> {
  const { rootGroup } = JSON.parse(gunzipSync(await readFile(join(home, 'conf', 'flow.json.gz'))).toString())
  const statesIn = (group: SavedGroup): readonly string[] =>
    group.name === name
      ? group.processors.map(({ scheduledState }) => scheduledState)
      : group.processGroups.flatMap((inner) => statesIn(inner))
  return statesIn(rootGroup)
}

for (const version of nifiVersions) {
  describe(`a real NiFi ${version} for tests`, function () {
    this.timeout(300_000)
    let node: NifiNode
    let scene: Scene

    before(async function () {
      node = await sharedNodeOrSkip(this, version)
      scene = await openScene(node)
    })

    afterEach(() => scene.hand.clear(scene.parent))

    it('answers with its version and its root group', async () => {
      const { status, body } = await ask(node, { path: about })
      assert.equal(status, 200)
      assert.match(JSON.stringify(body), new RegExp(`"version":"${version.replaceAll('.', '\\.')}"`))
      assert.equal((await scene.hand.group('root'))?.id, node.root)
    })

    it('answers nothing while it is paused', async () => {
      await node.pause()
      await assert.rejects(ask(node, { path: about, timeoutMs: 500 }), { name: 'AbortError' })
      node.resume()
      assert.equal((await ask(node, { path: about })).status, 200)
    })

    // What is killed in mortal.live.test.ts is of the other version.
    if (version !== '1.18.0') return
    it('keeps port and flow over a kill, and what ran runs again', async () => {
      const { hand, parent } = scene
      const { pid, root } = node
      const name = scene.name('heartbeat')
      const group = await hand.import(parent, name, heartbeat(name, { comments: 'proof of life' }))
      const valid = ['VALID', 'VALID']
      await eventually(async () => {
        assert.deepEqual(
          (await hand.processors(group)).map(({ validation }) => validation),
          valid
        )
      })
      await hand.setState(group, 'RUNNING')
      await eventually(async () => assert.equal((await hand.group(group))?.running, 2))
      const before = await hand.download(group)
      await eventually(async () => assert.deepEqual(await savedStates(node, name), ['RUNNING', 'RUNNING']))
      await node.kill()
      await assert.rejects(ask(node, { path: about }), { code: 'ECONNREFUSED' })
      await node.restart()
      assert.notEqual(node.pid, pid)
      assert.equal((await hand.group('root'))?.id, root)
      assert.deepEqual(await hand.download(group), before)
      await eventually(async () => assert.equal((await hand.group(group))?.running, 2))
    })
  })
}
