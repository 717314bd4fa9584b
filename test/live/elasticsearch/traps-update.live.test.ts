/**
 * Traps in changing an index that is there.
 */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { openScene, serverOrSkip, type Access, type LiveIndex, type Scene } from './harness.ts'
import { openLine, told, type Line } from './line.ts'

const own = { number_of_replicas: 0 }

type Spec = Readonly<Record<string, Json>>

describe('an index that is there', function () {
  this.timeout(60_000)
  let server: Access
  let scene: Scene

  before(async function () {
    server = await serverOrSkip(this)
    scene = await openScene(server)
  })

  afterEach(async () => {
    for (const name of await scene.hand.names(scene.prefix)) {
      for (const block of ['read_only', 'metadata'])
        await scene.hand.putSettings(name, { [`index.blocks.${block}`]: null })
    }
    await scene.hand.clear(scene.prefix)
  })

  /** A line that declares these indices by their short names. */
  function lineOf(indices: Readonly<Record<string, Spec>>, policy: Readonly<Record<string, Json>> = {}): Line {
    const line = openLine(server, scene)
    line.declare({ indices: scene.named(indices), policy })
    return line
  }

  async function live(short: string): Promise<LiveIndex> {
    const index = await scene.hand.index(scene.name(short))
    assert.ok(index !== undefined)
    return index
  }

  /** Fails unless the next cycle finds everything as declared and writes nothing. */
  async function assertIdle(line: Line): Promise<void> {
    line.take()
    assert.equal((await line.cycle()).status, 'in-sync')
    assert.deepEqual(line.takeWrites(), [])
  }

  it('keeps a field that is no longer declared, and lists it; taking it away needs a new index', async () => {
    const line = lineOf({
      a: { settings: own, mappings: { properties: { old: { type: 'ip' }, kept: { type: 'long' } } } }
    })
    await line.apply()
    line.declare({ indices: scene.named({ a: { mappings: { properties: { kept: { type: 'long' } } } } }) })
    line.take()
    const report = await line.apply()
    assert.deepEqual(line.takeWrites(), [])
    assert.ok(report.undeclared.some(({ path }) => path === 'mappings.properties.old'))
    line.declare({ indices: scene.named({ a: { mappings: { properties: { old: null } } } }) })
    assert.match(
      told(await line.apply(), scene.name('a')).join(),
      /^hold held .*needs reindex: field "old" of type "ip" cannot be taken out/
    )
    assert.deepEqual(line.takeWrites(), [])
  })

  it('has one field where dots, objects and nested objects name the same', async () => {
    await scene.hand.create({
      [scene.name('dots')]: {
        settings: own,
        mappings: { properties: { 'a.b': { type: 'long' }, n: { type: 'nested', properties: { c: { type: 'ip' } } } } }
      }
    })
    const line = lineOf({
      dots: {
        mappings: {
          properties: {
            a: { properties: { b: { type: 'long' } } },
            n: { type: 'nested', properties: { c: { type: 'ip' } } }
          }
        }
      }
    })
    await assertIdle(line)
    line.declare({
      indices: scene.named({
        dots: {
          mappings: {
            properties: {
              'a.d': { type: 'text', fields: { raw: { type: 'keyword' } } },
              n: { type: 'nested', properties: { e: { type: 'ip' } } }
            }
          }
        }
      })
    })
    await line.apply()
    await assertIdle(line)
    assert.deepEqual((await live('dots')).mappings['properties'], {
      a: { properties: { b: { type: 'long' }, d: { type: 'text', fields: { raw: { type: 'keyword' } } } } },
      n: { type: 'nested', properties: { c: { type: 'ip' }, e: { type: 'ip' } } }
    })
  })

  it('that was closed on purpose gets its changes, is never opened, and then there is nothing left to do', async () => {
    await scene.hand.create({ [scene.name('closed')]: { settings: { number_of_replicas: 0 } } })
    await scene.hand.close(scene.name('closed'))
    const line = lineOf({
      closed: {
        settings: { refresh_interval: '9s', number_of_replicas: 1, codec: 'best_compression' },
        mappings: { properties: { f: { type: 'ip' } } },
        aliases: { [scene.name('alias')]: {} }
      }
    })
    assert.deepEqual(told(await line.apply(), scene.name('closed')), ['keep unchanged'])
    await assertIdle(line)
    assert.equal(await scene.hand.isOpen(scene.name('closed')), false)
    assert.equal((await live('closed')).settings['index.codec'], 'best_compression')
  })

  it('has blocks of ours lifted before and set after everything else', async () => {
    const name = scene.name('blocked')
    const line = lineOf({ blocked: { settings: { ...own, 'blocks.read_only': true, refresh_interval: '5s' } } })
    await line.apply()
    await assertIdle(line)
    line.declare({
      indices: {
        [name]: {
          settings: { 'blocks.read_only': false, refresh_interval: '6s' },
          mappings: { properties: { f: { type: 'ip' } } }
        }
      }
    })
    assert.deepEqual(told(await line.apply(), name), ['keep unchanged'])
    line.declare({
      indices: {
        [name]: {
          settings: { 'blocks.read_only': true, 'blocks.write': true, refresh_interval: '7s' },
          aliases: { [scene.name('alias')]: {} }
        }
      }
    })
    assert.deepEqual(told(await line.apply(), name), ['keep unchanged'])
    await assertIdle(line)
  })

  it('with a block of somebody else waits for its end, and the others go on', async () => {
    await scene.hand.create({ [scene.name('theirs')]: { settings: { ...own, 'blocks.read_only': true } } })
    const wanted = { settings: { refresh_interval: '6s' }, mappings: { properties: { f: { type: 'ip' } } } }
    const line = lineOf({ theirs: wanted, ours: { settings: { ...own, refresh_interval: '6s' } } })
    const report = await line.cycle()
    assert.match(told(report, scene.name('theirs')).join(), /^update failed UNAVAILABLE: .*read-only/)
    assert.deepEqual(told(report, scene.name('ours')), ['create done'])
    assert.equal((await live('theirs')).settings['index.blocks.read_only'], 'true')
    await scene.hand.putSettings(scene.name('theirs'), { 'index.blocks.read_only': null })
    assert.deepEqual(told(await line.apply(), scene.name('theirs')), ['keep unchanged'])
  })

  it('under the block of a full disk is changed all the same, and the block is not ours to lift', async () => {
    await scene.hand.create({ [scene.name('full')]: { settings: own } })
    await scene.hand.putSettings(scene.name('full'), { 'index.blocks.read_only_allow_delete': true })
    const line = lineOf({
      full: {
        settings: { refresh_interval: '6s' },
        mappings: { properties: { f: { type: 'ip' } } },
        aliases: { [scene.name('alias')]: {} }
      }
    })
    assert.deepEqual(told(await line.apply(), scene.name('full')), ['keep unchanged'])
    assert.deepEqual(
      (await line.plan()).undeclared.filter(({ path }) => path.includes('blocks')),
      []
    )
    assert.equal((await live('full')).settings['index.blocks.read_only_allow_delete'], 'true')
  })

  it('is not written to every interval because of what the server decides or what is so anyway', async () => {
    const line = lineOf({
      idle: {
        settings: {
          auto_expand_replicas: '0-1',
          number_of_replicas: 3,
          max_result_window: 10000,
          'mapping.total_fields.limit': '1000',
          refresh_interval: '30000ms',
          'translog.flush_threshold_size': '1024mb',
          'blocks.write': false,
          hidden: null
        },
        mappings: {
          dynamic: true,
          date_detection: true,
          _source: { enabled: true },
          properties: {
            k: { type: 'keyword', index: true, ignore_above: 2147483647 },
            t: { type: 'text', analyzer: 'standard', norms: true },
            d: { type: 'date', format: 'strict_date_optional_time||epoch_millis' }
          }
        }
      }
    })
    await line.apply()
    for (const _ of [1, 2, 3]) await assertIdle(line)
  })

  it('of another owner is held, and nothing is written only to mark one', async () => {
    const spec = { settings: { ...own, refresh_interval: '5s' } }
    await scene.hand.create({ [scene.name('unmarked')]: spec })
    const line = lineOf({ shared: spec, unmarked: spec })
    await line.apply()
    assert.equal((await live('unmarked')).mappings['_meta'], undefined)
    assert.deepEqual((await live('shared')).mappings['_meta'], { infometis: { owner: 'infometis' } })

    const rival = openLine(server, scene, { owner: 'rival' })
    rival.declare({ indices: scene.named({ shared: { settings: { refresh_interval: '8s' } } }) })
    assert.match(told(await rival.apply(), scene.name('shared')).join(), /^hold held .*infometis/)
    assert.deepEqual(rival.takeWrites(), [])
    rival.declare({ indices: {} })
    assert.deepEqual(
      (await rival.plan()).changes.filter(({ name }) => name === scene.name('shared')),
      []
    )
  })

  it('with a block on its metadata does not blind the others', async () => {
    const names = Array.from({ length: 9 }, (_, position) => `m-${position}`)
    const spec = { settings: { ...own, refresh_interval: '5s' } }
    const line = lineOf(Object.fromEntries(names.map((name) => [name, spec])))
    await line.apply()
    await scene.hand.putSettings(scene.name('m-4'), { 'index.blocks.metadata': true })
    await scene.hand.putSettings(scene.name('m-7'), { 'index.refresh_interval': '1s' })
    const report = await line.apply()
    assert.match(told(report, scene.name('m-4')).join(), /^hold held .*metadata/)
    assert.equal(report.counts.keep, 8)
    assert.equal((await live('m-7')).settings['index.refresh_interval'], '5s')
  })

  it('never has its _source switched off; a new one may be made without', async () => {
    const line = lineOf({ kept: { settings: own, mappings: { properties: { f: { type: 'ip' } } } } })
    await line.apply()
    line.take()
    line.declare({
      indices: scene.named({
        kept: { mappings: { _source: { enabled: false }, properties: { g: { type: 'ip' } } } },
        none: { settings: own, mappings: { _source: { enabled: false } } }
      })
    })
    const report = await line.apply()
    assert.match(told(report, scene.name('kept')).join(), /hold held .*lose their source/)
    const puts = line.take().filter(({ path }) => path === `/${scene.name('kept')}/_mapping`)
    assert.deepEqual(
      puts.map(({ body }) => JSON.stringify(body).includes('_source')),
      [false]
    )
    assert.deepEqual((await live('none')).mappings['_source'], { enabled: false })
    assert.deepEqual(told(report, scene.name('none')), ['keep unchanged'])
  })
})
