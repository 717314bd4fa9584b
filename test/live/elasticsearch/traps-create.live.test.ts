/**
 * Traps between seeing that an index is missing and having it as declared.
 */
import assert from 'node:assert/strict'
import { openScene, sharedNodeOrSkip, type ElasticsearchNode, type Scene } from './harness.ts'
import { openLine, outcomesOf, told, type Line } from './line.ts'

const spec = {
  settings: { number_of_replicas: 0, refresh_interval: '5s' },
  mappings: { properties: { sku: { type: 'keyword' } } }
}

describe('an index that is to be created', function () {
  this.timeout(90_000)
  let server: ElasticsearchNode
  let scene: Scene

  before(async function () {
    server = await sharedNodeOrSkip(this)
    scene = await openScene(server)
  })

  afterEach(() => scene.hand.clear(scene.prefix))

  /** A line that finds that somebody else was quicker with this index. */
  function racedLine(name: string, other: Parameters<Scene['hand']['create']>[0][string]): Line {
    let isLate = true
    return openLine(server, scene, {
      before: async ({ method, path }) => {
        if (method !== 'PUT' || path !== `/${name}` || !isLate) return
        isLate = false
        await scene.hand.create({ [name]: other })
      }
    })
  }

  it('and was made by somebody else meanwhile, equal, is as good as ours', async () => {
    const name = scene.name('equal')
    const line = racedLine(name, { ...spec, aliases: { [scene.name('theirs')]: {} } })
    line.declare({ indices: { [name]: spec } })
    assert.deepEqual(told(await line.cycle(), name), ['create unchanged'])
    line.take()
    assert.deepEqual(told(await line.cycle(), name), ['keep unchanged'])
    assert.deepEqual(line.takeWrites(), [])
  })

  it('and was made by a writer meanwhile, different, is planned again as an update', async () => {
    const name = scene.name('different')
    const line = racedLine(name, { mappings: { properties: { note: { type: 'text' } } } })
    line.declare({ indices: { [name]: spec } })
    assert.match(told(await line.cycle(), name).join(), /^create failed CONFLICT: /)
    assert.equal((await line.diff(name))[0]?.verb, 'update')
    assert.deepEqual(told(await line.apply(), name), ['keep unchanged'])
    const live = await scene.hand.index(name)
    assert.deepEqual(live?.mappings['properties'], { note: { type: 'text' }, sku: { type: 'keyword' } })
  })

  it('and was made by a writer meanwhile, with a field of another type, is held and not recreated', async () => {
    const name = scene.name('typed')
    const line = racedLine(name, { mappings: { properties: { sku: { type: 'text' } } } })
    line.declare({ indices: { [name]: spec } })
    const report = await line.apply()
    assert.match(
      told(report, name)
        .filter((each) => each.startsWith('hold'))
        .join(),
      /needs reindex: type of field "sku" from "text" to "keyword"/
    )
    assert.equal((await scene.hand.index(name))?.settings['index.refresh_interval'], '5s')
  })

  it('by two reconcilers at once is created once, and both are in sync', async () => {
    const names = Array.from({ length: 10 }, (_, position) => scene.name(`twin-${position}`))
    const [one, other] = [openLine(server, scene), openLine(server, scene)]
    for (const line of [one, other]) line.declare({ indices: Object.fromEntries(names.map((name) => [name, spec])) })
    const reports = await Promise.all([one.apply(), other.apply()])
    assert.deepEqual(
      reports.map(({ counts }) => counts.keep),
      [10, 10]
    )
  })

  it('gets what templates add, which is listed as undeclared and not written again', async () => {
    const [name, alias] = [scene.name('templated'), scene.name('by-template')]
    const template = {
      settings: { priority: 7 },
      mappings: { properties: { added: { type: 'ip' } } },
      aliases: { [alias]: {} }
    }
    await scene.hand.must('PUT', `/_index_template/${scene.name('t')}`, { index_patterns: [`${name}*`], template })
    const line = openLine(server, scene)
    line.declare({ indices: { [name]: spec } })
    assert.deepEqual(told(await line.apply(), name), ['keep unchanged'])
    line.take()
    const report = await line.apply()
    assert.deepEqual(told(report, name), ['keep unchanged'])
    assert.deepEqual(line.takeWrites(), [])
    assert.deepEqual(
      report.undeclared.map(({ path, value }) => [path, value]),
      [
        ['settings.priority', '7'],
        ['mappings.properties.added', { type: 'ip' }]
      ]
    )
    assert.deepEqual(Object.keys((await scene.hand.index(name))?.aliases ?? {}), [alias])
  })

  it('has its declared fields, whatever a template says of them', async () => {
    const name = scene.name('stronger')
    const template = {
      settings: { refresh_interval: '60s' },
      mappings: { dynamic: 'strict', properties: { sku: { type: 'keyword', ignore_above: 9 } } }
    }
    await scene.hand.must('PUT', `/_index_template/${scene.name('t')}`, { index_patterns: [`${name}*`], template })
    const line = openLine(server, scene)
    line.declare({
      indices: {
        [name]: { ...spec, mappings: { dynamic: true, properties: { sku: { type: 'keyword', ignore_above: 256 } } } }
      }
    })
    assert.deepEqual(told(await line.apply(), name), ['keep unchanged'])
  })

  it('is acknowledged although no node takes its shards: it is there, and the report says why it is not ready', async () => {
    const name = scene.name('nowhere')
    const line = openLine(server, scene)
    const settings = { ...spec.settings, 'routing.allocation.require.zone': 'nowhere' }
    line.declare({ indices: { [name]: { ...spec, settings }, [scene.name('somewhere')]: spec } })
    const report = await line.cycle()
    assert.match(told(report, name).join(), /^create waiting created; its primary shards are not assigned yet: .+/)
    assert.deepEqual(told(report, scene.name('somewhere')), ['create done'])
    line.take()
    assert.deepEqual(told(await line.cycle(), name), ['keep unchanged'])
    assert.deepEqual(line.takeWrites(), [])
  })

  it('keeps large numbers and fractions as they were written', async () => {
    const name = scene.name('numbers')
    const text = `{"${name}": {"settings": {"number_of_replicas": 0.0, "mapping.total_fields.limit": 2e3, "merge.policy.segments_per_tier": 12.0, "lifecycle.origination_date": 1700000000000},
      "mappings": {"_meta": {"big": 9223372036854775807, "odd": 9007199254740993, "one": 1.0},
        "properties": {"l": {"type": "long", "null_value": 9223372036854775807}, "d": {"type": "double", "null_value": 1.0}, "k": {"type": "keyword", "ignore_above": 256.0}}}}}`
    const line = openLine(server, scene)
    line.declare({ indices: text })
    assert.deepEqual(told(await line.apply(), name), ['keep unchanged'])
    line.take()
    assert.equal((await line.apply()).status, 'in-sync')
    assert.deepEqual(line.takeWrites(), [])
    const live = await scene.hand.text(`/${name}?flat_settings=true`)
    for (const kept of [
      '"big":9223372036854775807',
      '"odd":9007199254740993',
      '"one":1.0',
      '"index.mapping.total_fields.limit":"2000"'
    ])
      assert.ok(live.includes(kept), live)
  })

  it('over the limit of shards fails alone, and is not tried again every interval', async () => {
    const [fits, tooMany] = [scene.name('fits'), scene.name('too-many')]
    const limit = (value: number | null) =>
      scene.hand.must('PUT', '/_cluster/settings', { persistent: { 'cluster.max_shards_per_node': value } })
    // Others have shards here too.
    await limit((await scene.hand.shards()) + 10)
    try {
      const line = openLine(server, scene)
      line.declare({
        indices: { [fits]: spec, [tooMany]: { settings: { number_of_shards: 40, number_of_replicas: 0 } } }
      })
      const report = await line.apply()
      assert.match(told(report, tooMany).join(), /^create failed REJECTED: .*shards/)
      assert.deepEqual(told(report, fits), ['keep unchanged'])
      line.take()
      for (const _ of [1, 2, 3]) assert.equal(outcomesOf(await line.cycle(), tooMany)[0]?.error?.code, 'REJECTED')
      assert.deepEqual(line.takeWrites(), [])

      line.declare({ indices: { [fits]: { settings: { number_of_replicas: 30 } } } })
      assert.match(told(await line.apply(), fits).join(), /^update failed REJECTED: .*shards/)
      assert.equal((await scene.hand.index(fits))?.settings['index.number_of_replicas'], '0')
    } finally {
      await limit(null)
    }
  })

  it('as the second write index of an alias is held, and the server would say 500', async () => {
    const [first, second, alias] = [scene.name('first'), scene.name('second'), scene.name('writes')]
    await scene.hand.create({ [first]: { aliases: { [alias]: { is_write_index: true } } } })
    const line = openLine(server, scene)
    const mine = { ...spec, aliases: { [alias]: { is_write_index: true } } }
    line.declare({ indices: { [second]: mine } })
    assert.match(told(await line.apply(), second).join(), /^hold held .*two write indices/)
    assert.deepEqual(line.takeWrites(), [])
    const refused = await scene.hand.request('PUT', `/${second}`, { aliases: mine.aliases })
    assert.equal(refused.status, 500, JSON.stringify(refused.body))

    await scene.hand.create({ [second]: spec })
    const later = openLine(server, scene)
    later.declare({ indices: { [second]: mine } })
    assert.match(told(await later.apply(), second).join(), /^hold held .*two write indices/)
    assert.deepEqual(later.takeWrites(), [])
    assert.deepEqual(Object.keys(await scene.hand.alias(alias)), [first])
  })
})
