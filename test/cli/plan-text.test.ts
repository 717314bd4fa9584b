/**
 * What people read.
 */
import assert from 'node:assert/strict'
import { planText } from '../../src/cli/plan-text.ts'
import { progressObserver, progressText } from '../../src/sidecar/progress.ts'
import { parseDesired } from '../../src/parse/desired.ts'
import { plan } from '../../src/plan/plan.ts'
import type { ConfigEntry } from '../../reconcilers/kafka/admin.ts'
import { topicKind } from '../../reconcilers/kafka/topic/index.ts'
import type { AnyResource, Observed } from '../../src/contract.ts'
import type { Outcome, Plan } from '../../src/line.ts'
import { keyOf } from '../../src/records.ts'
import { countVerbs } from '../../src/report/cycle-report.ts'

function planOf(topics: string, live: readonly string[], config: readonly ConfigEntry[] = []): Plan {
  const text = (content: string): Uint8Array => new TextEncoder().encode(content)
  const files = new Map([
    ['topics.json', text(topics)],
    ['policy.yaml', text('hold: [destructive]\n')]
  ])
  const { desired } = parseDesired({ digest: 'd', files }, { name: 'kafka', kinds: [topicKind] })
  assert.ok(desired)
  const state = {
    partitions: 1,
    replicationFactor: 1,
    config: new Map(config.map((entry) => [entry.name, entry])),
    complete: true,
    exact: false
  }
  const observed: Observed<unknown, unknown> = {
    items: new Map(live.map((name) => [name, { state }])),
    facts: {
      missing: new Set(),
      liveBrokers: 1,
      unknownKeys: new Set(),
      unaskedKeys: new Set(),
      names: new Set(live),
      defaults: {}
    }
  }
  const resource: AnyResource = {
    ...topicKind,
    observe: () => Promise.resolve(observed),
    create: () => Promise.resolve([]),
    update: () => Promise.resolve([])
  }
  return plan(desired, new Map([['topic', { resource, observed }]]), { owner: 'infometis' }).plan
}

const plain = (_color: string, text: string): string => text

describe('the text of a plan', () => {
  it('shows every change with its fields, and a summary', () => {
    const made = planOf(
      '{"new": {"partitions": 2}, "same": {"partitions": 1}, "less": {"partitions": 1, "config": {"password": "hunter2222"}}}',
      ['same', 'less', 'old']
    )
    assert.equal(
      planText(made, false, plain),
      [
        '+ create  kafka/topic/new',
        '            partitions  → 2',
        '~ update  kafka/topic/less  (disruptive)',
        '            config.password  (not set) → ******',
        '? orphan  kafka/topic/old',
        '► differs  kafka: 1 to create, 1 to update, 1 orphan, 1 in sync',
        ''
      ].join('\n')
    )
  })

  it('says of a value that is taken away that it is not set, as of one that was not there', () => {
    const entry: ConfigEntry = {
      name: 'compression.type',
      value: 'lz4',
      source: 'topic',
      sensitive: false,
      readOnly: false,
      type: 2,
      synonyms: []
    }
    const made = planOf('{"reset": {"config": {"compression.type": null}}}', ['reset'], [entry])
    assert.match(planText(made, false, plain), /\n {12}config\.compression\.type {2}lz4 → \(not set\)\n/)
  })

  it('says that everything is in sync, orphans or not', () => {
    assert.match(
      planText(planOf('{"same": {"partitions": 1}}', ['same', 'old']), false, plain),
      /✔ in sync {2}kafka: 1 orphan, 1 in sync\n$/
    )
  })

  it('shows what is in sync when asked to', () => {
    assert.match(planText(planOf('{"same": {}}', ['same']), true, plain), /= keep {4}kafka\/topic\/same/)
  })
})

describe('progress', () => {
  it('names done, total, rate and time left', () => {
    assert.equal(progressText({ done: 120, total: 1000 }, 2_000), '120/1000, 60 a second, 14.7 s left')
    assert.equal(progressText({ done: 0, total: 10 }, 2_000), '0/10, 0.0 a second, unknown left')
  })

  const outcome: Outcome = {
    key: keyOf('s', 'k', 'n'),
    kind: 'k',
    verb: 'create',
    result: 'done',
    reason: null,
    why: null,
    error: null,
    fields: [],
    durationMs: 0,
    nextTryAt: null,
    attempts: 0,
    contested: null
  }
  const cycle = { runId: 'r', service: 's', target: '', digest: 'd' }

  it('is a log line every few seconds where there is no terminal, and nothing for short applies', () => {
    let now = 0
    const lines: string[] = []
    const observer = progressObserver(
      { write: () => assert.fail() },
      (_level, message) => lines.push(message),
      () => now
    )
    for (now = 100; now <= 20_000; now += 500) observer.outcome(cycle, outcome, { done: now / 100, total: 200 })
    assert.equal(lines.length, 3)
    assert.match(lines[0] ?? '', /^progress 51\/200, /)
  })

  it('is a bar on a terminal, and leaves none behind', () => {
    let now = 0
    const written: string[] = []
    const observer = progressObserver(
      { isTTY: true, write: (text) => written.push(text) },
      () => assert.fail(),
      () => now
    )
    for (now = 0; now <= 2_000; now += 500) observer.outcome(cycle, outcome, { done: now / 100, total: 20 })
    observer.cycleFinished({
      runId: 'r',
      service: 's',
      target: '',
      scope: 'all',
      status: 'changed',
      configDigest: '',
      startedAt: 0,
      durationMs: 0,
      counts: countVerbs([]),
      outcomes: [],
      undeclared: [],
      warnings: [],
      error: null,
      problems: [],
      known: { outcomes: [], counts: countVerbs([]), status: 'changed' }
    })
    assert.match(written.at(-2) ?? '', /█{30} 20\/20/)
    assert.equal(written.at(-1), '\r\u001B[2K')
  })
})
