import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  configurationDraft,
  cycleDraft,
  leadershipDraft,
  outcomeDraft,
  shorten
} from '../../src/kubernetes/event-drafts.ts'
import { replicaStatusOf } from '../../src/kubernetes/configuration-status.ts'
import type { CycleReport, Outcome } from '../../src/line.ts'
import { keyOf } from '../../src/records.ts'
import { ReconcileError } from '../../src/errors.ts'
import { Board } from '../../src/report/board.ts'
import { blindReport, statusOf } from '../../src/report/cycle-report.ts'
import { registerSecret } from '../../src/secrets/mask.ts'

const outcome = (given: Partial<Outcome> = {}): Outcome => ({
  reason: given.result === 'failed' ? 'tried' : null,
  attempts: 0,
  contested: null,
  key: keyOf('shop', 'box', 'a'),
  kind: 'box',
  verb: 'update',
  result: 'done',
  why: null,
  error: null,
  fields: [],
  durationMs: 1,
  nextTryAt: null,
  ...given
})
const failure = new ReconcileError('REJECTED', 'too large').toRecord()
const facts = { runId: 'r', service: 'shop', target: '', startedAt: 0, durationMs: 12 }

const report = (given: Partial<CycleReport> = {}): CycleReport => ({
  ...facts,
  scope: 'all',
  known: {
    outcomes: given.outcomes ?? [],
    counts: { create: 0, update: 0, keep: 0, orphan: 0, hold: 0, invalid: 0 },
    status: given.status ?? statusOf(given.outcomes ?? [])
  },
  status: 'in-sync',
  configDigest: 'd1',
  counts: { create: 0, update: 0, keep: 0, orphan: 0, hold: 0, invalid: 0 },
  outcomes: [],
  undeclared: [],
  warnings: [],
  error: null,
  problems: [],
  ...given
})
const blind = (error: ReconcileError): CycleReport =>
  new Board().pass(blindReport(facts, 'd1', { error: error.toRecord(), problems: [] }))

describe('an event', () => {
  it('reports writes, in the words of the log', () => {
    assert.deepEqual(outcomeDraft(outcome({ fields: [{ path: 'size', before: 1, after: 2, risk: 'safe' }] })), {
      type: 'Normal',
      reason: 'Updated',
      action: 'Update',
      note: 'shop/box/a updated; size 1 → 2'
    })
    assert.equal(outcomeDraft(outcome({ verb: 'create' }))?.reason, 'Created')
  })

  it('warns of failed, held and invalid items', () => {
    const reasons = [
      outcome({ result: 'failed', error: failure }),
      outcome({ verb: 'create', result: 'failed', error: failure }),
      outcome({ verb: 'hold', result: 'held', why: 'destructive' }),
      outcome({ verb: 'invalid', result: 'invalid', why: 'no size' })
    ].map((each) => outcomeDraft(each))
    assert.deepEqual(
      reasons.map((each) => [each?.type, each?.reason]),
      [
        ['Warning', 'UpdateFailed'],
        ['Warning', 'CreateFailed'],
        ['Warning', 'Held'],
        ['Warning', 'Invalid']
      ]
    )
    assert.equal(reasons[0]?.note, 'shop/box/a update failed; too large (REJECTED)')
  })

  it('warns of an item that is dead, also when nothing was tried', () => {
    assert.equal(outcomeDraft(outcome({ result: 'failed', reason: 'dead', error: failure }))?.reason, 'Dead')
  })

  it('does not exist for items in sync, paused by a user or not tried', () => {
    const silent = [
      outcome({ verb: 'keep', result: 'unchanged' }),
      outcome({ result: 'unchanged' }),
      outcome({ result: 'waiting', why: '3 of 5' }),
      outcome({ result: 'planned' }),
      outcome({ verb: 'hold', result: 'held', reason: 'paused', why: 'paused' }),
      outcome({ verb: 'orphan', result: 'reported' }),
      outcome({ result: 'failed', reason: 'given-up', error: failure })
    ]
    assert.deepEqual(
      silent.map((each) => outcomeDraft(each)),
      silent.map(() => undefined)
    )
  })

  it('reports a configuration that was applied, and one that was not', () => {
    const accepted = configurationDraft({ event: 'accepted', digest: '0123456789', recovered: false })
    assert.deepEqual([accepted?.reason, accepted?.note], ['ConfigurationAccepted', 'configuration 01234567 applied'])
    const refused = configurationDraft({
      event: 'refused',
      digest: 'x',
      keepsLastGood: true,
      problems: [],
      message: 'line 3'
    })
    assert.deepEqual(
      [refused?.type, refused?.reason, refused?.note],
      ['Warning', 'ConfigurationRefused', 'configuration refused: line 3; still using the last good configuration']
    )
    assert.equal(configurationDraft({ event: 'changed', digest: 'x', foundBy: 'poll' }), undefined)
  })

  it('reports leadership, not standby', () => {
    assert.deepEqual(
      (
        [
          { event: 'leading' },
          { event: 'lost', why: 'x' },
          { event: 'following', leader: 'b' },
          { event: 'unseen', why: 'x' },
          { event: 'tried' }
        ] as const
      ).map((each) => leadershipDraft(each)?.reason),
      ['LeaderElected', 'LeadershipLost', undefined, undefined, undefined]
    )
  })

  it('reports a blind cycle without its duration, so that the next one has the same note', () => {
    const draft = cycleDraft(blind(new ReconcileError('UNREACHABLE', 'shop:1 refused')))
    assert.equal(draft?.reason, 'CycleFailed')
    assert.match(draft?.note ?? '', /^shop blind; shop:1 refused \(UNREACHABLE\)/)
    assert.equal(cycleDraft(blind(new ReconcileError('CONFIG_SYNTAX', 'told before'))), undefined)
    assert.equal(cycleDraft(report()), undefined)
  })

  it('shows no secret', () => {
    registerSecret('correct-horse')
    const notes = [
      outcomeDraft(outcome({ result: 'failed', error: { code: 'REJECTED', message: 'bad correct-horse', hint: '' } })),
      outcomeDraft(outcome({ fields: [{ path: 'auth.password', before: 'a1', after: 'b2', risk: 'safe' }] })),
      configurationDraft({
        event: 'refused',
        digest: 'x',
        keepsLastGood: false,
        problems: [],
        message: 'correct-horse in line 3'
      })
    ].map((each) => each?.note ?? assert.fail())
    for (const note of notes) assert.doesNotMatch(note, /correct-horse|a1|b2/)
    assert.doesNotMatch(
      replicaStatusOf(
        report({ status: 'degraded', error: { code: 'CONFIG_SYNTAX', message: 'correct-horse', hint: '' } }),
        'd2'
      ).status,
      /horse/
    )
  })

  it('has a note that fits, cut between characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.integer({ min: 3, max: 300 }), (text, bytes) => {
        const cut = shorten(text, bytes)
        assert.ok(Buffer.byteLength(cut) <= bytes)
        assert.ok(cut === text || (cut.endsWith('…') && text.startsWith(cut.slice(0, -1))))
      })
    )
  })
})

