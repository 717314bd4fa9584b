import assert from 'node:assert/strict'
import { openHttpInterface } from '../../src/http/interface.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { reportWith } from '../reconciler/reports.ts'

describe('everything the sidecar offers over HTTP', () => {
  it('follows one observer: probes and metrics tell the same', async () => {
    const options = { service: 'shop', kinds: ['box'], port: 0, intervalMs: 1_000, cycleTimeoutMs: 1_000 }
    const http = await openHttpInterface({ ...options, clock: new ManualClock(1_000) })
    const get = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${http.port}${path}`)).text()
    try {
      assert.match(await get('/readyz'), /^not ok: /)
      http.observer.configuration({ event: 'accepted', digest: 'digest', recovered: false })
      http.observer.cycleFinished(reportWith([], { status: 'drift' }))
      assert.equal(await get('/readyz'), 'ok: the last cycle was drift\n')
      assert.match(await get('/metrics'), /^infometis_reconcile_total\{result="drift",service="shop"\} 1$/m)
    } finally {
      await http.close()
    }
  })
})
