/**
 * Traps in writing to many indices, aliases and templates at once.
 */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { openScene, serverOrSkip, type Access, type Scene } from './harness.ts'
import { openLine, told, type Files, type Line } from './line.ts'

const own = { number_of_replicas: 0 }

describe('what is written together', function () {
  this.timeout(60_000)
  let server: Access
  let scene: Scene

  before(async function () {
    server = await serverOrSkip(this)
    scene = await openScene(server)
  })

  afterEach(() => scene.hand.clear(scene.prefix))

  function lineOf(files: Files): Line {
    const line = openLine(server, scene)
    line.declare(files)
    return line
  }

  async function create(...shorts: readonly string[]): Promise<void> {
    await scene.hand.create(scene.named(Object.fromEntries(shorts.map((short) => [short, { settings: own }]))))
  }

  const members = async (alias: string): Promise<readonly string[]> =>
    Object.keys(await scene.hand.alias(alias)).toSorted()

  it('fails alone where the server knows a setting not, and not with its group', async () => {
    await create('a', 'bad', 'c')
    const settings: Readonly<Record<string, Json>> = { refresh_interval: '6s' }
    const line = lineOf({
      indices: scene.named({ a: { settings }, bad: { settings: { ...settings, 'plugin.own': 'x' } }, c: { settings } })
    })
    const report = await line.apply()
    assert.match(
      told(report, scene.name('bad')).join(),
      /^update failed REJECTED: .*unknown setting \[index.plugin.own\]/
    )
    for (const short of ['a', 'c']) assert.deepEqual(told(report, scene.name(short)), ['keep unchanged'])
    assert.ok(report.warnings.some(({ code }) => code === 'UNKNOWN_SETTING'))
    line.take()
    await line.cycle()
    assert.deepEqual(line.takeWrites(), [])
  })

  it('fails alone where one of the group was deleted meanwhile', async () => {
    await create('a', 'gone', 'c')
    let isThere = true
    const line = openLine(server, scene, {
      before: async ({ method }) => {
        if (method !== 'PUT' || !isThere) return
        isThere = false
        await scene.hand.deleteIndices([scene.name('gone')])
      }
    })
    line.declare({
      indices: scene.named(
        Object.fromEntries(['a', 'gone', 'c'].map((short) => [short, { settings: { ...own, refresh_interval: '6s' } }]))
      )
    })
    const report = await line.cycle()
    assert.match(told(report, scene.name('gone')).join(), /^update failed UNAVAILABLE: no such index/)
    for (const short of ['a', 'c']) assert.deepEqual(told(report, scene.name(short)), ['update done'])
    assert.equal((await line.apply()).counts.keep, 3)
  })

  it('as a mapping is taken whole or not at all, and the server names the first conflict only', async () => {
    await create('map', 'fine')
    const bad = {
      properties: {
        fine: { type: 'ip' },
        one: { type: 'keyword', analyzer: 'standard' },
        two: { type: 'ip', norms: true }
      }
    }
    const line = lineOf({
      indices: scene.named({ map: { mappings: bad }, fine: { mappings: { properties: { f: { type: 'ip' } } } } })
    })
    const report = await line.apply()
    assert.match(told(report, scene.name('map')).join(), /^update failed REJECTED: .*\[one\]/)
    assert.deepEqual(told(report, scene.name('fine')), ['keep unchanged'])
    assert.deepEqual((await scene.hand.index(scene.name('map')))?.mappings, {})
    line.take()
    await line.cycle()
    assert.deepEqual(line.takeWrites(), [])
  })

  it('as a mapping leaves keys of _meta and parameters of others as they are', async () => {
    const name = scene.name('shared')
    const mappings = {
      _meta: { theirs: { a: 1 } },
      properties: {
        k: { type: 'keyword', ignore_above: 9, doc_values: false, copy_to: ['all'] },
        t: { type: 'text', analyzer: 'simple', fields: { raw: { type: 'keyword' } } }
      }
    }
    await scene.hand.create({ [name]: { settings: own, mappings } })
    const line = lineOf({
      indices: {
        [name]: {
          mappings: {
            _meta: { ours: 1 },
            properties: {
              k: { type: 'keyword', eager_global_ordinals: true },
              t: { type: 'text', fields: { more: { type: 'keyword' } } }
            }
          }
        }
      }
    })
    assert.deepEqual(told(await line.apply(), name), ['keep unchanged'])
    assert.deepEqual((await scene.hand.index(name))?.mappings, {
      _meta: { theirs: { a: 1 }, ours: 1, infometis: { owner: 'infometis' } },
      properties: {
        k: { type: 'keyword', ignore_above: 9, doc_values: false, copy_to: ['all'], eager_global_ordinals: true },
        t: { type: 'text', analyzer: 'simple', fields: { raw: { type: 'keyword' }, more: { type: 'keyword' } } }
      }
    })
  })

  it('as an alias that is added to a new index leaves the old one, in the same request', async () => {
    await create('old', 'new')
    const alias = scene.name('swapped')
    await scene.hand.changeAliases([{ add: { index: scene.name('old'), alias, is_write_index: true } }])
    const line = lineOf({ aliases: { [alias]: { [scene.name('new')]: { is_write_index: true } } } })
    line.take()
    await line.apply()
    assert.deepEqual(line.takeWrites(), ['POST /_aliases'])
    assert.deepEqual(await scene.hand.alias(alias), { [scene.name('new')]: { is_write_index: true } })
  })

  it('as the alias of an index leaves other members alone', async () => {
    await create('old', 'new')
    const alias = scene.name('added')
    await scene.hand.changeAliases([{ add: { index: scene.name('old'), alias, is_write_index: true } }])
    await lineOf({ indices: scene.named({ new: { aliases: { [alias]: {} } } }) }).apply()
    assert.deepEqual(await members(alias), [scene.name('new'), scene.name('old')])
  })

  it('as a filter is equal to the shape in which the server keeps it', async () => {
    await create('a')
    const alias = scene.name('filtered')
    const filter = { bool: { must: { term: { user: 'kim' } }, filter: [{ range: { age: { gte: 18 } } }] } }
    const line = lineOf({
      aliases: { [alias]: { [scene.name('a')]: { filter, routing: 7 } } },
      indices: scene.named({ a: { aliases: { [scene.name('inline')]: { filter, routing: '7' } } } })
    })
    await line.apply()
    line.take()
    assert.equal((await line.cycle()).status, 'in-sync')
    assert.deepEqual(line.takeWrites(), [])
  })

  it('as an alias of an index that went meanwhile fails, and the other aliases change', async () => {
    await create('a', 'b', 'gone')
    const [fine, lost] = [scene.name('fine'), scene.name('lost')]
    let isThere = true
    const line = openLine(server, scene, {
      before: async ({ path }) => {
        if (path !== '/_aliases' || !isThere) return
        isThere = false
        await scene.hand.deleteIndices([scene.name('gone')])
      }
    })
    line.declare({ aliases: { [fine]: { [scene.name('a')]: {} }, [lost]: { [scene.name('gone')]: {} } } })
    const report = await line.cycle()
    assert.deepEqual(
      [told(report, fine), told(report, lost)[0]?.slice(0, 25)],
      [['create done'], 'create failed UNAVAILABLE']
    )
    assert.deepEqual(await members(fine), [scene.name('a')])
  })

  it('as two templates of one priority is refused for the second, and the first stays', async () => {
    const template = (short: string): Json => ({
      index_patterns: [scene.name('same*')],
      priority: 7_000,
      template: { settings: { priority: short } }
    })
    await scene.hand.must('PUT', `/_index_template/${scene.name('first')}`, template('1'))
    const line = lineOf({
      'index-templates': {
        [scene.name('second')]: template('2'),
        [scene.name('third')]: { index_patterns: [scene.name('third')], priority: 7_000 }
      }
    })
    const report = await line.apply()
    assert.match(
      told(report, scene.name('second')).join(),
      /^invalid invalid .*expected a priority of its own, found 7000/
    )
    assert.deepEqual(told(report, scene.name('third')), ['keep unchanged'])
  })

  it('as a template whose component arrives a cycle later comes with it', async () => {
    const [whole, part] = [scene.name('whole'), scene.name('part')]
    const templates = { [whole]: { index_patterns: [`${whole}*`], composed_of: [part] } }
    const line = lineOf({ 'index-templates': templates })
    assert.doesNotMatch(told(await line.cycle(), whole).join(), /done/)
    line.declare({
      'index-templates': templates,
      'component-templates': { [part]: { template: { settings: { priority: 3 } } } }
    })
    assert.deepEqual(told(await line.apply(), whole), ['keep unchanged'])
    line.take()
    assert.equal((await line.cycle()).status, 'in-sync')
    assert.deepEqual(line.takeWrites(), [])
  })
})
