import assert from 'node:assert/strict'
import { Health } from '../../src/http/health.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { outcome, reportWith } from '../reconciler/reports.ts'

const identity = { runId: 'run', service: 'shop', target: '', digest: 'digest' }

describe('health', () => {
  let clock = new ManualClock(1_000)
  let health = new Health({ clock, intervalMs: 30_000, cycleTimeoutMs: 300_000 })

  beforeEach(() => {
    clock = new ManualClock(1_000)
    health = new Health({ clock, intervalMs: 30_000, cycleTimeoutMs: 300_000 })
  })

  it('is live from the start, before anything was done', () => {
    assert.equal(health.live().ok, true)
  })

  it('is live as long as cycles come, blind ones too', async () => {
    for (let cycles = 0; cycles < 100; cycles += 1) {
      await clock.advance(60_000)
      health.observer.cycleFinished(reportWith([], { status: 'blind' }))
      assert.equal(health.live().ok, true)
    }
  })

  it('is live while a cycle takes all the time it may', async () => {
    await clock.advance(330_000)
    assert.equal(health.live().ok, true)
  })

  it('is live while a long cycle completes item after item', async () => {
    for (let items = 0; items < 10; items += 1) {
      await clock.advance(300_000)
      health.observer.outcome(identity, outcome('done'), { done: items, total: 10 })
    }
    assert.equal(health.live().ok, true)
  })

  it('is not live when nothing was completed for longer than a cycle may take, and says so', async () => {
    await clock.advance(330_001)
    assert.deepEqual(health.live(), {
      ok: false,
      why: 'last progress 5 min 30 s ago (limit 5 min 30 s)'
    })
  })

  it('waits three intervals when these are longer than a cycle may take', async () => {
    const patient = new Health({ clock, intervalMs: 600_000, cycleTimeoutMs: 10_000 })
    await clock.advance(1_800_000)
    assert.equal(patient.live().ok, true)
    await clock.advance(1)
    assert.equal(patient.live().ok, false)
  })

  it('is ready after a valid configuration and a first cycle, and not before', () => {
    assert.deepEqual(health.ready(), { ok: false, why: 'no valid configuration loaded yet' })
    health.observer.configuration({ event: 'accepted', digest: 'digest', recovered: false })
    assert.deepEqual(health.ready(), { ok: false, why: 'the first cycle is running' })
    health.observer.cycleFinished(reportWith([], { status: 'blind' }))
    assert.deepEqual(health.ready(), { ok: true, why: 'the last cycle was blind' })
  })

  it('is not ready by cycles without a configuration', () => {
    health.observer.cycleFinished(reportWith([], { status: 'blind' }))
    assert.equal(health.ready().ok, false)
  })

  it('stays ready whatever becomes of the configuration and the service', () => {
    health.observer.configuration({ event: 'accepted', digest: 'digest', recovered: false })
    for (const status of ['in-sync', 'drift', 'degraded', 'blind'] as const) {
      health.observer.cycleFinished(reportWith([], { status }))
      health.observer.configuration({
        event: 'refused',
        digest: 'bad',
        keepsLastGood: true,
        problems: [],
        message: 'broken'
      })
      assert.equal(health.ready().ok, true)
    }
  })

  describe('of one of several replicas', () => {
    const lead = (): void => {
      health.observer.leadership({ event: 'leading' })
      health.observer.configuration({ event: 'accepted', digest: 'digest', recovered: false })
      health.observer.cycleFinished(reportWith([], { status: 'in-sync' }))
    }

    it('is ready when it knows that another one leads, and not before', () => {
      health.observer.leadership({ event: 'following', leader: '' })
      assert.deepEqual(health.ready(), { ok: false, why: 'standby: no leader yet' })
      health.observer.leadership({ event: 'following', leader: 'other' })
      assert.deepEqual(health.ready(), { ok: true, why: 'standby: "other" is the leader' })
    })

    it('is not ready when it cannot see the lease, and says why', () => {
      health.observer.leadership({ event: 'unseen', why: 'no right' })
      assert.deepEqual(health.ready(), { ok: false, why: 'standby: no right' })
      health.observer.leadership({ event: 'seen' })
      assert.deepEqual(health.ready(), { ok: false, why: 'standby: no leader yet' })
    })

    it('has led with a first cycle before it is ready', () => {
      health.observer.leadership({ event: 'leading' })
      assert.equal(health.ready().ok, false)
      lead()
      assert.deepEqual(health.ready(), { ok: true, why: 'the last cycle was in-sync' })
    })

    it('stays ready when it lost leadership, and says why', () => {
      lead()
      health.observer.leadership({ event: 'unseen', why: 'no answer' })
      assert.deepEqual(health.ready(), { ok: true, why: 'the last cycle was in-sync' })
      health.observer.leadership({ event: 'lost', why: 'the lease is gone' })
      assert.deepEqual(health.ready(), { ok: true, why: 'standby: the lease is gone' })
    })

    it('is live as long as it looks at the lease while it is on standby, and as long as it works while it leads', async () => {
      for (let looks = 0; looks < 10; looks += 1) {
        await clock.advance(300_000)
        health.observer.leadership({ event: 'tried' })
        assert.equal(health.live().ok, true)
      }
      lead()
      for (let renewals = 0; renewals < 10; renewals += 1) {
        await clock.advance(60_000)
        health.observer.leadership({ event: 'unseen', why: 'no answer' })
        health.observer.leadership({ event: 'seen' })
      }
      assert.equal(health.live().ok, false)
    })
  })
})
