/**
 * The log: what a person at 3 a.m. and a log store read.
 */
import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { thrownBy } from '../../src/boundary/fault.ts'
import type { CycleReport, Outcome } from '../../src/line.ts'
import { type WaitReason, keyOf, type Problem } from '../../src/records.ts'
import { countVerbs } from '../../src/report/cycle-report.ts'
import type { LogFields, LogLevel } from '../../src/report/line.ts'
import { logObserver, openLog } from '../../src/report/log.ts'
import { registerSecret } from '../../src/secrets/mask.ts'

interface Line {
  readonly level: LogLevel
  readonly message: string
  readonly fields: LogFields
}

function recorder() {
  const lines: Line[] = []
  const observer = logObserver((level, message, fields = {}) => lines.push({ level, message, fields }))
  return { lines, observer }
}

function outcome(name: string, more: Partial<Outcome> = {}): Outcome {
  return {
    key: keyOf('shop', 'shelf', name),
    kind: 'shelf',
    verb: 'update',
    result: 'done',
    reason: more.result === 'failed' ? 'tried' : null,
    why: null,
    error: null,
    fields: [{ path: 'size', before: 1, after: 2, risk: 'safe' }],
    durationMs: 3,
    nextTryAt: null,
    attempts: 0,
    contested: null,
    ...more
  }
}

function report(outcomes: readonly Outcome[], more: Partial<CycleReport> = {}): CycleReport {
  return {
    runId: 'run-1',
    service: 'shop',
    target: '',
    scope: 'all',
    status: 'changed',
    configDigest: 'd1',
    startedAt: 0,
    durationMs: 12,
    counts: countVerbs(outcomes),
    outcomes,
    undeclared: [],
    warnings: [],
    error: null,
    problems: [],
    known: { outcomes, counts: countVerbs(outcomes), status: more.status ?? 'changed' },
    ...more
  }
}

const cycle = { runId: 'run-1', service: 'shop', target: '', digest: 'd1' }
const progress = { done: 1, total: 1 }

