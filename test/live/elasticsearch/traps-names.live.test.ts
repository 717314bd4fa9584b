/**
 * Traps about names and what they stand for.
 */
import assert from 'node:assert/strict'
import { openScene, serverOrSkip, sharedNodeOrSkip, type Access, type Scene } from './harness.ts'
import { openLine, outcomesOf, told, type Line } from './line.ts'

const quick = { settings: { number_of_replicas: 0, refresh_interval: '5s' } }

describe('a name', function () {
  this.timeout(60_000)
  let server: Access
  let scene: Scene
  let line: Line

  before(async function () {
    server = await serverOrSkip(this)
    scene = await openScene(server)
    line = openLine(server, scene)
  })

  beforeEach(() => line.take())

  afterEach(async () => {
    await scene.hand.deleteIndices(await scene.hand.names(scene.prefix))
  })

  it('of an alias is no index: HEAD says that it exists, and what is behind it is left alone', async () => {
    const [alias, behind] = [scene.name('orders'), scene.name('orders-1')]
    await scene.hand.create({ [behind]: { settings: { number_of_replicas: 0 }, aliases: { [alias]: {} } } })
    assert.equal((await scene.hand.request('HEAD', `/${alias}`)).status, 200)
    const before = await scene.hand.index(behind)
    line.declare({ indices: { [alias]: quick } })
    assert.deepEqual(told(await line.apply(), alias), [
      `hold held "${alias}" is an alias of ${behind}; declare those, or give the item a strategy`
    ])
    assert.deepEqual(line.takeWrites(), [])
    assert.deepEqual(await scene.hand.index(behind), before)
  })

  it('that becomes an alias between reading and writing is refused by the server, and waits from then on', async () => {
    const [name, behind] = [scene.name('late'), scene.name('late-1')]
    const raced = openLine(server, scene, {
      before: async ({ method, path }) => {
        if (method === 'PUT' && path === `/${name}`) await scene.hand.create({ [behind]: { aliases: { [name]: {} } } })
      }
    })
    raced.declare({ indices: { [name]: quick } })
    assert.match(told(await raced.cycle(), name).join(), /^create failed REJECTED: .*already exists as alias/)
    assert.match(told(await raced.cycle(), name).join(), /^hold held .* is an alias of /)
    assert.equal((await scene.hand.index(behind))?.settings['index.refresh_interval'], undefined)
  })

  it('may have 255 bytes, not 255 characters', async () => {
    const room = 255 - Buffer.byteLength(scene.prefix)
    const longest = scene.name('ü'.repeat(Math.floor(room / 2)) + 'x'.repeat(room % 2))
    const tooLong = scene.name('ü'.repeat(Math.floor(room / 2)) + 'x'.repeat((room % 2) + 1))
    assert.ok(tooLong.length < 255)
    line.declare({ indices: { [longest]: quick, [tooLong]: quick } })
    const report = await line.apply()
    assert.match(told(report, tooLong).join(), /^invalid invalid .*expected at most 255 bytes, found 256/)
    assert.equal((await scene.hand.index(longest))?.settings['index.refresh_interval'], '5s')
    assert.equal((await scene.hand.request('PUT', `/${encodeURIComponent(tooLong)}`)).status, 400)
    line.declare({ indices: { [longest]: quick } })
    assert.deepEqual((await line.apply()).counts.keep, 1)
  })

  it('of date math is refused: it would be another index every day', async () => {
    const name = `<${scene.name('log')}-{now/d}>`
    line.declare({ indices: { [name]: quick } })
    assert.match(told(await line.apply(), name).join(), /^invalid invalid .*date math/)
    assert.deepEqual(line.takeWrites(), [])
    assert.deepEqual(await scene.hand.names(scene.prefix), [])
  })

  it('is one of 40 with 250 bytes each: no request line is too long', async () => {
    const names = Array.from({ length: 40 }, (_, position) => scene.name(`${position}-`).padEnd(250, 'x'))
    const declared = (refresh: string) => ({
      indices: Object.fromEntries(
        names.map((name) => [name, { settings: { number_of_replicas: 0, refresh_interval: refresh } }])
      )
    })
    line.declare(declared('5s'))
    assert.equal((await line.apply()).counts.keep, 40)
    line.declare(declared('6s'))
    line.take()
    assert.equal((await line.apply()).counts.keep, 40)
    const requests = line.take()
    assert.ok(requests.every(({ path }) => path.length <= 4_000))
    assert.ok(requests.filter(({ method }) => method === 'PUT').length <= 4)
    assert.equal((await scene.hand.index(names[39] ?? ''))?.settings['index.refresh_interval'], '6s')
  })

  it("that is hidden, begins with a dot or was made by rollover or lifecycle management is nobody's orphan", async () => {
    const dotted = `.${scene.prefix}dot`
    const made = ['logs-000001', 'hidden', 'plain'].map((short) => scene.name(short))
    const lifecycle = ['shrink-ab12-', 'partial-', 'restored-', 'downsample-1h-'].map(
      (prefix) => prefix + scene.name('x')
    )
    await scene.hand.create(
      Object.fromEntries(
        [dotted, ...made, ...lifecycle].map((name) => [name, { settings: { hidden: name.endsWith('hidden') } }])
      )
    )
    try {
      const newcomer = openLine(server, scene)
      newcomer.declare({ indices: {}, policy: { owned: ['*'] } })
      const orphans = (await newcomer.cycle()).outcomes.flatMap(({ key, verb }) =>
        verb === 'orphan' && key.includes(scene.prefix) ? [key] : []
      )
      assert.deepEqual(orphans, [scene.key('plain')])
    } finally {
      await scene.hand.deleteIndices([dotted, ...lifecycle])
    }
  })
})

describe('the name of a data stream', function () {
  this.timeout(60_000)

  it('is no index, and its backing indices are neither changed nor orphans', async function () {
    // SonarQube's copies of Elasticsearch have no request that deletes a data stream.
    const server = await sharedNodeOrSkip(this, 'opensearch-3.8.0')
    const scene = await openScene(server)
    const name = scene.name('stream')
    await scene.hand.must('PUT', `/_index_template/${name}`, { index_patterns: [name], data_stream: {} })
    await scene.hand.bulk(name, [{ '@timestamp': '2026-01-01' }])
    const backing = `.ds-${name}-000001`
    const before = await scene.hand.index(backing)
    assert.ok(before !== undefined)

    const line = openLine(server, scene)
    line.declare({ indices: { [name]: quick }, policy: { owned: ['*'] } })
    const report = await line.apply()
    assert.deepEqual(told(report, name), [`hold held "${name}" is a data stream; declare it in data-streams.json`])
    assert.deepEqual(outcomesOf(report, backing), [])
    assert.deepEqual(line.takeWrites(), [])
    assert.deepEqual(await scene.hand.index(backing), before)
  })
})
