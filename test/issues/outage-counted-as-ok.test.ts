/**
 * A service that gave no answer to a write was counted as `code="OK"` in the metric of requests: the plugin had made
 * the missing answer a failure of its items.
 */
import assert from 'node:assert/strict'
import { testCall } from '../../src/testing/cycle.ts'
import type { CycleReport } from '../../src/line.ts'
import { openMetrics } from '../../src/report/metrics.ts'
import { ServiceReconciler } from '../../src/reconciler/service-reconciler.ts'
import { FakeServer, fakeService, ManualClock } from '../../src/testing/index.ts'
import { configOf } from '../parse/box-kind.ts'
import { reading } from '../reading.ts'

describe('a write without an answer', () => {
  const clock = new ManualClock(1_000_000)
  let server: FakeServer
  let metrics: ReturnType<typeof openMetrics>
  let reconciler: ServiceReconciler

  beforeEach(() => {
    server = new FakeServer()
    metrics = openMetrics({ service: 'fake', kinds: ['queue', 'setting'], clock })
    const files = configOf({ 'queues.json': '{"a": {"size": 1}, "b": {"size": 2}}' }, 'd')
    reconciler = new ServiceReconciler(fakeService(server), {
      source: reading(async () => files),
      clock,
      observer: metrics.observer,
      ledger: { random: () => 0 }
    })
  })

  const outcomes = ({ outcomes: all }: CycleReport): readonly string[] =>
    all.map(({ key, result, error }) => [key, result, error?.code].filter(Boolean).join(' '))
  const counted = async (): Promise<readonly string[]> =>
    [
      ...(await metrics.text()).matchAll(
        /^infometis_external_request_duration_seconds_count\{.*operation="create queue",code="(\w+)"\} ([1-9]\d*)$/gm
      )
    ].map(([, code, times]) => `${code} ${times}`)

  it('fails its items and is counted under its code', async () => {
    server.cut()
    server.heal()
    server.failCalls('create', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
    assert.deepEqual(outcomes(await reconciler.reconcile()), [
      'fake/queue/a failed UNREACHABLE',
      'fake/queue/b failed UNREACHABLE'
    ])
    assert.deepEqual(await counted(), ['UNREACHABLE 1'])
  })

  it('of one item of a call fails that item, counts the call, and is found done by the next reading', async () => {
    server.loseAnswers('b')
    assert.deepEqual(outcomes(await reconciler.reconcile()), ['fake/queue/a done', 'fake/queue/b failed UNREACHABLE'])
    assert.deepEqual(await counted(), ['UNREACHABLE 1'])
    assert.deepEqual(outcomes(await reconciler.reconcile()), ['fake/queue/a unchanged', 'fake/queue/b unchanged'])
  })

  it('of every item of a call is no answer to the call', async () => {
    for (const name of ['a', 'b']) server.loseAnswers(name)
    const [resource] = fakeService(server).resources
    const { desired } = await reconciler.getDesiredState()
    await assert.rejects(async () => resource?.create?.(desired.kinds[0]?.items ?? [], testCall()), {
      code: 'UNREACHABLE'
    })
  })

  it('is no refusal, which is counted as the answer it is', async () => {
    server.reject('b')
    assert.deepEqual(outcomes(await reconciler.reconcile()), ['fake/queue/a done', 'fake/queue/b failed REJECTED'])
    assert.deepEqual(await counted(), ['OK 1'])
  })

  it('of a service that is cut off makes the cycle blind before anything is written', async () => {
    server.cut()
    const report = await reconciler.reconcile()
    assert.deepEqual([report.status, report.error?.code, server.count('create')], ['blind', 'UNREACHABLE', 0])
  })
})
