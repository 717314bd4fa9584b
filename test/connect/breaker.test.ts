import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Breaker } from '../../src/connect/breaker.ts'
import { errorTable, ReconcileError, type ErrorCode } from '../../src/errors.ts'
import { ManualClock } from '../../src/testing/index.ts'

const almostOne = 1 - Number.EPSILON
const down = new ReconcileError('UNREACHABLE', 'kafka:9092: connection refused')
const codes = Object.keys(errorTable).filter((code) => ReconcileError.isCode(code))
const targetCodes = codes.filter((code) => errorTable[code].ofCall || code === 'NOT_PERMITTED')

/** A breaker whose waits are the longest ones, and the calls that reach the target. */
class Scene {
  readonly clock = new ManualClock(1_000_000)
  readonly breaker: Breaker
  sent = 0

  constructor(random: () => number = () => almostOne) {
    this.breaker = new Breaker({ clock: this.clock, random })
  }

  /** What a call that ends with `error` throws, undefined for nothing. */
  call(error?: unknown): Promise<unknown> {
    return this.breaker
      .call(async () => {
        this.sent += 1
        if (error !== undefined) throw error
      })
      .then(
        () => undefined,
        (thrown: unknown) => thrown
      )
  }

  /** A call that is in flight until it is told how to end. */
  begin(): { readonly answer: () => Promise<unknown>; readonly fail: (error?: unknown) => Promise<unknown> } {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.sent += 1
    const ended = this.breaker
      .call(() => promise)
      .then(
        () => undefined,
        (thrown: unknown) => thrown
      )
    return {
      answer: () => (resolve(), ended),
      fail: (error = down) => (reject(error), ended)
    }
  }

  async fail(times: number, error: unknown = down): Promise<void> {
    for (let each = 0; each < times; each += 1) await this.call(error)
  }

  /** The same at any time: what a call is refused with, which sends nothing. */
  async refused(): Promise<ReconcileError> {
    const { sent } = this
    const thrown = await this.call()
    assert.ok(thrown instanceof ReconcileError, 'expected the call to be refused')
    assert.equal(this.sent, sent, 'a refused call sends nothing')
    return thrown
  }
}

async function opened(random?: () => number): Promise<Scene> {
  const scene = new Scene(random)
  await scene.fail(5)
  assert.equal(scene.breaker.state, 'open')
  return scene
}

describe('a closed breaker', () => {
  it('lets calls through and gives back what they give or throw', async () => {
    const { breaker } = new Scene()
    assert.equal(await breaker.call(() => Promise.resolve(7)), 7)
    const error = new TypeError('a bug')
    await assert.rejects(
      breaker.call(() => Promise.reject(error)),
      (thrown) => thrown === error
    )
    assert.deepEqual(
      [breaker.state, breaker.failures, breaker.nextProbeAt, breaker.lastError, breaker.refusal()],
      ['closed', 0, null, undefined, undefined]
    )
  })

  it('opens after five target failures in a row', async () => {
    const scene = new Scene()
    await scene.fail(4)
    assert.deepEqual([scene.breaker.state, scene.breaker.failures], ['closed', 4])
    await scene.fail(1)
    assert.deepEqual([scene.breaker.state, scene.breaker.failures], ['open', 5])
    assert.equal(scene.breaker.lastError, down)
  })

  it('opens after five that were in flight together, and waits no longer for the others', async () => {
    const scene = new Scene()
    const calls = Array.from({ length: 8 }, () => scene.begin())
    for (const { fail } of calls) await fail()
    assert.equal(scene.breaker.nextProbeAt, scene.clock.now() + 5_000)
  })

  it('counts from the start after a success', async () => {
    const scene = new Scene()
    await scene.fail(4)
    await scene.call()
    assert.deepEqual([scene.breaker.failures, scene.breaker.lastError], [0, undefined])
    await scene.fail(4)
    assert.equal(scene.breaker.state, 'closed')
  })

  it('counts from the start after an error that is an answer', async () => {
    const scene = new Scene()
    await scene.fail(4)
    await scene.call(new ReconcileError('REJECTED', 'no such value'))
    assert.equal(scene.breaker.failures, 0)
  })
})

describe('a target failure', () => {
  it('has a code of the call as a whole, or is a missing right of the whole call', async () => {
    assert.ok(
      targetCodes.includes('UNREACHABLE') && targetCodes.includes('TIMEOUT') && targetCodes.length < codes.length
    )
    for (const code of codes) {
      const scene = new Scene()
      await scene.fail(5, new ReconcileError(code, code))
      assert.equal(scene.breaker.state, targetCodes.includes(code) ? 'open' : 'closed', code)
    }
  })

  it('may be an error of Node itself', async () => {
    const scene = new Scene()
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    await scene.fail(5, refused)
    assert.equal(scene.breaker.lastError?.code, 'UNREACHABLE')
    assert.equal(scene.breaker.state, 'open')
  })
})

