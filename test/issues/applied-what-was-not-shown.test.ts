import assert from 'node:assert/strict'
import { Bench } from '../cli/bench.ts'

describe('a plan that somebody confirmed', () => {
  let bench: Bench

  beforeEach(async () => {
    bench = await Bench.open()
    await bench.declare({ 'queues.json': '{"shown": {}}' })
  })

  afterEach(() => bench.close())

  it('is what is applied: a file that changes while somebody thinks is asked about, and not applied', async () => {
    const host = bench.host({ isTerminal: true })
    const applying = bench.run(host, 'apply', 'fake')
    await host.until(() => host.out.includes('[y/N]'))
    await bench.declare({ 'queues.json': '{"shown": {}, "never-shown": {}}' })
    host.type('y')
    await host.until(() => host.out.split('[y/N]').length === 3)
    host.type('n')
    assert.equal(await applying, 1)
    assert.deepEqual(bench.server.writes, [])
  })

  it('is that of the first cycle: nothing is read twice when there is nothing to do', async () => {
    bench.server.put('queue', 'shown', {})
    assert.equal(await bench.run(bench.host(), 'apply', 'fake', '--yes'), 0)
    assert.deepEqual(
      bench.server.calls.map(({ method }) => method),
      ['observe']
    )
  })
})
