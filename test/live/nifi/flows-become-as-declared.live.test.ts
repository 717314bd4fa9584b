/** Flows on real servers, through the real line: created, changed in place, repaired, run, and left to people where that is declared. */
import assert from 'node:assert/strict'
import { groundOn } from './ground.ts'
import { nifiVersions } from './harness.ts'
import { pair } from './pair.ts'

for (const version of nifiVersions) {
  describe(`flows on NiFi ${version}`, function () {
    this.timeout(180_000)
    const ground = groundOn(version)
    const { declare, apply, verbs, paths, assertAtRest } = ground

    it('are created and run; a second apply sends no write, and a change stops only what it is about', async () => {
      const { scene, hand, line } = ground
      declare({ a: pair({ comments: 'proof of life' }) })
      assert.deepEqual(await apply('a'), ['create done'])
      const group = await scene.groupOf('a')
      const { running, comments } = (await hand.group(group)) ?? assert.fail('no group')
      assert.equal(running, 2)
      assert.match(comments, /^proof of life\n\[infometis owner=infometis flow=\S+ desired=\S+ live=\S+\]$/)
      line.take()
      assert.deepEqual(await apply('a'), [])
      const requests = line.take()
      assert.ok(requests.every(({ method }) => method === 'GET'))
      assert.ok(requests.length <= 6, requests.map(({ path }) => path).join())

      const before = await hand.revisions(group)
      declare({ a: pair({ comments: 'proof of life', size: '2KB' }) })
      assert.deepEqual(await paths('a'), ['processors.gen.properties.File Size'])
      assert.deepEqual(await apply('a'), ['update done'])
      const after = await hand.revisions(group)
      assert.deepEqual([(after['gen'] ?? 0) - (before['gen'] ?? 0), (after['log'] ?? 0) - (before['log'] ?? 0)], [3, 1])
      assert.equal((await hand.processor(group, 'gen')).properties['File Size'], '2KB')
      assert.equal((await hand.group(group))?.running, 2)
      assert.deepEqual(await verbs('a'), ['keep'])
    })

    it('are made what is declared again when somebody edits, renames, stops or comments them', async () => {
      const { scene, hand } = ground
      declare({ a: pair({ comments: 'ours' }) })
      await apply('a')
      const group = await scene.groupOf('a')
      await hand.configure((await hand.processor(group, 'gen')).id, { properties: { 'File Size': '7KB' } })
      await hand.stop((await hand.processor(group, 'log')).id)
      const marker = (await hand.comments(group)).split('\n').at(-1)
      await hand.changeGroup(group, { name: 'renamed', comments: `theirs\n${marker}` })
      assert.deepEqual((await paths('a')).toSorted(), [
        'comments',
        'name',
        'processors.gen.properties.File Size',
        'state'
      ])
      assert.deepEqual(await apply('a'), ['update done'])
      assert.equal(await scene.groupOf('a'), group)
      assert.match(await hand.comments(group), /^ours\n/)
      assert.equal((await hand.processor(group, 'gen')).properties['File Size'], '1KB')
      assert.equal((await hand.group(group))?.running, 2)
      assert.deepEqual(await verbs('a'), ['keep'])
    })

    it('are stopped, started, or left to people, as declared', async () => {
      const { scene, hand, line } = ground
      declare({ stopped: pair({ state: 'STOPPED' }), ignored: pair({ state: 'IGNORE' }) })
      await line.apply()
      const [stopped, ignored] = [await scene.groupOf('stopped'), await scene.groupOf('ignored')]
      for (const group of [stopped, ignored]) {
        assert.equal((await hand.group(group))?.running, 0)
        await hand.setState(group, 'RUNNING')
      }
      assert.deepEqual(await verbs('ignored'), ['keep'])
      assert.deepEqual(await paths('stopped'), ['state'])
      assert.deepEqual(await apply('stopped'), ['update done'])
      assert.equal((await hand.group(stopped))?.running, 0)
      assert.equal((await hand.group(ignored))?.running, 2)
      declare({ stopped: pair(), ignored: pair({ state: 'IGNORE', size: '2KB' }) })
      await line.apply()
      assert.equal((await hand.group(stopped))?.running, 2)
      assert.equal((await hand.group(ignored))?.running, 2, 'what a person started runs after a change too')
    })

    it('keep what is ignored as somebody made it, also while something else is changed', async () => {
      const { scene, hand } = ground
      const reconcile = { ignore: ['processors.gen.properties.File Size', 'state'] }
      declare({ a: pair({ reconcile }) })
      await apply('a')
      const group = await scene.groupOf('a')
      await hand.configure((await hand.processor(group, 'gen')).id, { properties: { 'File Size': '7KB' } })
      await hand.stop((await hand.processor(group, 'gen')).id)
      assert.deepEqual(await verbs('a'), ['keep'])
      declare({ a: pair({ reconcile, comments: 'changed', funnels: { unused: {} } }) })
      assert.deepEqual((await paths('a')).toSorted(), ['comments', 'funnels.unused'])
      assert.deepEqual(await apply('a'), ['update done'])
      const { properties, state } = await hand.processor(group, 'gen')
      assert.deepEqual([properties['File Size'], state], ['7KB', 'STOPPED'])
      assert.match(JSON.stringify(await hand.download(group)), /"funnels":\[\{/)
      await assertAtRest()
    })
  })
}
