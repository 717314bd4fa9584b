import assert from 'node:assert/strict'
import { testCall, testCycle } from '../../src/testing/cycle.ts'
import { guardService } from '../../src/boundary/service.ts'
import type { AnyResource, FieldChange } from '../../src/contract.ts'
import { boxes, declare, worldOf, type Fields } from '../plan/model.ts'
import { plan } from '../../src/plan/plan.ts'

const count = 10_000

describe('the check of what crosses the boundary', () => {
  const names = Array.from({ length: count }, (_, index) => `item-${index}`)
  const fields: Fields = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`s${index}`, `value ${index}`]))
  const world = worldOf(Object.fromEntries(names.map((name) => [name, { ...fields, s11: [1, 2, 3] }])))
  /** Everything differs in five fields, so that every answer has something to check. */
  const wanted: Fields = { ...fields, s0: 1, s1: 2, s2: { deep: ['x'] }, s3: null, s4: 'other' }
  const bare = boxes({
    observe: async () => ({ items: world, facts: undefined }),
    update: async (items) => items.map(({ desired: { name } }) => ({ name, result: 'done' }))
  })
  const [guarded = bare] = guardService({
    name: 'shop',
    resources: [bare],
    identity: async () => 'id',
    close: async () => undefined
  }).resources

  /** Processor time in ms of this thread alone, which other work on the machine does not count into. */
  const once = async (resource: AnyResource): Promise<number> => {
    const desired = declare({ items: names.map((name) => ({ name, fields: wanted })), resource })
    const items = desired.kinds[0]?.items ?? []
    const startedAt = process.threadCpuUsage()
    const observed = await resource.observe(items, testCycle({ full: true }))
    const { plan: made } = plan(desired, new Map([[resource.kind, { resource, observed }]]), { owner: 'infometis' })
    const updates = made.changes.flatMap((change) => (change.verb === 'update' ? [change] : []))
    assert.equal((await resource.update?.(updates, testCall()))?.length, count)
    const { user, system } = process.threadCpuUsage(startedAt)
    return (user + system) / 1_000
  }

  it('costs a plan of ten thousand items less than the plan itself', async () => {
    await once(guarded)
    let [without, withGuard] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
    for (let round = 0; round < 3; round += 1) {
      without = Math.min(without, await once(bare))
      withGuard = Math.min(withGuard, await once(guarded))
    }
    const seen: readonly FieldChange[] = guarded.compare({ fields: wanted }, fields)
    assert.equal(seen.length, 5)
    assert.ok(withGuard < 2 * without + 20, `${without.toFixed(1)} ms without, ${withGuard.toFixed(1)} ms with it`)
  })
})