describe('the status of a replica', () => {
  const lineOf = (given: Partial<CycleReport>): string => replicaStatusOf(report(given), undefined).status

  it('is converged when everything declared is as declared', () => {
    assert.deepEqual(replicaStatusOf(report(), undefined), { digest: 'd1', status: 'converged' })
    assert.equal(lineOf({ status: 'changed', outcomes: [outcome()] }), 'converged')
  })

  it('is the worst word, a count and the first reason', () => {
    const held = outcome({ verb: 'hold', result: 'held', why: 'destructive' })
    const invalid = outcome({ verb: 'invalid', result: 'invalid', why: 'no size' })
    const failed = outcome({ result: 'failed', error: failure })
    const waiting = outcome({ result: 'waiting', why: 'written, not visible yet' })
    assert.equal(
      lineOf({ status: 'changed', outcomes: [waiting] }),
      'waiting 1: shop/box/a update waiting; written, not visible yet'
    )
    assert.equal(lineOf({ status: 'drift', outcomes: [waiting, held, held] }), 'held 2: shop/box/a held; destructive')
    assert.equal(
      lineOf({ status: 'degraded', outcomes: [held, failed] }),
      'failed 1: shop/box/a update failed; too large (REJECTED)'
    )
    assert.equal(lineOf({ status: 'degraded', outcomes: [failed, invalid] }), 'invalid 1: shop/box/a invalid; no size')
  })

  it('is that of all items after a pass over some of them', () => {
    const key = keyOf('shop', 'box', 'b')
    const board = new Board()
    const passOver = (given: Partial<CycleReport>): CycleReport => board.pass(report(given))
    passOver({ status: 'degraded', outcomes: [outcome(), outcome({ key, result: 'failed', error: failure })] })
    const seen = passOver({
      scope: new Set([outcome().key]),
      outcomes: [outcome({ verb: 'keep', result: 'unchanged' })]
    })
    assert.equal(replicaStatusOf(seen, undefined).status, 'failed 1: shop/box/b update failed; too large (REJECTED)')
  })

  it('is converged with a paused item, which a user asked for', () => {
    assert.equal(
      lineOf({
        status: 'in-sync',
        outcomes: [outcome({ verb: 'hold', result: 'held', reason: 'paused', why: 'paused' })]
      }),
      'converged'
    )
  })

  it('is refused with the digest of the refused configuration, and blind with that of the applied one', () => {
    const trouble = report({
      status: 'degraded',
      error: { code: 'CONFIG_SYNTAX', message: 'topics.json:3:\n  expected ","', hint: '' }
    })
    assert.deepEqual(replicaStatusOf(trouble, 'd2'), { digest: 'd2', status: 'refused: topics.json:3: expected ","' })
    assert.deepEqual(replicaStatusOf(blind(new ReconcileError('UNREACHABLE', 'no shop')), undefined), {
      digest: 'd1',
      status: 'blind: no shop (UNREACHABLE)'
    })
  })

  it('fits in 256 bytes and in one line', () => {
    const { status } = replicaStatusOf(blind(new ReconcileError('UNREACHABLE', 'ä\n'.repeat(500))), undefined)
    assert.ok(Buffer.byteLength(status) <= 256)
    assert.doesNotMatch(status, /\n/)
  })
})
