/**
 * One update of one flow as it is declared, whatever the policy, the plan or a rule would hold of it.
 * @module
 */
import assert from 'node:assert/strict'
import type { ItemResult } from '../../../src/contract.ts'
import type { Json } from '../../../src/records.ts'
import { testCall, testCycle } from '../../../src/testing/cycle.ts'
import { Environment } from '../../../src/connect/environment.ts'
import { ClientLink } from '../../../reconcilers/nifi/connection/client-link.ts'
import { readConnectionSettings } from '../../../reconcilers/nifi/connection/settings.ts'
import { compareFlow } from '../../../reconcilers/nifi/flow/compare.ts'
import { flowTools } from '../../../reconcilers/nifi/flow/tools.ts'
import { completeFlow } from '../../../reconcilers/nifi/flow/complete.ts'
import { observeFlows } from '../../../reconcilers/nifi/flow/observe.ts'
import { flowSchema } from '../../../reconcilers/nifi/flow/schema.ts'
import type { WriteOptions } from '../../../reconcilers/nifi/flow/write/call-context.ts'
import { updateFlows } from '../../../reconcilers/nifi/flow/write/update.ts'
import { Readings } from '../../../reconcilers/nifi/reading/readings.ts'
import { declare } from '../../reconcilers/nifi/flow/flows.ts'
import type { Scene } from './harness.ts'

/** The flow must be there. */
export async function updateUnguarded(
  scene: Scene,
  short: string,
  declared: Json,
  options: WriteOptions = {}
): Promise<ItemResult> {
  const link = new ClientLink(readConnectionSettings(new Environment({ ...scene.env, REQUEST_TIMEOUT: '30s' })))
  try {
    const signal = AbortSignal.timeout(60_000)
    const readings = new Readings(link, scene.parent)
    const tools = flowTools({ link, readings, owner: 'infometis', parentGroup: scene.parent })
    const spec = completeFlow(flowSchema.parse(declared), new Map())
    const desired = declare(scene.name(short), spec)
    const { items, facts } = await observeFlows(tools, [desired], testCycle({ full: true, signal }))
    const seen = items.get(desired.name)
    assert.ok(seen !== undefined && 'state' in seen)
    const [result] = await updateFlows(
      tools,
      [{ desired, state: seen.state, fields: compareFlow(spec, seen.state) }],
      testCall({ signal, facts }),
      options
    )
    return result ?? assert.fail('no result')
  } finally {
    await link.close()
  }
}
