import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { systemClock } from '../../src/run/clock.ts'

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
