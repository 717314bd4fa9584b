/** Ways to do harm with the contexts of flows that no other file here is about, each once, on real servers. */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { nifiVersions } from './harness.ts'
import { gullible, told } from './line.ts'
import { pair } from './pair.ts'
import { watchedLines } from './watched-lines.ts'

for (const version of nifiVersions) {
  describe(`traps on NiFi ${version}`, function () {
    this.timeout(180_000)
    const watched = watchedLines(version)
    const { name, open, declare, context, running } = watched

    it('a context that two flows share: the plan names what a change restarts in both', async () => {
      const { scene, hand } = watched
      const line = open()
      const flows = {
        one: pair({ parameterContext: name('shared'), size: '#{size}' }),
        two: pair({ parameterContext: name('shared'), size: '#{size}' })
      }
      declare(line, flows, { shared: { parameters: { size: '1KB', unused: 'x' } } })
      assert.equal((await line.apply()).status, 'in-sync')
      const before = await Promise.all(['one', 'two'].map(async (short) => hand.revisions(await scene.groupOf(short))))
      declare(line, flows, { shared: { parameters: { size: '2KB', unused: 'x' } } })
      const warnings = (await line.plan()).warnings.filter(({ code }) => code === 'RESTARTS')
      assert.equal(warnings.length, 1, JSON.stringify(warnings))
      for (const short of ['one', 'two'])
        assert.ok(warnings[0]?.message.includes(`gen in ${name(short)}`), warnings[0]?.message)
      await line.apply()
      for (const [index, short] of ['one', 'two'].entries()) {
        const now = await hand.revisions(await scene.groupOf(short))
        assert.notEqual(now['gen'], before[index]?.['gen'])
        assert.equal(now['log'], before[index]?.['log'])
        assert.equal(await running(short), 2)
      }
      declare(line, flows, { shared: { parameters: { size: '2KB', unused: 'y' } } })
      assert.deepEqual(
        (await line.plan()).warnings.filter(({ code }) => code === 'RESTARTS'),
        [],
        'nothing uses it'
      )
    })

    it('a context that is bound or inherited is not deleted when nobody declares it', async () => {
      const line = open()
      const flows = { f: pair({ parameterContext: name('child'), size: '#{size}' }) }
      const kept = { other: {}, another: {} }
      declare(line, flows, { ...kept, child: { inherits: [name('parent')] }, parent: { parameters: { size: '1KB' } } })
      assert.equal((await line.apply()).status, 'in-sync')
      line.take()
      declare(line, flows, kept)
      const report = await line.apply()
      assert.deepEqual(
        [told(report, name('child')), told(report, name('parent'))],
        [['orphan reported'], ['orphan reported']]
      )
      assert.deepEqual(line.takeWrites(), [])
      assert.deepEqual((await context('child')).inherits, [(await context('parent')).id])
      assert.equal(await running('f'), 2)
    })

    it('a value that makes a processor invalid is told, and what it stopped runs again with the repaired one', async () => {
      const { scene, hand } = watched
      const line = open({ timeouts: gullible })
      const flows = { f: pair({ parameterContext: name('c'), size: '#{size}' }) }
      const contexts = (size: string): Readonly<Record<string, Json>> => ({ c: { parameters: { size } } })
      declare(line, flows, contexts('1KB'))
      assert.equal((await line.apply()).status, 'in-sync')
      declare(line, flows, contexts('no size'))
      assert.match(told(await line.apply(), name('f')).join(), /REJECTED: .*processors\.gen.*File Size/)
      assert.equal((await hand.processor(await scene.groupOf('f'), 'log')).state, 'RUNNING')
      declare(line, flows, contexts('2KB'))
      await line.apply()
      assert.equal(await running('f'), 2)
    })

    it('a parameter that is in use is not taken away: that is held, and nothing is stopped', async () => {
      const { scene, hand } = watched
      const line = open()
      const flows = { f: pair({ parameterContext: name('c'), size: '#{size}' }) }
      declare(line, flows, { c: { parameters: { size: '1KB' } } })
      assert.equal((await line.apply()).status, 'in-sync')
      const before = await hand.revisions(await scene.groupOf('f'))
      declare(line, flows, { c: { parameters: { size: null } } })
      assert.match(
        told(await line.cycle(), name('c')).join(),
        /^hold held .*cannot remove parameter "size": still referenced by gen in /
      )
      assert.deepEqual(await hand.revisions(await scene.groupOf('f')), before)
      assert.deepEqual(Object.keys((await context('c')).parameters), ['size'])
    })

    it('each group inside has a context of its own, which a later change does not unbind', async () => {
      const { scene, hand } = watched
      const line = open()
      const inner = { processors: { gen: { type: 'GenerateFlowFile', every: '1 day', terminate: ['success'] } } }
      const flow = (size: string): Json =>
        pair({
          parameterContext: name('c'),
          groups: {
            with: inner,
            other: { ...inner, parameterContext: name('d') },
            without: { ...inner, parameterContext: null }
          },
          size
        })
      const contexts = { c: { parameters: { size: '1KB' } }, d: { parameters: { size: '1KB' } } }
      for (const size of ['#{size}', '2KB']) {
        declare(line, { f: flow(size) }, contexts)
        assert.equal((await line.apply()).status, 'in-sync')
        const bound = Object.fromEntries(
          (await hand.groups(await scene.groupOf('f'))).map((group) => [group.name, group.context])
        )
        assert.deepEqual(bound, { with: (await context('c')).id, other: (await context('d')).id, without: undefined })
      }
    })
  })
}