describe('the log', () => {
  it('tells how far work is that continues by itself, once per step, and keeps the wait for a write to itself', () => {
    const { lines, observer } = recorder()
    const say = (reason: WaitReason, why: string): void =>
      observer.outcome(cycle, outcome('a', { result: 'waiting', reason, why }), progress)
    for (const why of ['10 % copied', '10 % copied', '20 % copied']) say('in-progress', why)
    say('settling', 'not visible yet')
    assert.deepEqual(
      lines.map(({ level, fields }) => [level, fields['why']]),
      [
        ['info', '10 % copied'],
        ['info', '20 % copied'],
        ['debug', 'not visible yet']
      ]
    )
  })

  it('has one line per change with before → after, and the run on every line', () => {
    const { lines, observer } = recorder()
    const changed = outcome('a')
    observer.outcome(cycle, changed, progress)
    observer.cycleFinished(report([changed]))
    assert.deepEqual(
      lines.map(({ level, message }) => [level, message]),
      [
        ['info', 'shop/shelf/a updated; size 1 → 2'],
        ['info', 'shop changed: 1 to update in 12 ms']
      ]
    )
    for (const { fields } of lines) {
      assert.equal(fields['runId'], 'run-1')
      assert.equal(fields['service'], 'shop')
      assert.equal(fields['digest'], 'd1')
    }
  })

  it('says of a value that was taken away that it is not set', () => {
    const { lines, observer } = recorder()
    observer.outcome(
      cycle,
      outcome('a', { fields: [{ path: 'size', before: 1, after: null, risk: 'safe' }] }),
      progress
    )
    assert.deepEqual(
      lines.map(({ message }) => message),
      ['shop/shelf/a updated; size 1 → (not set)']
    )
  })

  it('says nothing about items that are in sync', () => {
    const { lines, observer } = recorder()
    observer.outcome(cycle, outcome('a', { verb: 'keep', result: 'unchanged', fields: [] }), progress)
    assert.deepEqual(lines, [])
  })

  it('says a warning once while it stands, again when it comes back, and nothing of it while blind', () => {
    const { lines, observer } = recorder()
    const place = { file: 'shop.json', line: 2, column: 3, path: 'a.size' }
    const warning: Problem = { severity: 'warning', ...place, code: 'LATE', message: 'it is late' }
    const finish = (warnings: readonly Problem[], more: Partial<CycleReport> = {}): void =>
      observer.cycleFinished(report([], { warnings, ...more }))
    const warned = (): readonly Line[] => lines.filter(({ fields }) => 'warning' in fields)
    const told = (): readonly unknown[] => warned().map(({ level, message }) => [level, message])
    for (const warnings of [[warning], [warning], [], [warning]]) finish(warnings)
    const line = ['warn', 'shop.json:2:3 a.size: it is late']
    assert.deepEqual(told(), [line, line])
    finish([], { status: 'blind' })
    finish([warning])
    assert.equal(told().length, 2)
  })

  it('says orphans once per change of the set, and when there are none', () => {
    const { lines, observer } = recorder()
    const orphan = (name: string): Outcome => outcome(name, { verb: 'orphan', result: 'reported', fields: [] })
    const orphanLines = (): readonly string[] =>
      lines.filter(({ fields }) => 'orphans' in fields).map(({ message }) => message)
    observer.cycleFinished(report([orphan('x')]))
    observer.cycleFinished(report([orphan('x')]))
    observer.cycleFinished(report([orphan('x'), orphan('y')]))
    observer.cycleFinished(report([], { status: 'blind' }))
    observer.cycleFinished(report([]))
    assert.deepEqual(orphanLines(), [
      '1 undeclared item (orphan), left untouched: shop/shelf/x',
      '2 undeclared items (orphans), left untouched: shop/shelf/x, shop/shelf/y',
      'no orphans left'
    ])
  })

  it('says a standing state once, and again after it was gone', () => {
    const { lines, observer } = recorder()
    const held = outcome('a', { verb: 'hold', result: 'held', why: 'too small' })
    for (const present of [true, true, false, true]) {
      const outcomes = present ? [held] : []
      for (const each of outcomes) observer.outcome(cycle, each, progress)
      observer.cycleFinished(report(outcomes))
    }
    assert.equal(lines.filter(({ message }) => message.includes('too small')).length, 2)
  })

  it('gives a failure with its code at level error, a pause at level info', () => {
    const { lines, observer } = recorder()
    observer.outcome(
      cycle,
      outcome('a', { result: 'failed', error: { code: 'REJECTED', message: 'no', hint: 'change it' } }),
      progress
    )
    observer.outcome(cycle, outcome('b', { verb: 'hold', result: 'held', reason: 'paused', why: 'paused' }), progress)
    assert.deepEqual(
      lines.map(({ level }) => level),
      ['error', 'info']
    )
    assert.match(lines[0]?.message ?? '', /update failed; no \(REJECTED\)/)
  })

  it('says why a cycle was blind in full, and of a refused configuration only that it is refused', () => {
    const { lines, observer } = recorder()
    const error = { code: 'UNREACHABLE', message: 'connection refused', hint: 'Check the address.' }
    observer.cycleFinished(report([], { status: 'blind', error }))
    observer.cycleFinished(report([], { status: 'degraded', error: { ...error, code: 'CONFIG_SYNTAX' } }))
    assert.equal(lines[0]?.message, 'shop blind in 12 ms; connection refused (UNREACHABLE). Check the address.')
    assert.equal(lines[1]?.message, 'shop degraded in 12 ms; still using the last good configuration (CONFIG_SYNTAX)')
  })

  it('tells a fault of the plugin once, by its name, and at level debug each time where it was thrown', () => {
    const { lines, observer } = recorder()
    registerSecret('canary-stack')
    const fault = thrownBy(
      { plugin: 'shop', kind: 'shelf' },
      'compare',
      new TypeError('canary-stack is not a function')
    )
    observer.fault?.(fault)
    observer.fault?.(fault)
    assert.deepEqual(
      lines.map(({ level }) => level),
      ['warn', 'debug', 'debug']
    )
    assert.match(
      lines[0]?.message ?? '',
      /^plugin "shop", kind "shelf", compare: TypeError: \*{6} is not a function \(PLUGIN_FAULT\)\. This is a bug in the plugin/
    )
    assert.match(lines[1]?.message ?? '', /^TypeError: \*{6} is not a function\n +at .*log\.test\.ts:\d+/)
    assert.doesNotMatch(JSON.stringify(lines), /canary/)
  })

  it('tells of endless many different faults the first', () => {
    const { lines, observer } = recorder()
    for (let index = 0; index < 1_100; index += 1)
      observer.fault?.(thrownBy({ plugin: 'shop' }, 'open', new Error(`boom ${index}`)))
    assert.equal(lines.filter(({ level }) => level === 'warn').length, 1_000)
  })

  it('says what became of a configuration, and which problems it has', () => {
    const { lines, observer } = recorder()
    const problem = {
      severity: 'error',
      file: 'x.json',
      line: 1,
      column: 2,
      path: '',
      code: 'SYNTAX',
      message: 'm'
    } as const
    observer.configuration({ event: 'changed', foundBy: 'event', digest: 'abcdefghijk' })
    observer.configuration({ event: 'accepted', digest: 'abcdefghijk', recovered: false })
    observer.configuration({ event: 'accepted', digest: 'abcdefghijk', recovered: true })
    observer.configuration({
      event: 'refused',
      digest: 'd',
      keepsLastGood: true,
      problems: [problem],
      message: 'broken'
    })
    observer.configuration({ event: 'unreadable', keepsLastGood: false, message: 'gone' })
    observer.configuration({ event: 'polling', message: 'no inotify' })
    assert.deepEqual(
      lines.map(({ level }) => level),
      ['info', 'info', 'error', 'error', 'error']
    )
    assert.deepEqual(
      lines.map(({ fields }) => fields['digest'] ?? fields['problems'] ?? null),
      ['abcdefghijk', 'abcdefghijk', [problem], null, null]
    )
    for (const [index, word] of ['abcdefgh', 'abcdefgh', 'broken', 'gone', 'no inotify'].entries())
      assert.ok(lines[index]?.message.includes(word), word)
  })

  it('says who of several replicas reconciles, and nothing of a look at the lease', () => {
    const { lines, observer } = recorder()
    for (const leader of ['', 'pod-b']) observer.leadership({ event: 'following', leader })
    observer.leadership({ event: 'tried' })
    observer.leadership({ event: 'leading' })
    observer.leadership({ event: 'lost', why: 'too slow' })
    observer.leadership({ event: 'unseen', why: 'forbidden' })
    observer.leadership({ event: 'seen' })
    assert.deepEqual(
      lines.map(({ level }) => level),
      ['info', 'info', 'info', 'warn', 'warn', 'info']
    )
    assert.deepEqual(
      lines.map(({ message }) => /pod-b|too slow|forbidden/.exec(message)?.[0] ?? ''),
      ['', 'pod-b', '', 'too slow', 'forbidden', '']
    )
  })

  it('keeps the line short when there are many orphans, and its fields complete', () => {
    const { lines, observer } = recorder()
    observer.cycleFinished(
      report(
        Array.from({ length: 30 }, (_, index) =>
          outcome(`o${index}`, { verb: 'orphan', result: 'reported', fields: [] })
        )
      )
    )
    assert.match(lines[0]?.message ?? '', /^30 undeclared items \(orphans\), .* and 20 more$/)
    assert.equal(Object.values(lines[0]?.fields['orphans'] ?? {}).length, 30)
  })

  it('shows no value of a field with a secret-looking name', () => {
    const { lines, observer } = recorder()
    observer.outcome(
      cycle,
      outcome('a', { fields: [{ path: 'db.password', before: 'canary-old', after: 'canary-new', risk: 'safe' }] }),
      progress
    )
    assert.ok(!JSON.stringify(lines).includes('canary'))
  })
})

describe('a log stream', () => {
  const written = (format: 'json' | 'text', level: LogLevel = 'info'): string[] => {
    const stream = new PassThrough()
    const log = openLog({ level, format, stream, colors: false })
    log('info', 'hello\nworld', { runId: '12345678-9' })
    log('debug', 'quiet')
    return String(stream.read() ?? '')
      .trimEnd()
      .split('\n')
  }

  it('is one JSON object a line, time and level first', () => {
    const [line = ''] = written('json')
    assert.deepEqual(Object.keys(JSON.parse(line)), ['timestamp', 'level', 'message', 'runId'])
  })

  it('is text with a mark, indented where a message has more lines', () => {
    const [first = '', second = ''] = written('text')
    assert.match(first, /^\d{4}-\d\d-\d\dT[\d:.]+Z ► hello$/)
    assert.match(second, /^ {27}world {2}run=12345678$/)
  })

  it('leaves out what is below its level', () => {
    assert.equal(written('json').length, 1)
    assert.equal(written('json', 'debug').length, 2)
  })
})
