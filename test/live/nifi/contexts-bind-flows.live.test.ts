/** Which flows parameter contexts are bound to on real servers, which contexts they inherit from, and whose they are. */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { contextsOn, valuesOf } from './contexts.ts'
import { groundOn } from './ground.ts'
import { heartbeat, nifiVersions } from './harness.ts'
import { told } from './line.ts'

for (const version of nifiVersions) {
  describe(`parameter contexts on NiFi ${version}`, function () {
    this.timeout(180_000)
    const ground = groundOn(version, { makesContexts: true })
    const { name, apply, assertAtRest } = ground
    const { declare, live, bound } = contextsOn(ground)

    it('inherit in the declared order, and lose and gain parents in place', async () => {
      const { scene, hand, line } = ground
      const contexts = (inherits: readonly string[]): Readonly<Record<string, Json>> => ({
        c: { parameters: {}, inherits: inherits.map(name) },
        one: { parameters: { size: '1KB' } },
        two: { parameters: { size: '2KB' } }
      })
      declare(contexts(['one', 'two']), { f: bound('c') })
      await line.apply()
      const parents = async (): Promise<readonly string[]> => {
        const all = await hand.contexts()
        return (await live('c')).inherits.map(
          (id) => all.find((context) => context.id === id)?.name.slice(scene.prefix.length) ?? id
        )
      }
      assert.deepEqual(await parents(), ['one', 'two'])
      for (const inherits of [['two', 'one'], ['two']]) {
        declare(contexts(inherits), { f: bound('c') })
        assert.deepEqual(await apply('c'), ['update done'])
        assert.deepEqual(await parents(), inherits)
      }
      assert.equal((await hand.group(await scene.groupOf('f')))?.running, 2)
      await assertAtRest()
    })

    it('that people made are theirs: adopted by name, no orphans; ours are orphans when nobody declares them', async () => {
      const { hand, line } = ground
      await hand.createContext(name('theirs'), { size: '1KB', own: 'x' })
      const kept = { one: {}, two: {} }
      declare({ ...kept, ours: { parameters: { size: '1KB' } } })
      assert.deepEqual(await apply('ours'), ['create done'])
      declare(kept)
      const report = await line.apply()
      assert.deepEqual([told(report, name('theirs')), told(report, name('ours'))], [[], ['orphan reported']])
      declare({ ...kept, theirs: { parameters: { size: '2KB' } } })
      assert.deepEqual(await apply('theirs'), ['update done'])
      assert.deepEqual(valuesOf(await live('theirs')), { size: '2KB', own: 'x' })
    })

    it('bind flows in place, and what a person binds or unbinds is put right', async () => {
      const { scene, hand, line } = ground
      const other = await hand.createContext(name('other'), { size: '9KB' })
      declare(
        { c: { parameters: { size: '1KB' } } },
        { f: bound('c'), free: { definition: heartbeat('free', { every: '1 day' }) } }
      )
      await line.apply()
      const [group, free] = [await scene.groupOf('f'), await scene.groupOf('free')]
      await hand.setState(group, 'STOPPED')
      await hand.changeGroup(group, { parameterContext: { id: other } })
      await hand.changeGroup(free, { parameterContext: { id: other } })
      assert.deepEqual(await apply('f'), ['update done'])
      assert.equal((await hand.group(group))?.context, (await live('c')).id)
      assert.equal((await hand.group(free))?.context, undefined)
      assert.equal((await hand.group(group))?.running, 2)
      declare({ c: { parameters: { size: '1KB' } }, second: { parameters: { size: '2KB' } } }, { f: bound('second') })
      await line.apply()
      assert.equal((await hand.group(group))?.context, (await live('second')).id, 'also while it runs')
      assert.equal((await hand.group(group))?.running, 2)
    })

    it('that nobody has hold a flow, which is bound as soon as there is one', async () => {
      const { scene, hand, line } = ground
      declare({}, { f: bound('c') })
      assert.match((await apply('f')).join(), /^hold held .*parameter context.*neither declared nor to be seen/)
      declare({ c: { parameters: { size: '1KB' } } }, { f: bound('c') })
      await line.apply()
      assert.equal((await hand.group(await scene.groupOf('f')))?.running, 2)
    })

    it('brought along by a file are made with it, and what exists keeps its values', async () => {
      const { scene, hand, line } = ground
      const definition = (context: string): Json => ({
        ...Object(heartbeat('f', { every: '1 day', size: '#{size}' })),
        parameterContexts: {
          [context]: { name: context, parameters: [{ name: 'size', value: '3KB', sensitive: false, description: '' }] }
        }
      })
      const withContext = (context: string): Json => {
        const { flowContents, ...rest } = Object(definition(context))
        return { flowContents: { ...flowContents, parameterContextName: context }, ...rest }
      }
      await hand.createContext(name('there'), { size: '1KB' })
      line.declare({
        flows: {
          ...scene.named({
            f: { definition: withContext(name('there')) },
            g: { definition: withContext(name('brought')) }
          })
        }
      })
      assert.equal((await line.apply()).status, 'in-sync')
      assert.deepEqual(valuesOf(await live('there')), { size: '1KB' })
      assert.deepEqual(valuesOf(await live('brought')), { size: '3KB' })
      assert.equal((await hand.group(await scene.groupOf('g')))?.context, (await live('brought')).id)
      await assertAtRest()
    })
  })
}
