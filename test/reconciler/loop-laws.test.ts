/**
 * What holds for the loop whatever happens: declarations, drift, failures, silence and answers in any order.
 */
import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { ReconcileError } from '../../src/errors.ts'
import { rounds } from '../rounds.ts'
import { silence, Town, type Items, type TownKind, type TownWrite } from './town.ts'

const kinds: readonly TownKind[] = [
  { kind: 'crate' },
  { kind: 'box', after: ['crate'], batch: 2 },
  { kind: 'tin', scoped: false }
]
const slots = 3
const minuteMs = 60_000
/** Shorter than the deadline of a call: passes over everything find calls that are still out. */
const intervalMs = 4 * minuteMs
const callTimeoutMs = 10 * minuteMs

const codes = ['UNAVAILABLE', 'CONFLICT', 'REJECTED', 'UNREACHABLE', 'TIMEOUT', 'NOT_PERMITTED'] as const
const item = { kind: fc.constantFrom(...kinds.map(({ kind }) => kind)), name: fc.constantFrom('a', 'b', 'c') }
const value = fc.integer({ min: 1, max: 3 })
const ms = fc.constantFrom(1, 400, 1_000, 5_000, minuteMs, intervalMs, callTimeoutMs)

/** What may happen; `hang`: with `isReached` the service does it and only the answer is missing. */
const anyStep = fc.oneof(
  { weight: 6, arbitrary: fc.record({ step: fc.constant('declare'), ...item, value }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('drop'), ...item }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('mode'), mode: fc.constantFrom('observe', 'enforce') }) },
  { weight: 3, arbitrary: fc.record({ step: fc.constant('drift'), ...item, value }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('fail'), ...item, code: fc.constantFrom(...codes) }) },
  { weight: 4, arbitrary: fc.record({ step: fc.constant('hang'), ...item, isReached: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ step: fc.constant('answer'), ...item }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('down'), isDown: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constantFrom('heal', 'requeue') }) },
  { weight: 3, arbitrary: fc.record({ step: fc.constant('run') }) },
  { weight: 6, arbitrary: fc.record({ step: fc.constant('time'), ms }) },
  { weight: 6, arbitrary: fc.record({ step: fc.constant('settle') }) }
)
type Step = typeof anyStep extends fc.Arbitrary<infer S> ? S : never

/** A write that the service does not answer. */
interface Hanging extends PromiseWithResolvers<void> {
  readonly isReached: boolean
}

/** A town and what may be wrong with it; every write is checked as it begins. */
class Trial {
  readonly town = new Town(kinds, { concurrency: slots, cycleTimeoutMs: callTimeoutMs })
  /** What was found that must not be. */
  readonly faults: string[] = []
  readonly #declared = new Map<string, number>()
  #mode = 'enforce'
  #isDown = false
  readonly #failing = new Map<string, (typeof codes)[number]>()
  readonly #hanging = new Map<string, Hanging>()
  readonly #writing: string[][] = []

