import assert from 'node:assert/strict'
import type { Json } from '../../../../src/records.ts'
import { ReconcileError } from '../../../../src/errors.ts'
import { timeoutBy, type Clock, type Timeout } from '../../../../src/time/clock.ts'
import { runRequest, type Ended } from '../../../../reconcilers/nifi/connection/asynchronous.ts'
import { Answered, inTurn, refusal, ScriptedLink, type Scripted } from '../scripted-link.ts'

const begin = { method: 'POST', path: '/process-groups/a/replace-requests', body: { b: 1 } } as const
const at = (id: string): string => `/process-groups/replace-requests/${id}`
const [post, poll, take] = [
  'POST /process-groups/a/replace-requests',
  'GET /process-groups/replace-requests/r%201',
  'DELETE /process-groups/replace-requests/r%201'
]

const begun = (
  complete: boolean,
  more: { readonly [field: string]: Json } = {}
): { readonly [field: string]: Json } => ({
  request: { requestId: 'r 1', complete, percentCompleted: complete ? 100 : 20, ...more }
})

/** A clock that is moved by sleeping on it, and keeps how long. */
class Sleeps implements Clock {
  readonly slept: number[] = []
  #now = 0

  now(): number {
    return this.#now
  }

  sleep(ms: number): Promise<void> {
    this.slept.push(ms)
    this.#now += ms
    return Promise.resolve()
  }

  /** Nothing in here takes so long. */
  timeout(ms: number): Timeout {
    return timeoutBy(ms, () => () => undefined)
  }
}

