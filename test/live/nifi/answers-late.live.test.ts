/** A real NiFi that does not come to an end with a replacement. */
import assert from 'node:assert/strict'
import type { ItemResult } from '../../../src/contract.ts'
import type { Json } from '../../../src/records.ts'
import { defaultTimeouts } from '../../../reconcilers/nifi/flow/write/call-context.ts'
import { answersAstray, writesOf } from './astray.ts'
import { eventually, type Scene } from './harness.ts'
import { told } from './line.ts'
import { updateUnguarded } from './unguarded.ts'

/** One update of the flow that waits a second for a replacement. */
function impatient(scene: Scene, declared: Json): Promise<ItemResult> {
  return updateUnguarded(scene, 'flow', declared, { timeouts: { ...defaultTimeouts, replace: 1_000, call: 3_000 } })
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
          sleep: {
            type: 'ExecuteStreamCommand',
            penalty: wait,
            terminate: ['original', 'output stream', 'nonzero status'],
            properties: { 'Command Path': 'sleep', 'Command Arguments': '6', 'Ignore STDIN': 'true' }
          }
        },
        connections: ['gen:success -> sleep']
      })
      declare(slow('10 sec'))
      assert.equal((await line.apply()).status, 'in-sync')
      const [{ id } = assert.fail('no group')] = await outer.hand.groups(outer.parent)
      await outer.hand.setState(id, 'RUNNING')
      await eventually(async () => assert.ok((await outer.hand.processor(id, 'sleep')).threads > 0))
      proxy.reset()
      const result = await impatient(scene, slow('20 sec'))
      assert.ok(result?.result === 'failed')
      assert.equal(result.error.code, 'UNAVAILABLE')
      assert.match(result.error.message, /did not replace the definition within 1 s.*cancelled/)
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
