import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Election, type ElectionTimes, type TermSignals } from '../../src/cluster/election.ts'
import type { LeadershipEvent } from '../../src/report/observer.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { MemoryLeases, type Fate } from './leases.ts'

const times: ElectionTimes = { leaseMs: 4_000, renewMs: 2_500, retryMs: 800 }

/** One candidate, and what became of it. */
class Candidate {
  readonly told: string[] = []
  readonly #stopping = new AbortController()
  readonly ended: Promise<void>
  isLeading = false
  /** How long it takes to end what it does, in ms. */
  lagMs = 0

  constructor(identity: string, leases: MemoryLeases, clock: ManualClock) {
    const lead = async ({ stopping, lost }: TermSignals): Promise<void> => {
      this.isLeading = true
      const isOver = await new Promise<boolean>((resolve) => {
        stopping.addEventListener('abort', () => resolve(false), { once: true })
        lost.addEventListener('abort', () => resolve(true), { once: true })
      })
      if (!isOver) await clock.sleep(this.lagMs, lost)
      this.isLeading = false
      if (isOver) await clock.sleep(this.lagMs)
    }
    const onEvent = (event: LeadershipEvent): void => {
      if (event.event !== 'tried') this.told.push(event.event === 'following' ? `following ${event.leader}` : event.event)
    }
    this.ended = new Election({ identity, leases, clock, times, lead, onEvent }).run(this.#stopping.signal)
  }

  stop(): void {
    this.#stopping.abort()
  }
}

describe('an election', () => {
  let clock: ManualClock
  let leases: MemoryLeases
  let candidates: Candidate[]

  beforeEach(() => {
    clock = new ManualClock(1_000_000)
    leases = new MemoryLeases(clock)
    candidates = []
  })

  afterEach(async () => {
    leases.fate = () => ({})
    for (const candidate of candidates) candidate.stop()
    await clock.advance(20_000)
    await Promise.all(candidates.map(({ ended }) => ended))
  })

  function stand(identity: string): Candidate {
    const candidate = new Candidate(identity, leases, clock)
    candidates.push(candidate)
    return candidate
  }

  it('is won at once where there is no lease, or one that was let go', async () => {
    const a = stand('a')
    await clock.advance(1)
    assert.deepEqual([a.isLeading, a.told], [true, ['leading']])
    a.stop()
    await clock.advance(1)
    assert.deepEqual([a.isLeading, leases.claim?.holder], [false, ''])
    const b = stand('b')
    await clock.advance(1)
    assert.deepEqual([b.isLeading, leases.claim?.transitions], [true, 1])
  })

  it('is lost against a lease that is renewed, however old it says it is', async () => {
    leases.steal('other')
    const a = stand('a')
    for (let renewals = 0; renewals < 10; renewals += 1) {
      await clock.advance(3_000)
      leases.steal('other')
    }
    assert.deepEqual([a.isLeading, a.told], [false, ['following other']])
  })

  it('is won when nobody has renewed the lease for as long as its holder said, by the own clock', async () => {
    leases.steal('other', 6_000)
    const a = stand('a')
    await clock.advance(5_900)
    assert.equal(a.isLeading, false)
    await clock.advance(900)
    assert.deepEqual([a.isLeading, a.told], [true, ['following other', 'leading']])
  })

  it('is won within five seconds of a crash of the leader', async () => {
    const [a, b] = [stand('a'), stand('b')]
    await clock.advance(10_000)
    const leader = a.isLeading ? 'a' : 'b'
    const follower = a.isLeading ? b : a
    const survivor = follower
    // A process that has crashed asks for nothing any more: its requests are lost.
    leases.fate = () => ({})
    const crashed = a.isLeading ? a : b
    crashed.stop()
    leases.steal(leader)
    await clock.advance(5_000)
    assert.equal(survivor.isLeading, true)
  })

  it('is won within a second of a clean stop of the leader', async () => {
    const [a, b] = [stand('a'), stand('b')]
    await clock.advance(10_000)
    const [leader, follower] = a.isLeading ? [a, b] : [b, a]
    leader.stop()
    await clock.advance(1_000)
    assert.deepEqual([leader.isLeading, follower.isLeading], [false, true])
  })

  it('is not let go before the leader that was stopped has finished what was under way', async () => {
    const [a, b] = [stand('a'), stand('b')]
    await clock.advance(10_000)
    const [leader, follower] = a.isLeading ? [a, b] : [b, a]
    leader.lagMs = 12_000
    leader.stop()
    await clock.advance(11_900)
    assert.deepEqual([leader.isLeading, follower.isLeading], [true, false])
    await clock.advance(1_100)
    assert.deepEqual([leader.isLeading, follower.isLeading], [false, true])
  })

  it('cuts off what was under way when the lease is lost while it is finished', async () => {
    const a = stand('a')
    await clock.advance(100)
    a.lagMs = 20_000
    a.stop()
    await clock.advance(1_000)
    assert.equal(a.isLeading, true)
    leases.fate = () => ({ isLost: true })
    await clock.advance(2_600)
    assert.equal(a.isLeading, false)
  })

  it('is given up by a leader whose requests find no answer, before another one may lead', async () => {
    const a = stand('a')
    await clock.advance(100)
    leases.fate = () => ({ isLost: true })
    await clock.advance(2_500)
    assert.deepEqual([a.isLeading, a.told.at(-1)], [false, 'lost'])
    assert.ok(a.told.includes('unseen'))
  })

  it('is given up at once when somebody else holds the lease, or it is gone', async () => {
    const a = stand('a')
    await clock.advance(100)
    leases.steal('other')
    await clock.advance(2_400)
    assert.deepEqual([a.isLeading, a.told.slice(0, 3)], [false, ['leading', 'lost', 'following other']])
    leases.remove()
    await clock.advance(1_000)
    assert.equal(a.isLeading, true)
  })

  it('goes on with a write of its own whose answer was lost', async () => {
    const a = stand('a')
    await clock.advance(100)
    let asked = 0
    leases.fate = () => ({ isDeaf: (asked += 1) === 1 })
    await clock.advance(10_000)
    assert.deepEqual([a.isLeading, a.told.filter((event) => event === 'lost')], [true, []])
  })

  it('is not won again before the last term has ended what it did', async () => {
    const a = stand('a')
    await clock.advance(100)
    a.lagMs = 5_000
    leases.steal('other', 1_000)
    await clock.advance(3_000)
    assert.equal(a.isLeading, false)
    await clock.advance(5_000)
    assert.equal(a.isLeading, true)
  })

  it('writes once in each try of the leader, and nothing while following', async () => {
    const a = stand('a')
    await clock.advance(1)
    const b = stand('b')
    const before = leases.writes
    await clock.advance(8_000)
    assert.equal(leases.writes - before, 10)
    assert.deepEqual([a.isLeading, b.isLeading], [true, false])
  })

  it('never has two leaders, and has one again soon after everything works again', async () => {
    const fate = fc.record({ delayMs: fc.integer({ min: 0, max: 1_500 }), isLost: fc.boolean(), isDeaf: fc.boolean() })
    const calm: fc.Arbitrary<Fate> = fc.constant({})
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof({ weight: 3, arbitrary: calm }, { weight: 1, arbitrary: fate }), { minLength: 20, maxLength: 60 }), fc.integer({ min: 2, max: 4 }), async (fates, count) => {
        clock = new ManualClock(1_000_000)
        leases = new MemoryLeases(clock)
        let turn = 0
        leases.fate = () => fates[(turn += 1) % fates.length] ?? {}
        const standing = Array.from({ length: count }, (_, index) => stand(`c${index}`))
        for (let step = 0; step < 300; step += 1) {
          await clock.advance(100)
          assert.ok(standing.filter(({ isLeading }) => isLeading).length <= 1, JSON.stringify(standing.map(({ told }) => told)))
        }
        leases.fate = () => ({})
        await clock.advance(times.leaseMs + 4 * times.retryMs)
        assert.equal(standing.filter(({ isLeading }) => isLeading).length, 1)
        for (const candidate of standing) candidate.stop()
        await clock.advance(5_000)
        await Promise.all(standing.map(({ ended }) => ended))
      }),
      { numRuns: 40 }
    )
  }).timeout(60_000)
})
