import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { Wake } from '../../src/reconciler/wake.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'

const never = new AbortController().signal

/** Whether a wait is over once everything that can run has run. */
function isOver(wait: Promise<void>): Promise<boolean> {
  return Promise.race([wait.then(() => true), turn(false)])
}

describe('a wait', () => {
  it('lasts as long as it was told to', async () => {
    const clock = new ManualClock()
    const wait = new Wake().wait(100, clock, never)
    await clock.advance(99)
    assert.equal(await isOver(wait), false)
    await clock.advance(1)
    assert.equal(await isOver(wait), true)
  })

  it('of no length does not sleep', async () => {
    const clock = new ManualClock()
    assert.equal(await isOver(new Wake().wait(0, clock, never)), true)
  })

  it('ends when somebody asks, and leaves no sleeper behind', async () => {
    const clock = new ManualClock()
    const wake = new Wake()
    const wait = wake.wait(100, clock, never)
    wake.request()
    assert.equal(await isOver(wait), true)
    assert.deepEqual(clock.due, [])
  })

  it('ends when it is stopped, and is none when that was before', async () => {
    const clock = new ManualClock()
    const stopping = new AbortController()
    const wait = new Wake().wait(100, clock, stopping.signal)
    stopping.abort()
    assert.equal(await isOver(wait), true)
    assert.equal(await isOver(new Wake().wait(100, clock, stopping.signal)), true)
    assert.deepEqual(clock.due, [])
  })

  it('is none when somebody asked before it began, and any number of requests are one', async () => {
    const clock = new ManualClock()
    const wake = new Wake()
    for (let requests = 0; requests < 5; requests += 1) wake.request()
    assert.equal(await isOver(wake.wait(100, clock, never)), true)
    assert.equal(await isOver(wake.wait(100, clock, never)), false)
  })

  it('that ended by a request does not end the next one', async () => {
    const clock = new ManualClock()
    const wake = new Wake()
    const first = wake.wait(100, clock, never)
    wake.request()
    await first
    const second = wake.wait(100, clock, never)
    assert.equal(await isOver(second), false)
    await clock.advance(100)
    assert.equal(await isOver(second), true)
  })
})
