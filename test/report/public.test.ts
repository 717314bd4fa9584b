import assert from 'node:assert/strict'
import { Board } from '../../src/report/board.ts'
import type { Change } from '../../src/line.ts'
import type { Problem } from '../../src/records.ts'
import { ReconcileError } from '../../src/errors.ts'
import { outcomeOf } from '../../src/apply/outcome.ts'
import { reportOf } from '../../src/report/cycle-report.ts'
import {
  isDrift,
  planDocument,
  publicChange,
  publicOutcome,
  publicProblem,
  reportDocument
} from '../../src/report/public.ts'
import { registerSecret } from '../../src/secrets/mask.ts'
import { invalidItem, planFor, worldOf } from '../plan/model.ts'

const declaration = {
  items: [
    { name: 'a', fields: { s1: 1 } },
    { name: 'b', fields: { s1: 1, d1: 2 } },
    { name: 'c' },
    { name: 'p', fields: { s1: 1 }, control: { paused: true } }
  ],
  invalid: [invalidItem('i', 'expected 1, found 2')]
}
const { plan } = planFor(declaration, worldOf({ b: { s9: 'extra' }, c: {}, z: {} }))

describe('the document of a plan', () => {
  it('has the shape that is documented', () => {
    assert.deepEqual(planDocument(plan, false), {
      service: 'shop',
      configDigest: 'digest',
      status: 'drift',
      counts: { create: 1, update: 1, keep: 1, orphan: 1, hold: 2, invalid: 1 },
      changes: [
        { key: 'shop/box/a', verb: 'create', risk: 'safe', fields: [{ path: 's1', before: null, after: 1 }] },
        { key: 'shop/box/b', verb: 'update', risk: 'safe', fields: [{ path: 's1', before: null, after: 1 }] },
        {
          key: 'shop/box/b',
          verb: 'hold',
          risk: 'disruptive',
          reason: 'risk',
          why: 'd1 is disruptive (policy.yaml: hold)',
          id: 'a1181d5b258caf2e',
          fields: [{ path: 'd1', before: null, after: 2 }]
        },
        {
          key: 'shop/box/p',
          verb: 'hold',
          risk: 'safe',
          reason: 'paused',
          why: 'paused',
          fields: [{ path: 's1', before: null, after: 1 }]
        },
        { key: 'shop/box/i', verb: 'invalid', reason: 'declaration', why: 'boxes.yaml:2:3 i: expected 1, found 2' },
        { key: 'shop/box/z', verb: 'orphan' }
      ],
      undeclared: [{ key: 'shop/box/b', path: 's9', value: 'extra' }],
      warnings: []
    })
  })

  it('lists what is in sync only when asked to', () => {
    const listed = (all: boolean): number => [planDocument(plan, all).changes ?? []].flat().length
    assert.equal(listed(true), listed(false) + 1)
    assert.deepEqual(publicChange(plan.changes.find(({ verb }) => verb === 'keep') ?? assert.fail()), {
      key: 'shop/box/c',
      verb: 'keep'
    })
  })

  it('is in sync when nothing differs but orphans and paused items', () => {
    const quiet = planFor(
      { items: [{ name: 'p', fields: { s1: 1 }, control: { paused: true } }] },
      worldOf({ z: {} })
    ).plan
    assert.equal(planDocument(quiet, false).status, 'in-sync')
  })

  it('calls everything else a drift, each by itself', () => {
    const drifts = (change: Change): string =>
      `${change.verb} ${'reason' in change && change.reason === 'paused' ? 'paused ' : ''}${isDrift(change)}`
    assert.deepEqual(plan.changes.map(drifts), [
      'create true',
      'update true',
      'hold true',
      'keep false',
      'hold paused false',
      'invalid true',
      'orphan false'
    ])
  })

  it('carries the whole warning', () => {
    const warning: Problem = {
      severity: 'warning',
      file: 'x.json',
      line: 1,
      column: 2,
      path: 'a.b',
      code: 'X',
      message: 'expected 1, found 2'
    }
    assert.deepEqual(planDocument({ ...plan, warnings: [warning] }, false).warnings, [{ ...warning }])
  })
})

