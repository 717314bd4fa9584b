import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { within } from '../../src/run/deadline.ts'

describe('work within a deadline', () => {
  it('gives its result, or its error, and leaves nothing on the signal', async () => {
    const { signal } = new AbortController()
    assert.equal(await within('it', signal, () => Promise.resolve(5)), 5)
    await assert.rejects(within('it', signal, () => Promise.reject(new Error('boom'))), /^Error: boom$/)
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
    await assert.rejects(hanging, { code: 'TIMEOUT', message: 'observe topic: no answer before the deadline', cause: reason })
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