describe('an open breaker', () => {
  it('refuses calls with the code, the hint and the message of the last failure, and says when it probes', async () => {
    const scene = await opened()
    const error = await scene.refused()
    assert.deepEqual(error.toRecord(), { ...down.toRecord(), message: `${down.message}; next probe in 5 s` })
    assert.equal(error.retryAfterMs, 5_000)
    assert.equal(error.cause, down)
    await scene.clock.advance(4_001)
    assert.equal((await scene.refused()).message, `${down.message}; next probe in 1 s`)
  })

  it('half-opens after 5 s, by our clock', async () => {
    const scene = await opened()
    assert.equal(scene.breaker.nextProbeAt, scene.clock.now() + 5_000)
    await scene.clock.advance(4_999)
    await scene.refused()
    await scene.clock.advance(1)
    assert.deepEqual([scene.breaker.state, scene.breaker.nextProbeAt], ['half-open', null])
    assert.equal(await scene.call(), undefined)
  })

  it('does not heed the clock of the machine', async () => {
    const scene = await opened()
    const { now } = Date
    try {
      for (const ms of [86_400_000, -86_400_000]) {
        Date.now = () => now() + ms
        await scene.refused()
      }
      await scene.clock.advance(5_000)
      assert.equal(await scene.call(), undefined)
    } finally {
      Date.now = now
    }
  })

  it('waits twice as long after every probe that fails, up to 60 s', async () => {
    const scene = await opened()
    const waits = [5, 10, 20, 40, 60, 60]
    for (const seconds of waits) {
      assert.equal(scene.breaker.nextProbeAt, scene.clock.now() + seconds * 1_000)
      await scene.clock.advance(seconds * 1_000)
      assert.equal(await scene.call(down), down)
    }
    assert.equal(scene.breaker.failures, 5 + waits.length)
  })

  it('waits 5 s again when it opens after it was closed', async () => {
    const scene = await opened()
    for (const seconds of [5, 10]) {
      await scene.clock.advance(seconds * 1_000)
      await scene.call(down)
    }
    scene.breaker.probeNow()
    await scene.call()
    await scene.fail(5)
    assert.equal(scene.breaker.nextProbeAt, scene.clock.now() + 5_000)
  })

  it('waits at least half of that, at random', async () => {
    for (const [random, waitMs] of [
      [0, 2_500],
      [0.5, 3_750],
      [almostOne, 5_000]
    ] as const) {
      const scene = await opened(() => random)
      assert.equal(scene.breaker.nextProbeAt, scene.clock.now() + waitMs)
    }
  })

  it('half-opens at once when it is told to', async () => {
    const scene = await opened()
    scene.breaker.probeNow()
    assert.equal(scene.breaker.state, 'half-open')
    assert.equal(await scene.call(), undefined)
    assert.equal(scene.breaker.state, 'closed')
  })

  it('is closed by an answer to a call that was let through before', async () => {
    const scene = new Scene()
    const slow = scene.begin()
    await scene.fail(5)
    await slow.answer()
    assert.deepEqual([scene.breaker.state, scene.breaker.failures], ['closed', 0])
    await scene.fail(4)
    assert.equal(scene.breaker.state, 'closed')
  })
})

describe('a half-open breaker', () => {
  async function probing(): Promise<Scene> {
    const scene = await opened()
    scene.breaker.probeNow()
    return scene
  }

  it('lets one call through at a time', async () => {
    const scene = await probing()
    const probe = scene.begin()
    assert.equal((await scene.refused()).message, `${down.message}; a probe is in progress`)
    assert.equal(scene.breaker.state, 'half-open')
    await probe.answer()
    assert.equal(await scene.call(), undefined)
  })

  it('is closed by an error that is an answer', async () => {
    const answers: readonly ErrorCode[] = ['REJECTED', 'CONFLICT', 'UNAVAILABLE']
    for (const code of answers) {
      const scene = await probing()
      const answer = new ReconcileError(code, 'an item')
      assert.equal(await scene.call(answer), answer)
      assert.deepEqual([scene.breaker.state, scene.breaker.lastError], ['closed', undefined], code)
    }
  })

  it('opens again when the probe fails, and tells of that failure', async () => {
    const scene = await probing()
    const login = new ReconcileError('AUTHENTICATION', 'login refused')
    await scene.call(login)
    assert.equal((await scene.refused()).message, 'login refused; next probe in 10 s')
  })

  it('leaves the decision to the probe when an earlier call fails late', async () => {
    const scene = new Scene()
    const slow = scene.begin()
    await scene.fail(5)
    scene.breaker.probeNow()
    const probe = scene.begin()
    assert.equal(await slow.fail(), down)
    assert.equal(scene.breaker.state, 'half-open')
    await probe.answer()
    assert.equal(scene.breaker.state, 'closed')
  })

  it('counts from the start after an answer to a probe that an earlier call has overtaken', async () => {
    const scene = new Scene()
    const slow = scene.begin()
    await scene.fail(5)
    scene.breaker.probeNow()
    const probe = scene.begin()
    await slow.answer()
    await scene.fail(5)
    await probe.answer()
    await scene.fail(4)
    assert.deepEqual([scene.breaker.state, scene.breaker.failures], ['closed', 4])
  })

  it('probes again at once when it was told to during a probe that fails', async () => {
    const scene = await probing()
    const probe = scene.begin()
    scene.breaker.probeNow()
    await probe.fail()
    assert.equal(scene.breaker.state, 'half-open')
    await scene.call(down)
    assert.equal(scene.breaker.state, 'open')
  })
})

