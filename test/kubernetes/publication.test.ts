import assert from 'node:assert/strict'
import { annotations, publishReports, type ReportedMap, type ReportedMaps } from '../../src/kubernetes/publication.ts'
import type { CycleReport } from '../../src/line.ts'
import { ReconcileError, type ErrorCode } from '../../src/errors.ts'
import { projected } from '../../src/read/config-map.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'

/** ConfigMaps as a server keeps them, with managed fields in whole seconds of its clock. */
class MemoryMaps implements ReportedMaps {
  readonly #maps = new Map<
    string,
    {
      data: Record<string, string>
      annotations: Record<string, string>
      version: number
      ownAt: number
      othersAt: number
    }
  >()
  readonly #clock: ManualClock
  trouble: ErrorCode | undefined
  reads = 0
  readonly writes: string[] = []
  /** Called before each write of ours. */
  onWrite: () => void = () => undefined

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  /** Somebody else applies it. */
  apply(name: string, data: Record<string, string>): void {
    const before = this.#maps.get(name)
    this.#maps.set(name, {
      annotations: {},
      ownAt: 0,
      ...before,
      data,
      version: (before?.version ?? 0) + 1,
      othersAt: this.#second()
    })
  }

  read(name: string): Promise<ReportedMap | undefined> {
    this.reads += 1
    if (this.trouble !== undefined) return Promise.reject(new ReconcileError(this.trouble, 'configmaps is forbidden'))
    return Promise.resolve(this.#show(name))
  }

  annotate(name: string, { version }: ReportedMap, said: Readonly<Record<string, string>>): Promise<ReportedMap> {
    this.onWrite()
    const map = this.#maps.get(name) ?? assert.fail()
    if (String(map.version) !== version) return Promise.reject(new ReconcileError('CONFLICT', 'somebody was quicker'))
    Object.assign(map, {
      annotations: { ...map.annotations, ...said },
      version: map.version + 1,
      ownAt: this.#second()
    })
    this.writes.push(`${name} ${said[annotations.status]}`)
    return Promise.resolve(this.#show(name) ?? assert.fail())
  }

  /** What a health expression sees. */
  statusOf(name: string): string {
    const map = this.#show(name) ?? assert.fail()
    return map.ownAt > map.othersAt ? (map.annotations[annotations.status] ?? '') : 'in progress'
  }

  #show(name: string): ReportedMap | undefined {
    const map = this.#maps.get(name)
    return (
      map && {
        version: String(map.version),
        content: { data: map.data },
        annotations: { ...map.annotations },
        ownAt: map.ownAt,
        othersAt: map.othersAt
      }
    )
  }

  #second(): number {
    return Math.floor(this.#clock.now() / 1_000) * 1_000
  }
}

const digestOf = (...data: readonly Record<string, string>[]): string =>
  projected(data.map((each) => ({ data: each }))).digest
const report = (configDigest: string, given: Partial<CycleReport> = {}): CycleReport => ({
  runId: 'r',
  service: 'shop',
  target: '',
  scope: 'all',
  startedAt: 0,
  durationMs: 1,
  status: 'in-sync',
  configDigest,
  counts: { create: 0, update: 0, keep: 0, orphan: 0, hold: 0, invalid: 0 },
  outcomes: [],
  undeclared: [],
  warnings: [],
  error: null,
  problems: [],
  known: {
    outcomes: given.outcomes ?? [],
    counts: { create: 0, update: 0, keep: 0, orphan: 0, hold: 0, invalid: 0 },
    status: given.status ?? 'in-sync'
  },
  ...given
})

