/**
 * Ways to do harm that no other file here is about, each once, on real servers: what two flows share, what belongs to
 * others, what cannot be read, and what only looks different.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Json } from '../../../src/contract.ts'
import type { Request } from '../../../reconcilers/nifi/link.ts'
import { connectionOf, definitionOf, nifiVersions, openScene, processorOf, serverOrSkip, type Hand, type LiveContext, type Scene } from './harness.ts'
import { openLine, outcomesOf, told, type Files, type Line, type LineOptions } from './line.ts'

/** `gen` runs once at its start and then not before the test is over. */
function pair(fields: { readonly [field: string]: Json } = {}, size: Json = '1KB'): Json {
  return {
    processors: {
      gen: { type: 'GenerateFlowFile', every: '1 day', properties: { 'File Size': size } },
      log: { type: 'LogAttribute', terminate: ['success'] }
    },
    connections: ['gen:success -> log'],
    ...fields
  }
}

for (const version of nifiVersions) {
  describe(`traps on NiFi ${version}`, function () {
    this.timeout(180_000)
    let scene: Scene
    let hand: Hand
    const asked: Request[] = []
    const lines: Line[] = []

    before(async function () {
      scene = await openScene(await serverOrSkip(this, version))
      hand = scene.hand
    })

    afterEach(async () => {
      for (const line of lines.splice(0)) await line.close()
      await hand.clear(scene.parent)
      await hand.clearContexts(scene.prefix)
    })

    after('nothing was ever deleted but requests of our own', () => {
      const deleted = asked.flatMap(({ method, path }) => (method === 'DELETE' && !/-requests\/[^/]+$/.test(path) ? [path] : []))
      assert.deepEqual(deleted, [])
    })

    const name = (short: string): string => scene.name(short)
    const open = ({ before, ...options }: LineOptions = {}): Line => {
      const line = openLine(scene, {
        ...options,
        before: async (request) => {
          asked.push(request)
          await before?.(request)
        }
      })
      lines.push(line)
      return line
    }
    const declare = (line: Line, flows: Readonly<Record<string, Json>>, contexts: Readonly<Record<string, Json>> = {}, files: Files = {}): void =>
      line.declare({ flows: { ...scene.named(flows) }, 'parameter-contexts': { ...scene.named(contexts) }, ...files })
    const paths = async (line: Line, short: string): Promise<readonly string[]> =>
      (await line.diff(name(short))).flatMap((change) => ('fields' in change ? change.fields.map(({ path }) => path) : []))
    const context = async (short: string): Promise<LiveContext> => (await hand.context(name(short))) ?? assert.fail(`no context ${short}`)
    const running = async (short: string): Promise<number | undefined> => (await hand.group(await scene.groupOf(short)))?.running

    it('a context that two flows share: the plan names what a change restarts in both', async () => {
      const line = open()
      const flows = { one: pair({ parameterContext: name('shared') }, '#{size}'), two: pair({ parameterContext: name('shared') }, '#{size}') }
      declare(line, flows, { shared: { parameters: { size: '1KB', unused: 'x' } } })
      assert.equal((await line.apply()).status, 'in-sync')
      const before = await Promise.all(['one', 'two'].map(async (short) => hand.revisions(await scene.groupOf(short))))
      declare(line, flows, { shared: { parameters: { size: '2KB', unused: 'x' } } })
      const warnings = (await line.plan()).warnings.filter(({ code }) => code === 'RESTARTS')
      assert.equal(warnings.length, 1, JSON.stringify(warnings))
      for (const short of ['one', 'two']) assert.ok(warnings[0]?.message.includes(`gen in ${name(short)}`), warnings[0]?.message)
      await line.apply()
      for (const [index, short] of ['one', 'two'].entries()) {
        const now = await hand.revisions(await scene.groupOf(short))
        assert.notEqual(now['gen'], before[index]?.['gen'])
        assert.equal(now['log'], before[index]?.['log'])
        assert.equal(await running(short), 2)
      }
      declare(line, flows, { shared: { parameters: { size: '2KB', unused: 'y' } } })
      assert.deepEqual((await line.plan()).warnings.filter(({ code }) => code === 'RESTARTS'), [], 'nothing uses it')
    })

    it('a context that is bound or inherited is not deleted when nobody declares it any more', async () => {
      const line = open()
      const flows = { f: pair({ parameterContext: name('child') }, '#{size}') }
      const kept = { other: {}, another: {} }
      declare(line, flows, { ...kept, child: { inherits: [name('parent')] }, parent: { parameters: { size: '1KB' } } })
      assert.equal((await line.apply()).status, 'in-sync')
      line.take()
      declare(line, flows, kept)
      const report = await line.apply()
      assert.deepEqual([told(report, name('child')), told(report, name('parent'))], [['orphan reported'], ['orphan reported']])
      assert.deepEqual(line.takeWrites(), [])
      assert.deepEqual((await context('child')).inherits, [(await context('parent')).id])
      assert.equal(await running('f'), 2)
    })

    it('a value that makes a processor invalid is told, and what it stopped runs again with the repaired one', async () => {
      const line = open()
      const flows = { f: pair({ parameterContext: name('c') }, '#{size}') }
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

    it('a parameter that runs cannot be taken away: NiFi says so, and nothing is stopped', async () => {
      const line = open()
      const flows = { f: pair({ parameterContext: name('c') }, '#{size}') }
      declare(line, flows, { c: { parameters: { size: '1KB' } } })
      assert.equal((await line.apply()).status, 'in-sync')
      const before = await hand.revisions(await scene.groupOf('f'))
      declare(line, flows, { c: { parameters: { size: null } } })
      assert.match(told(await line.cycle(), name('c')).join(), /^update failed (?:CONFLICT|REJECTED): .*size/)
      assert.deepEqual(await hand.revisions(await scene.groupOf('f')), before)
      assert.deepEqual(Object.keys((await context('c')).parameters), ['size'])
    })

    it('each group inside has a context of its own, which a later change does not unbind', async () => {
      const line = open()
      const inner = { processors: { gen: { type: 'GenerateFlowFile', every: '1 day', terminate: ['success'] } } }
      const flow = (size: string): Json => pair({ parameterContext: name('c'), groups: { with: inner, other: { ...inner, parameterContext: name('d') }, without: { ...inner, parameterContext: null } } }, size)
      const contexts = { c: { parameters: { size: '1KB' } }, d: { parameters: { size: '1KB' } } }
      for (const size of ['#{size}', '2KB']) {
        declare(line, { f: flow(size) }, contexts)
        assert.equal((await line.apply()).status, 'in-sync')
        const bound = Object.fromEntries((await hand.groups(await scene.groupOf('f'))).map((group) => [group.name, group.context]))
        assert.deepEqual(bound, { with: (await context('c')).id, other: (await context('d')).id, without: undefined })
      }
    })

    it('an empty or unreadable configuration does not say that there is no flow', async () => {
      const line = open()
      const flow = { [name('f')]: pair() }
      line.declare({ flows: flow, 'parameter-contexts': {} })
      await line.apply()
      line.take()
      const empty: readonly Files[] = [{}, { 'flows.yaml': Buffer.from('') }, { 'flows.yaml': Buffer.from('f: [') }, { 'parameter-contexts': {} }]
      for (const files of empty) {
        line.declare(files)
        const report = await line.cycle()
        assert.equal(report.counts.orphan, 0, JSON.stringify(files))
      }
      const missing: Json = { definition: 'missing.flow.json' }
      line.declare({ flows: { [name('f')]: missing } })
      assert.match(told(await line.cycle(), name('f')).join(), /^invalid invalid/)
      line.declare({ flows: {} })
      const said = told(await line.cycle(), name('f'))
      assert.equal(said.length, 1)
      assert.match(said[0] ?? '', /^hold held guard: 1 of 1 declared .* are gone/)
      assert.deepEqual(line.takeWrites(), [])
      assert.equal(await running('f'), 2)
    })

    it('a parent that is not there does not say that there is no flow', async () => {
      const line = open({ parent: randomUUID() })
      line.declare({ flows: { [name('f')]: pair() } })
      const { status, outcomes, error } = await line.cycle()
      assert.deepEqual([status, outcomes], ['blind', []])
      assert.match(error?.message ?? '', /NIFI_PARENT_GROUP/)
      assert.deepEqual(line.takeWrites(), [])
    })

    it('what a person stopped stays stopped when a STOPPED, an IGNORE or a paused flow changes', async () => {
      const line = open()
      const flows = (size: string): Readonly<Record<string, Json>> => ({
        stopped: pair({ state: 'STOPPED' }, size),
        left: pair({ state: 'IGNORE' }, size),
        ignored: pair({ reconcile: { ignore: ['state'] } }, size),
        paused: pair({ reconcile: { paused: true } }, size)
      })
      declare(line, { ...flows('1KB'), ignored: pair(), paused: pair() })
      assert.equal((await line.apply()).status, 'in-sync')
      for (const short of ['ignored', 'paused']) await hand.setState(await scene.groupOf(short), 'STOPPED')
      declare(line, flows('2KB'))
      await line.apply()
      const seen = await Promise.all(
        ['stopped', 'left', 'ignored', 'paused'].map(async (short) => {
          const group = await scene.groupOf(short)
          return [(await hand.group(group))?.running, (await hand.processor(group, 'gen')).properties['File Size']]
        })
      )
      assert.deepEqual(seen, [[0, '2KB'], [0, '2KB'], [0, '2KB'], [0, '1KB']])
    })

    it('two reconcilers with different owners: each keeps its own, and neither speaks of the other\'s', async () => {
      const [one, two] = [open({ owner: 'one' }), open({ owner: 'two' })]
      declare(one, { a: pair({}, '1KB') }, { ca: { parameters: { size: '1KB' } } })
      declare(two, { b: pair({}, '2KB') }, { cb: { parameters: { size: '2KB' } } })
      await Promise.all([one.apply(), two.apply()])
      for (const [line, own] of [[one, 'a'], [two, 'b']] as const) {
        const { status, counts } = await line.cycle()
        assert.deepEqual([status, counts.orphan], ['in-sync', 0])
        assert.equal(await running(own), 2)
        line.take()
      }
      declare(two, { a: pair({ adopt: true }, '9KB'), b: pair({}, '2KB') }, { ca: { parameters: { size: '9KB' } }, cb: { parameters: { size: '2KB' } } })
      const report = await two.apply()
      for (const theirs of ['a', 'ca']) assert.match(told(report, name(theirs)).join(), /^hold held .*\bone\b/)
      assert.deepEqual(two.takeWrites(), [])
      assert.equal((await one.cycle()).status, 'in-sync')
    })

    it('nothing is started before NiFi has validated it', async () => {
      const seen: string[] = []
      const isStart = ({ method, path, body }: Request): boolean => method === 'PUT' && path.startsWith('/flow/process-groups/') && Object(body).state === 'RUNNING'
      const line = open({
        before: async (request) => {
          if (isStart(request)) seen.push(...(await hand.processors(request.path.split('/').at(-1) ?? '')).map(({ validation }) => validation))
        }
      })
      const processors = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`gen${index}`, { type: 'GenerateFlowFile', every: '1 day', terminate: ['success'] }]))
      declare(line, { f: { processors } })
      assert.equal((await line.apply()).status, 'in-sync')
      assert.equal(await running('f'), 30)
      assert.deepEqual([seen.length, [...new Set(seen)]], [30, ['VALID']])
    })

    it('numbers and times are compared as NiFi keeps them, and not written again', async () => {
      const definition = (every: string): Json => {
        const processors = [
          processorOf('gen', 'GenerateFlowFile', { position: { x: 1, y: -7 }, schedulingPeriod: every, penaltyDuration: '30 secs', yieldDuration: '1 Sec' }),
          processorOf('log', 'LogAttribute', { autoTerminatedRelationships: ['success'], position: { x: 1.5, y: 200 } })
        ]
        return { ...Object(definitionOf('f', processors, [connectionOf('gen', 'success', 'log', { flowFileExpiration: '0 secs', backPressureDataSizeThreshold: '1024 MB', bends: [{ x: 3, y: 4 }] })])) }
      }
      const line = open()
      declare(line, { f: { definition: definition('1 days') }, g: pair({ connections: [{ from: 'gen', relationships: ['success'], to: 'log', maxObjects: 5, expire: '60 secs', maxSize: '1 KB' }] }) })
      assert.equal((await line.apply()).status, 'in-sync')
      line.take()
      assert.equal((await line.cycle()).status, 'in-sync')
      assert.deepEqual(line.takeWrites(), [])
      const text = JSON.stringify(await hand.download(await scene.groupOf('f')))
      for (const kept of ['"1 days"', '"30 secs"', '"1 Sec"', '"0 secs"', '"1024 MB"']) assert.ok(text.includes(kept), kept)
      declare(line, { f: { definition: definition('1 day') }, g: pair() })
      assert.deepEqual(await paths(line, 'f'), ['processors.gen.schedulingPeriod'])
    })

    it('what cannot be done is told of one flow, and the others are made', async () => {
      const line = open()
      const masked: Json = pair({}, '********')
      declare(line, { good: pair(), masked, unknown: { processors: { p: { type: 'NoSuchThing' } } } }, { bad: { parameters: { p: '********' } }, fine: { parameters: { p: 'x' } } })
      const report = await line.apply()
      for (const short of ['masked', 'bad']) assert.match(outcomesOf(report, name(short)).map(({ result, why, error }) => `${result} ${why ?? error?.message}`).join(), /^invalid .*(?:the mask|\*{8})/)
      assert.equal(await running('good'), 2)
      assert.deepEqual([(await context('fine')).parameters['p']?.value, await hand.context(name('bad'))], ['x', undefined])
      assert.deepEqual((await hand.groups(scene.parent)).map((group) => group.name), [name('good')])
    })
  })
}
