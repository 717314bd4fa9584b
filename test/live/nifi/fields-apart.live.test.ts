/** Fields that NiFi leaves as they are when it replaces a definition: written all the same, or held, on real servers. */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { contextsOn, valuesOf } from './contexts.ts'
import { groundOn } from './ground.ts'
import { connectionOf, nifiVersions, processorOf } from './harness.ts'
import { outcomesOf } from './line.ts'
import { receiver, sender } from './remotes.ts'

type Fields = { readonly [name: string]: Json }

/** A group that makes FlowFiles of the size that a parameter says. */
function generating(identifier: string, context: string | undefined, inner: readonly Json[] = []): Fields {
  return {
    identifier,
    name: identifier,
    position: { x: 0, y: 0 },
    processors: [
      processorOf(`${identifier}/gen`, 'GenerateFlowFile', {
        properties: { 'File Size': '#{size}' },
        schedulingPeriod: '1 day',
        autoTerminatedRelationships: ['success']
      })
    ],
    processGroups: inner,
    ...(context !== undefined && { parameterContextName: context })
  }
}

/** Groups inside one another, each bound to a context. */
function nested(top: string, middle: string, deep: string, brought: Fields = {}): Json {
  return {
    flowContents: generating('top', top, [generating('middle', middle, [generating('deep', deep)])]),
    parameterContexts: brought
  }
}

