import assert from 'node:assert/strict'
import { Bench } from '../cli/bench.ts'

describe('two ConfigMaps in one volume', () => {
  it('may hold more than one of them can', async () => {
    const bench = await Bench.open()
    try {
      const most = 700_000
      await bench.declare({ 'queues.json': '{"a": {}}'.padEnd(most), 'settings.json': '{"values": {}}'.padEnd(most) })
      const host = bench.host()
      assert.equal(await bench.run(host, 'validate', 'fake'), 0, host.out)
    } finally {
      await bench.close()
    }
  })
})
