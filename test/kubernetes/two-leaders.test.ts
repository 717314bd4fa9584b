import assert from 'node:assert/strict'
import fc from 'fast-check'
import { defaultTimes, type ElectionTimes } from '../../src/kubernetes/lease.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { MemoryLeases, type Fate } from './leases.ts'
import { Replica, World } from './replica.ts'

/** What happens at one moment to the replica `of`, or to the lease. */
interface Blow {
  readonly kind: 'pause' | 'stop' | 'delete' | 'steal' | 'unhold'
  readonly of: number
  /** Of a pause. */
  readonly ms: number
}

interface Story {
  readonly fates: readonly Fate[]
  readonly blows: readonly (Blow | undefined)[]
  readonly skews: readonly number[]
}

interface Rules {
  readonly times?: ElectionTimes
  readonly isCareful?: boolean
}

const stepMs = 100
const fate: fc.Arbitrary<Fate> = fc.record({
  delayMs: fc.integer({ min: 0, max: 1_500 }),
  isLost: fc.boolean(),
  isDeaf: fc.boolean()
})
const blow: fc.Arbitrary<Blow> = fc.record({
  kind: fc.constantFrom('pause', 'pause', 'pause', 'stop', 'delete', 'steal', 'unhold'),
  of: fc.nat(3),
  ms: fc.integer({ min: 100, max: 12_000 })
})
const story: fc.Arbitrary<Story> = fc.record({
  fates: fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant<Fate>({}) }, { weight: 1, arbitrary: fate }), {
    minLength: 20,
    maxLength: 60
  }),
  blows: fc.array(fc.oneof({ weight: 30, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: blow }), {
    minLength: 250,
    maxLength: 250
  }),
  skews: fc.array(fc.integer({ min: -86_400_000, max: 86_400_000 }), { minLength: 2, maxLength: 4 })
})

/** Replicas live through a story; afterwards everything works again. */
async function live({ fates, blows, skews }: Story, rules: Rules = {}): Promise<void> {
  const clock = new ManualClock(1_000_000_000)
  const leases = new MemoryLeases(clock)
  const world = new World()
  let asked = 0
  leases.fate = () => fates[(asked += 1) % fates.length] ?? {}
  const start = (index: number, life: number): Replica =>
    new Replica(`${index}.${life}`, { leases, clock, world, skewMs: skews[index] ?? 0, ...rules })
  const replicas = skews.map((_, index) => start(index, 0))
  const retired: Replica[] = []
  const wakeAt = replicas.map(() => 0)
  for (const [step, happens] of blows.entries()) {
    for (const [index, replica] of replicas.entries()) if (wakeAt[index] === step) await replica.resume()
    if (happens !== undefined) strike(happens, step)
    await clock.advance(stepMs)
  }
  leases.fate = () => ({})
  for (const replica of [...replicas, ...retired]) await replica.resume()
  await clock.advance(2 * defaultTimes.leaseMs + 4 * defaultTimes.retryMs)
  const leading = replicas.filter(({ isLeading }) => isLeading).length
  for (const replica of replicas) replica.stop()
  await clock.advance(10_000)
  await Promise.all([...replicas, ...retired].map(({ ended }) => ended))
  assert.deepEqual([leading, world.wrong], [1, []])

  function strike({ kind, of, ms }: Blow, step: number): void {
    const index = of % replicas.length
    const replica = replicas[index] ?? assert.fail('no replica')
    if (kind === 'delete') leases.remove()
    else if (kind === 'steal') leases.steal('other')
    else if (kind === 'unhold') leases.steal('')
    else if (kind === 'pause') {
      replica.pause()
      wakeAt[index] = step + Math.ceil(ms / stepMs)
    } else {
      replica.stop()
      retired.push(replica)
      replicas[index] = start(index, step)
    }
  }
}

const hold = (rules: Rules, numRuns: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(story, (told) => live(told, rules)),
    { numRuns, endOnFailure: true }
  )

/** That the rule can be broken. */
const breaks = (rules: Rules): Promise<void> =>
  assert.rejects(hold(rules, 300), ({ cause }) => /wrote in term/.test(String(cause)))

describe('never two leaders', () => {
  it('whatever is lost, late, paused, deleted or written by hand, and one leads again soon after', () =>
    hold({}, 80)).timeout(120_000)

  it('but where a leader trusts its lease for longer than others do', () =>
    breaks({ times: { ...defaultTimes, renewMs: 9_000 } })).timeout(120_000)

  it('but where a leader does not look at the time before it writes', () => breaks({ isCareful: false })).timeout(
    120_000
  )
})
