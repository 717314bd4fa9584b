/** Groups that are not ours, flows that are not only ours, and flows that cannot run, on real servers; and what looking at many costs. */
import assert from 'node:assert/strict'
import { ownIdentifier } from '../../../reconcilers/nifi/flow/references/outside-services.ts'
import { writeComments } from '../../../reconcilers/nifi/flow/identity/marker.ts'
import { groundOn } from './ground.ts'
import { eventually, heartbeat, nifiVersions } from './harness.ts'
import { gullible, told } from './line.ts'
import { pair } from './pair.ts'

for (const version of nifiVersions) {
  describe(`flows on NiFi ${version}`, function () {
    this.timeout(180_000)
    const ground = groundOn(version)
    const { name, declare, apply, verbs, paths } = ground

    it('are adopted only when that is declared, in place', async () => {
      const { scene, hand } = ground
      const group = await hand.import(
        scene.parent,
        name('a'),
        heartbeat('a', { every: '1 day', comments: 'of a person' })
      )
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

    it("that are orphans, foreign, twins or another owner's are told and left alone", async () => {
      const { scene, hand, line } = ground
      const marked = (owner: string, flow: string): string => writeComments('', { owner, flow })
      await hand.createGroup(scene.parent, name('orphan'), marked('infometis', name('orphan')))
      await hand.createGroup(scene.parent, name('foreign'))
      for (const twin of ['t1', 't2'])
        await hand.createGroup(scene.parent, name(twin), marked('infometis', name('twins')))
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
      const { scene, hand } = ground
      declare({ a: pair() })
      await apply('a')
      const group = await scene.groupOf('a')
      const added = await hand.addProcessor(group, 'by hand', 'org.apache.nifi.processors.standard.LogMessage', {
        autoTerminatedRelationships: ['success']
      })
      assert.match(JSON.stringify(await hand.download(group)), new RegExp(`"identifier":"${ownIdentifier(added)}"`))
      assert.match((await apply('a')).join(), /^hold held .*processors\.by hand: added by hand, would be removed/)
      declare({ a: pair({ size: '2KB' }) })
      assert.match((await apply('a')).join(), /added by hand/)
      assert.equal((await hand.processor(group, 'by hand')).id, added)
      await hand.deleteProcessor(group, added)
      assert.deepEqual(await apply('a'), ['update done'])
    })

    it('run but for what is invalid, which is named with what NiFi says about it', async () => {
      const { scene, hand } = ground
      await ground.reopen({ timeouts: gullible })
      const { processors, ...rest } = Object(pair())
      declare({
        a: { ...rest, processors: { ...processors, route: { type: 'ControlRate', terminate: ['success', 'failure'] } } }
      })
      const [failed] = await apply('a')
      assert.match(failed ?? '', /^(create|update) failed REJECTED: .*processors\.route.*Maximum Rate/)
      assert.equal((await hand.group(await scene.groupOf('a')))?.running, 2)
      assert.deepEqual(await paths('a'), ['state'])
    })

    it('whose type nobody has are refused before anything is made', async () => {
      const { scene, hand } = ground
      declare({ a: { processors: { gen: { type: 'GenerateFlowFil' } } } })
      assert.match((await apply('a')).join(), /^invalid invalid .*GenerateFlowFil.*GenerateFlowFile/)
      assert.deepEqual(await hand.groups(scene.parent), [])
    })

    // The same requests everywhere: once is enough.
    if (version !== '2.3.0') return
    it('cost no more than six requests a cycle, whatever their number', async () => {
      const { scene, hand, line } = ground
      const flows = Object.fromEntries(
        Array.from({ length: 100 }, (_, index) => [
          `f${index}`,
          { processors: { gen: { type: 'GenerateFlowFile', terminate: ['success'] } }, state: 'STOPPED' }
        ])
      )
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