describe('a request that NiFi works on', () => {
  const run = async (
    script: Readonly<Record<string, Scripted>>,
    timeoutMs = 10_000,
    signal = new AbortController().signal
  ) => {
    const link = new ScriptedLink({ [take]: begun(true), ...script })
    const clock = new Sleeps()
    const ended = await runRequest(link, { begin, at, timeoutMs }, signal, clock).catch((error: unknown) => {
      assert.ok(error instanceof ReconcileError, String(error))
      return error
    })
    return { ended, link, clock }
  }
  const completed = (ended: Ended | ReconcileError) => {
    assert.ok(!(ended instanceof Error) && ended.result === 'complete', JSON.stringify(ended))
    return ended
  }

  it('may be over with the first answer, and is taken away', async () => {
    const { ended, link, clock } = await run({ [post]: begun(true) })
    assert.equal(completed(ended).failureReason, undefined)
    assert.deepEqual(link.lines, [post, take])
    assert.deepEqual(link.asked[0]?.body, { b: 1 })
    assert.deepEqual(clock.slept, [])
  })

  it('is asked about until it is over, ever less often, and is taken away', async () => {
    const last = { ...begun(true), versionedFlowSnapshot: { flowContents: {} } }
    const { ended, link, clock } = await run({
      [post]: begun(false),
      [poll]: inTurn(...Array.from({ length: 9 }, () => begun(false)), last)
    })
    assert.deepEqual(completed(ended).body, last)
    assert.deepEqual(link.lines, [post, ...Array.from({ length: 10 }, () => poll), take])
    assert.equal(clock.slept[0], 50)
    assert.ok(
      clock.slept.every((ms, index) => ms <= 500 && ms >= (clock.slept[index - 1] ?? 0)),
      clock.slept.join()
    )
    assert.equal(clock.slept.at(-1), 500)
  })

  it('may fail: that it is complete does not say that it was done', async () => {
    const { ended } = await run({
      [post]: begun(false),
      [poll]: begun(true, { failureReason: 'the connection currently has data in the queue.' })
    })
    assert.equal(completed(ended).failureReason, 'the connection currently has data in the queue.')
  })

  it('is one about a queue just as well', async () => {
    const drop = (finished: boolean): Json => ({
      dropRequest: { id: 'r 1', finished, droppedCount: finished ? 33 : 0 }
    })
    const { ended, link } = await run({ [post]: new Answered(202, drop(false)), [poll]: drop(true) })
    assert.equal(completed(ended).request['droppedCount'], 33)
    assert.deepEqual(link.lines, [post, poll, take])
  })

  it('is nothing to take away when it is refused', async () => {
    const { ended, link } = await run({ [post]: refusal(409, 'under version control') })
    assert.deepEqual(ended, { result: 'refused', answer: { status: 409, body: 'under version control' } })
    assert.deepEqual(link.lines, [post])
  })

  it('is nothing to take away when no answer tells its id', async () => {
    const lost = new ReconcileError('UNREACHABLE', 'reset')
    const { ended, link } = await run({ [post]: lost })
    assert.equal(ended, lost)
    assert.deepEqual(link.lines, [post])
  })

  it('that is not over in time is cancelled by taking it away', async () => {
    const { ended, link, clock } = await run(
      { [post]: begun(false), [poll]: begun(false, { state: 'Stopping Affected Processors' }) },
      1_000
    )
    assert.ok(!(ended instanceof Error) && ended.result === 'late')
    assert.equal(ended.request['state'], 'Stopping Affected Processors')
    assert.equal(clock.now(), 1_000)
    assert.equal(link.lines.at(-1), take)
  })

  it('that NiFi no longer knows is lost', async () => {
    const { ended, link } = await run({
      [post]: begun(false),
      [poll]: inTurn(begun(false), refusal(404, 'Could not find Update Request'))
    })
    assert.deepEqual(ended, { result: 'lost' })
    assert.equal(link.lines.at(-1), take)
  })

  for (const [what, trouble] of [
    ['cannot be reached', new ReconcileError('UNREACHABLE', 'refused')],
    ['does not answer in time', new ReconcileError('TIMEOUT', 'no answer')],
    ['is starting', new ReconcileError('UNAVAILABLE', 'still starting')],
    ['has no coordinator', refusal(503, 'No coordinator')]
  ] as const) {
    it(`continues while NiFi ${what}`, async () => {
      const { ended, link } = await run({ [post]: begun(false), [poll]: inTurn(trouble, trouble, begun(true)) })
      completed(ended)
      assert.equal(link.of(poll).length, 3)
    })

    it(`fails when NiFi ${what} until the time is over, and is taken away`, async () => {
      const { ended, link } = await run({ [post]: begun(false), [poll]: trouble }, 500)
      assert.ok(ended instanceof ReconcileError && ended.retryable)
      assert.equal(link.lines.at(-1), take)
    })
  }

  it('fails at once when we may no longer ask about it', async () => {
    for (const trouble of [
      refusal(403, 'Only the user that submitted'),
      new ReconcileError('AUTHENTICATION', 'refused')
    ]) {
      const { ended, link } = await run({ [post]: begun(false), [poll]: trouble })
      assert.ok(ended instanceof ReconcileError && !ended.retryable)
      assert.deepEqual(link.lines, [post, poll, take])
    }
  })

  it('is taken away under a signal of its own when the caller gives up', async () => {
    const controller = new AbortController()
    const giveUp = (): Json => {
      controller.abort()
      return begun(false)
    }
    const { ended, link } = await run({ [post]: begun(false), [poll]: giveUp }, 10_000, controller.signal)
    assert.ok(ended instanceof ReconcileError && ended.code === 'TIMEOUT')
    assert.deepEqual(link.lines, [post, poll, take])
  })

  it('is over whether it can be taken away or not', async () => {
    for (const fails of [refusal(404, 'gone'), refusal(500, 'x'), new ReconcileError('UNREACHABLE', 'reset')]) {
      completed((await run({ [post]: begun(true), [take]: fails })).ended)
    }
  })

  it('is none without an id', async () => {
    const { ended } = await run({ [post]: { request: {} } })
    assert.ok(ended instanceof ReconcileError && ended.code === 'UNAVAILABLE')
  })
})