describe('the document of a report', () => {
  const [create, update] = plan.changes
  assert.ok(create && update)
  const outcomes = [
    outcomeOf(create, 'done', { durationMs: 3 }),
    outcomeOf(update, 'failed', { reason: 'tried', error: new ReconcileError('REJECTED', 'no') })
  ]
  const facts = { runId: 'run', service: 'shop', target: '', startedAt: 0, durationMs: 5 }

  it('has the shape that is documented', () => {
    assert.deepEqual(reportDocument(new Board().pass(reportOf(facts, plan, outcomes))), {
      runId: 'run',
      service: 'shop',
      target: '',
      scope: 'all',
      status: 'degraded',
      configDigest: 'digest',
      startedAt: '1970-01-01T00:00:00.000Z',
      durationMs: 5,
      counts: { create: 1, update: 1, keep: 1, orphan: 1, hold: 2, invalid: 1 },
      outcomes: [
        { key: 'shop/box/a', verb: 'create', result: 'done', durationMs: 3 },
        {
          key: 'shop/box/b',
          verb: 'update',
          result: 'failed',
          reason: 'tried',
          error: { code: 'REJECTED', message: 'no' },
          durationMs: 0
        }
      ],
      undeclared: [{ key: 'shop/box/b', path: 's9', value: 'extra' }],
      warnings: [],
      error: null,
      problems: []
    })
  })

  it('names the error of the configuration with its hint, and its problems', () => {
    const problem: Problem = {
      severity: 'error',
      file: 'x.json',
      line: 1,
      column: 2,
      path: '',
      code: 'SYNTAX',
      message: 'expected 1, found 2'
    }
    const error = new ReconcileError('CONFIG_SYNTAX', 'broken').toRecord()
    const document = reportDocument(new Board().pass(reportOf(facts, plan, [], { error, problems: [problem] })))
    assert.deepEqual([document.error, document.problems], [{ ...error }, [{ ...problem }]])
  })
})

describe('nothing that leaves the reconciler', () => {
  const canary = 'canary-public'
  const url = `https://user:${canary}@host`

  before(() => registerSecret(`${canary}-registered`))

  const secrets: readonly (readonly [name: string, path: string, value: string | number])[] = [
    ['in a URL', 's.endpoint', url],
    ['under a secret-looking path', 's.sasl.jaas.config', canary],
    ['as a number under a secret-looking path', 's.password', 47_110_815],
    ['registered, inside a longer text', 's.text', `so ${canary}-registered is it`]
  ]
  for (const [name, path, value] of secrets) {
    it(`holds a secret ${name}: neither before nor after nor undeclared`, () => {
      const before = typeof value === 'number' ? value * 10 : `before: ${value}`
      const changed = planFor(
        { items: [{ name: 'a', fields: { [path]: value } }] },
        worldOf({ a: { [path]: before } })
      ).plan
      const removed = planFor({ items: [{ name: 'a' }] }, worldOf({ a: { [path]: value } })).plan
      for (const made of [changed, removed]) {
        const outcomes = made.changes.map((change) => outcomeOf(change, 'done'))
        const facts = { runId: 'run', service: 'shop', target: '', startedAt: 0, durationMs: 0 }
        const text = JSON.stringify([
          planDocument(made, true),
          reportDocument(new Board().pass(reportOf(facts, made, outcomes)))
        ])
        assert.match(text, /\*{6}/)
        assert.doesNotMatch(text, /canary|47110815/)
      }
    })
  }

  it('holds a secret in a reason, a problem, an error or an outcome', () => {
    const said = `failed at ${url} with ${canary}-registered`
    const hold: Change = {
      key: plan.changes[0]?.key ?? assert.fail(),
      name: 'a',
      kind: 'box',
      verb: 'hold',
      risk: 'safe',
      fields: [],
      reason: 'risk',
      why: said
    }
    const problem: Problem = { severity: 'error', file: 'x', line: 1, column: 1, path: '', code: 'X', message: said }
    const outcome = outcomeOf(hold, 'failed', { error: new ReconcileError('REJECTED', said) })
    const text = JSON.stringify([publicChange(hold), publicProblem(problem), publicOutcome(outcome)])
    assert.doesNotMatch(text, /canary/)
    assert.equal(text.match(/failed at https:\/\/\*{6}@host with \*{6}/g)?.length, 4)
  })
})