for (const version of nifiVersions) {
  describe(`what a replacement leaves as it is on NiFi ${version}`, function () {
    this.timeout(180_000)
    const ground = groundOn(version, { makesContexts: true })
    const { name, declare, apply, paths, verbs, assertAtRest } = ground
    const { live } = contextsOn(ground)

    const flow = (definition: Json, fields: Fields = {}): void =>
      declare({ it: { definition: 'it.flow.json', ...fields } }, { 'it.flow': definition })

    /** Names of the contexts that the flow and the groups inside it are bound to, from the top down. */
    const bound = async (): Promise<readonly string[]> => {
      const { flowContents } = Object(await ground.hand.download(await ground.scene.groupOf('it')))
      const all = [flowContents, flowContents.processGroups[0], flowContents.processGroups[0].processGroups[0]]
      return all.map(({ parameterContextName: context = '' }) => String(context).slice(ground.scene.prefix.length))
    }

    const running = async (): Promise<number | undefined> =>
      (await ground.hand.group(await ground.scene.groupOf('it')))?.running

    it('is bound: groups inside to another parameter context, at every depth and while they run, from the file and after a change by hand', async () => {
      const { hand, scene } = ground
      const ids = {
        one: await hand.createContext(name('one'), { size: '1KB' }),
        two: await hand.createContext(name('two'), { size: '2KB' })
      }
      const to = (top: 'one' | 'two', middle: 'one' | 'two', deep: 'one' | 'two'): Json =>
        nested(name(top), name(middle), name(deep))
      flow(to('one', 'one', 'one'))
      assert.deepEqual(await apply('it'), ['create done'])
      assert.equal(await running(), 3)
      flow(to('one', 'two', 'two'))
      assert.deepEqual(await paths('it'), [
        'processGroups.middle.parameterContextName',
        'processGroups.middle.processGroups.deep.parameterContextName'
      ])
      assert.deepEqual(await apply('it'), ['update done'])
      assert.deepEqual(await bound(), ['one', 'two', 'two'])
      assert.equal(await running(), 3)
      await assertAtRest()

      const group = await scene.groupOf('it')
      const [middle] = await hand.groups(group)
      const [deep] = await hand.groups(middle?.id ?? '')
      await hand.setState(group, 'STOPPED')
      await hand.changeGroup(deep?.id ?? '', { parameterContext: { id: ids.one } })
      await hand.setState(group, 'RUNNING')
      assert.deepEqual(await paths('it'), ['processGroups.middle.processGroups.deep.parameterContextName'])
      assert.deepEqual(await apply('it'), ['update done'])
      assert.deepEqual(await bound(), ['one', 'two', 'two'])

      // What was stopped for it runs again, also where running is left to people.
      flow(to('one', 'one', 'two'), { state: 'IGNORE' })
      assert.deepEqual(await apply('it'), ['update done'])
      assert.deepEqual(await bound(), ['one', 'one', 'two'])
      assert.equal(await running(), 3)
      await assertAtRest()
    })

    it('is made: a context that the file brings along for a group that has had another, which is given nothing of it', async () => {
      const brought = (...contexts: readonly string[]): Fields =>
        Object.fromEntries(
          contexts.map((context) => [
            name(context),
            {
              name: name(context),
              parameters: [
                { name: 'size', value: '9KB', sensitive: false, description: '' },
                { name: context, value: 'x', sensitive: false, description: '' }
              ]
            }
          ])
        )
      await ground.hand.createContext(name('there'), { size: '1KB' })
      const there = name('there')
      flow(nested(there, there, there))
      assert.deepEqual(await apply('it'), ['create done'])
      flow(nested(name('new'), there, name('other')), {})
      assert.match((await apply('it')).join(), /hold held/)
      flow(nested(name('new'), there, name('other'), brought('new', 'other')))
      assert.deepEqual(await apply('it'), ['update done'])
      assert.deepEqual(await bound(), ['new', 'there', 'other'])
      assert.equal(await running(), 3)
      assert.deepEqual(
        [valuesOf(await live('there')), valuesOf(await live('new')), valuesOf(await live('other'))],
        [{ size: '1KB' }, { size: '9KB', new: 'x' }, { size: '9KB', other: 'x' }]
      )
      await assertAtRest()
    })

    it('is held: another address of a remote process group, until the policy lets FlowFiles go to another NiFi', async () => {
      const { hand, scene, line } = ground
      const receiving = await hand.import(scene.parent, name('receiver'), receiver(name('in')))
      await hand.setState(receiving, 'RUNNING')
      const [port] = Object(await hand.download(receiving)).flowContents.inputPorts
      const base = scene.env['NIFI_URL'] ?? ''
      const target = (url: string): Json => sender({ url, ports: { [name('in')]: String(port.instanceIdentifier) } })
      flow(target(`${base}/nifi`))
      assert.deepEqual(await apply('it'), ['create done'])
      flow(target(base))
      const outcomes = outcomesOf(await line.apply(), name('it'))
      assert.deepEqual(
        outcomes.map(({ verb, fields }) => [verb, ...fields.map(({ path, risk }) => `${path} ${risk}`)]),
        [['hold', 'processGroups.inner.remoteProcessGroups.remote.targetUris disruptive']]
      )
      const address = async (): Promise<readonly [string, boolean]> => {
        const [remote] = await hand.remotes(await scene.groupOf('it'))
        return [remote?.target ?? '', remote?.inputPorts.some(({ transmitting }) => transmitting) === true]
      }
      assert.deepEqual(await address(), [`${base}/nifi`, true])
      line.declare(
        { flows: { ...scene.named({ it: { definition: 'it.flow.json' } }) }, 'it.flow': target(base) },
        { hold: [] }
      )
      assert.deepEqual(await apply('it'), ['update done'])
      assert.deepEqual(await address(), [base, true])
      await assertAtRest()
    })

    it('is held: whether other servers reach a port, while the rest is changed', async () => {
      const port = (isPublic: boolean, period: string): Json => ({
        flowContents: {
          name: 'it',
          inputPorts: [
            {
              identifier: 'in',
              name: name('in'),
              type: 'INPUT_PORT',
              position: { x: 0, y: 0 },
              concurrentlySchedulableTaskCount: 1,
              allowRemoteAccess: isPublic,
              scheduledState: 'ENABLED'
            }
          ],
          processors: [
            processorOf('log', 'LogAttribute', { schedulingPeriod: period, autoTerminatedRelationships: ['success'] })
          ],
          connections: [
            connectionOf('in', 'x', 'log', { source: { id: 'in', type: 'INPUT_PORT' }, selectedRelationships: [''] })
          ]
        }
      })
      const stopped = { state: 'STOPPED' }
      flow(port(true, '0 sec'), stopped)
      assert.deepEqual(await apply('it'), ['create done'])
      flow(port(false, '1 sec'), stopped)
      assert.deepEqual(await verbs('it'), ['update', 'hold'])
      await apply('it')
      assert.deepEqual(await verbs('it'), ['hold'])
      assert.equal((await ground.hand.processor(await ground.scene.groupOf('it'), 'log')).every, '1 sec')
    })
  })
}
