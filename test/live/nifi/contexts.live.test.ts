/** Parameter contexts on real servers, through the real line, and flows that are bound to them. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Json } from '../../../src/contract.ts'
import type { Request } from '../../../reconcilers/nifi/link.ts'
import { heartbeat, nifiVersions, openScene, serverOrSkip, type Hand, type LiveContext, type Scene } from './harness.ts'
import { openLine, told, type Files, type Line, type LineOptions } from './line.ts'

const canary = 'canary-7c1f0a'
const otherCanary = 'canary-b52e91'

for (const version of nifiVersions) {
  describe(`parameter contexts on NiFi ${version}`, function () {
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
      await hand.clearContexts(scene.prefix)
    })

    const name = (short: string): string => scene.name(short)
    const declare = (contexts: Readonly<Record<string, Json>>, flows: Readonly<Record<string, Json>> = {}, files: Files = {}): void =>
      line.declare({ 'parameter-contexts': { ...scene.named(contexts) }, flows: { ...scene.named(flows) }, ...files })
    const apply = async (short: string): Promise<readonly string[]> => line.applied(name(short))
    const live = async (short: string): Promise<LiveContext> => (await hand.context(name(short))) ?? assert.fail(`no context ${short}`)
    const bound = (context: string): Json => ({
      parameterContext: name(context),
      processors: {
        gen: { type: 'GenerateFlowFile', every: '1 day', properties: { 'File Size': '#{size}' } },
        log: { type: 'LogAttribute', terminate: ['success'] }
      },
      connections: ['gen:success -> log']
    })

    it('are created before the flows that use them; only what changes is sent, and only what uses it is restarted', async () => {
      declare({ c: { description: 'd', parameters: { size: '1KB', unused: 'x' } } }, { f: bound('c') })
      await line.apply()
      const group = await scene.groupOf('f')
      assert.equal((await hand.group(group))?.running, 2)
      assert.deepEqual((await live('c')).bound, [group])
      assert.equal((await live('c')).description, 'd\n[infometis owner=infometis]')

      const sent = async (parameters: Readonly<Record<string, Json>>): Promise<readonly string[]> => {
        declare({ c: { description: 'd', parameters } }, { f: bound('c') })
        line.take()
        assert.deepEqual(await apply('c'), ['update done'])
        return line.take().flatMap(({ method, path, body }) => (method === 'POST' && path.includes('update-requests') ? namesIn(body) : []))
      }
      const before = await hand.revisions(group)
      assert.deepEqual(await sent({ size: '1KB', unused: 'y' }), ['unused'])
      assert.deepEqual(await hand.revisions(group), before)
      assert.deepEqual(await sent({ size: '2KB', unused: 'y' }), ['size'])
      const after = await hand.revisions(group)
      assert.notEqual(after['gen'], before['gen'])
      assert.equal(after['log'], before['log'])
      assert.equal((await hand.group(group))?.running, 2)
      line.take()
      await line.cycle()
      assert.deepEqual(line.takeWrites(), [])
    })

    it('keep what nobody declared, unless they are to be exact, and are made what is declared again', async () => {
      declare({ c: { parameters: { size: '1KB' } } })
      assert.deepEqual(await apply('c'), ['create done'])
      await hand.setParameters((await live('c')).id, { size: '7KB', added: 'by hand' })
      assert.deepEqual(await apply('c'), ['update done'])
      assert.deepEqual(valuesOf(await live('c')), { size: '1KB', added: 'by hand' })
      declare({ c: { parameters: { size: '1KB' }, reconcile: { exact: true } } })
      assert.deepEqual(await apply('c'), ['update done'])
      assert.deepEqual(valuesOf(await live('c')), { size: '1KB' })
    })

    it('keep a parameter that is in use, ask NiFi for nothing hopeless, and change no kind of a parameter', async () => {
      declare({ c: { parameters: { size: '1KB', plain: 'x' } } }, { f: bound('c') })
      await line.apply()
      const group = await scene.groupOf('f')
      const before = await hand.revisions(group)
      declare({ c: { parameters: { size: null, plain: 'x' } } }, { f: bound('c') })
      line.take()
      assert.match((await apply('c')).join(), /^hold held parameter "size" is to go, but gen in \S*f still refers to it/)
      assert.deepEqual(line.takeWrites(), [])
      declare({ c: { parameters: { size: '1KB', plain: { value: 'x', sensitive: true } } } }, { f: bound('c') })
      assert.match((await apply('c')).join(), /^hold held .*not sensitive and declared sensitive/)
      assert.deepEqual(valuesOf(await live('c')), { size: '1KB', plain: 'x' })
      assert.deepEqual(await hand.revisions(group), before)
      assert.equal((await hand.group(group))?.running, 2)
    })

    it('lose a parameter together with its last use', async () => {
      declare({ c: { parameters: { size: '1KB' } } }, { f: bound('c') })
      await line.apply()
      const { processors, ...rest } = Object(bound('c'))
      const gen = { ...processors.gen, properties: { 'File Size': '#{length}' } }
      declare({ c: { parameters: { size: null, length: '2KB' } } }, { f: { ...rest, processors: { ...processors, gen } } })
      line.take()
      const report = await line.apply()
      assert.equal(report.status, 'in-sync', JSON.stringify(report.outcomes))
      assert.deepEqual(valuesOf(await live('c')), { length: '2KB' })
      assert.equal((await hand.group(await scene.groupOf('f')))?.running, 2)
      const sent = line.take().flatMap(({ method, path, body }) => (method === 'POST' && path.includes('update-requests') ? [namesIn(body)] : []))
      assert.deepEqual(sent, [['length'], ['size']], 'the new one before the flow, the old one after it')
    })

    it('give a parameter in use to the one they inherit from, and what uses it runs on', async () => {
      declare({ c: { parameters: { size: '1KB' } } }, { f: bound('c') })
      await line.apply()
      declare({ c: { parameters: { size: null }, inherits: [name('base')] }, base: { parameters: { size: '2KB' } } }, { f: bound('c') })
      const report = await line.apply()
      assert.equal(report.status, 'in-sync', JSON.stringify(report.outcomes))
      assert.deepEqual([valuesOf(await live('c')), valuesOf(await live('base'))], [{}, { size: '2KB' }])
      assert.equal((await hand.group(await scene.groupOf('f')))?.running, 2)
    })

    it('hold any text, and have any name', async () => {
      const parameters = { size: 1024, 'a.b c_d-e': 'ü "x"\n\ty # ${z} #{no} \\', spaces: '  x  ', empty: '' }
      declare({ 'Größe & "x"/..': { description: 'two\nlines', parameters } })
      assert.deepEqual(await apply('Größe & "x"/..'), ['create done'])
      assert.deepEqual(valuesOf(await live('Größe & "x"/..')), { ...parameters, size: '1024' })
      line.take()
      assert.deepEqual(await apply('Größe & "x"/..'), [])
      assert.deepEqual(line.takeWrites(), [])
      declare({ 'Größe & "x"/..': { parameters: { ...parameters, empty: { value: null }, spaces: '' } } })
      assert.deepEqual(await apply('Größe & "x"/..'), ['update done'])
      assert.deepEqual(valuesOf(await live('Größe & "x"/..')), { ...parameters, size: '1024', empty: null, spaces: '' })
    })

    it('inherit in the declared order, and lose and gain parents in place', async () => {
      const contexts = (inherits: readonly string[]): Readonly<Record<string, Json>> => ({
        c: { parameters: {}, inherits: inherits.map(name) },
        one: { parameters: { size: '1KB' } },
        two: { parameters: { size: '2KB' } }
      })
      declare(contexts(['one', 'two']), { f: bound('c') })
      await line.apply()
      const parents = async (): Promise<readonly string[]> => {
        const all = await hand.contexts()
        return (await live('c')).inherits.map((id) => all.find((context) => context.id === id)?.name.slice(scene.prefix.length) ?? id)
      }
      assert.deepEqual(await parents(), ['one', 'two'])
      for (const inherits of [['two', 'one'], ['two']]) {
        declare(contexts(inherits), { f: bound('c') })
        assert.deepEqual(await apply('c'), ['update done'])
        assert.deepEqual(await parents(), inherits)
      }
      assert.equal((await hand.group(await scene.groupOf('f')))?.running, 2)
      line.take()
      await line.cycle()
      assert.deepEqual(line.takeWrites(), [])
    })

    it('that people made are theirs: adopted by name, no orphans; ours are orphans when nobody declares them', async () => {
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
      const other = await hand.createContext(name('other'), { size: '9KB' })
      declare({ c: { parameters: { size: '1KB' } } }, { f: bound('c'), free: { definition: heartbeat('free', { every: '1 day' }) } })
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
      declare({}, { f: bound('c') })
      assert.match((await apply('f')).join(), /^hold held .*parameter context.*neither declared nor to be seen/)
      declare({ c: { parameters: { size: '1KB' } } }, { f: bound('c') })
      await line.apply()
      assert.equal((await hand.group(await scene.groupOf('f')))?.running, 2)
    })

    it('brought along by a file are made with it, and what exists keeps its values', async () => {
      const definition = (context: string): Json => ({
        ...Object(heartbeat('f', { every: '1 day', size: '#{size}' })),
        parameterContexts: { [context]: { name: context, parameters: [{ name: 'size', value: '3KB', sensitive: false, description: '' }] } }
      })
      const withContext = (context: string): Json => {
        const { flowContents, ...rest } = Object(definition(context))
        return { flowContents: { ...flowContents, parameterContextName: context }, ...rest }
      }
      await hand.createContext(name('there'), { size: '1KB' })
      line.declare({ flows: { ...scene.named({ f: { definition: withContext(name('there')) }, g: { definition: withContext(name('brought')) } }) } })
      assert.equal((await line.apply()).status, 'in-sync')
      assert.deepEqual(valuesOf(await live('there')), { size: '1KB' })
      assert.deepEqual(valuesOf(await live('brought')), { size: '3KB' })
      assert.equal((await hand.group(await scene.groupOf('g')))?.context, (await live('brought')).id)
      line.take()
      await line.cycle()
      assert.deepEqual(line.takeWrites(), [])
    })

    for (const withKey of [true, false]) {
      it(`take secrets from files and show them nowhere; another one is found${withKey ? ', after a restart too' : ' while we run'}`, async () => {
        const file = join(scene.dir, 'password')
        const keyFile = join(scene.dir, 'digest-key')
        await writeFile(keyFile, 'a key of more than sixteen letters\n')
        await writeFile(file, `${canary}\n`)
        const said: unknown[] = []
        const bodies: Request[] = []
        const options: LineOptions = { ...(withKey && { digestKeyFile: keyFile }), before: (request) => Promise.resolve(void bodies.push(request)) }
        const open = async (): Promise<void> => {
          await line.close()
          line = openLine(scene, options)
          declare({ c: { parameters: { size: '1KB', password: { valueFrom: { file } }, none: { value: null, sensitive: true } } } }, { f: { ...Object(bound('c')), comments: 'c' } })
        }
        const see = async (): Promise<readonly string[]> => {
          said.push(await line.plan())
          const report = await line.cycle()
          said.push(report, await line.apply())
          return told(report, name('c')).map((text) => text.split(' ').slice(0, 2).join(' '))
        }
        await open()
        assert.deepEqual(await see(), ['create done'])
        const { parameters } = await live('c')
        assert.deepEqual([parameters['password']?.value, parameters['password']?.sensitive], ['********', true])
        assert.deepEqual([parameters['none']?.value, parameters['none']?.sensitive], [null, true])
        assert.deepEqual(await see(), ['keep unchanged'])
        await writeFile(file, otherCanary)
        if (withKey) await open()
        assert.deepEqual(await see(), ['update done'])
        assert.deepEqual(await see(), ['keep unchanged'])
        const carrying = bodies.filter((request) => JSON.stringify(request).includes('canary-'))
        assert.deepEqual(carrying.map(({ method }) => method), ['POST', 'POST'], 'sent when it was made, and when it changed')
        const groups = await hand.groups(scene.parent)
        for (const text of [said, await hand.contexts(), groups, await hand.download(scene.parent)]) assert.doesNotMatch(JSON.stringify(text), /canary-/)
      })
    }
  })
}

function valuesOf({ parameters }: LiveContext): Readonly<Record<string, string | null>> {
  return Object.fromEntries(Object.entries(parameters).map(([parameter, { value }]) => [parameter, value]))
}

/** Names of the parameters in the body of a change. */
function namesIn(body: Json | undefined): readonly string[] {
  const parameters: readonly { readonly parameter: { readonly name: string } }[] = Object(body).component.parameters
  return parameters.map(({ parameter }) => parameter.name)
}
