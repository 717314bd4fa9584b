import assert from 'node:assert/strict'
import { Health } from '../../src/http/health.ts'
import { openHttp, type HttpServer } from '../../src/http/server.ts'
import { openMetrics } from '../../src/report/metrics.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { reportWith } from '../reconciler/reports.ts'

describe('the HTTP interface', () => {
  const clock = new ManualClock(1_000)
  let health: Health
  let server: HttpServer

  beforeEach(async () => {
    health = new Health({ clock, intervalMs: 1_000, cycleTimeoutMs: 1_000 })
    server = await openHttp({ port: 0, health, metrics: openMetrics({ service: 'shop', kinds: ['box'], clock }) })
  })

  afterEach(() => server.close())

  const get = (path: string, host = '127.0.0.1'): Promise<Response> => fetch(`http://${host}:${server.port}${path}`)

  it('answers /healthz with 200 while the loop works and with 503 and why when it is stuck', async () => {
    const live = await get('/healthz')
    assert.deepEqual([live.status, await live.text()], [200, 'ok: last progress 0 ms ago (limit 3 s)\n'])
    await clock.advance(60_000)
    const stuck = await get('/healthz')
    assert.deepEqual([stuck.status, await stuck.text()], [503, 'not ok: last progress 1 min ago (limit 3 s)\n'])
  })

  it('answers /readyz with 503 and why until the first cycle, and with 200 from then on', async () => {
    assert.equal((await get('/readyz')).status, 503)
    health.observer.configuration({ event: 'accepted', digest: 'digest', recovered: false })
    health.observer.cycleFinished(reportWith([], { status: 'blind' }))
    const ready = await get('/readyz')
    assert.deepEqual([ready.status, await ready.text()], [200, 'ok: the last cycle was blind\n'])
    assert.equal(ready.headers.get('cache-control'), 'no-store')
  })

  it('serves the metrics in the text format of Prometheus', async () => {
    const answer = await get('/metrics')
    assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
    assert.match(
      await answer.text(),
      /^# HELP infometis_reconcile_total .+\n# TYPE infometis_reconcile_total counter\n/
    )
  })

  it('is reached over every address of the machine, as a kubelet does', async () => {
    assert.equal((await get('/healthz', 'localhost')).status, 200)
    assert.equal((await get('/readyz', '127.0.0.1')).status, 503)
  })

  it('knows nothing else and changes nothing', async () => {
    assert.equal((await get('/reconciliation/run')).status, 404)
    assert.equal((await fetch(`http://127.0.0.1:${server.port}/healthz`, { method: 'POST' })).status, 404)
  })

  it('refuses a port that is taken, in the name of its variable', async () => {
    const taken = openHttp({ port: server.port, health, metrics: openMetrics({ service: 'shop', kinds: [], clock }) })
    await assert.rejects(taken, {
      code: 'VARIABLE_INVALID',
      message: `HTTP_PORT: expected a port that is free and may be used, found ${server.port} (EADDRINUSE); for example 8081, or off for no HTTP at all`
    })
  })

  it('closes although a client keeps its connection', async () => {
    await get('/healthz')
    await server.close()
    await assert.rejects(get('/healthz'))
  })
})
