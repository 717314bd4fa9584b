/**
 * An alias never loses the write index it has: whatever was rolled over, moved or deleted behind the back of the
 * declaration, writers through it keep writing.
 */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { openScene, serverOrSkip, type Access, type Scene } from './harness.ts'
import { openLine, told, type Files, type Line } from './line.ts'

const versions = ['9.4.3', '8.19.8', 'opensearch-3.8.0'] as const
const own = { number_of_replicas: 0 }

for (const version of versions) {
  describe(`the write index of an alias on ${version}`, function () {
    this.timeout(60_000)
    let server: Access
    let scene: Scene

    before(async function () {
      server = await serverOrSkip(this, version)
    })

    beforeEach(async () => {
      scene = await openScene(server)
    })

    afterEach(() => scene.hand.clear(scene.prefix))

    function lineOf(files: Files): Line {
      const line = openLine(server, scene)
      line.declare(files)
      return line
    }

    async function assertWritable(alias: string, into: string): Promise<void> {
      const { status, body } = await scene.hand.request('POST', `/${alias}/_doc`, { a: 1 })
      assert.equal(status, 201, JSON.stringify(body))
      assert.match(JSON.stringify(body), new RegExp(`"_index":"${into}"`))
    }

    const rollOver = (alias: string): Promise<unknown> => scene.hand.must('POST', `/${alias}/_rollover`)

    /** Fails unless nothing of the alias is written, now or later, and writers reach `into`. */
    async function assertHeld(line: Line, name: string, alias: string, into: string): Promise<void> {
      line.take()
      assert.match(told(await line.apply(), name).join(), /^hold held /)
      await line.cycle()
      assert.deepEqual(line.takeWrites(), [])
      await assertWritable(alias, into)
    }

    for (const [what, member] of [
      ['plain', {}],
      ['explicit', { is_write_index: true }]
    ] as const) {
      it(`stays where rollover has put it, an index declares the alias ${what} as its own`, async () => {
        const [first, second, alias] = [scene.name('ro-000001'), scene.name('ro-000002'), scene.name('ro')]
        const line = lineOf({ indices: { [first]: { settings: own, aliases: { [alias]: member } } } })
        await line.apply()
        await rollOver(alias)
        const before = await scene.hand.alias(alias)
        await assertHeld(line, first, alias, second)
        assert.deepEqual(await scene.hand.alias(alias), before)
        await scene.hand.deleteIndices([first])
        await assertHeld(line, first, alias, second)
        assert.equal(await scene.hand.index(first), undefined, 'an index that would take the write index is not made')
      })

      it(`stays where rollover has put it, aliases.json declares the alias ${what}`, async () => {
        const [first, second, alias] = [
          scene.name('ro-2026.11.30-000001'),
          scene.name('ro-2026.12.01-000002'),
          scene.name('ro')
        ]
        await scene.hand.create({ [first]: { settings: own } })
        const line = lineOf({ aliases: { [alias]: { [first]: member } } })
        await line.apply()
        await scene.hand.must('POST', `/${alias}/_rollover/${second}`)
        const before = await scene.hand.alias(alias)
        await assertHeld(line, alias, alias, second)
        assert.deepEqual(await scene.hand.alias(alias), before)
      })
    }

    it('is not taken by an ignored change: the rest of the alias is left alone too', async () => {
      const [blue, green, alias] = [scene.name('blue'), scene.name('green'), scene.name('w')]
      await scene.hand.create({ [blue]: { settings: own, aliases: { [alias]: {} } }, [green]: { settings: own } })
      const line = lineOf({ aliases: { [alias]: { [green]: {}, reconcile: { ignore: [blue] } } } })
      assert.match(told(await line.apply(), alias).join(), /^update failed UNSUPPORTED/)
      assert.deepEqual(line.takeWrites(), [])
      await assertWritable(alias, blue)
    })

    it('moves between indices that declare it, also to one that is new, and writers never fail', async () => {
      const [one, two, three, alias] = [scene.name('one'), scene.name('two'), scene.name('three'), scene.name('w')]
      const part = (writes: boolean): Json => ({
        settings: own,
        aliases: { [alias]: writes ? { is_write_index: true } : {} }
      })
      const line = lineOf({ indices: { [one]: part(true), [two]: part(false) } })
      await line.apply()
      await assertWritable(alias, one)
      line.declare({ indices: { [one]: part(false), [two]: part(true) } })
      for (const name of [one, two]) assert.deepEqual(told(await line.apply(), name), ['keep unchanged'])
      await assertWritable(alias, two)
      line.declare({ indices: { [one]: part(false), [two]: part(false), [three]: part(true) } })
      const report = await line.apply()
      for (const name of [one, two, three]) assert.deepEqual(told(report, name), ['keep unchanged'])
      await assertWritable(alias, three)
    })

    it('stays where it is while one of the two indices between which it moves is paused', async () => {
      const [one, two, alias] = [scene.name('one'), scene.name('two'), scene.name('w')]
      const part = (writes: boolean, more: Readonly<Record<string, Json>> = {}): Json => ({
        settings: own,
        aliases: { [alias]: writes ? { is_write_index: true } : {} },
        ...more
      })
      const line = lineOf({ indices: { [one]: part(true), [two]: part(false) } })
      await line.apply()
      line.take()
      line.declare({ indices: { [one]: part(false), [two]: part(true, { reconcile: { paused: true } }) } })
      await assertHeld(line, one, alias, one)
    })

    it('stays where a rollover has put it between reading and writing', async () => {
      const [first, second, alias] = [scene.name('ro-000001'), scene.name('ro-000002'), scene.name('ro')]
      await lineOf({ indices: { [first]: { settings: own, aliases: { [alias]: {} } } } }).apply()
      let isQuick = true
      const line = openLine(server, scene, {
        before: async ({ path }) => {
          if (path !== '/_aliases' || !isQuick) return
          isQuick = false
          await rollOver(alias)
        }
      })
      line.declare({ indices: { [first]: { settings: own, aliases: { [alias]: { filter: { term: { a: 1 } } } } } } })
      assert.match(told(await line.cycle(), first).join(), /^update failed CONFLICT/)
      assert.deepEqual(Object.keys(await scene.hand.alias(alias)), [second])
      await assertHeld(line, first, alias, second)
    })

    it('survives a copy into a new generation under a template with aliases', async () => {
      const [name, alias, other] = [scene.name('copied'), scene.name('all'), scene.name('other')]
      const template = { settings: own, aliases: { [alias]: {} } }
      await scene.hand.create({ [other]: { settings: own, aliases: { [alias]: { is_write_index: true } } } })
      await scene.hand.must('PUT', `/_index_template/${name}`, {
        index_patterns: [`${name}*`],
        priority: 900,
        template
      })
      const spec = (type: string): Json => ({ strategy: 'reindex', mappings: { properties: { f: { type } } } })
      const line = openLine(server, scene, {
        before: async ({ path }) => {
          if (path === '/_reindex')
            assert.deepEqual(Object.keys(await scene.hand.alias(alias)).toSorted(), [`${name}-1`, other].toSorted())
        }
      })
      line.declare({ indices: { [name]: spec('keyword') } })
      assert.deepEqual(told(await line.apply(), name), ['keep unchanged'])
      line.declare({ indices: { [name]: spec('text') } })
      assert.deepEqual(told(await line.apply(), name), ['keep unchanged'])
      assert.deepEqual(Object.keys(await scene.hand.alias(alias)).toSorted(), [`${name}-2`, other].toSorted())
      await assertWritable(alias, other)

      await scene.hand.deleteIndices([other])
      line.declare({ indices: { [name]: spec('long') } })
      assert.match(told(await line.apply(), name).join(), /^update failed UNSUPPORTED: .*is_write_index of /)
      await assertWritable(alias, `${name}-2`)
    })
  })
}
