import assert from 'node:assert/strict'
import { defaultTimes } from '../../src/kubernetes/lease.ts'
import { ReconcileError } from '../../src/errors.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { leasesContract } from './leases-contract.ts'
import { MemoryLeases } from './leases.ts'
import { Replica, World, type ReplicaOptions } from './replica.ts'

const { leaseMs, renewMs, retryMs } = defaultTimes

describe('a lease in memory', () => {
  leasesContract(() => {
    const leases = new MemoryLeases(new ManualClock(1_000_000))
    return Promise.resolve({ leases, remove: () => Promise.resolve(leases.remove()) })
  })
})

describe('an election', () => {
  let clock: ManualClock
  let leases: MemoryLeases
  let world: World
  let replicas: Replica[]

  beforeEach(() => {
    clock = new ManualClock(1_000_000)
    leases = new MemoryLeases(clock)
    world = new World()
    replicas = []
  })

  afterEach(async () => {
    leases.fate = () => ({})
    for (const replica of replicas) {
      await replica.resume()
      replica.stop()
    }
    await clock.advance(30_000)
    await Promise.all(replicas.map(({ ended }) => ended))
    assert.deepEqual(world.wrong, [])
  })

  function stand(identity: string, options: Partial<ReplicaOptions> = {}): Replica {
    const replica = new Replica(identity, { leases, clock, world, ...options })
    replicas.push(replica)
    return replica
  }

  /** One that leads. */
  async function leader(identity = 'a', options: Partial<ReplicaOptions> = {}): Promise<Replica> {
    const replica = stand(identity, options)
    await clock.advance(leaseMs + retryMs)
    assert.equal(replica.isLeading, true)
    return replica
  }

  const leading = (): readonly string[] => replicas.flatMap(({ isLeading, identity }) => (isLeading ? [identity] : []))

  describe('is won', () => {
    it('at once when the lease was let go', async () => {
      const a = await leader()
      a.stop()
      await clock.advance(1)
      assert.deepEqual([a.isLeading, leases.claim?.holder, leases.claim?.durationMs], [false, '', undefined])
      const b = stand('b')
      await clock.advance(1)
      assert.deepEqual([b.isLeading, leases.claim?.transitions], [true, 2])
    })

    it('where there is no lease for as long as one holds: it may have been deleted from under a leader', async () => {
      const a = stand('a')
      await clock.advance(leaseMs - 1)
      assert.deepEqual([a.isLeading, a.told], [false, ['following ']])
      await clock.advance(1)
      assert.deepEqual([a.isLeading, a.told], [true, ['following ', 'leading']])
    })

    it('when nobody has renewed the lease for as long as its holder said, by the own clock', async () => {
      leases.steal('other', 6_000)
      const a = stand('a', { skewMs: 3_600_000 })
      await clock.advance(5_999)
      assert.equal(a.isLeading, false)
      await clock.advance(1)
      assert.deepEqual([a.isLeading, a.told], [true, ['following other', 'leading']])
    })

    it('never sooner than after its own time, whatever a lease written by hand says', async () => {
      for (const duration of ['nothing', 0, 1_000] as const) {
        leases.steal('other', duration)
        const a = stand('a')
        await clock.advance(leaseMs - 1)
        assert.equal(a.isLeading, false)
        await clock.advance(1)
        assert.equal(a.isLeading, true)
        a.stop()
        await clock.advance(1)
      }
    })

    it('within five seconds of a crash of the leader, whenever that is', async () => {
      let crashed = await leader('0')
      for (let turn = 1; turn <= 40; turn += 1) {
        const next = stand(String(turn))
        await clock.advance(5_000 + turn * 37)
        crashed.pause()
        await clock.advance(4_999)
        assert.deepEqual([next.isLeading, next.told.length], [true, 2])
        crashed = next
      }
    })

    it('within a second of a clean stop of the leader', async () => {
      const [a, b] = [await leader(), stand('b')]
      await clock.advance(10_000)
      a.stop()
      await clock.advance(1_000)
      assert.deepEqual(leading(), [b.identity])
    })

    it('by one of many that find it free at the same moment', async () => {
      const a = await leader()
      for (const name of ['b', 'c', 'd', 'e']) stand(name)
      await clock.advance(1_000)
      a.pause()
      await clock.advance(leaseMs + retryMs)
      assert.equal(leading().filter((name) => name !== 'a').length, 1)
    })

    it('not with an answer that comes when the time of a leader would be over', async () => {
      const a = stand('a')
      await clock.advance(1)
      leases.fateOfWrites = () => ({ delayMs: 20 })
      await clock.advance(leaseMs + 9)
      a.pause()
      await clock.advance(3_000)
      await a.resume()
      assert.deepEqual([leases.claim?.holder, a.told, world.writes], ['a', ['following ', 'following a'], 0])
      await clock.advance(leaseMs + retryMs)
      assert.equal(a.isLeading, true)
    })
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

  describe('is let go', () => {
    it('not before the leader that was stopped has finished in-flight work', async () => {
      const a = stand('a')
      a.lagMs = 12_000
      await clock.advance(leaseMs)
      const b = stand('b')
      a.stop()
      await clock.advance(11_900)
      assert.deepEqual(leading(), ['a'])
      await clock.advance(1_100)
      assert.deepEqual(leading(), [b.identity])
    })

    it('not when another one has it by then', async () => {
      const a = stand('a')
      a.lagMs = 300
      await clock.advance(leaseMs)
      a.stop()
      leases.steal('other')
      await clock.advance(1_000)
      await a.ended
      assert.equal(leases.claim?.holder, 'other')
    })

    it('in vain when nothing answers: the process ends all the same, and others wait for the end of the lease', async () => {
      const a = await leader()
      leases.fate = () => ({ isLost: true })
      a.stop()
      await clock.advance(2 * retryMs)
      await a.ended
      assert.equal(leases.claim?.holder, 'a')
      leases.fate = () => ({})
      const b = stand('b')
      await clock.advance(leaseMs)
      assert.equal(b.isLeading, true)
    })

    it('at the end of a term that failed, and the failure is thrown', async () => {
      const { runElection } = await import('../../src/kubernetes/election.ts')
      const run = runElection(
        { identity: 'x', leases, clock, lead: () => Promise.reject(new Error('no service')), onEvent: () => undefined },
        new AbortController().signal
      )
      const failed = assert.rejects(run, /no service/)
      await clock.advance(leaseMs)
      await failed
      assert.equal(leases.claim?.holder, '')
    })
  })

  describe('is given up', () => {
    it('by a leader whose requests find no answer, before another one may lead', async () => {
      const a = await leader()
      leases.fate = () => ({ isLost: true })
      await clock.advance(renewMs)
      assert.deepEqual([a.isLeading, a.told.slice(-2)], [false, ['unseen', 'lost']])
    })

    it('also while the leader finishes in-flight work', async () => {
      const a = stand('a')
      a.lagMs = 20_000
      await clock.advance(leaseMs)
      a.stop()
      await clock.advance(1_000)
      assert.equal(a.isLeading, true)
      leases.fate = () => ({ isLost: true })
      await clock.advance(renewMs + 100)
      assert.equal(a.isLeading, false)
    })

    for (const [how, tamper, why] of [
      ['somebody else holds the lease', () => leases.steal('other'), 'the lease is held by "other"'],
      ['its holder was taken out by hand', () => leases.steal(''), 'the lease was let go by hand'],
      ['it was deleted', () => leases.remove(), 'the lease is gone']
    ] as const) {
      it(`with the next renewal when ${how}, long before another one leads`, async () => {
        const [a, b] = [await leader(), stand('b')]
        await clock.advance(2_000)
        tamper()
        await clock.advance(retryMs)
        assert.deepEqual([a.isLeading, a.told.at(-2), a.why.at(-1)], [false, 'lost', why])
        assert.equal(b.isLeading, false)
        await clock.advance(leaseMs)
        assert.equal(leading().length, 1)
      })
    }

    it('never because of a single request that fails, is lost, or whose answer is lost', async () => {
      const a = await leader()
      for (const fate of [{ isDeaf: true }, { isLost: true }, { delayMs: 700 }, { delayMs: 1_000 }]) {
        let asked = 0
        leases.fate = () => ((asked += 1) === 1 ? fate : {})
        await clock.advance(10_000)
        assert.equal(a.isLeading, true)
      }
      assert.ok(!a.told.includes('lost'))
    })

    it('not when only the version is new: somebody has put a label on it', async () => {
      const a = await leader()
      leases.steal('a')
      await clock.advance(5_000)
      assert.deepEqual([a.isLeading, a.told], [true, ['following ', 'leading']])
    })

    it('and not won again before in-flight work has ended', async () => {
      const a = await leader()
      a.lagMs = 9_000
      leases.steal('other')
      await clock.advance(8_900)
      assert.deepEqual(a.told.slice(2), ['lost'])
      await clock.advance(1_000 + leaseMs)
      assert.deepEqual(a.told.slice(2), ['lost', 'following other', 'leading'])
    })

    it('by a process that ends only when in-flight work has ended', async () => {
      const a = await leader()
      a.lagMs = 9_000
      leases.steal('other')
      await clock.advance(1_000)
      let isOver = false
      void a.ended.then(() => (isOver = true))
      a.stop()
      await clock.advance(7_000)
      assert.equal(isOver, false)
      await clock.advance(2_000)
      assert.equal(isOver, true)
    })
  })

  describe('with a leader that is paused', () => {
    for (const pausedMs of [renewMs + 1, leaseMs + retryMs, 20_000]) {
      it(`for ${pausedMs} ms: it writes nothing when it continues`, async () => {
        const [a, b] = [await leader(), stand('b')]
        await clock.advance(5_000)
        const before = world.writes
        a.pause()
        await clock.advance(renewMs + 1)
        assert.equal(world.writes, before)
        await clock.advance(pausedMs - renewMs - 1)
        const later = world.writes
        await a.resume()
        assert.deepEqual([a.isLeading, world.writes, world.wrong], [false, later, []])
        await clock.advance(leaseMs + retryMs)
        assert.deepEqual([leading().length, b.told.includes('leading')], [1, pausedMs > leaseMs || b.isLeading])
      })
    }

    it('for less than that: it continues', async () => {
      const a = await leader()
      a.pause()
      await clock.advance(renewMs - retryMs - 100)
      await a.resume()
      await clock.advance(5_000)
      assert.deepEqual([a.isLeading, a.told], [true, ['following ', 'leading']])
    })
  })

  describe('tells', () => {
    it('a standing trouble once, and when it is over', async () => {
      const [a, b] = [await leader(), stand('b')]
      await clock.advance(1_000)
      const [refused, gone] = [new ReconcileError('NOT_PERMITTED', 'no'), new ReconcileError('UNREACHABLE', 'gone')]
      leases.fate = () => ({ error: clock.now() % 2_000 < 1_000 ? refused : gone })
      await clock.advance(60_000)
      leases.fate = () => ({})
      await clock.advance(retryMs)
      assert.deepEqual(b.told, ['following a', 'unseen', 'unseen', 'seen', 'leading'])
      assert.deepEqual(a.told.slice(2, 5), ['unseen', 'unseen', 'lost'])
    })

    it('a right that is missing once, where the lease can be read and not written', async () => {
      leases.steal('other')
      leases.fateOfWrites = () => ({ error: new ReconcileError('NOT_PERMITTED', 'no') })
      const a = stand('a')
      await clock.advance(60_000)
      assert.deepEqual(a.told, ['following other', 'unseen'])
    })
  })

  it('costs one write in each try of the leader, and one read of each that is on standby', async () => {
    const a = await leader()
    stand('b')
    await clock.advance(1)
    const before = { writes: leases.writes, reads: leases.reads }
    await clock.advance(8_000)
    assert.deepEqual([leases.writes - before.writes, leases.reads - before.reads, a.isLeading], [10, 10, true])
  })

  it('asks no more often when nothing works', async () => {
    await leader()
    stand('b')
    let asked = 0
    leases.fate = () => ({ error: ((asked += 1), new ReconcileError('UNREACHABLE', 'gone')) })
    await clock.advance(80_000)
    assert.ok(asked >= 180 && asked <= 220, String(asked))
  })
})
