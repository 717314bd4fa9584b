import assert from 'node:assert/strict'
import type { CycleReport, Outcome } from '../../src/line.ts'
import { ReconcileError } from '../../src/errors.ts'
import { blindReport, countVerbs, describeCounts, reportOf, type ConfigTrouble } from '../../src/report/cycle-report.ts'
import { planFor, worldOf } from '../plan/model.ts'
import { failure, outcome } from '../reconciler/reports.ts'

const facts = { runId: 'run', service: 'shop', target: '', startedAt: 1_000, durationMs: 5 }
const { plan } = planFor({ items: [{ name: 'a', fields: { s1: 1 } }] }, worldOf({ z: {} }))
const statusOf = (...outcomes: readonly Outcome[]): CycleReport['status'] => reportOf(facts, plan, outcomes).status
const trouble: ConfigTrouble = { error: new ReconcileError('CONFIG_SYNTAX', 'broken').toRecord(), problems: [] }

const keep = outcome('unchanged', { verb: 'keep' })
const orphan = outcome('reported', { verb: 'orphan' })
const paused = outcome('held', { verb: 'hold', reason: 'paused', why: 'paused' })
const held = outcome('held', { verb: 'hold', reason: 'risk', why: 'd1 is disruptive' })

describe('the status of a cycle', () => {
  const table: readonly (readonly [name: string, outcomes: readonly Outcome[], status: CycleReport['status']])[] = [
    ['nothing at all', [], 'in-sync'],
    ['everything as declared', [keep], 'in-sync'],
    ['orphans are reported and no difference', [keep, orphan], 'in-sync'],
    ['a pause is a wish', [keep, paused], 'in-sync'],
    ['created', [keep, outcome('done', { verb: 'create' })], 'changed'],
    ['updated', [outcome('done')], 'changed'],
    ['somebody else was faster', [outcome('unchanged', { verb: 'create' })], 'changed'],
    ['written and not visible yet', [outcome('waiting')], 'changed'],
    ['planned only', [outcome('planned')], 'drift'],
    ['held', [keep, held], 'drift'],
    ['held beside written', [outcome('done'), held], 'drift'],
    ['failed', [outcome('failed', failure('UNAVAILABLE'))], 'degraded'],
    ['failed for good', [outcome('failed', failure('REJECTED'))], 'degraded'],
    ['failed, to be tried again', [outcome('waiting', failure('UNAVAILABLE'))], 'degraded'],
    ['invalid', [outcome('invalid', { verb: 'invalid' })], 'degraded'],
    [
      'everything at once',
      [keep, orphan, paused, outcome('done'), held, outcome('failed', failure('REJECTED'))],
      'degraded'
    ]
  ]
  for (const [name, outcomes, status] of table) {
    it(`${name}: ${status}`, () => {
      assert.equal(statusOf(...outcomes), status)
      assert.equal(statusOf(...outcomes.toReversed()), status)
    })
  }

  it('is the worst there is: one bad outcome is never hidden by good ones', () => {
    const worse = ['in-sync', 'changed', 'drift', 'degraded']
    for (const [, some] of table)
      for (const [, more] of table) {
        const rank = Math.max(worse.indexOf(statusOf(...some)), worse.indexOf(statusOf(...more)))
        assert.equal(statusOf(...some, ...more), worse[rank])
      }
  })

  it('is degraded while an older configuration is in force, however well it is met', () => {
    const report = reportOf(facts, plan, [keep], trouble)
    assert.deepEqual([report.status, report.error?.code], ['degraded', 'CONFIG_SYNTAX'])
  })
})

describe('the report of a cycle', () => {
  it('carries what the plan said and what became of it', () => {
    const outcomes = [outcome('done')]
    const report = reportOf(facts, plan, outcomes)
    assert.deepEqual(report, {
      ...facts,
      scope: 'all',
      status: 'changed',
      configDigest: 'digest',
      counts: { create: 1, update: 0, keep: 0, orphan: 1, hold: 0, invalid: 0 },
      outcomes,
      undeclared: [],
      warnings: [],
      error: null,
      problems: []
    })
  })

  it('that was blind has the same fields, and the reason', () => {
    const report = blindReport(facts, 'digest', trouble)
    assert.deepEqual(Object.keys(report).toSorted(), Object.keys(reportOf(facts, plan, [])).toSorted())
    assert.deepEqual(
      [report.status, report.configDigest, report.error?.code, report.outcomes],
      ['blind', 'digest', 'CONFIG_SYNTAX', []]
    )
  })
})

describe('counts', () => {
  it('name every verb, also those of which there is none', () => {
    assert.deepEqual(countVerbs([]), { create: 0, update: 0, keep: 0, orphan: 0, hold: 0, invalid: 0 })
    assert.deepEqual(countVerbs([{ verb: 'keep' }, { verb: 'keep' }, { verb: 'hold' }]), {
      create: 0,
      update: 0,
      keep: 2,
      orphan: 0,
      hold: 1,
      invalid: 0
    })
  })

  it('are told in words, without those that are none', () => {
    assert.equal(
      describeCounts({ create: 2, update: 1, keep: 7, orphan: 1, hold: 3, invalid: 4 }),
      '2 to create, 1 to update, 3 held, 4 invalid, 1 orphan, 7 in sync'
    )
    assert.equal(describeCounts({ create: 0, update: 0, keep: 0, orphan: 2, hold: 0, invalid: 0 }), '2 orphans')
    assert.equal(describeCounts(countVerbs([])), '')
  })
})