  constructor() {
    this.town.onWrite = (write) => this.#write(write)
    this.town.mood = () => {
      if (this.#isDown) throw new ReconcileError('UNREACHABLE', 'down')
    }
    this.#declare()
  }

  async take(step: Step): Promise<void> {
    switch (step.step) {
      case 'declare':
        this.#declared.set(`${step.kind}/${step.name}`, step.value)
        return this.#declare()
      case 'drop':
        this.#declared.delete(`${step.kind}/${step.name}`)
        return this.#declare()
      case 'mode':
        this.#mode = step.mode
        return this.#declare()
      case 'drift':
        return this.town.holds(step.kind, { [step.name]: { s1: step.value } })
      case 'fail':
        return void this.#failing.set(`${step.kind}/${step.name}`, step.code)
      case 'hang':
        return this.#hang(`${step.kind}/${step.name}`, step.isReached)
      case 'answer':
        return this.#answer(`${step.kind}/${step.name}`)
      case 'down':
        return void (this.#isDown = step.isDown)
      case 'time':
        return this.town.pass(step.ms)
      case 'settle':
        return this.town.settle()
      case 'heal':
        return this.heal()
      case 'requeue':
        return void this.town.reconciler.control.requeue('all')
      case 'run':
        return this.town.reconciler.control.run()
    }
  }

  /** The service is well again. */
  heal(): void {
    this.#isDown = false
    this.#failing.clear()
    for (const name of this.#hanging.keys()) this.#answer(name)
  }

  /** Everything declared has another value from now on, and may be written. */
  declareAnew(next: number): void {
    this.#mode = 'enforce'
    for (const name of this.#declared.keys()) this.#declared.set(name, next)
    this.#declare()
  }

  enforce(): void {
    this.#mode = 'enforce'
    this.#declare()
  }

  /** Declared items that the town holds differently. */
  differing(): readonly string[] {
    return [...this.#declared].flatMap(([name, declared]) => {
      const [kind = '', short = ''] = name.split('/')
      const held = this.town.fieldsOf(kind, short)?.['s1']
      return held === declared ? [] : [`${name} is ${JSON.stringify(held)}, declared ${declared}`]
    })
  }

  #declare(): void {
    const items = (kind: string): Items =>
      Object.fromEntries(
        [...this.#declared].flatMap(([name, s1]) =>
          name.startsWith(`${kind}/`) ? [[name.slice(kind.length + 1), { s1 }]] : []
        )
      )
    this.town.declare(Object.fromEntries(kinds.map(({ kind }) => [kind, items(kind)])), `mode: ${this.#mode}`)
  }

  #hang(name: string, isReached: boolean): void {
    if (!this.#hanging.has(name)) this.#hanging.set(name, { ...Promise.withResolvers<void>(), isReached })
  }

  #answer(name: string): void {
    this.#hanging.get(name)?.resolve()
    this.#hanging.delete(name)
  }

  async #write({ kind, items, signal }: TownWrite): Promise<void> {
    const own = [...items.keys()].map((name) => `${kind}/${name}`)
    this.#check(kind, items, own)
    this.#writing.push(own)
    try {
      await turn()
      const code = own.flatMap((name) => this.#failing.get(name) ?? [])[0]
      if (code !== undefined) throw new ReconcileError(code, 'failing')
      const hanging = own.flatMap((name) => this.#hanging.get(name) ?? [])[0]
      if (hanging?.isReached === true) this.town.holds(kind, Object.fromEntries(items))
      if (hanging !== undefined) await Promise.race([hanging.promise, silence(signal)])
    } finally {
      this.#writing.splice(this.#writing.indexOf(own), 1)
    }
  }

  /** What must hold of a write that begins. */
  #check(kind: string, items: TownWrite['items'], own: readonly string[]): void {
    const also = this.#writing.flat().filter((name) => own.includes(name))
    if (also.length > 0) this.faults.push(`${also.join()} written twice at once`)
    if (this.#writing.length >= slots) this.faults.push(`${this.#writing.length + 1} calls at once`)
    if (this.#mode === 'observe') this.faults.push(`${own.join()} written in mode observe`)
    for (const [name, { s1 }] of items) {
      const declared = this.#declared.get(`${kind}/${name}`)
      if (s1 !== declared) this.faults.push(`${kind}/${name} = ${JSON.stringify(s1)} begun, declared ${declared}`)
    }
  }
}

describe('the loop, whatever happens', function () {
  this.timeout(rounds(30_000, 600_000))

  it('writes no item twice at once, begins nothing that is outdated, and ends as declared', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 40 }), async (steps) => {
        const trial = new Trial()
        await trial.town.start(intervalMs)
        for (const step of steps) await trial.take(step)
        trial.heal()
        trial.enforce()
        await trial.town.settle()
        trial.town.reconciler.control.requeue('all')
        await trial.town.pass(120 * minuteMs)
        assert.deepEqual([trial.differing(), trial.faults], [[], []])
        // Nothing of all that holds up what is declared next.
        trial.declareAnew(9)
        await trial.town.settle()
        assert.deepEqual([trial.differing(), trial.faults], [[], []])
        await trial.town.stop()
      }),
      { numRuns: rounds(150, 5_000) }
    )
  })
})