type Flight = ReturnType<Scene['begin']>

/** Does things to a breaker, and holds it to what must be true whatever was done before. */
class Trial {
  readonly reached = new Set<string>()
  readonly #scene: Scene
  readonly #inFlight: Flight[] = []
  #probe: Flight | undefined
  /** No call may pass before. */
  #closedUntil = 0

  constructor(random: number) {
    this.#scene = new Scene(() => random)
  }

  async begin(): Promise<Flight | undefined> {
    const { breaker, clock } = this.#scene
    if (clock.now() < this.#closedUntil || this.#probe !== undefined) {
      await this.#scene.refused()
      return undefined
    }
    assert.equal(breaker.refusal(), undefined, 'the call may pass')
    const isProbe = breaker.state === 'half-open'
    const begun = this.#scene.begin()
    this.#inFlight.push(begun)
    if (isProbe) this.#probe = begun
    return begun
  }

  async fail(times: number): Promise<void> {
    for (let each = 0; each < times; each += 1) {
      if ((await this.begin()) !== undefined) await this.end(this.#inFlight.length - 1, 'failure')
    }
  }

  async end(which: number, how: 'success' | 'answer' | 'failure'): Promise<void> {
    const [ended] = this.#inFlight.splice(which % this.#inFlight.length, 1)
    if (ended === undefined) return
    const { breaker, clock } = this.#scene
    const before = breaker.state
    if (how === 'failure') await ended.fail()
    else await (how === 'success' ? ended.answer() : ended.fail(new ReconcileError('REJECTED', 'no such value')))
    if (how !== 'failure') assert.equal(breaker.state, 'closed', `a call that ended with ${how} closes it`)
    if (ended === this.#probe || breaker.state === 'closed') this.#probe = undefined
    if (breaker.state === 'closed') this.#closedUntil = 0
    if (breaker.state === 'open' && before !== 'open') {
      this.#closedUntil = breaker.nextProbeAt ?? 0
      const waitMs = this.#closedUntil - clock.now()
      assert.ok(waitMs >= 2_500 && waitMs <= 60_000, `it opens for ${waitMs} ms`)
    }
  }

  pass(ms: number): Promise<void> {
    return this.#scene.clock.advance(ms)
  }

  probeNow(): void {
    this.#scene.breaker.probeNow()
    this.#closedUntil = 0
  }

  look(): void {
    this.reached.add(this.#scene.breaker.state)
  }
}

describe('whatever happens in whatever order', () => {
  type Step = (trial: Trial) => unknown

  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: fc.constant<Step>((trial) => trial.begin()) },
    {
      weight: 3,
      arbitrary: fc.integer({ min: 1, max: 6 }).map(
        (times): Step =>
          (trial) =>
            trial.fail(times)
      )
    },
    {
      weight: 3,
      arbitrary: fc.integer({ min: 1, max: 70_000 }).map(
        (ms): Step =>
          (trial) =>
            trial.pass(ms)
      )
    },
    {
      weight: 2,
      arbitrary: fc.nat(7).map(
        (which): Step =>
          (trial) =>
            trial.end(which, 'failure')
      )
    },
    {
      weight: 1,
      arbitrary: fc.nat(7).map(
        (which): Step =>
          (trial) =>
            trial.end(which, 'answer')
      )
    },
    {
      weight: 1,
      arbitrary: fc.nat(7).map(
        (which): Step =>
          (trial) =>
            trial.end(which, 'success')
      )
    },
    { weight: 1, arbitrary: fc.constant<Step>((trial) => trial.probeNow()) }
  )

  it('no call passes while it is open, one at most while it is half-open, and a success closes it', async () => {
    const reached = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.double({ min: 0, max: almostOne, noNaN: true }),
        async (steps, random) => {
          const trial = new Trial(random)
          for (const each of steps) {
            await each(trial)
            trial.look()
          }
          for (const state of trial.reached) reached.add(state)
        }
      ),
      { numRuns: 500 }
    )
    assert.deepEqual([...reached].toSorted(), ['closed', 'half-open', 'open'])
  })
})