describe('the published report', () => {
  let clock: ManualClock
  let maps: MemoryMaps
  let log: string[]
  let published: ReturnType<typeof publishReports>
  const one = { 'boxes.json': '{"a":{}}' }
  const two = { 'boxes.json': '{"b":{}}' }
  const rest = { 'cluster.json': '{}' }

  beforeEach(() => {
    clock = new ManualClock(1_700_000_000_500)
    maps = new MemoryMaps(clock)
    log = []
    published = publishReports({
      names: ['boxes', 'cluster'],
      maps,
      clock,
      log: (level, message) => void log.push(`${level} ${message}`)
    })
    maps.apply('boxes', one)
    maps.apply('cluster', rest)
  })

  afterEach(() => published.close())

  /** A cycle ends, and time passes. */
  async function cycle(of: CycleReport, ms = 5_000): Promise<void> {
    await clock.advance(5_000)
    published.observer.cycleFinished(of)
    await clock.advance(ms)
  }

  it('stands on every ConfigMap, and is written again only when it says something else', async () => {
    const digest = digestOf(one, rest)
    await cycle(report(digest))
    await cycle(report(digest))
    assert.deepEqual(maps.writes, ['boxes converged', 'cluster converged'])
    await cycle(report(digest, { status: 'blind', error: { code: 'UNREACHABLE', message: 'no shop', hint: '' } }))
    assert.deepEqual(maps.writes.slice(2), [
      'boxes blind: no shop (UNREACHABLE)',
      'cluster blind: no shop (UNREACHABLE)'
    ])
  })

  it('holds no more when somebody has written since, until a cycle has seen that content', async () => {
    await cycle(report(digestOf(one, rest)))
    maps.apply('boxes', two)
    assert.equal(maps.statusOf('boxes'), 'in progress')
    await cycle(report(digestOf(one, rest)))
    assert.equal(maps.statusOf('boxes'), 'in progress')
    await cycle(report(digestOf(two, rest)))
    assert.equal(maps.statusOf('boxes'), 'converged')
  })

  it('holds again after a write that changed no content', async () => {
    await cycle(report(digestOf(one, rest)))
    maps.apply('boxes', one)
    await cycle(report(digestOf(one, rest)))
    assert.equal(maps.statusOf('boxes'), 'converged')
  })

  it('is not written over what was applied after it was read', async () => {
    maps.onWrite = () => {
      maps.onWrite = () => undefined
      maps.apply('boxes', two)
    }
    await cycle(report(digestOf(one, rest)))
    assert.notEqual(maps.statusOf('boxes'), 'converged')
  })

  it('is written again when it fell into the second of another write: the two cannot be told apart', async () => {
    await clock.advance(500)
    maps.apply('boxes', one)
    published.observer.cycleFinished(report(digestOf(one, rest)))
    await clock.advance(0)
    assert.equal(maps.statusOf('boxes'), 'in progress')
    await clock.advance(1_200)
    assert.equal(maps.statusOf('boxes'), 'converged')
  })

  it('says what was refused, about the content that was refused', async () => {
    await cycle(report(digestOf(one, rest)))
    maps.apply('boxes', two)
    published.observer.configuration({
      event: 'refused',
      digest: digestOf(two, rest),
      keepsLastGood: true,
      problems: [],
      message: 'line 3'
    })
    const error = { code: 'CONFIG_SYNTAX', message: 'line 3', hint: '' } as const
    await cycle(report(digestOf(one, rest), { status: 'degraded', error }))
    assert.equal(maps.statusOf('boxes'), 'refused: line 3')
    assert.equal(maps.statusOf('cluster'), 'waiting: what is wrong stands on boxes')
    maps.apply('boxes', one)
    published.observer.configuration({ event: 'accepted', digest: digestOf(one, rest), recovered: true })
    await cycle(report(digestOf(one, rest)))
    assert.equal(maps.statusOf('boxes'), 'converged')
  })

  it('stands where the last change was, when only the next one mends it: that one may leave the others as they are', async () => {
    const error = { code: 'CONFIG_SYNTAX', message: 'line 3', hint: '' } as const
    const refused = async (...data: readonly Record<string, string>[]): Promise<void> => {
      published.observer.configuration({
        event: 'refused',
        digest: digestOf(...data),
        keepsLastGood: true,
        problems: [],
        message: 'line 3'
      })
      await cycle(report('', { status: 'degraded', error }))
    }
    await refused(one, rest)
    assert.deepEqual(maps.writes, ['boxes refused: line 3', 'cluster refused: line 3'], 'both came at once')
    maps.apply('cluster', two)
    await refused(one, two)
    assert.deepEqual(maps.writes.slice(2), [
      'boxes waiting: what is wrong stands on cluster',
      'cluster refused: line 3'
    ])
    published.observer.configuration({ event: 'accepted', digest: digestOf(one, two), recovered: true })
    await cycle(
      report(digestOf(one, two), { status: 'blind', error: { code: 'UNREACHABLE', message: 'no shop', hint: '' } })
    )
    assert.deepEqual(
      maps.writes.slice(4),
      ['boxes blind: no shop (UNREACHABLE)', 'cluster blind: no shop (UNREACHABLE)'],
      'what mends itself'
    )
  })

  it('says once which right is missing, asks again every minute or so, and is written when it is granted', async () => {
    maps.trouble = 'NOT_PERMITTED'
    await cycle(report(digestOf(one, rest)))
    for (let turn = 0; turn < 10; turn += 1) await cycle(report(digestOf(one, rest)))
    assert.ok(maps.reads >= 2 && maps.reads <= 40, String(maps.reads))
    assert.deepEqual(log, [
      'warn the report cannot be published: configmaps is forbidden (NOT_PERMITTED); retrying, reconciliation is not affected'
    ])
    maps.trouble = undefined
    await clock.advance(60_000)
    assert.equal(maps.statusOf('boxes'), 'converged')
    assert.equal(log.at(-1), 'info the report cannot be published: works again')
  })

  it('is tried again while the API server is away', async () => {
    maps.trouble = 'UNREACHABLE'
    await cycle(report(digestOf(one, rest)), 60_000)
    assert.ok(maps.reads > 4 && maps.reads < 80, String(maps.reads))
    assert.equal(log.length, 1)
    maps.trouble = undefined
    await clock.advance(60_000)
    assert.equal(maps.statusOf('boxes'), 'converged')
  })

  it('is nothing of a replica that lost leadership', async () => {
    maps.trouble = 'UNREACHABLE'
    await cycle(report(digestOf(one, rest)))
    published.observer.leadership({ event: 'lost', why: 'x' })
    maps.trouble = undefined
    await clock.advance(600_000)
    assert.deepEqual(maps.writes, [])
  })

  it('is silent about content that never arrives, and says once what may be the reason', async () => {
    for (let turn = 0; turn < 80; turn += 1) await cycle(report('other'))
    assert.deepEqual(maps.writes, [])
    assert.equal(log.length, 1)
    assert.match(
      log[0] ?? '',
      /^warn the report is not published: the files differ from the content of boxes, cluster; REPORT_CONFIG_MAPS must name all/
    )
  })
})
