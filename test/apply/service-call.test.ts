import assert from 'node:assert/strict'
import { ReconcileError } from '../../src/errors.ts'
import { callService, type ServiceCall } from '../../src/apply/service-call.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'

describe('a call of the plugin', () => {
  const clock = new ManualClock()
  let calls: ServiceCall[] = []
  const options = (signal = new AbortController().signal) => ({
    signal,
    clock,
    onCall: (call: ServiceCall) => void calls.push(call)
  })

  beforeEach(() => {
    calls = []
  })

  it('gives its result and is measured', async () => {
    const slow = async (): Promise<string> => {
      await clock.advance(40)
      return 'seen'
    }
    assert.equal(await callService('observe box', options(), slow), 'seen')
    assert.deepEqual(calls, [{ operation: 'observe box', durationMs: 40, code: 'OK' }])
  })

  it('that fails keeps its error and is measured under the code of it', async () => {
    const error = new ReconcileError('UNREACHABLE', 'nobody there')
    await assert.rejects(
      callService('observe box', options(), () => Promise.reject(error)),
      error
    )
    await assert.rejects(
      callService('create box', options(), () => Promise.reject(new Error('boom'))),
      { code: 'INTERNAL' }
    )
    assert.deepEqual(
      calls.map(({ code }) => code),
      ['UNREACHABLE', 'INTERNAL']
    )
  })

  it('ends at the deadline as TIMEOUT', async () => {
    const controller = new AbortController()
    const call = callService('observe box', options(controller.signal), () => new Promise(() => undefined))
    controller.abort()
    await assert.rejects(call, { code: 'TIMEOUT' })
    assert.deepEqual(
      calls.map(({ code }) => code),
      ['TIMEOUT']
    )
  })
})
