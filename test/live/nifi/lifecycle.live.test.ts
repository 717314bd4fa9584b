/** The command line and the sidecar as processes of their own, on real servers. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import {
  entriesOf,
  heartbeat,
  infometis,
  nifiVersions,
  openScene,
  serverOrSkip,
  temporaryDirectory,
  type Hand,
  type LogRecord,
  type Scene
} from './harness.ts'

const canary = 'canary-93d7aa'
const standard = 'org.apache.nifi.processors.standard'

for (const version of nifiVersions) {
  describe(`a life with NiFi ${version}`, function () {
    this.timeout(180_000)
    let scene: Scene
    let hand: Hand

    before(async function () {
      scene = await openScene(await serverOrSkip(this, version))
      hand = scene.hand
    })

    afterEach(async () => {
      await hand.clear(scene.parent)
      await hand.clearContexts(scene.prefix)
    })

    const flows = (size: string) => ({
      inline: {
        comments: 'proof of life',
        parameterContext: scene.name('context'),
        processors: {
          gen: { type: 'GenerateFlowFile', every: '1 day', properties: { 'File Size': '#{size}' } },
          log: { type: 'LogAttribute', terminate: ['success'] }
        },
        connections: ['gen:success -> log']
      },
      file: { definition: 'file.flow.json' },
      packed: { definition: 'packed.flow.json.gz', state: size === '1KB' ? 'RUNNING' : 'STOPPED' }
    })

    const declare = async (size: string): Promise<void> => {
      await scene.declare({
        'parameter-contexts': {
          context: { parameters: { size, password: { valueFrom: { file: 'password.parameter' } } } }
        },
        flows: flows(size),
        definitions: { 'file.flow.json': heartbeat('file', { every: '1 day', size }) }
      })
      await writeFile(
        join(scene.dir, 'packed.flow.json.gz'),
        gzipSync(JSON.stringify(heartbeat('packed', { every: '1 day' })))
      )
      await writeFile(join(scene.dir, 'password.parameter'), `${canary}\n`)
    }

    it('is planned, applied once, and then there is nothing left to do; no secret is told', async () => {
      await declare('1KB')
      const planned = await scene.diff()
      assert.equal(planned.code, 1)
      assert.deepEqual(planned.document.counts, { create: 4, update: 0, keep: 0, orphan: 0, hold: 0, invalid: 0 })
      assert.deepEqual(
        planned.document.warnings.map(({ code }) => code),
        ['SECRET_ASSUMED']
      )
      const { create } = entriesOf(planned.document.changes, scene.key('inline'))
      assert.deepEqual(
        create?.fields?.map(({ path }) => path),
        ['state', 'comments', 'parameterContext', 'processors.gen', 'processors.log', 'connections.gen:success -> log']
      )
      const applied = await scene.apply()
      assert.equal(applied.code, 0, JSON.stringify(applied.document.outcomes))
      const groups = await hand.groups(scene.parent)
      assert.deepEqual(groups.map(({ name, running }) => `${name.slice(scene.prefix.length)} ${running}`).toSorted(), [
        'file 2',
        'inline 2',
        'packed 2'
      ])
      const again = await scene.apply()
      assert.equal(again.code, 0)
      assert.deepEqual(again.document.outcomes, [])
      assert.deepEqual(await hand.groups(scene.parent), groups)

      await declare('2KB')
      const changed = await scene.diff()
      const paths = changed.document.changes.flatMap(({ key, fields = [] }) =>
        fields.map(({ path }) => `${key.slice(key.lastIndexOf('-') + 1)} ${path}`)
      )
      assert.deepEqual(paths.toSorted(), [
        'context parameters.size',
        'file processors.gen.properties.File Size',
        'packed state'
      ])
      const second = await scene.apply()
      assert.equal(second.code, 0, JSON.stringify(second.document.outcomes))
      assert.equal((await hand.processor(await scene.groupOf('file'), 'gen')).properties['File Size'], '2KB')
      assert.equal((await hand.group(await scene.groupOf('packed')))?.running, 0)
      for (const said of [planned, applied, again, changed, second])
        assert.doesNotMatch(JSON.stringify(said), /canary-/)
    })

    it('is exported as it is, in sync with what was exported, and can be made again from it', async () => {
      const context = await hand.createContext(scene.name('context'), {
        size: '1KB',
        password: { value: canary, sensitive: true }
      })
      const group = await hand.import(
        scene.parent,
        scene.name('drawn'),
        heartbeat('drawn', { every: '1 day', size: '#{size}', comments: 'of a person' })
      )
      await hand.changeGroup(group, { parameterContext: { id: context } })
      const inner = await hand.createGroup(group, 'inner')
      await hand.addProcessor(inner, 'alone', `${standard}.LogMessage`, { autoTerminatedRelationships: ['success'] })
      await hand.createGroup(scene.parent, scene.name('empty'))
      if (version === '2.3.0')
        await hand.createService(group, 'cache', 'org.apache.nifi.distributed.cache.client.MapCacheClientService', {
          'Server Hostname': '127.0.0.1'
        })

      const out = join(await temporaryDirectory(), 'exported')
      const exported = await infometis(['export', 'nifi', '--out', out], { env: scene.env })
      assert.equal(exported.code, 0, exported.stderr)
      assert.doesNotMatch(exported.stdout + exported.stderr, /canary-/)
      assert.doesNotMatch(await readFile(join(out, 'flows.json'), 'utf8'), /canary-/)
      await writeFile(join(out, 'policy.yaml'), scene.policyYaml())
      await fillIn(join(out, 'parameter-contexts.json'), out)
      const verb = (name: string): ReturnType<typeof infometis> =>
        infometis([name, 'nifi', '--config', out, '--output', 'json'], { env: scene.env })
      const before = [await hand.download(scene.parent), await hand.groups(scene.parent)]
      for (const name of ['diff', 'apply', 'diff']) {
        const { code, stdout, stderr } = await verb(name)
        assert.equal(code, 0, `${name}: ${stdout}${stderr}`)
      }
      assert.deepEqual(
        [await hand.download(scene.parent), await hand.groups(scene.parent)],
        before,
        'adopting what is as declared writes nothing'
      )

      await hand.clear(scene.parent)
      const anew = await verb('apply')
      assert.equal(anew.code, 0, anew.stdout + anew.stderr)
      assert.equal((await verb('diff')).code, 0)
      const groups = await hand.groups(scene.parent)
      assert.deepEqual(groups.map(({ name }) => name).toSorted(), [scene.name('drawn'), scene.name('empty')])
      assert.deepEqual((await hand.processors(await scene.groupOf('drawn'))).map(({ name }) => name).toSorted(), [
        'alone',
        'gen',
        'log'
      ])
    })

    /** What people do with what was exported: name the file of the secret. What others have in this NiFi is taken out. */
    async function fillIn(file: string, out: string): Promise<void> {
      const contexts = z.record(z.string(), z.json()).parse(JSON.parse(await readFile(file, 'utf8')))
      const ours = Object.fromEntries(Object.entries(contexts).filter(([name]) => name.startsWith(scene.prefix)))
      const text = JSON.stringify(ours)
      assert.match(text, /"valueFrom":\{"file":""\}/)
      await writeFile(file, text.replace('"file":""', '"file":"password.parameter"'))
      await writeFile(join(out, 'password.parameter'), canary)
    }

    // What follows is the same for all versions: once is enough.
    if (version !== '2.3.0') return
    it('keeps the thread count as declared, and no other setting', async () => {
      const threads = await hand.threads()
      try {
        await scene.declare({
          cluster: { maxTimerDrivenThreadCount: threads + 1 },
          flows: {},
          'parameter-contexts': {}
        })
        const { code, document } = await scene.apply()
        assert.equal(code, 0)
        assert.deepEqual(
          document.outcomes.map(({ key, result }) => [key, result]),
          [['nifi/controller/settings', 'done']]
        )
        assert.equal(await hand.threads(), threads + 1)
        assert.equal((await scene.diff()).code, 0)
      } finally {
        await hand.setThreads(threads)
      }
    })

    it('is kept by the sidecar: made, repaired when somebody interferes, changed with its files, and told about without secrets', async () => {
      await declare('1KB')
      const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '1s' })
      const inSync = ({ status }: LogRecord): boolean => status === 'in-sync'
      const from = async (act: () => Promise<unknown>): Promise<void> => {
        const since = sidecar.lines().length
        await act()
        await sidecar.waitForLine(({ key, result }) => key === scene.key('inline') && result === 'done', {
          since,
          ms: 60_000
        })
        await sidecar.waitForLine(inSync, { since: sidecar.lines().length, ms: 60_000 })
      }
      await sidecar.waitForLine(inSync, { ms: 60_000 })
      const group = await scene.groupOf('inline')
      assert.equal((await hand.group(group))?.running, 2)
      await from(() => hand.rename(group, 'renamed'))
      assert.equal(await scene.groupOf('inline'), group)
      await from(() => hand.setState(group, 'STOPPED'))
      assert.equal((await hand.group(group))?.running, 2)
      await from(() =>
        scene.declare({ flows: { ...flows('1KB'), inline: { ...flows('1KB').inline, comments: 'changed' } } })
      )
      assert.match(await hand.comments(group), /^changed\n/)
      assert.equal(await sidecar.stop(), 0)
      assert.doesNotMatch(sidecar.output(), /canary-/)
    })
  })
}
