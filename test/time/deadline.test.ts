import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { within, withinMs, withinRequest } from '../../src/time/deadline.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'

describe('work within a deadline', () => {
  it('gives its result, or its error, and leaves nothing on the signal', async () => {
    const { signal } = new AbortController()
    assert.equal(await within('it', signal, () => Promise.resolve(5)), 5)
    await assert.rejects(
      within('it', signal, () => Promise.reject(new Error('boom'))),
      /^Error: boom$/
    )
    await assert.rejects(
      within('it', signal, () => {
        throw new Error('at once')
      }),
      /^Error: at once$/
    )
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
  })

  it('that hangs ends with the deadline, says what it was and keeps the reason', async () => {
    const controller = new AbortController()
    const hanging = within('observe topic', controller.signal, () => new Promise(() => undefined))
    const reason = new Error('cycle is over')
    controller.abort(reason)
    await assert.rejects(hanging, {
      code: 'TIMEOUT',
      message: 'observe topic: no answer before the deadline',
      cause: reason
    })
  })

  it('is not begun after the deadline', async () => {
    let begun = false
    const work = (): Promise<void> => {
      begun = true
      return Promise.resolve()
    }
    await assert.rejects(within('it', AbortSignal.abort(), work), { code: 'TIMEOUT' })
    assert.equal(begun, false)
  })

  it('that fails after the deadline disturbs nobody', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    try {
      const controller = new AbortController()
      const { promise, reject } = Promise.withResolvers<never>()
      const late = within('it', controller.signal, () => promise)
      controller.abort()
      await assert.rejects(late, { code: 'TIMEOUT' })
      reject(new Error('late'))
      await turn()
      await turn()
      assert.deepEqual(unhandled, [])
    } finally {
      process.off('unhandledRejection', note)
    }
  })
})

/** Hangs until its signal aborts, and says so. */
const hanging =
  (seen: string[]) =>
  (until: AbortSignal): Promise<never> =>
    new Promise(() => until.addEventListener('abort', () => void seen.push('aborted')))

describe('one request to a service', () => {
  it('gives its result', async () => {
    assert.equal(await withinRequest('it', 1_000, new AbortController().signal, async (until) => until.aborted), false)
  })

  it('that hangs ends when its own time is over, and is told so', async () => {
    const seen: string[] = []
    const request = withinRequest('create topic', 20, new AbortController().signal, hanging(seen))
    await assert.rejects(request, { code: 'TIMEOUT', message: 'create topic: no answer before the deadline' })
    assert.deepEqual(seen, ['aborted'])
  })

  it('ends with the call it belongs to', async () => {
    const seen: string[] = []
    const call = new AbortController()
    const request = withinRequest('it', 60_000, call.signal, hanging(seen))
    call.abort()
    await assert.rejects(request, { code: 'TIMEOUT' })
    assert.deepEqual(seen, ['aborted'])
  })
})

describe('work within a time of the clock', () => {
  it('gives its result, and the clock waits for nothing afterwards', async () => {
    const clock = new ManualClock()
    assert.equal(await withinMs('it', 1_000, clock, async () => 5), 5)
    assert.deepEqual(clock.due, [])
  })

  it('that hangs ends when the time is over, and is told so', async () => {
    const [clock, seen] = [new ManualClock(), [] as string[]]
    const work = withinMs('it', 1_000, clock, hanging(seen))
    const refused = assert.rejects(work, { code: 'TIMEOUT' })
    await clock.advance(1_000)
    await refused
    assert.deepEqual(seen, ['aborted'])
  })
})
