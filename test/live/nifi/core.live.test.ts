/** Flows on real servers, through the real line: created, changed in place, repaired, held, and left alone. */
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import type { Json } from '../../../src/contract.ts'
import { ownIdentifier } from '../../../reconcilers/nifi/flow/external.ts'
import { writeComments } from '../../../reconcilers/nifi/flow/marker.ts'
import { connectionOf, eventually, heartbeat, nifiVersions, openScene, serverOrSkip, type Hand, type Scene } from './harness.ts'
import { openLine, told, type Files, type Line } from './line.ts'

/** `gen` runs once at its start and then not before the test is over, so that nothing moves by itself. */
function pair({ size = '1KB', ...fields }: { readonly size?: string; readonly [field: string]: Json | undefined } = {}): Json {
  return {
    processors: {
      gen: { type: 'GenerateFlowFile', every: '1 day', properties: { 'File Size': size } },
      log: { type: 'LogAttribute', terminate: ['success'] }
    },
    connections: ['gen:success -> log'],
    ...Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
  }
}

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
    let scene: Scene
    let hand: Hand
    let line: Line

    before(async function () {
      scene = await openScene(await serverOrSkip(this, version))
      hand = scene.hand
    })

    beforeEach(() => {
      line = openLine(scene)
    })

    afterEach(async () => {
      await line.close()
      await hand.clear(scene.parent)
    })

    const name = (short: string): string => scene.name(short)
    const declare = (flows: Readonly<Record<string, Json>>, files: Files = {}): void => line.declare({ flows: { ...scene.named(flows) }, ...files })
    const apply = async (short: string): Promise<readonly string[]> => line.applied(name(short))
    const verbs = async (short: string): Promise<readonly string[]> => (await line.diff(name(short))).map(({ verb }) => verb)
    const paths = async (short: string): Promise<readonly string[]> =>
      (await line.diff(name(short))).flatMap((change) => ('fields' in change ? change.fields.map(({ path }) => path) : []))

    it('are created and run; a second apply sends no write, and a change stops only what it is about', async () => {
      declare({ a: pair({ comments: 'proof of life' }) })
      assert.deepEqual(await apply('a'), ['create done'])
      const group = await scene.groupOf('a')
      const { running, comments } = (await hand.group(group)) ?? assert.fail('no group')
      assert.equal(running, 2)
      assert.match(comments, /^proof of life\n\[infometis owner=infometis flow=\S+ desired=\S+ live=\S+\]$/)
      line.take()
      assert.deepEqual(await apply('a'), [])
      const requests = line.take()
      assert.ok(requests.every(({ method }) => method === 'GET'))
      assert.ok(requests.length <= 6, requests.map(({ path }) => path).join())

      const before = await hand.revisions(group)
      declare({ a: pair({ comments: 'proof of life', size: '2KB' }) })
      assert.deepEqual(await paths('a'), ['processors.gen.properties.File Size'])
      assert.deepEqual(await apply('a'), ['update done'])
      const after = await hand.revisions(group)
      assert.deepEqual([(after['gen'] ?? 0) - (before['gen'] ?? 0), (after['log'] ?? 0) - (before['log'] ?? 0)], [3, 1])
      assert.equal((await hand.processor(group, 'gen')).properties['File Size'], '2KB')
      assert.equal((await hand.group(group))?.running, 2)
      assert.deepEqual(await verbs('a'), ['keep'])
    })

    it('are made what is declared again when somebody edits, renames, stops or comments them', async () => {
      declare({ a: pair({ comments: 'ours' }) })
      await apply('a')
      const group = await scene.groupOf('a')
      await hand.configure((await hand.processor(group, 'gen')).id, { properties: { 'File Size': '7KB' } })
      await hand.stop((await hand.processor(group, 'log')).id)
      const marker = (await hand.comments(group)).split('\n').at(-1)
      await hand.changeGroup(group, { name: 'renamed', comments: `theirs\n${marker}` })
      assert.deepEqual((await paths('a')).toSorted(), ['comments', 'name', 'processors.gen.properties.File Size', 'state'])
      assert.deepEqual(await apply('a'), ['update done'])
      assert.equal(await scene.groupOf('a'), group)
      assert.match(await hand.comments(group), /^ours\n/)
      assert.equal((await hand.processor(group, 'gen')).properties['File Size'], '1KB')
      assert.equal((await hand.group(group))?.running, 2)
      assert.deepEqual(await verbs('a'), ['keep'])
    })

    it('are stopped, started, or left to people, as declared', async () => {
      declare({ stopped: pair({ state: 'STOPPED' }), ignored: pair({ state: 'IGNORE' }) })
      await line.apply()
      const [stopped, ignored] = [await scene.groupOf('stopped'), await scene.groupOf('ignored')]
      for (const group of [stopped, ignored]) {
        assert.equal((await hand.group(group))?.running, 0)
        await hand.setState(group, 'RUNNING')
      }
      assert.deepEqual(await verbs('ignored'), ['keep'])
      assert.deepEqual(await paths('stopped'), ['state'])
      assert.deepEqual(await apply('stopped'), ['update done'])
      assert.equal((await hand.group(stopped))?.running, 0)
      assert.equal((await hand.group(ignored))?.running, 2)
      declare({ stopped: pair(), ignored: pair({ state: 'IGNORE', size: '2KB' }) })
      await line.apply()
      assert.equal((await hand.group(stopped))?.running, 2)
      assert.equal((await hand.group(ignored))?.running, 2, 'what a person started runs after a change too')
    })

    it('come from files, plain and packed; one written by hand stops nothing when it is applied again', async () => {
      const minimal = (size: string): Json => ({
        flowContents: {
          processors: [
            { identifier: 'g', name: 'gen', type: 'GenerateFlowFile', ...least, schedulingPeriod: '1 day', properties: { 'File Size': size } },
            { identifier: 'l', name: 'log', type: 'LogAttribute', ...least, autoTerminatedRelationships: ['success'] }
          ],
          connections: [connectionOf('g', 'success', 'l')]
        }
      })
      const packed = gzipSync(JSON.stringify(heartbeat('packed', { every: '1 day' })))
      const files = (size: string) => ({ 'plain.flow': minimal(size), 'full.flow': heartbeat('other', { every: '1 day', size }), 'packed.flow.json.gz': packed })
      const flows = { plain: { definition: 'plain.flow.json' }, full: { definition: 'full.flow.json' }, packed: { definition: 'packed.flow.json.gz' } }
      declare(flows, files('1KB'))
      assert.equal((await line.apply()).status, 'in-sync')
      for (const short of Object.keys(flows)) assert.equal((await hand.group(await scene.groupOf(short)))?.running, 2)
      line.take()
      await line.cycle()
      assert.deepEqual(line.takeWrites(), [])
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
      const nested = (size: string): Json => ({
        processors: { gen: { type: 'GenerateFlowFile', every: '1 day', properties: { 'File Size': size } }, log: { type: 'LogAttribute', terminate: ['success'] } },
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
      const texts = (text: string): Json => ({ processors: { gen: { type: 'GenerateFlowFile', every: '1 day', properties: { 'Custom Text': text, attribute: 'dynamic' }, terminate: ['success'] } } })
      declare({ a: texts('one') })
      assert.deepEqual(await apply('a'), ['create done'])
      const group = await scene.groupOf('a')
      const set = async (): Promise<readonly (readonly [string, string | null])[]> =>
        Object.entries((await hand.processor(group, 'gen')).properties).filter(([property, value]) => value !== null && /text|attribute|another/i.test(property))
      assert.deepEqual(await set(), [['generate-ff-custom-text', 'one'], ['attribute', 'dynamic']])
      line.take()
      await line.cycle()
      assert.deepEqual(line.takeWrites(), [])
      await hand.configure((await hand.processor(group, 'gen')).id, { properties: { 'generate-ff-custom-text': 'by hand', another: 'by hand' } })
      assert.deepEqual(await apply('a'), ['update done'])
      assert.deepEqual(await set(), [['generate-ff-custom-text', 'one'], ['attribute', 'dynamic']])
      declare({ a: texts('two'), b: texts('three') })
      assert.deepEqual(await apply('a'), ['update done'])
      assert.deepEqual(await set(), [['generate-ff-custom-text', 'two'], ['attribute', 'dynamic']])
      assert.deepEqual([await verbs('a'), await verbs('b')], [['keep'], ['keep']])
    })

    it('keep what is ignored as somebody made it, also while something else is changed', async () => {
      const reconcile = { ignore: ['processors.gen.properties.File Size', 'state'] }
      declare({ a: pair({ reconcile }) })
      await apply('a')
      const group = await scene.groupOf('a')
      await hand.configure((await hand.processor(group, 'gen')).id, { properties: { 'File Size': '7KB' } })
      await hand.stop((await hand.processor(group, 'gen')).id)
      assert.deepEqual(await verbs('a'), ['keep'])
      declare({ a: pair({ reconcile, comments: 'changed', funnels: { unused: {} } }) })
      assert.deepEqual((await paths('a')).toSorted(), ['comments', 'funnels.unused'])
      assert.deepEqual(await apply('a'), ['update done'])
      const { properties, state } = await hand.processor(group, 'gen')
      assert.deepEqual([properties['File Size'], state], ['7KB', 'STOPPED'])
      assert.match(JSON.stringify(await hand.download(group)), /"funnels":\[\{/)
      line.take()
      await line.cycle()
      assert.deepEqual(line.takeWrites(), [])
    })

    it('may be called anything', async () => {
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

    it('are adopted only when that is declared, in place', async () => {
      const group = await hand.import(scene.parent, name('a'), heartbeat('a', { every: '1 day', comments: 'of a person' }))
      const before = await hand.revisions(group)
      const flow = { definition: heartbeat('a', { every: '1 day' }) }
      declare({ a: flow })
      const [held] = await apply('a')
      assert.match(held ?? '', /^hold held .*"adopt": true/)
      assert.equal(await hand.comments(group), 'of a person')
      declare({ a: { ...flow, adopt: true } })
      assert.deepEqual(await apply('a'), ['update done'])
      assert.equal(await scene.groupOf('a'), group)
      assert.deepEqual(await verbs('a'), ['keep'])
      assert.equal((await hand.group(group))?.running, 2)
      assert.ok(((await hand.revisions(group))['gen'] ?? 0) - (before['gen'] ?? 0) <= 1, 'nothing of it was replaced')
    })

    it('that are orphans, foreign, twins or another owner\'s are told and left alone', async () => {
      const marked = (owner: string, flow: string): string => writeComments('', { owner, flow })
      await hand.createGroup(scene.parent, name('orphan'), marked('infometis', name('orphan')))
      await hand.createGroup(scene.parent, name('foreign'))
      for (const twin of ['t1', 't2']) await hand.createGroup(scene.parent, name(twin), marked('infometis', name('twins')))
      await hand.createGroup(scene.parent, name('theirs'), marked('somebody', name('theirs')))
      const before = await hand.groups(scene.parent)
      declare({ twins: pair(), theirs: pair() })
      const report = await line.apply()
      assert.deepEqual(told(report, name('orphan')), ['orphan reported'])
      assert.deepEqual(told(report, name('foreign')), [])
      assert.match(told(report, name('twins')).join(), /^hold held .*delete the marker in the comments of all but one/)
      assert.match(told(report, name('theirs')).join(), /^hold held .*somebody/)
      assert.deepEqual(line.takeWrites(), [])
      assert.deepEqual(await hand.groups(scene.parent), before)
    })

    it('wait when somebody added to them by hand, and NiFi shows what was added under an identifier of its own', async () => {
      declare({ a: pair() })
      await apply('a')
      const group = await scene.groupOf('a')
      const added = await hand.addProcessor(group, 'by hand', 'org.apache.nifi.processors.standard.LogMessage', { autoTerminatedRelationships: ['success'] })
      assert.match(JSON.stringify(await hand.download(group)), new RegExp(`"identifier":"${ownIdentifier(added)}"`))
      assert.match((await apply('a')).join(), /^hold held .*processors\.by hand: added by hand, would be removed/)
      declare({ a: pair({ size: '2KB' }) })
      assert.match((await apply('a')).join(), /added by hand/)
      assert.equal((await hand.processor(group, 'by hand')).id, added)
      await hand.deleteProcessor(group, added)
      assert.deepEqual(await apply('a'), ['update done'])
    })

    it('run but for what is invalid, which is named with what NiFi says about it', async () => {
      const { processors, ...rest } = Object(pair())
      declare({ a: { ...rest, processors: { ...processors, route: { type: 'ControlRate', terminate: ['success', 'failure'] } } } })
      const [failed] = await apply('a')
      assert.match(failed ?? '', /^(create|update) failed REJECTED: .*processors\.route.*Maximum Rate/)
      assert.equal((await hand.group(await scene.groupOf('a')))?.running, 2)
      assert.deepEqual(await paths('a'), ['state'])
    })

    it('whose type nobody has are refused before anything is made', async () => {
      declare({ a: { processors: { gen: { type: 'GenerateFlowFil' } } } })
      assert.match((await apply('a')).join(), /^create failed REJECTED: .*GenerateFlowFil.*GenerateFlowFile/)
      assert.deepEqual(await hand.groups(scene.parent), [])
    })

    it('live below any group, of the NiFi whose root is above it', async () => {
      const deep = await hand.createGroup(await hand.createGroup(scene.parent, 'middle'), 'deep')
      const below = openLine(scene, { parent: deep })
      below.declare({ flows: { [name('a')]: pair({ state: 'STOPPED' }) } })
      assert.deepEqual(await below.applied(name('a')), ['create done'])
      assert.deepEqual((await hand.groups(deep)).map((group) => group.name), [name('a')])
      assert.equal(await below.identity(), (await hand.group('root'))?.id)
      assert.equal((await below.diff(name('a')))[0]?.verb, 'keep')
    })

    // The same requests everywhere: once is enough.
    if (version !== '2.3.0') return
    it('cost no more than six requests a cycle, whatever their number', async () => {
      const flows = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, { processors: { gen: { type: 'GenerateFlowFile', terminate: ['success'] } }, state: 'STOPPED' }]))
      declare(flows)
      const report = await line.apply()
      assert.equal(report.status, 'in-sync')
      line.take()
      assert.equal((await line.cycle()).status, 'in-sync')
      const requests = line.take()
      assert.ok(requests.length <= 6, requests.map(({ method, path }) => `${method} ${path}`).join('\n'))
      await eventually(async () => assert.equal((await hand.groups(scene.parent)).length, 100))
    })
  })
}
