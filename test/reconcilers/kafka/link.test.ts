import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { BrokerOrder } from '../../../reconcilers/kafka/broker-order.ts'
import { Link } from '../../../reconcilers/kafka/link.ts'
import { failWith, FakeBrokers, FakeCredentials, never } from './fake-lines.ts'

function setUp(hosts: readonly string[], requestTimeout = 5000) {
  const brokers = new FakeBrokers()
  const credentials = new FakeCredentials(() => Promise.reject(new Error('never read')))
  const order = new BrokerOrder(hosts.map((host) => ({ host, port: 1 })))
  const link = new Link(order, credentials, brokers.dial, { requestTimeout })
  const ask = (signal = new AbortController().signal): Promise<string> =>
    link.ask('Metadata', signal, (line) => Promise.resolve(line.host))
  return { brokers, credentials, link, ask }
}

describe('a link to a Kafka cluster', () => {
  it('connects once and keeps the line for the next requests', async () => {
    const { brokers, ask } = setUp(['a', 'b'])
    assert.deepEqual([await ask(), await ask()], ['a', 'a'])
    assert.deepEqual(brokers.dialled, ['a'])
  })

  it('tries the bootstrap servers in order within one request', async () => {
    const { brokers, ask } = setUp(['a', 'b', 'c'])
    brokers.openings = { a: () => failWith('UNREACHABLE'), b: () => failWith('TIMEOUT') }
    assert.equal(await ask(), 'c')
    assert.deepEqual(brokers.destroyed, ['a', 'b'], 'what did not connect must not linger')
  })

  it('names every server and its reason when none connects, under the code that tells most', async () => {
    const { brokers, ask } = setUp(['a', 'b'])
    brokers.openings = { a: () => failWith('UNREACHABLE'), b: () => failWith('CERTIFICATE') }
    await assert.rejects(ask(), {
      code: 'CERTIFICATE',
      message: 'a:1: because of UNREACHABLE; b:1: because of CERTIFICATE'
    })
  })

  it('does not try wrong credentials on every broker, which could lock the account', async () => {
    const { brokers, ask } = setUp(['a', 'b'])
    brokers.openings = { a: () => failWith('AUTHENTICATION') }
    await assert.rejects(ask(), { code: 'AUTHENTICATION' })
    assert.deepEqual(brokers.dialled, ['a'])
  })

  it('gives up a broker that does not finish connecting within the deadline', async () => {
    const { brokers, ask } = setUp(['a', 'b'], 30)
    brokers.openings = { a: () => never }
    assert.equal(await ask(), 'b')
    assert.deepEqual(brokers.destroyed, ['a'])
  })

  it('destroys the line of a request without an answer, and starts the next with the next broker', async () => {
    const { brokers, link, ask } = setUp(['a', 'b'], 30)
    const { signal } = new AbortController()
    await assert.rejects(
      link.ask('CreateTopics', signal, () => never),
      { code: 'TIMEOUT', message: /CreateTopics/ }
    )
    assert.deepEqual(brokers.destroyed, ['a'])
    assert.equal(await ask(), 'b')
  })

  it('never tries a failed request again by itself', async () => {
    const { link } = setUp(['a', 'b'])
    let calls = 0
    const request = (): Promise<never> => {
      calls += 1
      return failWith('UNREACHABLE')
    }
    await assert.rejects(link.ask('CreateTopics', new AbortController().signal, request), { code: 'UNREACHABLE' })
    assert.equal(calls, 1)
  })

  it('ends at once when the caller gives up, and destroys the line that may be hung', async () => {
    const { brokers, link, ask } = setUp(['a'])
    await ask()
    const caller = new AbortController()
    const asked = link.ask('Metadata', caller.signal, () => never)
    await setImmediate()
    caller.abort()
    await assert.rejects(asked, { code: 'TIMEOUT' })
    await setImmediate()
    assert.deepEqual(brokers.destroyed, ['a'])
  })

  it('connects to nothing for a caller who has already given up', async () => {
    const { brokers, ask } = setUp(['a'])
    await assert.rejects(ask(AbortSignal.abort()), { code: 'TIMEOUT' })
    await setImmediate()
    assert.deepEqual(brokers.dialled, [])
  })

  it('lets a caller give up while another request is in progress, and leaves that request alone', async () => {
    const { link, ask } = setUp(['a'])
    const { promise, resolve } = Promise.withResolvers<string>()
    const slow = link.ask('Metadata', new AbortController().signal, () => promise)
    const impatient = new AbortController()
    const waiting = ask(impatient.signal)
    impatient.abort()
    await assert.rejects(waiting, { code: 'TIMEOUT' })
    resolve('answer')
    assert.equal(await slow, 'answer')
  })

  it('sends one request at a time', async () => {
    const { link } = setUp(['a'])
    const { signal } = new AbortController()
    let running = 0
    let most = 0
    const request = async (): Promise<void> => {
      running += 1
      most = Math.max(most, running)
      await setImmediate()
      running -= 1
    }
    await Promise.all([1, 2, 3].map(() => link.ask('CreatePartitions', signal, request)))
    assert.equal(most, 1)
  })

  it('replaces a line that broke between two requests', async () => {
    const { brokers, ask } = setUp(['a'])
    await ask()
    brokers.broken.add('a')
    await ask()
    assert.deepEqual(brokers.dialled, ['a', 'a'])
  })

  it('connects again when the credentials moved, and only then', async () => {
    const { brokers, credentials, ask } = setUp(['a'])
    await ask()
    await ask()
    assert.deepEqual(brokers.dialled, ['a'])
    credentials.fingerprint = 'second'
    await ask()
    assert.deepEqual(brokers.dialled, ['a', 'a'])
    assert.deepEqual(brokers.destroyed, ['a'])
  })
})
