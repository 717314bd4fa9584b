import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { Lanes, type Purpose } from '../../../reconcilers/kafka/lanes.ts'
import type { Line } from '../../../reconcilers/kafka/link.ts'
import { ManualClock } from '../../../src/testing/manual-clock.ts'
import { failWith, FakeBrokers, FakeCredentials, never } from './fake-lines.ts'

const { signal } = new AbortController()

function setUp(hosts: readonly string[], { keepsReading = true, requestTimeout = 5_000 } = {}) {
  const brokers = new FakeBrokers()
  const credentials = new FakeCredentials(() => Promise.reject(new Error('never read')))
  const clock = new ManualClock()
  const addresses = hosts.map((host) => ({ host, port: 1 }))
  const lanes = new Lanes(addresses, { requestTimeout, credentials, dial: brokers.dial, keepsReading, clock })
  const ask = (purpose: Purpose): Promise<string> =>
    lanes.ask(purpose, 'Any', signal, (line) => Promise.resolve(line.host))
  /** A request that is answered when the test says so. */
  const begin = (purpose: Purpose) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    let line: Line | undefined
    const asked = lanes.ask(purpose, 'Any', signal, async (used) => {
      line = used
      await promise
    })
    return {
      line: () => line,
      answer: async () => {
        resolve()
        await asked
      }
    }
  }
  return { brokers, credentials, clock, lanes, ask, begin }
}

describe('the connections to a Kafka cluster', () => {
  it('let a reading and another write through while a write waits for its answer', async () => {
    const { ask, begin } = setUp(['a'])
    const slow = begin('writing')
    assert.deepEqual([await ask('reading'), await ask('writing')], ['a', 'a'])
    await slow.answer()
  })

  it('are one for each write in progress, and used again by later writes', async () => {
    const { brokers, begin, ask } = setUp(['a'])
    const writes = [begin('writing'), begin('writing'), begin('writing')]
    await setImmediate()
    assert.equal(new Set(writes.map(({ line }) => line())).size, 3)
    for (const { answer } of writes) await answer()
    for (let times = 0; times < 3; times += 1) await ask('writing')
    assert.equal(brokers.dialled.length, 3)
  })

  it('are one for all readings, which wait for each other', async () => {
    const { brokers, begin } = setUp(['a'])
    const [first, second] = [begin('reading'), begin('reading')]
    await setImmediate()
    assert.deepEqual([first.line() !== undefined, second.line()], [true, undefined])
    await first.answer()
    await second.answer()
    assert.equal(brokers.dialled.length, 1)
  })

  it('are closed when nobody has used them for 30 s, apart from that for readings', async () => {
    const { brokers, clock, ask, begin } = setUp(['a'])
    await ask('reading')
    const slow = begin('writing')
    await ask('writing')
    await clock.advance(29_999)
    assert.deepEqual(brokers.destroyed, [])
    await clock.advance(1)
    assert.deepEqual(brokers.destroyed, ['a'], 'a write in progress is not idle')
    await slow.answer()
    await clock.advance(30_000)
    assert.deepEqual(brokers.destroyed, ['a', 'a'])
    await clock.advance(3_600_000)
    assert.equal(brokers.destroyed.length, 2)
  })

  it('are closed when idle without an exception where they lead to one broker beside the others', async () => {
    const { brokers, clock, ask } = setUp(['a'], { keepsReading: false })
    await ask('reading')
    await clock.advance(30_000)
    assert.deepEqual(brokers.destroyed, ['a'])
    await ask('reading')
    assert.deepEqual(brokers.dialled, ['a', 'a'])
  })

  it('stay open while they are used again in time', async () => {
    const { brokers, clock, ask } = setUp(['a'])
    for (let times = 0; times < 5; times += 1) {
      await ask('writing')
      await clock.advance(20_000)
    }
    assert.deepEqual([brokers.dialled, brokers.destroyed], [['a'], []])
  })

  it('do not begin with a broker that failed another one', async () => {
    const { brokers, ask } = setUp(['a', 'b', 'c'])
    brokers.openings = { a: () => failWith('UNREACHABLE') }
    assert.equal(await ask('reading'), 'b')
    assert.equal(await ask('writing'), 'b')
    assert.deepEqual(brokers.dialled, ['a', 'b', 'b'])
  })

  it('leave a broker once when several of them fail on it', async () => {
    const { lanes, ask } = setUp(['a', 'b', 'c'], { requestTimeout: 20 })
    const hanging = [1, 2].map(() => lanes.ask('writing', 'CreateTopics', signal, () => never))
    for (const write of hanging) await assert.rejects(write, { code: 'TIMEOUT' })
    assert.equal(await ask('writing'), 'b')
  })

  it('are all made again when the credentials moved, each at its next request', async () => {
    const { brokers, credentials, ask } = setUp(['a'])
    await ask('reading')
    await ask('writing')
    credentials.fingerprint = 'second'
    await ask('reading')
    await ask('writing')
    assert.deepEqual([brokers.dialled.length, brokers.destroyed.length], [4, 2])
  })

  it('all end when they are discarded, those in use too', async () => {
    const { brokers, lanes, begin } = setUp(['a'])
    const asked = [begin('reading'), begin('writing'), begin('writing')]
    await setImmediate()
    lanes.discard()
    assert.equal(brokers.destroyed.length, 3)
    for (const { answer } of asked) await answer()
  })
})
