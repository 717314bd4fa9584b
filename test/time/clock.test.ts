import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { steadyClock, systemClock } from '../../src/time/clock.ts'

describe('the clock of the machine', () => {
  it('tells the time', () => assert.ok(Math.abs(systemClock.now() - Date.now()) < 1_000))

  it('sleeps for at least as long as it was told to', async () => {
    const start = performance.now()
    await systemClock.sleep(20)
    assert.ok(performance.now() - start >= 19)
  })

  it('wakes up when it is told to, and leaves nothing on the signal', async () => {
    const controller = new AbortController()
    const long = systemClock.sleep(60_000, controller.signal)
    controller.abort()
    await long
    await systemClock.sleep(60_000, controller.signal)
    const { signal } = new AbortController()
    await systemClock.sleep(1, signal)
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
  })
})

describe('the clock that nobody sets', () => {
  const now = Date.now

  afterEach(() => {
    Date.now = now
  })

  it('tells the time when the process starts', () => assert.ok(Math.abs(steadyClock.now() - Date.now()) < 1_000))

  it('continues where the clock of the machine is set', () => {
    const before = steadyClock.now()
    Date.now = () => now() + 3_600_000
    assert.ok(Math.abs(steadyClock.now() - before) < 60_000)
  })

  it('runs as fast as that of the process', async () => {
    const [since, start] = [performance.now(), steadyClock.now()]
    await steadyClock.sleep(300)
    assert.ok(Math.abs(steadyClock.now() - start - (performance.now() - since)) <= 25)
  })
})
