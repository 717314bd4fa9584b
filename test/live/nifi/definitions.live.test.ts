import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import type { Json } from '../../../src/records.ts'
import { nifiVersions, openScene, serverOrSkip, type Access, type Hand, type Scene } from './harness.ts'
import { openLine, told, type Line } from './line.ts'
import { assertSettled } from './settled.ts'

/**
 * Drawn by hand on the canvas of the version in its name and downloaded there: nested groups, ports, a funnel, labels, a
 * disabled processor, a parameter context; `cached` has controller services too, which 1.18.0 has none of here.
 */
const drawn = ['orders-1.18.0', 'orders-2.3.0', 'cached-2.3.0'] as const

const readExport = (name: (typeof drawn)[number]): Promise<string> =>
  readFile(new URL(`exports/${name}.flow.json`, import.meta.url), 'utf8')

for (const version of nifiVersions) {
  describe(`definitions on NiFi ${version}`, function () {
    this.timeout(180_000)
    let server: Access
    let scene: Scene
    let hand: Hand
    let line: Line

    before(async function () {
      server = await serverOrSkip(this, version)
    })

    beforeEach(async () => {
      scene = await openScene(server)
      hand = scene.hand
      line = openLine(scene)
    })

    const declare = (flows: Readonly<Record<string, Json>>, files: Readonly<Record<string, string>> = {}): void =>
      line.declare({
        flows: scene.named(flows),
        ...Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]))
      })

    /** An export with a parameter context that is this scene's own. */
    const exported = async (name: (typeof drawn)[number]): Promise<string> =>
      (await readExport(name)).replaceAll(/"(orders|cached)-context"/g, `"${scene.name('context')}"`)

    for (const name of drawn) {
      const isKnown = version === '2.3.0' || !name.startsWith('cached')

      if (isKnown) {
        it(`takes ${name}.flow.json as it is, and finds nothing to do afterwards`, async () => {
          const [flow] = name.split('-')
          declare({ [name]: { definition: `${flow}.flow.json` } }, { [`${flow}.flow.json`]: await exported(name) })
          await assertSettled(line, await line.apply())
          const group = await scene.groupOf(name)
          const states = Object.fromEntries(
            (await hand.processors(group)).map(({ name: processor, state }) => [processor, state])
          )
          const { off, ...others } = states
          assert.equal(off, 'DISABLED')
          assert.deepEqual(new Set(Object.values(others)), new Set(['RUNNING']), JSON.stringify(states))
          assert.ok((await hand.services(group)).every(({ state }) => state === 'ENABLED'))
          assert.equal((await hand.context(scene.name('context')))?.parameters['size']?.value, '2KB')
        })

        it(`changes one processor of ${name}.flow.json, and stops no other`, async () => {
          const text = await exported(name)
          declare({ [name]: { definition: 'it.flow.json' } }, { 'it.flow.json': text })
          await assertSettled(line, await line.apply())
          const group = await scene.groupOf(name)
          const before = await hand.revisions(group)
          declare(
            { [name]: { definition: 'it.flow.json' } },
            { 'it.flow.json': text.replace('"Log Payload":"true"', '"Log Payload":"false"') }
          )
          await assertSettled(line, await line.apply())
          const after = Object.entries(await hand.revisions(group)).filter(([processor]) => processor !== 'off')
          assert.deepEqual(
            Object.fromEntries(after.map(([processor, revision]) => [processor, revision - (before[processor] ?? 0)])),
            {
              ...Object.fromEntries(after.map(([processor]) => [processor, 1])),
              log: 3
            }
          )
        })
      } else {
        it(`refuses ${name}.flow.json naming what is missing, and leaves nothing behind`, async () => {
          declare({ [name]: { definition: 'it.flow.json' } }, { 'it.flow.json': await exported(name) })
          const [said] = told(await line.cycle(), scene.name(name))
          assert.match(said ?? '', /^invalid invalid .*MapCacheClientService/)
          assert.deepEqual(await hand.groups(scene.parent), [])
          assert.equal(await hand.context(scene.name('context')), undefined)
        })
      }
    }

    it('takes its own download of a flow that was imported elsewhere', async () => {
      const text = await exported('orders-2.3.0')
      const id = await hand.import(scene.parent, 'drawn', JSON.parse(text))
      const downloaded = JSON.stringify(await hand.download(id))
      declare({ copy: { definition: 'copy.flow.json' } }, { 'copy.flow.json': downloaded })
      await assertSettled(line, await line.apply())
    })

    it('knows a property by its display name, on the first import and afterwards', async () => {
      const flow = (text: string): Json => ({
        processors: {
          gen: {
            type: 'GenerateFlowFile',
            every: '1 day',
            properties: { 'Custom Text': text, 'Mime Type': 'text/plain' },
            terminate: ['success']
          }
        }
      })
      for (const text of ['hello', 'goodbye']) {
        declare({ named: flow(text) })
        await assertSettled(line, await line.apply())
        const { properties, state } = await hand.processor(await scene.groupOf('named'), 'gen')
        assert.equal(properties['generate-ff-custom-text'], text)
        assert.equal(properties['mime-type'], 'text/plain')
        assert.deepEqual(
          Object.keys(properties).filter((key) => key === 'Custom Text' || key === 'Mime Type'),
          []
        )
        assert.equal(state, 'RUNNING')
      }
    })

    it('refuses an unknown type with the nearest one, before and after the flow exists, and makes no ghost', async () => {
      const flow = (type: string): Json => ({ processors: { gen: { type, every: '1 day', terminate: ['success'] } } })
      declare({ ghost: flow('GenerateFlowFiles') })
      const [refused] = told(await line.cycle(), scene.name('ghost'))
      assert.match(refused ?? '', /^invalid invalid .*processors\.gen\.type: .*"GenerateFlowFiles".*GenerateFlowFile\b/)
      assert.deepEqual(await hand.groups(scene.parent), [])
      declare({ ghost: flow('GenerateFlowFile') })
      await assertSettled(line, await line.apply())
      const group = await scene.groupOf('ghost')
      const definition = await hand.download(group)
      declare({
        ghost: {
          processors: {
            gen: { type: 'GenerateFlowFile', every: '1 day', terminate: ['success'] },
            more: { type: 'org.example.Absent' }
          }
        }
      })
      assert.match(
        told(await line.cycle(), scene.name('ghost'))[0] ?? '',
        /^invalid invalid .*processors\.more\.type: .*"org\.example\.Absent"/
      )
      assert.deepEqual((await hand.download(group))['flowContents'], definition['flowContents'])
      assert.equal((await hand.processor(group, 'gen')).state, 'RUNNING')
    })

    it('holds what was added by hand by its name, and removes what the file no longer has', async () => {
      const flow = (withExtra: boolean): Json => ({
        processors: {
          gen: { type: 'GenerateFlowFile', every: '1 day', terminate: ['success'] },
          ...(withExtra && { extra: { type: 'GenerateFlowFile', every: '1 day', terminate: ['success'] } })
        }
      })
      declare({ owned: flow(true) })
      await assertSettled(line, await line.apply())
      const group = await scene.groupOf('owned')
      const added = await hand.addProcessor(group, 'by hand', 'org.apache.nifi.processors.standard.LogAttribute', {
        autoTerminatedRelationships: ['success']
      })
      assert.match(
        told(await line.cycle(), scene.name('owned'))[0] ?? '',
        /^hold held .*processors\.by hand: added by hand, would be removed/
      )
      // A new file is no reason to remove it either.
      declare({ owned: flow(false) })
      const [held] = told(await line.cycle(), scene.name('owned'))
      assert.match(held ?? '', /^hold held .*processors\.by hand/)
      await hand.deleteProcessor(group, added)
      await assertSettled(line, await line.apply())
      assert.deepEqual(
        (await hand.processors(group)).map(({ name }) => name),
        ['gen']
      )
    })

    it('replaces everything where no identifier is the same only when the policy lets it, and in the same group', async () => {
      const text = await exported('orders-2.3.0')
      declare({ swap: { definition: 'it.flow.json' } }, { 'it.flow.json': text })
      await assertSettled(line, await line.apply())
      const group = await scene.groupOf('swap')
      const revisions = await hand.revisions(group)
      const other = {
        flows: scene.named({ swap: { definition: 'it.flow.json', onRemovedQueues: 'drain' } }),
        'it.flow.json': Buffer.from(renameIdentifiers(text))
      }
      line.declare(other)
      assert.match(
        told(await line.apply(), scene.name('swap')).join('\n'),
        /^hold held none of the live components \(\d+\) is declared: this is another flow, .*\(policy\.yaml: hold\)$/
      )
      assert.deepEqual(await hand.revisions(group), revisions)
      line.declare(other, { hold: ['disruptive'] })
      await assertSettled(line, await line.apply())
      assert.equal(await scene.groupOf('swap'), group)
    })
  })
}

/** All components under other identifiers, as an export of a flow that was drawn anew has them. */
function renameIdentifiers(text: string): string {
  return text.replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, (id) =>
    id.replaceAll(/[\da-f]/g, (digit) => ((Number.parseInt(digit, 16) + 1) % 16).toString(16))
  )
}
