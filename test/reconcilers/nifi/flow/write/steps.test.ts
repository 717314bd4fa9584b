import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Doomed } from '../../../../../reconcilers/nifi/flow/write/queues/doomed.ts'
import {
  nextStep,
  type ApartField,
  type Queues,
  type StepFacts
} from '../../../../../reconcilers/nifi/flow/write/steps.ts'

const id = fc.constantFrom('a', 'b', 'c')
const doomed: fc.Arbitrary<Doomed> = fc.record({
  id: fc.uuid(),
  label: fc.string(),
  queued: fc.nat(3),
  feeders: fc.array(id, { maxLength: 2 }),
  consumer: id
})
const ids = fc.uniqueArray(id).map((each) => new Set(each))
const queues: fc.Arbitrary<Queues> = fc
  .record(
    {
      policy: fc.constantFrom('fail', 'drain', 'drop'),
      removed: fc.array(doomed, { minLength: 1, maxLength: 3 }),
      running: ids,
      startable: ids,
      drainingFor: fc.nat(120_000),
      drainTimeout: fc.constant(60_000),
      mayStart: fc.boolean()
    },
    { requiredKeys: ['policy', 'removed', 'running', 'startable', 'drainTimeout', 'mayStart'] }
  )
  .map((each) => ({ ...each, startable: new Set([...each.startable].filter((part) => !each.running.has(part))) }))
const apart: fc.Arbitrary<ApartField> = fc.record({
  what: fc.constantFrom('context', 'target'),
  id: fc.uuid(),
  value: fc.string(),
  key: fc.string()
})
const facts: fc.Arbitrary<StepFacts> = fc.record(
  {
    differs: fc.boolean(),
    left: fc.array(fc.string(), { maxLength: 1 }),
    canRollBack: fc.boolean(),
    queues,
    isBound: fc.boolean(),
    apart: fc.array(apart, { maxLength: 1 }),
    hasMetadata: fc.boolean(),
    isInRunState: fc.boolean()
  },
  { requiredKeys: ['differs', 'left', 'canRollBack', 'isBound', 'apart', 'hasMetadata', 'isInRunState'] }
)

function isFull({ differs, queues: found }: StepFacts): boolean {
  return differs && found !== undefined && found.removed.some(({ queued }) => queued > 0)
}

describe('the next step of a flow', () => {
  it('never replaces anything while a connection that would be removed holds something', () => {
    fc.assert(fc.property(facts, (each) => !isFull(each) || nextStep(each).step !== 'replace-definition'))
  })

  it('never drops a queue that was not asked to be dropped, nor one whose ends run', () => {
    fc.assert(
      fc.property(facts, (each) => {
        const step = nextStep(each)
        if (step.step !== 'drop-queues') return
        assert.equal(each.queues?.policy, 'drop')
        for (const queue of step.queues) {
          assert.ok(queue.queued > 0)
          for (const end of [...queue.feeders, queue.consumer]) assert.ok(!each.queues?.running.has(end))
        }
      })
    )
  })

  it('stops nothing to refuse', () => {
    fc.assert(
      fc.property(
        facts,
        (each) => !(isFull(each) && each.queues?.policy === 'fail') || nextStep(each).step === 'refuse'
      )
    )
  })

  it('never stops, to drain, what empties one of the queues', () => {
    fc.assert(
      fc.property(facts, (each) => {
        const step = nextStep(each)
        if (step.step !== 'stop-feeders' || !step.isDrain) return
        const consumers = new Set(
          each.queues?.removed.filter(({ queued }) => queued > 0).map(({ consumer }) => consumer)
        )
        for (const held of step.ids) assert.ok(!consumers.has(held))
      })
    )
  })

  it('drains no longer than it may', () => {
    fc.assert(
      fc.property(facts, (each) => {
        if (
          !isFull(each) ||
          each.queues?.policy !== 'drain' ||
          (each.queues.drainingFor ?? 0) < each.queues.drainTimeout
        )
          return
        assert.equal(nextStep(each).step, 'abort-drain')
      })
    )
  })

  it('is done only when everything is as declared', () => {
    fc.assert(
      fc.property(facts, (each) => {
        const isDone =
          !each.differs &&
          each.left.length + each.apart.length === 0 &&
          each.isBound &&
          each.hasMetadata &&
          each.isInRunState
        assert.equal(nextStep(each).step === 'done', isDone)
      })
    )
  })
})
