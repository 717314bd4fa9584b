/** What flows may be made of, what they may be called and where they may be, on real servers. */
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import type { Json } from '../../../src/records.ts'
import { groundOn } from './ground.ts'
import { connectionOf, heartbeat, nifiVersions } from './harness.ts'
import { openLine } from './line.ts'
import { pair } from './pair.ts'

/** What NiFi cannot import a processor without; not all that keeps it running at a replacement. */
const least = {
  position: { x: 0, y: 0 },
  properties: {},
  propertyDescriptors: {},
  schedulingPeriod: '0 sec',
  schedulingStrategy: 'TIMER_DRIVEN',
  executionNode: 'ALL',
  penaltyDuration: '30 sec',
  yieldDuration: '1 sec',
  bulletinLevel: 'WARN',
  runDurationMillis: 0,
  concurrentlySchedulableTaskCount: 1
} as const

for (const version of nifiVersions) {
  describe(`flows on NiFi ${version}`, function () {
    this.timeout(180_000)
    const ground = groundOn(version)
    const { name, declare, apply, verbs, paths, assertAtRest } = ground

    it('come from files, plain and packed; one written by hand stops nothing when it is applied again', async () => {
      const { scene, hand, line } = ground
      const minimal = (size: string): Json => ({
        flowContents: {
          processors: [
            {
              identifier: 'g',
              name: 'gen',
              type: 'GenerateFlowFile',
              ...least,
              schedulingPeriod: '1 day',
              properties: { 'File Size': size }
            },
            { identifier: 'l', name: 'log', type: 'LogAttribute', ...least, autoTerminatedRelationships: ['success'] }
          ],
          connections: [connectionOf('g', 'success', 'l')]
        }
      })
      const packed = gzipSync(JSON.stringify(heartbeat('packed', { every: '1 day' })))
      const files = (size: string) => ({
        'plain.flow': minimal(size),
        'full.flow': heartbeat('other', { every: '1 day', size }),
        'packed.flow.json.gz': packed
      })
      const flows = {
        plain: { definition: 'plain.flow.json' },
        full: { definition: 'full.flow.json' },
        packed: { definition: 'packed.flow.json.gz' }
      }
      declare(flows, files('1KB'))
      assert.equal((await line.apply()).status, 'in-sync')
      for (const short of Object.keys(flows)) assert.equal((await hand.group(await scene.groupOf(short)))?.running, 2)
      await assertAtRest()
      const group = await scene.groupOf('plain')
      const before = await hand.revisions(group)
      declare(flows, files('2KB'))
      assert.deepEqual(await paths('plain'), ['processors.gen.properties.File Size'])
      assert.deepEqual(await verbs('packed'), ['keep'])
      await line.apply()
      const after = await hand.revisions(group)
      assert.deepEqual([(after['gen'] ?? 0) - (before['gen'] ?? 0), (after['log'] ?? 0) - (before['log'] ?? 0)], [3, 1])
      for (const short of Object.keys(flows)) assert.deepEqual(await verbs(short), ['keep'])
    })

    it('may have groups inside, ports and funnels, and are in sync right after they were made', async () => {
      const { scene, hand } = ground
      const nested = (size: string): Json => ({
        processors: {
          gen: { type: 'GenerateFlowFile', every: '1 day', properties: { 'File Size': size } },
          log: { type: 'LogAttribute', terminate: ['success'] }
        },
        funnels: { all: {} },
        groups: {
          inner: {
            inputPorts: { in: {} },
            outputPorts: { out: {} },
            processors: { mark: { type: 'UpdateCounter', properties: { 'counter-name': 'n', delta: '1' } } },
            connections: ['in -> mark', 'mark:success -> out']
          }
        },
        connections: ['gen:success -> inner.in', 'inner.out -> all', 'all -> log']
      })
      declare({ a: nested('1KB') })
      assert.deepEqual(await apply('a'), ['create done'])
      const group = await scene.groupOf('a')
      assert.equal((await hand.group(group))?.running, 5)
      declare({ a: nested('2KB') })
      assert.deepEqual(await paths('a'), ['processors.gen.properties.File Size'])
      const before = await hand.revisions(group)
      assert.deepEqual(await apply('a'), ['update done'])
      const after = await hand.revisions(group)
      assert.equal((after['mark'] ?? 0) - (before['mark'] ?? 0), 1)
      assert.equal((await hand.group(group))?.running, 5)
      assert.deepEqual(await verbs('a'), ['keep'])
    })

    it('may name properties as people see them, from the first one of a type on', async () => {
      const { scene, hand } = ground
      const texts = (text: string): Json => ({
        processors: {
          gen: {
            type: 'GenerateFlowFile',
            every: '1 day',
            properties: { 'Custom Text': text, attribute: 'dynamic' },
            terminate: ['success']
          }
        }
      })
      declare({ a: texts('one') })
      assert.deepEqual(await apply('a'), ['create done'])
      const group = await scene.groupOf('a')
      const set = async (): Promise<readonly (readonly [string, string | null])[]> =>
        Object.entries((await hand.processor(group, 'gen')).properties).filter(
          ([property, value]) => value !== null && /text|attribute|another/i.test(property)
        )
      assert.deepEqual(await set(), [
        ['generate-ff-custom-text', 'one'],
        ['attribute', 'dynamic']
      ])
      await assertAtRest()
      await hand.configure((await hand.processor(group, 'gen')).id, {
        properties: { 'generate-ff-custom-text': 'by hand', another: 'by hand' }
      })
      assert.deepEqual(await apply('a'), ['update done'])
      assert.deepEqual(await set(), [
        ['generate-ff-custom-text', 'one'],
        ['attribute', 'dynamic']
      ])
      declare({ a: texts('two'), b: texts('three') })
      assert.deepEqual(await apply('a'), ['update done'])
      assert.deepEqual(await set(), [
        ['generate-ff-custom-text', 'two'],
        ['attribute', 'dynamic']
      ])
      assert.deepEqual([await verbs('a'), await verbs('b')], [['keep'], ['keep']])
    })

    it('may be called anything', async () => {
      const { scene, hand, line } = ground
      const short = 'Größe & <b>"x"</b> ] [infometis owner=x] %41/..'
      declare({ [short]: pair({ state: 'STOPPED', comments: 'two\nlines [infometis]' }) })
      assert.deepEqual(await apply(short), ['create done'])
      const group = await scene.groupOf(short)
      line.take()
      assert.deepEqual(await apply(short), [])
      assert.deepEqual(line.takeWrites(), [])
      await hand.rename(group, 'renamed')
      assert.deepEqual(await apply(short), ['update done'])
      assert.equal(await scene.groupOf(short), group)
      assert.match(await hand.comments(group), /^two\nlines \[infometis\]\n\[infometis owner=infometis/)
    })

    it('live below any group, of the NiFi whose root is above it', async () => {
      const { scene, hand } = ground
      const deep = await hand.createGroup(await hand.createGroup(scene.parent, 'middle'), 'deep')
      const below = openLine(scene, { parent: deep })
      below.declare({ flows: { [name('a')]: pair({ state: 'STOPPED' }) } })
      assert.deepEqual(await below.applied(name('a')), ['create done'])
      assert.deepEqual(
        (await hand.groups(deep)).map((group) => group.name),
        [name('a')]
      )
      assert.equal(await below.identity(), (await hand.group('root'))?.id)
      assert.equal((await below.diff(name('a')))[0]?.verb, 'keep')
    })
  })
}
