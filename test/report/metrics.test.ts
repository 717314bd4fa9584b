import assert from 'node:assert/strict'
import { keyOf } from '../../src/records.ts'
import type { Outcome } from '../../src/line.ts'
import { openMetrics } from '../../src/report/metrics.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { failure, outcome, reportWith } from '../reconciler/reports.ts'

const cycle = { runId: 'run', service: 'shop', target: '', digest: 'digest' }
const progress = { done: 1, total: 1 }

describe('metrics', () => {
  const clock = new ManualClock(1_000_000)
  let metrics = openMetrics({ service: 'shop', kinds: ['box', 'bin'], clock })

  beforeEach(() => {
    metrics = openMetrics({ service: 'shop', kinds: ['box', 'bin'], clock })
  })

  /** Value of a series by its name and some labels, in the order Prometheus prints them; undefined when there is none. */
  async function value(series: string): Promise<number | undefined> {
    const line = (await metrics.text()).split('\n').find((candidate) => candidate.startsWith(`${series} `))
    return line === undefined ? undefined : Number(line.slice(series.length + 1))
  }

  /** Every series once, as name and labels. */
  async function allSeries(): Promise<readonly string[]> {
    return (await metrics.text())
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.slice(0, line.lastIndexOf(' ')))
  }

  it('are all there before anything happened, at zero', async () => {
    const text = await metrics.text()
    const values = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    assert.ok(values.length > 100, text)
    assert.deepEqual(
      values.filter((line) => !line.endsWith(' 0')),
      []
    )
  })

  it('grow no series while cycles with whatever result and thousands of items go by', async () => {
    const before = await allSeries()
    const many = Array.from({ length: 3_000 }, (_, index): Outcome =>
      outcome('unchanged', { verb: 'keep', key: keyOf('shop', 'box', `item-${index}`) })
    )
    for (const status of ['in-sync', 'changed', 'drift', 'degraded', 'blind'] as const)
      metrics.observer.cycleFinished(reportWith(many, { status }))
    metrics.observer.called({ operation: 'observe box', durationMs: 12, code: 'OK' })
    for (const result of ['done', 'unchanged', 'failed'] as const)
      metrics.observer.outcome(cycle, outcome(result), progress)
    assert.deepEqual(await allSeries(), before)
  })

  it('count cycles by their result and remember when one succeeded', async () => {
    metrics.observer.cycleFinished(reportWith([], { status: 'in-sync', startedAt: 5_000, durationMs: 250 }))
    metrics.observer.cycleFinished(reportWith([], { status: 'blind', startedAt: 9_000 }))
    metrics.observer.cycleFinished(reportWith([], { status: 'degraded', startedAt: 9_500 }))
    assert.equal(await value('infometis_reconcile_total{result="in-sync",service="shop"}'), 1)
    assert.equal(await value('infometis_reconcile_total{result="blind",service="shop"}'), 1)
    assert.equal(await value('infometis_reconcile_last_success_timestamp_seconds{service="shop"}'), 5.25)
    assert.equal(await value('infometis_reconcile_duration_seconds_count{service="shop"}'), 3)
  })

  it('count every item once, in its worst state, and orphans apart', async () => {
    const item = (name: string, result: Outcome['result'], more: Partial<Outcome> = {}): Outcome =>
      outcome(result, { key: keyOf('shop', 'box', name), ...more })
    metrics.observer.cycleFinished(
      reportWith([
        item('a', 'unchanged', { verb: 'keep' }),
        item('b', 'done'),
        item('b', 'held', { verb: 'hold' }),
        item('c', 'failed', failure('UNREACHABLE')),
        item('d', 'reported', { verb: 'orphan' })
      ])
    )
    const counts = await Promise.all(
      ['in-sync', 'changed', 'held', 'failed'].map((state) =>
        value(`infometis_items{kind="box",state="${state}",service="shop"}`)
      )
    )
    assert.deepEqual(counts, [1, 0, 1, 1])
    assert.equal(await value('infometis_orphans{kind="box",service="shop"}'), 1)
    assert.equal(await value('infometis_orphans{kind="bin",service="shop"}'), 0)
  })

  it('keep what was last seen while a cycle is blind', async () => {
    metrics.observer.cycleFinished(reportWith([outcome('unchanged', { verb: 'keep' })]))
    metrics.observer.cycleFinished(reportWith([], { status: 'blind' }))
    assert.equal(await value('infometis_items{kind="box",state="in-sync",service="shop"}'), 1)
  })

  it('count writes that were made, not those that wait', async () => {
    metrics.observer.outcome(cycle, outcome('done'), progress)
    metrics.observer.outcome(cycle, outcome('waiting'), progress)
    metrics.observer.outcome(cycle, outcome('failed', { ...failure('REJECTED'), reason: 'given-up' }), progress)
    metrics.observer.outcome(cycle, outcome('unchanged', { verb: 'keep' }), progress)
    assert.equal(await value('infometis_changes_total{kind="box",verb="update",result="done",service="shop"}'), 1)
    assert.equal(await value('infometis_changes_total{kind="box",verb="update",result="failed",service="shop"}'), 0)
    assert.equal(await value('infometis_changes_total{kind="box",verb="update",result="unchanged",service="shop"}'), 0)
  })

  it('tell which configuration is in force and whether it is the newest', async () => {
    metrics.observer.configuration({ event: 'accepted', digest: 'one', recovered: false })
    metrics.observer.configuration({ event: 'accepted', digest: 'two', recovered: false })
    assert.equal(await value('infometis_config_info{digest="one",service="shop"}'), undefined)
    assert.equal(await value('infometis_config_info{digest="two",service="shop"}'), 1)
    assert.equal(await value('infometis_config_valid{service="shop"}'), 1)
    assert.equal(await value('infometis_config_loaded_timestamp_seconds{service="shop"}'), 1_000)
    metrics.observer.configuration({
      event: 'refused',
      digest: 'bad',
      keepsLastGood: true,
      problems: [],
      message: 'broken'
    })
    assert.equal(await value('infometis_config_valid{service="shop"}'), 0)
    assert.equal(await value('infometis_config_info{digest="two",service="shop"}'), 1)
  })

  it('count changes of the files by how they were found, the first reading not among them', async () => {
    metrics.observer.configuration({ event: 'changed', foundBy: 'start', digest: 'a' })
    metrics.observer.configuration({ event: 'changed', foundBy: 'poll', digest: 'b' })
    assert.equal(await value('infometis_config_changes_total{found_by="poll",service="shop"}'), 1)
    assert.equal(await value('infometis_config_changes_total{found_by="event",service="shop"}'), 0)
  })

  it('measure from a change of the configuration to the cycle that had done all of it', async () => {
    const at = clock.now()
    metrics.observer.configuration({ event: 'changed', foundBy: 'event', digest: 'b' })
    metrics.observer.cycleFinished(reportWith([], { status: 'in-sync', startedAt: at - 10, durationMs: 20 }))
    metrics.observer.cycleFinished(
      reportWith([outcome('waiting')], { status: 'changed', startedAt: at + 10, durationMs: 20 })
    )
    assert.equal(await value('infometis_time_to_consistency_seconds_count{service="shop"}'), 0)
    metrics.observer.cycleFinished(
      reportWith([outcome('done')], { status: 'changed', startedAt: at + 100, durationMs: 50 })
    )
    metrics.observer.cycleFinished(reportWith([], { status: 'in-sync', startedAt: at + 1_100, durationMs: 20 }))
    assert.equal(await value('infometis_time_to_consistency_seconds_count{service="shop"}'), 1)
    assert.equal(await value('infometis_time_to_consistency_seconds_sum{service="shop"}'), 0.15)
  })

  it('count an item that a fault of the plugin holds as failed', async () => {
    metrics.observer.cycleFinished(reportWith([outcome('held', { verb: 'hold', ...failure('PLUGIN_FAULT') })]))
    const counts = await Promise.all(
      ['held', 'failed'].map((state) => value(`infometis_items{kind="box",state="${state}",service="shop"}`))
    )
    assert.deepEqual(counts, [0, 1])
  })

  describe('of one of several replicas', () => {
    const held = reportWith(
      [outcome('failed', failure('REJECTED')), outcome('reported', { verb: 'orphan', key: keyOf('shop', 'box', 'o') })],
      { status: 'degraded' }
    )
    const lead = (): void => {
      metrics.observer.leadership({ event: 'leading' })
      metrics.observer.configuration({ event: 'accepted', digest: 'one', recovered: false })
      metrics.observer.cycleFinished(held)
    }
    /** Everything that is told of the service by now and not of the past. */
    const told = async (): Promise<readonly string[]> => {
      const live = /^infometis_(?:items|orphans|config_info|config_valid|leader)[ {]/
      return (await metrics.text())
        .split('\n')
        .filter((line) => live.test(line) && !line.endsWith(' 0'))
        .map((line) => line.replace(/^infometis_|,?service="shop"/g, ''))
    }

    it('are those of what it sees while it leads', async () => {
      lead()
      assert.deepEqual(await told(), [
        'items{kind="box",state="failed"} 1',
        'orphans{kind="box"} 1',
        'config_info{digest="one"} 1',
        'config_valid{} 1',
        'leader{} 1'
      ])
    })

    for (const event of [
      { event: 'lost', why: 'it was too slow' },
      { event: 'following', leader: 'b' }
    ] as const) {
      it(`say nothing of the service any longer when it is ${event.event}, also when its last cycle ends late`, async () => {
        lead()
        metrics.observer.leadership(event)
        assert.deepEqual(await told(), [])
        metrics.observer.configuration({ event: 'accepted', digest: 'two', recovered: false })
        metrics.observer.cycleFinished(held)
        assert.deepEqual(await told(), [])
        assert.equal(await value('infometis_config_valid{service="shop"}'), undefined)
        assert.equal(await value('infometis_reconcile_total{result="degraded",service="shop"}'), 2)
      })
    }

    it('count no drift of what was seen before another one led', async () => {
      const keep = reportWith([outcome('unchanged', { verb: 'keep' })])
      metrics.observer.leadership({ event: 'leading' })
      metrics.observer.cycleFinished(keep)
      metrics.observer.leadership({ event: 'lost', why: 'too slow' })
      metrics.observer.leadership({ event: 'leading' })
      metrics.observer.cycleFinished(reportWith([outcome('done')]))
      assert.equal(await value('infometis_drift_detected_total{kind="box",service="shop"}'), 0)
    })

    it('start again when it leads again', async () => {
      lead()
      metrics.observer.leadership({ event: 'lost', why: 'too slow' })
      metrics.observer.leadership({ event: 'leading' })
      assert.equal(await value('infometis_config_valid{service="shop"}'), 0)
      lead()
      assert.equal((await told()).length, 5)
    })
  })

  it('say that it reconciles where none is elected', async () => {
    assert.equal(await value('infometis_leader{service="shop"}'), 0)
    metrics.observer.cycleFinished(reportWith([], { status: 'blind' }))
    assert.equal(await value('infometis_leader{service="shop"}'), 1)
  })

  it('measure calls to the service by operation and code', async () => {
    metrics.observer.called({ operation: 'create bin', durationMs: 30, code: 'TIMEOUT' })
    assert.equal(
      await value(
        'infometis_external_request_duration_seconds_count{operation="create bin",code="TIMEOUT",service="shop"}'
      ),
      undefined
    )
    assert.match(
      await metrics.text(),
      /infometis_external_request_duration_seconds_count\{.*operation="create bin",code="TIMEOUT"\} 1/
    )
  })
})
