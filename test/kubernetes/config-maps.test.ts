import assert from 'node:assert/strict'
import { configMapsSource, type ConfigMapReference } from '../../src/kubernetes/config-maps.ts'
import { ReconcileError } from '../../src/errors.ts'
import type { ReadProblem, Watch } from '../../src/read/change-poller.ts'
import type { ConfigSource } from '../../src/read/source.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { MemoryConfigMaps, unreachable } from './memory-config-maps.ts'

const pollMs = 5_000
const neverPoll = 3_600_000

describe('ConfigMaps read through the API', () => {
  let clock: ManualClock
  let server: MemoryConfigMaps
  let source: ConfigSource
  let watches: Watch[] = []
  /** What was told: by what a change was found and the value of `a.json`, or what is wrong. */
  let told: string[] = []
  let random = 0

  beforeEach(() => {
    clock = new ManualClock()
    server = new MemoryConfigMaps()
    watches = []
    told = []
    random = 0.999
    source = sourceOf({ name: 'topics', optional: false })
  })

  afterEach(() => Promise.all(watches.map((begun) => begun.close())))

  function sourceOf(...references: readonly ConfigMapReference[]): ConfigSource {
    return configMapsSource({ references, configMaps: server, clock, random: () => random })
  }

  const textOf = (files: ReadonlyMap<string, Uint8Array>, name = 'a.json'): string =>
    Buffer.from(files.get(name) ?? []).toString()
  const wordsOf = (problem: ReadProblem): string =>
    problem.kind === 'degraded' ? `degraded: ${problem.reason}` : problem.error.message

  async function watch(pollsEvery = pollMs): Promise<Watch> {
    const begun = source.watch({
      pollMs: pollsEvery,
      onChange: (foundBy, { files }) => void told.push(`${foundBy} ${textOf(files)}`),
      onProblem: (problem) => void told.push(wordsOf(problem))
    })
    watches.push(begun)
    await clock.advance(100)
    return begun
  }

  describe('reading', () => {
    const names = async (...references: readonly ConfigMapReference[]): Promise<readonly string[]> => [
      ...(await sourceOf(...references).read()).files.keys()
    ]

    it('puts all of them into one directory, where the later of two files of one name wins', async () => {
      server.set('one', { 'a.json': '1', 'b.json': '1' })
      server.set('two', { 'a.json': '2', '.hidden': 'x' })
      const { files } = await sourceOf({ name: 'one', optional: false }, { name: 'two', optional: false }).read()
      assert.deepEqual(
        [...files.keys()].map((name) => [name, textOf(files, name)]),
        [
          ['a.json', '2'],
          ['b.json', '1']
        ]
      )
      const turned = await sourceOf({ name: 'two', optional: false }, { name: 'one', optional: false }).read()
      assert.equal(textOf(turned.files), '1')
    })

    it('takes an absent one for an empty one when it is optional', async () => {
      server.set('one', { 'a.json': '1' })
      assert.deepEqual(await names({ name: 'one', optional: false }, { name: 'two', optional: true }), ['a.json'])
      await assert.rejects(names({ name: 'one', optional: true }, { name: 'two', optional: false }), {
        code: 'CONFIG_MISSING',
        message: 'cannot read the ConfigMap "shop/two": it does not exist'
      })
    })

    it('says which right is missing', async () => {
      server.failure = new ReconcileError('NOT_PERMITTED', 'Kubernetes: configmaps "topics" is forbidden')
      await assert.rejects(source.read(), {
        code: 'CONFIG_MISSING',
        message:
          'cannot read the ConfigMap "shop/topics": Kubernetes: configmaps "topics" is forbidden; expected the rights get and watch on it, as manifests/components/api-config grants them'
      })
    })

    it('takes no failure for an absent one', async () => {
      server.failure = unreachable
      await assert.rejects(names({ name: 'one', optional: true }), {
        code: 'CONFIG_MISSING',
        message: /"shop\/one": https:\/\/10\.0\.0\.1: connection refused/
      })
    })

    it('gives up after 4 s without an answer', async () => {
      server.hangs = true
      const reading = assert.rejects(source.read(), {
        code: 'CONFIG_MISSING',
        message: /the API server: no answer before the deadline/
      })
      await clock.advance(4_000)
      await reading
    })
  })

  describe('watching', () => {
    beforeEach(() => server.set('topics', { 'a.json': '1' }))

    it('tells what is there at first, and every change within a moment of it', async () => {
      await watch(neverPoll)
      for (const value of ['2', '3']) {
        server.set('topics', { 'a.json': value })
        await clock.advance(60)
      }
      assert.deepEqual(told, ['event 1', 'event 2', 'event 3'])
    })

    it('reads once for a burst, and tells nothing that is not new', async () => {
      await watch(neverPoll)
      const before = server.reads
      for (const value of ['2', '3', '1']) server.set('topics', { 'a.json': value })
      await clock.advance(60)
      assert.deepEqual([server.reads - before, told], [1, ['event 1']])
    })

    it('opens at once what the server has ended, and then looks at what it did not see', async () => {
      await watch(neverPoll)
      await clock.advance(60_000)
      server.deaf = true
      server.set('topics', { 'a.json': '2' })
      server.deaf = false
      server.cut()
      await clock.advance(60)
      assert.deepEqual([told, server.open], [['event 1', 'event 2'], 1])
    })

    it('opens what was cut off, and says nothing about one cut', async () => {
      await watch(neverPoll)
      await clock.advance(60_000)
      server.cut(unreachable)
      server.set('topics', { 'a.json': '2' })
      await clock.advance(600)
      assert.deepEqual([told, server.open], [['event 1', 'event 2'], 1])
    })

    it('tries ever more seldom, up to every 5 s, and says once that it is deaf', async () => {
      await watch(neverPoll)
      await clock.advance(60_000)
      server.watchFailure = new ReconcileError('NOT_PERMITTED', 'Kubernetes: Forbidden')
      const before = server.begun.length
      server.cut(unreachable)
      await clock.advance(500 + 1_000 + 2_000 + 4_000 + 10)
      assert.equal(server.begun.length - before, 4)
      await clock.advance(50_000)
      assert.equal(server.begun.length - before, 14)
      assert.deepEqual(told, ['event 1', 'degraded: cannot watch the ConfigMap "shop/topics": Kubernetes: Forbidden'])
    })

    it('waits at least 100 ms, however lucky the draw and however quick the server to end it', async () => {
      random = 0
      await watch(neverPoll)
      const before = server.begun.length
      for (let turn = 0; turn < 10; turn += 1) {
        server.cut()
        await clock.advance(100)
      }
      assert.equal(server.begun.length - before, 10)
      assert.deepEqual(told, ['event 1'])
    })

    it('finds by the poll what a deaf watch does not tell', async () => {
      await watch()
      server.deaf = true
      server.set('topics', { 'a.json': '2' })
      await clock.advance(pollMs)
      assert.deepEqual(told, ['event 1', 'poll 2'])
    })

    it('is never stale for longer than the poll interval after a server that did not answer is back', async () => {
      await watch()
      server.deaf = true
      for (let downMs = 0; downMs < 2 * pollMs; downMs += 700) {
        server.hangs = true
        await clock.advance(downMs)
        const value = String(100 + downMs)
        server.set('topics', { 'a.json': value })
        server.hangs = false
        await clock.advance(pollMs)
        assert.equal(told.at(-1), `poll ${value}`)
      }
    })

    it('says once per reason why it cannot read, and tells the content when it is back, changed or not', async () => {
      await watch()
      server.failure = unreachable
      await clock.advance(3 * pollMs)
      server.failure = undefined
      await clock.advance(pollMs)
      assert.deepEqual(told, [
        'event 1',
        'cannot read the ConfigMap "shop/topics": https://10.0.0.1: connection refused',
        'poll 1'
      ])
    })

    it('tells that one was deleted, and finds it when it is made again', async () => {
      await watch(neverPoll)
      server.set('topics', undefined)
      await clock.advance(60)
      server.set('topics', { 'a.json': '2' })
      await clock.advance(60)
      assert.deepEqual(told, ['event 1', 'cannot read the ConfigMap "shop/topics": it does not exist', 'event 2'])
    })

    it('watches each by its name, and says once for all of them that they are deaf', async () => {
      source = sourceOf({ name: 'topics', optional: false }, { name: 'cluster', optional: true })
      server.watchFailure = unreachable
      await watch(neverPoll)
      await clock.advance(60_000)
      assert.deepEqual(new Set(server.begun), new Set(['topics', 'cluster']))
      assert.deepEqual(told, [
        'event 1',
        'degraded: cannot watch the ConfigMap "shop/topics": https://10.0.0.1: connection refused'
      ])
    })

    it('leaves nothing behind when it is closed, also while a call hangs', async () => {
      const begun = await watch()
      server.hangs = true
      await clock.advance(pollMs)
      await begun.close()
      await clock.advance(0)
      assert.equal(server.open, 0)
      server.hangs = false
      server.set('topics', { 'a.json': '2' })
      await clock.advance(10 * pollMs)
      assert.deepEqual([told, clock.due], [['event 1'], []])
    })
  })
})
