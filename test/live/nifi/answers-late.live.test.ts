/** A real NiFi that does not come to an end with a replacement. */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/contract.ts'
import { ClientLink } from '../../../reconcilers/nifi/client-link.ts'
import { readConnectionSettings } from '../../../reconcilers/nifi/connection.ts'
import { compareFlow } from '../../../reconcilers/nifi/flow/compare.ts'
import { completeFlow } from '../../../reconcilers/nifi/flow/complete.ts'
import { observeFlows } from '../../../reconcilers/nifi/flow/observe.ts'
import { flowSchema } from '../../../reconcilers/nifi/flow/schema.ts'
import { defaultPatience } from '../../../reconcilers/nifi/flow/write/context.ts'
import { updateFlows } from '../../../reconcilers/nifi/flow/write/update.ts'
import { Readings } from '../../../reconcilers/nifi/readings.ts'
import { Environment } from '../../../src/run/environment.ts'
import { declare as desiredFlow } from '../../reconcilers/nifi/flow/flows.ts'
import { answersAstray, writesOf } from './astray.ts'
import { eventually, type Scene } from './harness.ts'
import { told } from './line.ts'

/** One cycle of one flow that waits a second for a replacement. */
async function impatient(scene: Scene, declared: Json): ReturnType<typeof updateFlows> {
  const link = new ClientLink(readConnectionSettings(new Environment(scene.env)))
  try {
    const signal = AbortSignal.timeout(60_000)
    const tools = { link, readings: new Readings(link, scene.parent), owner: 'infometis', parentGroup: scene.parent }
    const spec = completeFlow(flowSchema.parse(declared), new Map())
    const desired = desiredFlow(scene.name('flow'), spec)
    const seen = (await observeFlows(tools, [desired], { full: true, everything: false, signal })).items.get(desired.name)
    assert.ok(seen !== undefined && 'state' in seen)
    const update = { desired, state: seen.state, fields: compareFlow(spec, seen.state) }
    return await updateFlows(tools, [update], signal, { patience: { ...defaultPatience, replace: 1_000, call: 3_000 } })
  } finally {
    await link.close()
  }
}

describe('a NiFi whose answers go astray', function () {
  this.timeout(180_000)
  const astray = answersAstray()
  const { declare } = astray

  for (const state of ['RUNNING', 'IGNORE']) {
    it(`cancels a replacement that does not end, and leaves nothing stopped (${state})`, async () => {
      const { outer, proxy, scene, line } = astray
      // Whoever stops it waits for its last thread.
      const slow = (wait: string): Json => ({
        state,
        processors: {
          gen: { type: 'GenerateFlowFile', every: '1 sec', penalty: wait },
          sleep: { type: 'ExecuteStreamCommand', penalty: wait, terminate: ['original', 'output stream', 'nonzero status'], properties: { 'Command Path': 'sleep', 'Command Arguments': '6', 'Ignore STDIN': 'true' } }
        },
        connections: ['gen:success -> sleep']
      })
      declare(slow('10 sec'))
      assert.equal((await line.apply()).status, 'in-sync')
      const [{ id } = assert.fail('no group')] = await outer.hand.groups(outer.parent)
      await outer.hand.setState(id, 'RUNNING')
      await eventually(async () => assert.ok((await outer.hand.processor(id, 'sleep')).threads > 0))
      proxy.reset()
      const [result] = await impatient(scene, slow('20 sec'))
      assert.ok(result?.result === 'failed')
      assert.equal(result.error.code, 'UNAVAILABLE')
      assert.match(result.error.message, /not replaced the definition within 1 s.*cancelled/)
      assert.equal(writesOf(proxy).filter((write) => /^DELETE .*\/replace-requests\//.test(write)).length, 1)
      await eventually(async () => assert.equal((await outer.hand.processor(id, 'gen')).state, 'RUNNING'))
      declare(slow('20 sec'))
      const last = await line.apply()
      assert.equal(last.status, 'in-sync', told(last, scene.name('flow')).join())
      const [group] = await outer.hand.groups(outer.parent)
      assert.equal(group?.running, 2)
      assert.doesNotMatch(group.comments, /stopped=/)
    })
  }
})
