import assert from 'node:assert/strict'
import { nifiService, plugin } from '../../../reconcilers/nifi/index.ts'
import { Environment } from '../../../src/connect/environment.ts'
import { testCycle } from '../../../src/testing/cycle.ts'
import { ScriptedLink } from './scripted-link.ts'

describe('the NiFi plugin', () => {
  it('has its kinds in the order in which they must be applied', () => {
    assert.deepEqual(
      plugin.kinds.map(({ kind, file }) => `${file} → ${kind}`),
      ['parameter-contexts → parameter-context', 'flows → flow', 'cluster → controller']
    )
  })

  it('acts on the kinds it declares, in their order, and removes nothing', async () => {
    const link = new ScriptedLink()
    const service = nifiService(link, { owner: 'infometis', parentGroup: 'root' })
    assert.deepEqual(
      service.resources.map(({ kind }) => kind),
      plugin.kinds.map(({ kind }) => kind)
    )
    assert.ok(service.resources.every((resource) => !('remove' in resource)))
    await service.close()
    assert.deepEqual([link.asked, link.isClosed], [[], true])
  })

  it('is pinned by the root group, wherever its parent group is', async () => {
    const link = new ScriptedLink()
    assert.equal(await nifiService(link, { owner: 'infometis', parentGroup: 'root' }).identity(testCycle()), 'root-id')
  })

  it('sees a NiFi in sync in six requests, whatever it declares', async () => {
    const link = new ScriptedLink({
      'GET /controller/config': { revision: { version: 0 }, component: { maxTimerDrivenThreadCount: 10 } }
    })
    const service = nifiService(link, { owner: 'infometis', parentGroup: 'root' })
    const cycle = testCycle()
    await Promise.all(service.resources.map((resource) => resource.observe([], cycle)))
    await service.identity(cycle)
    assert.ok(link.asked.length <= 6, link.lines.join('\n'))
  })

  it('names the variable that is missing', () => {
    assert.throws(() => plugin.open(new Environment({})), { code: 'VARIABLE_INVALID', message: /NIFI_URL/ })
  })
})
