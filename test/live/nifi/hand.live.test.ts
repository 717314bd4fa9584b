import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { eventually, heartbeat, nifiVersions, openScene, serverOrSkip, type Scene } from './harness.ts'

const standard = 'org.apache.nifi.processors.standard'

for (const version of nifiVersions) {
  describe(`the hand of the tests on NiFi ${version}`, function () {
    this.timeout(120_000)
    let scene: Scene

    before(async function () {
      scene = await openScene(await serverOrSkip(this, version))
    })

    /** What a test that failed has left would be in the way of its second attempt. */
    beforeEach(async () => {
      await scene.hand.clear(scene.parent)
      await scene.hand.clearContexts(scene.prefix)
    })

    it('imports, renames, comments and downloads a group', async () => {
      const { hand, parent } = scene
      const group = await hand.import(parent, 'heartbeat', heartbeat('heartbeat', { comments: 'proof of life' }))
      assert.equal(await hand.comments(group), 'proof of life')
      await hand.rename(group, 'renamed')
      await hand.changeGroup(group, { comments: 'other' })
      assert.deepEqual(
        (await hand.groups(parent)).map(({ id, name, comments }) => [id, name, comments]),
        [[group, 'renamed', 'other']]
      )
      const { flowContents } = await hand.download(group)
      assert.match(JSON.stringify(flowContents), /"identifier":"gen-success-log"/)
      await hand.remove(group)
      assert.equal(await hand.group(group), undefined)
    })

    it('edits a running processor, and nothing else notices', async () => {
      const { hand, parent } = scene
      const group = await hand.import(parent, 'edited', heartbeat())
      await eventually(async () => assert.equal((await hand.group(group))?.invalid, 0))
      await hand.setState(group, 'RUNNING')
      const before = await hand.revisions(group)
      const { id } = await hand.processor(group, 'gen')
      await hand.configure(id, { properties: { 'File Size': '2KB' } })
      const after = await hand.processor(group, 'gen')
      assert.equal(after.properties['File Size'], '2KB')
      assert.equal(after.state, 'RUNNING')
      const revisions = await hand.revisions(group)
      assert.equal(revisions['log'], before['log'])
      assert.equal(revisions['gen'], (before['gen'] ?? 0) + 3)
      await hand.remove(group)
    })

    it('fills a queue, counts it, and empties it', async () => {
      const { hand, parent } = scene
      const group = await hand.import(parent, 'filled', heartbeat())
      const { id } = await hand.processor(group, 'gen')
      await hand.generate(id, 3)
      const [connection] = await hand.connections(group)
      assert.ok(connection)
      assert.equal(await hand.queued(connection.id), 3)
      assert.equal((await hand.group(group))?.queued, 3)
      assert.equal(await hand.drop(connection.id), 3)
      assert.equal(await hand.queued(connection.id), 0)
      await hand.generate(id, 1)
      await hand.remove(group)
      assert.equal(await hand.group(group), undefined)
    })

    it('adds, connects and deletes processors', async () => {
      const { hand, parent } = scene
      const group = await hand.import(parent, 'grown', heartbeat())
      const added = await hand.addProcessor(group, 'by hand', `${standard}.LogMessage`, {
        autoTerminatedRelationships: ['success']
      })
      const { id: gen } = await hand.processor(group, 'gen')
      await hand.connect(group, gen, added)
      await eventually(async () => assert.equal((await hand.group(group))?.invalid, 0))
      await hand.setState(group, 'RUNNING')
      assert.equal((await hand.processor(group, 'by hand')).identifier, undefined)
      await hand.deleteProcessor(group, added)
      assert.deepEqual((await hand.processors(group)).map(({ name }) => name).toSorted(), ['gen', 'log'])
      assert.equal((await hand.connections(group)).length, 1)
      await hand.remove(group)
    })

    it('makes parameter contexts, one from another, binds and changes them', async () => {
      const { hand, parent } = scene
      const base = await hand.createContext(scene.name('base'), {
        size: '1KB',
        secret: { value: 'canary', sensitive: true }
      })
      const derived = await hand.createContext(scene.name('derived'), { every: '10 sec' }, [base])
      const group = await hand.createGroup(parent, 'bound')
      await hand.changeGroup(group, { parameterContext: { id: derived } })
      assert.equal((await hand.group(group))?.context, derived)
      await hand.setParameters(base, { size: '2KB' })
      const context = await hand.context(scene.name('base'))
      assert.deepEqual(context?.parameters['size'], { value: '2KB', sensitive: false, description: '' })
      assert.equal(context.parameters['secret']?.value, '********')
      const [inheriting] = (await hand.contexts()).filter(({ id }) => id === derived)
      assert.deepEqual(inheriting?.inherits, [base])
      assert.deepEqual(inheriting.bound, [group])
      await hand.clear(parent)
      await hand.clearContexts(scene.prefix)
      assert.equal(await hand.context(scene.name('base')), undefined)
    })

    if (version === '2.3.0') {
      it('makes, enables and disables services', async () => {
        const { hand, parent } = scene
        const group = await hand.createGroup(parent, 'served')
        const client = 'org.apache.nifi.distributed.cache.client.MapCacheClientService'
        const service = await hand.createService(group, 'cache', client, { 'Server Hostname': '127.0.0.1' })
        const user = await hand.addProcessor(group, 'detect', `${standard}.DetectDuplicate`, {
          properties: { 'Distributed Cache Service': service },
          autoTerminatedRelationships: ['duplicate', 'non-duplicate', 'failure']
        })
        const gen = await hand.addProcessor(group, 'gen', `${standard}.GenerateFlowFile`)
        await hand.connect(group, gen, user)
        await hand.setService(service, 'ENABLED')
        assert.deepEqual(
          (await hand.services(group)).map(({ name, state }) => [name, state]),
          [['cache', 'ENABLED']]
        )
        await hand.start(user)
        await hand.setService(service, 'DISABLED')
        assert.equal((await hand.processor(group, 'detect')).state, 'STOPPED')
        await hand.setService(service, 'ENABLED')
        await hand.start(user)
        await hand.remove(group)
        assert.equal(await hand.group(group), undefined)
      })
    } else {
      it('finds no service to make', async () => {
        assert.deepEqual(await scene.hand.must('GET', '/flow/controller-service-types'), { controllerServiceTypes: [] })
      })
    }

    it('clears what is under a group, whatever it is doing', async () => {
      const { hand, parent } = scene
      const group = await hand.import(parent, 'outer', heartbeat())
      const inner = await hand.import(group, 'inner', heartbeat('inner', { every: '10 ms' }))
      await eventually(async () => assert.equal((await hand.group(group))?.invalid, 0))
      await hand.setState(group, 'RUNNING')
      await hand.stop((await hand.processors(inner)).find(({ name }) => name === 'log')?.id ?? '')
      await eventually(async () => assert.notEqual((await hand.group(inner))?.queued, 0))
      await hand.clear(group)
      assert.deepEqual(
        [await hand.groups(group), await hand.processors(group), await hand.connections(group)],
        [[], [], []]
      )
      await hand.clear(parent)
      assert.deepEqual(await hand.groups(parent), [])
    })

    it('leaves the configuration of its scene in files, by full names', async () => {
      await scene.declare({
        'parameter-contexts': { a: { parameters: { size: '1KB' } } },
        flows: { b: { definition: 'b.flow.json' } },
        cluster: { maxTimerDrivenThreadCount: 10 },
        policy: { exact: true },
        definitions: { 'b.flow.json': heartbeat() }
      })
      assert.deepEqual((await readdir(scene.dir)).toSorted(), [
        'b.flow.json',
        'cluster.yaml',
        'flows.yaml',
        'parameter-contexts.yaml',
        'policy.yaml'
      ])
      const read = async (file: string): Promise<unknown> => parse(await readFile(join(scene.dir, file), 'utf8'))
      assert.deepEqual(await read('flows.yaml'), { [scene.name('b')]: { definition: 'b.flow.json' } })
      assert.deepEqual(await read('policy.yaml'), { owned: [`${scene.prefix}*`], exact: true })
    })
  })
}
