/** Parameters in contexts on real servers: made and changed, kept while something uses them, and what their change restarts. */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { contextsOn, namesIn, valuesOf } from './contexts.ts'
import { groundOn } from './ground.ts'
import { nifiVersions } from './harness.ts'

for (const version of nifiVersions) {
  describe(`parameter contexts on NiFi ${version}`, function () {
    this.timeout(180_000)
    const ground = groundOn(version, { makesContexts: true })
    const { name, apply, assertAtRest } = ground
    const { declare, live, bound } = contextsOn(ground)

    it('are created before the flows that use them; only what changes is sent, and only what uses it is restarted', async () => {
      const { scene, hand, line } = ground
      declare({ c: { description: 'd', parameters: { size: '1KB', unused: 'x' } } }, { f: bound('c') })
      await line.apply()
      const group = await scene.groupOf('f')
      assert.equal((await hand.group(group))?.running, 2)
      assert.deepEqual((await live('c')).bound, [group])
      assert.equal((await live('c')).description, 'd\n[infometis owner=infometis]')

      const sent = async (parameters: Readonly<Record<string, Json>>): Promise<readonly string[]> => {
        declare({ c: { description: 'd', parameters } }, { f: bound('c') })
        line.take()
        assert.deepEqual(await apply('c'), ['update done'])
        return line
          .take()
          .flatMap(({ method, path, body }) =>
            method === 'POST' && path.includes('update-requests') ? namesIn(body) : []
          )
      }
      const before = await hand.revisions(group)
      assert.deepEqual(await sent({ size: '1KB', unused: 'y' }), ['unused'])
      assert.deepEqual(await hand.revisions(group), before)
      assert.deepEqual(await sent({ size: '2KB', unused: 'y' }), ['size'])
      const after = await hand.revisions(group)
      assert.notEqual(after['gen'], before['gen'])
      assert.equal(after['log'], before['log'])
      assert.equal((await hand.group(group))?.running, 2)
      await assertAtRest()
    })

    it('keep what nobody declared, unless they are to be exact, and are made what is declared again', async () => {
      const { hand } = ground
      declare({ c: { parameters: { size: '1KB' } } })
      assert.deepEqual(await apply('c'), ['create done'])
      await hand.setParameters((await live('c')).id, { size: '7KB', added: 'by hand' })
      assert.deepEqual(await apply('c'), ['update done'])
      assert.deepEqual(valuesOf(await live('c')), { size: '1KB', added: 'by hand' })
      declare({ c: { parameters: { size: '1KB' }, reconcile: { exact: true } } })
      assert.deepEqual(await apply('c'), ['update done'])
      assert.deepEqual(valuesOf(await live('c')), { size: '1KB' })
    })

    it('keep a parameter that is in use, ask NiFi for nothing hopeless, and change no kind of a parameter', async () => {
      const { scene, hand, line } = ground
      declare({ c: { parameters: { size: '1KB', plain: 'x' } } }, { f: bound('c') })
      await line.apply()
      const group = await scene.groupOf('f')
      const before = await hand.revisions(group)
      declare({ c: { parameters: { size: null, plain: 'x' } } }, { f: bound('c') })
      line.take()
      assert.match(
        (await apply('c')).join(),
        /^hold held cannot remove parameter "size": still referenced by gen in \S*f/
      )
      assert.deepEqual(line.takeWrites(), [])
      declare({ c: { parameters: { size: '1KB', plain: { value: 'x', sensitive: true } } } }, { f: bound('c') })
      assert.match((await apply('c')).join(), /^hold held .*not sensitive and declared sensitive/)
      assert.deepEqual(valuesOf(await live('c')), { size: '1KB', plain: 'x' })
      assert.deepEqual(await hand.revisions(group), before)
      assert.equal((await hand.group(group))?.running, 2)
    })

    it('lose a parameter together with its last use', async () => {
      const { scene, hand, line } = ground
      declare({ c: { parameters: { size: '1KB' } } }, { f: bound('c') })
      await line.apply()
      const { processors, ...rest } = Object(bound('c'))
      const gen = { ...processors.gen, properties: { 'File Size': '#{length}' } }
      declare(
        { c: { parameters: { size: null, length: '2KB' } } },
        { f: { ...rest, processors: { ...processors, gen } } }
      )
      line.take()
      const report = await line.apply()
      assert.equal(report.status, 'in-sync', JSON.stringify(report.outcomes))
      assert.deepEqual(valuesOf(await live('c')), { length: '2KB' })
      assert.equal((await hand.group(await scene.groupOf('f')))?.running, 2)
      const sent = line
        .take()
        .flatMap(({ method, path, body }) =>
          method === 'POST' && path.includes('update-requests') ? [namesIn(body)] : []
        )
      assert.deepEqual(sent, [['length'], ['size']], 'the new one before the flow, the old one after it')
    })

    it('give a parameter in use to the one they inherit from, and what uses it runs on', async () => {
      const { scene, hand, line } = ground
      declare({ c: { parameters: { size: '1KB' } } }, { f: bound('c') })
      await line.apply()
      declare(
        { c: { parameters: { size: null }, inherits: [name('base')] }, base: { parameters: { size: '2KB' } } },
        { f: bound('c') }
      )
      const report = await line.apply()
      assert.equal(report.status, 'in-sync', JSON.stringify(report.outcomes))
      assert.deepEqual([valuesOf(await live('c')), valuesOf(await live('base'))], [{}, { size: '2KB' }])
      assert.equal((await hand.group(await scene.groupOf('f')))?.running, 2)
    })

    it('hold any text, and have any name', async () => {
      const { line } = ground
      const parameters = { size: 1024, 'a.b c_d-e': 'ü "x"\n\ty # ${z} #{no} \\', spaces: '  x  ', empty: '' }
      declare({ 'Größe & "x"/..': { description: 'two\nlines', parameters } })
      assert.deepEqual(await apply('Größe & "x"/..'), ['create done'])
      assert.deepEqual(valuesOf(await live('Größe & "x"/..')), { ...parameters, size: '1024' })
      line.take()
      assert.deepEqual(await apply('Größe & "x"/..'), [])
      assert.deepEqual(line.takeWrites(), [])
      declare({ 'Größe & "x"/..': { parameters: { ...parameters, empty: { value: null }, spaces: '' } } })
      assert.deepEqual(await apply('Größe & "x"/..'), ['update done'])
      assert.deepEqual(valuesOf(await live('Größe & "x"/..')), { ...parameters, size: '1024', empty: null, spaces: '' })
    })
  })
}
