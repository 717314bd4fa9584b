import assert from 'node:assert/strict'
import { ReconcileError, type ErrorCode } from '../../src/errors.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { Bench, documentOf } from './bench.ts'
import { runThrough } from '../sidecar/test-host.ts'

describe('apply', () => {
  let bench: Bench

  beforeEach(async () => {
    bench = await Bench.open()
  })

  afterEach(() => bench.close())

  const queues = (items: Readonly<Record<string, unknown>>): Promise<void> =>
    bench.declare({ 'queues.json': JSON.stringify(items) })

  it('reads once when nothing differs: its first cycle applies the plan it begins with', async () => {
    await queues({ a: { size: 1 } })
    bench.server.put('queue', 'a', { size: 1, mode: 'durable' })
    const host = bench.host()
    assert.equal(await bench.run(host, 'apply', 'fake', '--output', 'json'), 0)
    assert.equal(documentOf(host).status, 'in-sync')
    assert.deepEqual(
      bench.server.calls.map(({ method }) => method),
      ['observe']
    )
  })

  it('reads once before it writes, and once to see what it has written', async () => {
    await queues({ a: { size: 2 } })
    assert.equal(await bench.run(bench.host(), 'apply', 'fake', '--output', 'json'), 0)
    assert.deepEqual(
      bench.server.calls.map(({ method }) => method),
      ['observe', 'create', 'observe']
    )
  })

  it('prints the result of each change on stdout, and logs it on stderr', async () => {
    await queues({ a: { size: 2 }, b: { size: 1 }, Bad: {} })
    bench.server.put('queue', 'b', { size: 5, mode: 'durable' })
    bench.server.put('queue', 'stray', {})
    const host = bench.host({ variables: { LOG_FORMAT: 'text' } })
    assert.equal(await bench.run(host, 'apply', 'fake'), 1)
    assert.match(host.out, /^done {6}create fake\/queue\/a$/m)
    assert.match(host.out, /^held {6}hold fake\/queue\/b {2}a queue cannot shrink \(5 → 1\)$/m)
    assert.match(host.out, /^invalid {3}invalid fake\/queue\/Bad /m)
    assert.match(host.out, /✗ not converged {2}\(1 orphans left untouched\)\n$/)
    assert.match(host.err, / ► fake\/queue\/a created; size → 2 /)
  })

  it('says what it did where all of it was done, and that nothing was to be done', async () => {
    await queues({ a: { size: 2 } })
    const [first, second] = [bench.host(), bench.host()]
    assert.equal(await bench.run(first, 'apply', 'fake'), 0)
    assert.match(first.out, /✔ converged\n$/)
    assert.equal(await bench.run(second, 'apply', 'fake'), 0)
    assert.equal(second.out, '✔ in sync, nothing to do\n')
  })

  it('prints YAML when asked to', async () => {
    await queues({})
    const host = bench.host({ variables: { INFOMETIS_OUTPUT: 'yaml' } })
    assert.equal(await bench.run(host, 'apply', 'fake'), 0)
    assert.match(host.out, /^status: in-sync$/m)
  })

  describe('while the service cannot be looked at', () => {
    const passing: readonly ErrorCode[] = ['UNREACHABLE', 'TIMEOUT', 'UNAVAILABLE', 'CONFLICT', 'NO_ANSWER']
    for (const code of passing) {
      it(`for a reason that may pass (${code}) tries again, and says why it waits`, async () => {
        await queues({ a: {} })
        bench.server.failCalls('observe', new ReconcileError(code, 'not yet'), 1)
        const host = bench.host()
        assert.equal(await bench.run(host, 'apply', 'fake', '--output', 'json'), 0)
        assert.match(host.err, new RegExp(`waiting for the service: not yet \\(${code}\\)`))
      })

      it(`tries until its time is over, and is blind then (${code})`, async () => {
        await queues({ a: {} })
        bench.server.failCalls('observe', new ReconcileError(code, 'not yet'))
        const clock = new ManualClock()
        const host = bench.host({ clock })
        const applying = bench.run(host, 'apply', 'fake', '--output', 'json')
        await host.until(() => host.err.includes('waiting for the service'))
        assert.equal(await runThrough(clock, applying), 2)
        const { status, error } = documentOf(host)
        assert.deepEqual([status, error.code, error.message], ['blind', code, 'not yet'])
        assert.deepEqual(bench.server.writes, [])
      })
    }

    it('waits for the identity of a pinned cluster as well', async () => {
      await bench.declare({ 'queues.json': '{}', 'policy.yaml': 'cluster: fake-1\n' })
      bench.server.failCalls('identity', new ReconcileError('UNAVAILABLE', 'starting'), 1)
      assert.equal(await bench.run(bench.host(), 'apply', 'fake', '--output', 'json'), 0)
    })

    it('for a reason that does not pass ends at once', async () => {
      await queues({ a: {} })
      const ends: readonly (readonly [unknown, ErrorCode, string])[] = [
        [new ReconcileError('AUTHENTICATION', 'no'), 'AUTHENTICATION', 'blind'],
        [new ReconcileError('NOT_PERMITTED', 'no'), 'NOT_PERMITTED', 'blind'],
        [new ReconcileError('REJECTED', 'no'), 'REJECTED', 'error']
      ]
      for (const [thrown, code, status] of ends) {
        bench.server.failCalls('observe', thrown)
        const host = bench.host()
        assert.equal(await bench.run(host, 'apply', 'fake', '--output', 'json'), 2)
        assert.deepEqual([documentOf(host).error.code, documentOf(host).status], [code, status])
      }
      assert.equal(bench.server.count('observe'), ends.length)
    })

    it('says what the service said last, not that its own time is over', async () => {
      await queues({ a: {} })
      bench.server.failCalls('observe', new ReconcileError('UNAVAILABLE', 'starting'), 1)
      const clock = new ManualClock()
      const host = bench.host({ clock })
      const applying = bench.run(host, 'apply', 'fake', '--output', 'json')
      await host.until(() => host.err.includes('waiting for the service'))
      bench.server.hangCalls('observe')
      await clock.advance(500)
      await host.until(() => bench.server.count('observe') === 2)
      assert.equal(await runThrough(clock, applying), 2)
      assert.equal(documentOf(host).error.code, 'UNAVAILABLE')
    })

    it('after a first write is blind with what was done before', async () => {
      await queues({ a: {} })
      bench.server.lag('a', 1_000)
      const clock = new ManualClock()
      const host = bench.host({ clock })
      const applying = bench.run(host, 'apply', 'fake', '--output', 'json')
      await host.until(() => host.err.includes('created'))
      const looks = bench.server.count('observe')
      bench.server.failCalls('observe', new ReconcileError('UNAVAILABLE', 'stopping'))
      await clock.advance(100)
      await host.until(() => bench.server.count('observe') > looks)
      assert.equal(await runThrough(clock, applying), 2)
      const { status, outcomes } = documentOf(host)
      assert.deepEqual([status, outcomes.map(({ result }: { readonly result: string }) => result)], ['blind', ['done']])
    })
  })

  describe('on a terminal', () => {
    const ask = 'Apply 1 change? [y/N] '
    const asked = (text: string): number => text.split('[y/N] ').length - 1

    it('shows the plan, asks, and applies what was confirmed', async () => {
      await queues({ a: { size: 2 } })
      const host = bench.host({ isTerminal: true })
      const applying = bench.run(host, 'apply', 'fake')
      await host.until(() => host.out.includes(ask))
      assert.match(host.out, /\+ create {2}fake\/queue\/a\n {12}size {2}→ 2\n/)
      assert.deepEqual(bench.server.writes, [])
      host.type('y')
      assert.equal(await applying, 0)
      assert.deepEqual([bench.server.writes.length, asked(host.out)], [1, 1])
    })

    it('applies nothing when the answer is another one, or the input ends', async () => {
      await queues({ a: { size: 2 } })
      for (const answer of ['n', '', 'yesterday', undefined]) {
        const host = bench.host({ isTerminal: true })
        const applying = bench.run(host, 'apply', 'fake')
        await host.until(() => host.out.includes(ask))
        if (answer === undefined) host.hangUp()
        else host.type(answer)
        assert.equal(await applying, 1)
        assert.match(host.err, /nothing was applied\n$/)
      }
      assert.deepEqual(bench.server.writes, [])
    })

    it('asks again when the plan has changed meanwhile', async () => {
      await queues({ a: { size: 3 } })
      bench.server.put('queue', 'a', { size: 1, mode: 'durable' })
      const host = bench.host({ isTerminal: true })
      const applying = bench.run(host, 'apply', 'fake')
      await host.until(() => asked(host.out) === 1)
      bench.server.put('queue', 'a', { size: 2 })
      host.type('y')
      await host.until(() => asked(host.out) === 2)
      assert.deepEqual(bench.server.writes, [])
      assert.match(host.out, /the plan has changed:\n~ update {2}fake\/queue\/a\n {12}size {2}2 → 3\n/)
      host.type('y')
      assert.equal(await applying, 0)
      assert.deepEqual(
        bench.server.writes.map(({ fields }) => fields),
        [{ size: 3 }]
      )
    })

    it('asks again for another item, field and verb, and writes nothing when the answer is no', async () => {
      const others: readonly (() => Promise<void> | void)[] = [
        () => queues({ a: { size: 3 }, b: {} }),
        () => queues({ a: { size: 4 } }),
        () => queues({ a: { size: 3, labels: { x: 'y' } } }),
        () => bench.server.delete('queue', 'a')
      ]
      for (const change of others) {
        await queues({ a: { size: 3 } })
        bench.server.put('queue', 'a', { size: 1, mode: 'durable' })
        const host = bench.host({ isTerminal: true })
        const applying = bench.run(host, 'apply', 'fake')
        await host.until(() => asked(host.out) === 1)
        await change()
        host.type('y')
        await host.until(() => asked(host.out) === 2)
        host.type('n')
        assert.equal(await applying, 1)
      }
      assert.deepEqual(bench.server.writes, [])
    })

    it('does not ask again when the plan has only lost changes', async () => {
      await queues({ a: { size: 3, labels: { x: 'y' } }, b: {} })
      bench.server.put('queue', 'a', { size: 1, mode: 'durable' })
      const host = bench.host({ isTerminal: true })
      const applying = bench.run(host, 'apply', 'fake')
      await host.until(() => asked(host.out) === 1)
      bench.server.put('queue', 'a', { size: 3 })
      bench.server.put('queue', 'b', {})
      host.type('yes')
      assert.equal(await applying, 0)
      assert.deepEqual([asked(host.out), bench.server.writes.map(({ fields }) => fields)], [1, [{ 'labels.x': 'y' }]])
    })

    it('asks between cycles for a new change, and leaves it out when the answer is no', async () => {
      await queues({ a: { size: 3 } })
      bench.server.put('queue', 'a', { size: 1, mode: 'durable' })
      bench.server.lag('a', 10_000)
      const host = bench.host({ isTerminal: true })
      const applying = bench.run(host, 'apply', 'fake')
      await host.until(() => asked(host.out) === 1)
      host.type('y')
      await host.until(() => bench.server.writes.length === 1)
      bench.server.put('setting', 'default', { 'values.x': 'by hand' })
      await bench.declare({ 'queues.json': '{"a": {"size": 3}}', 'settings.json': '{"values": {"x": "declared"}}' })
      await host.until(() => asked(host.out) === 2)
      host.type('n')
      assert.equal(await applying, 1)
      assert.ok(bench.server.writes.every(({ kind }) => kind === 'queue'))
      assert.match(host.out, /✗ not converged\n$/)
    })

    it('that cannot look between cycles is blind, and asks nobody', async () => {
      await queues({ a: {} })
      bench.server.lag('a', 10_000)
      const host = bench.host({ isTerminal: true })
      const applying = bench.run(host, 'apply', 'fake')
      await host.until(() => asked(host.out) === 1)
      host.type('y')
      await host.until(() => bench.server.writes.length === 1)
      bench.server.failCalls('observe', new ReconcileError('AUTHENTICATION', 'no'))
      assert.equal(await applying, 2)
    })

    it('gives a person all the time to answer: --timeout is for the work', async () => {
      await queues({ a: {} })
      const clock = new ManualClock()
      const host = bench.host({ isTerminal: true, clock })
      const applying = bench.run(host, 'apply', 'fake', '--timeout', '10s')
      await host.until(() => asked(host.out) === 1)
      await clock.advance(3_600_000)
      host.type('y')
      await host.until(() => bench.server.writes.length === 1)
      await clock.advance(50)
      assert.equal(await applying, 0)
    })

    it('asks nobody with --yes, for a document, without a write, or in mode observe', async () => {
      await queues({ a: {} })
      const yes = bench.host({ isTerminal: true, variables: { INFOMETIS_YES: 'true' } })
      assert.equal(await bench.run(yes, 'apply', 'fake'), 0)
      const nothing = bench.host({ isTerminal: true })
      assert.equal(await bench.run(nothing, 'apply', 'fake'), 0)
      await queues({ a: {}, b: {} })
      const json = bench.host({ isTerminal: true })
      assert.equal(await bench.run(json, 'apply', 'fake', '--output', 'json'), 0)
      await bench.declare({ 'queues.json': '{"a": {}, "b": {}, "c": {}}', 'policy.yaml': 'mode: observe\n' })
      const observe = bench.host({ isTerminal: true })
      assert.equal(await bench.run(observe, 'apply', 'fake'), 1)
      assert.deepEqual(
        [yes, nothing, json, observe].map(({ out }) => asked(out)),
        [0, 0, 0, 0]
      )
    })

    it('logs only what is worse than usual: the result says the rest', async () => {
      await queues({ a: {} })
      const [quiet, loud] = [
        bench.host({ isTerminal: true }),
        bench.host({ isTerminal: true, variables: { LOG_LEVEL: 'info' } })
      ]
      assert.equal(await bench.run(quiet, 'apply', 'fake', '--yes'), 0)
      assert.equal(quiet.err, '')
      assert.equal(await bench.run(loud, 'apply', 'fake', '--yes'), 0)
      assert.match(loud.err, /fake in-sync/)
    })
  })
})
