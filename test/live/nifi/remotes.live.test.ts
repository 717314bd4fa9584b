/** Transmission of remote process groups follows the declared state, on real servers that send to themselves. */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { groundOn } from './ground.ts'
import { eventually, nifiVersions, processorOf } from './harness.ts'
import { told } from './line.ts'
import { receiver, sender, type Target } from './remotes.ts'

for (const version of nifiVersions) {
  describe(`remote process groups on NiFi ${version}`, function () {
    this.timeout(180_000)
    const ground = groundOn(version)
    const { name, declare, apply, paths, assertAtRest } = ground

    /** Its own address, at which it answers other servers. */
    const url = (): string => `${ground.scene.env['NIFI_URL']}/nifi`

    /** Makes the group that receives, with a public port for each of these names; gives their ids. */
    const receiving = async (...ports: readonly string[]): Promise<Readonly<Record<string, string>>> => {
      const { hand, scene } = ground
      const ids: [string, string][] = []
      for (const short of ports) {
        const group = await hand.import(scene.parent, name(`receiver-${short}`), receiver(name(short)))
        await hand.setState(group, 'RUNNING')
        const { flowContents } = await hand.download(group)
        const [port] = Object(flowContents).inputPorts
        ids.push([name(short), String(port.instanceIdentifier)])
      }
      return Object.fromEntries(ids)
    }

    const flow = (definition: Json, fields: Readonly<Record<string, Json>> = {}): void =>
      declare({ a: { definition: 'a.flow.json', ...fields } }, { 'a.flow': definition })

    const declareSender = (target: Target, fields: Readonly<Record<string, Json>> = {}): void =>
      flow(sender(target), fields)

    /** Which of its ports transmit, by their short names. */
    const transmitting = async (): Promise<readonly string[]> => {
      const [remote] = await ground.hand.remotes(await ground.scene.groupOf('a'))
      const on = (remote?.inputPorts ?? []).filter((port) => port.transmitting)
      return on.map((port) => port.name.slice(ground.scene.prefix.length)).toSorted()
    }

    const only = async (): Promise<{
      readonly id: string
      readonly inputPorts: readonly { readonly id: string; readonly name: string }[]
    }> => {
      const [remote] = await ground.hand.remotes(await ground.scene.groupOf('a'))
      return remote ?? assert.fail('no remote process group')
    }

    it('transmit where the flow is to run, at any depth, from its creation on; what was switched off by hand is switched on again', async () => {
      const { hand, scene } = ground
      const target = { url: url(), ports: await receiving('one', 'two') }
      declareSender(target)
      assert.deepEqual(await apply('a'), ['create done'])
      assert.deepEqual(await transmitting(), ['one', 'two'])
      const group = await scene.groupOf('a')
      await eventually(async () => assert.equal((await hand.group(group))?.queued, 0))
      await assertAtRest()

      const { id, inputPorts } = await only()
      await hand.transmit(id, false)
      assert.deepEqual(await paths('a'), ['state'])
      assert.deepEqual(await apply('a'), ['update done'])
      assert.deepEqual(await transmitting(), ['one', 'two'])

      await hand.transmitTo(id, inputPorts.find((port) => port.name === name('two'))?.id ?? '', false)
      assert.deepEqual(await transmitting(), ['one'])
      assert.deepEqual(await paths('a'), ['state'])
      assert.deepEqual(await apply('a'), ['update done'])
      assert.deepEqual(await transmitting(), ['one', 'two'])
      await assertAtRest()
    })

    it('transmit again after a change, which NiFi ends it for, also where running is left to people', async () => {
      const { hand } = ground
      const target = { url: url(), ports: await receiving('one') }
      declareSender(target)
      await apply('a')
      declareSender({ ...target, remote: { yieldDuration: '11 sec' } })
      assert.deepEqual(await apply('a'), ['update done'])
      assert.deepEqual(await transmitting(), ['one'])
      const ignored = { state: 'IGNORE' }
      declareSender({ ...target, remote: { yieldDuration: '12 sec' } }, ignored)
      assert.deepEqual(await apply('a'), ['update done'])
      assert.deepEqual(await transmitting(), ['one'])
      await hand.transmit((await only()).id, false)
      assert.deepEqual(await paths('a'), [])
      declareSender({ ...target, remote: { yieldDuration: '13 sec' } }, ignored)
      assert.deepEqual(await apply('a'), ['update done'])
      assert.deepEqual(await transmitting(), [])
    })

    it('do not transmit where the flow is to be stopped, neither when it is made nor after somebody has switched them on', async () => {
      const { hand } = ground
      const target = { url: url(), ports: await receiving('one') }
      declareSender(target, { state: 'STOPPED' })
      await apply('a')
      assert.deepEqual(await transmitting(), [])
      await hand.transmit((await only()).id, true)
      assert.deepEqual(await paths('a'), ['state'])
      assert.deepEqual(await apply('a'), ['update done'])
      assert.deepEqual(await transmitting(), [])
      declareSender(target)
      await apply('a')
      assert.deepEqual(await transmitting(), ['one'])
      declareSender(target, { state: 'STOPPED' })
      await apply('a')
      assert.deepEqual(await transmitting(), [])
      await assertAtRest()
    })

    it('that cannot reach their target say why in the words of NiFi, and transmit once they can', async () => {
      const { line, hand, scene } = ground
      const ports = await receiving('one')
      declareSender({ url: 'http://127.0.0.1:9/nifi', ports })
      const [said = ''] = told(await line.cycle(), name('a'))
      assert.match(
        said,
        /^create failed UNAVAILABLE: processGroups\.inner\.remoteProcessGroups\.remote\.\S+one cannot transmit: .*127\.0\.0\.1:9.*Connection refused/
      )
      assert.deepEqual(await transmitting(), ['one'])
      const group = await scene.groupOf('a')
      assert.equal((await hand.group(group))?.running, 1)
      const [change] = await line.diff(name('a'))
      assert.ok(change !== undefined && 'fields' in change)
      assert.match(
        JSON.stringify(change.fields[0]?.before),
        /^"1 running, 1 invalid.*processGroups\.inner\.remoteProcessGroups\.remote\.\S+one: .*127\.0\.0\.1:9/
      )

      // What waits for them is a queue like any other.
      await eventually(async () => assert.ok(((await hand.group(group))?.queued ?? 0) > 0))
      const without = {
        flowContents: {
          name: 'sender',
          processGroups: [
            {
              identifier: 'inner',
              name: 'inner',
              position: { x: 0, y: 0 },
              processors: [
                processorOf('gen', 'GenerateFlowFile', {
                  schedulingPeriod: '1 day',
                  autoTerminatedRelationships: ['success']
                })
              ]
            }
          ]
        }
      }
      flow(without)
      assert.match(
        (await apply('a')).join(),
        /^hold held .*gen:success -> \S+one holds \d+ FlowFiles? and would be removed/
      )
      flow(without, { onRemovedQueues: 'drop' })
      assert.equal((await line.apply()).status, 'in-sync')
      assert.deepEqual(await hand.remotes(group), [])
    })
  })
}
