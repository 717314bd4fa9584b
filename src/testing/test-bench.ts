/**
 * One service on the test bench: the real line from files to outcomes, with files in memory and the calls counted.
 * @module
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { guardService } from '../boundary/service.ts'
import type { AnyResource, Cycle, Desired, Observed, Service, Sighting } from '../contract.ts'
import type { Change, CycleReport, Outcome } from '../line.ts'
import type { ReconcileError } from '../errors.ts'
import type { ConfigFiles } from '../read/config-files.ts'
import { digestOf } from '../read/snapshot.ts'
import { silentObserver, type Observer } from '../report/observer.ts'
import { systemClock, type Clock } from '../time/clock.ts'
import { converge } from '../reconciler/converge.ts'
import type { Look } from '../reconciler/pass.ts'
import { ServiceReconciler } from '../reconciler/service-reconciler.ts'
import type { ConfigSource } from '../read/source.ts'
import { testCycle } from './cycle.ts'
import { DoesNotApply } from './does-not-apply.ts'
import type { Item, KindUnderTest, Subject } from './subject.ts'

/** Items by name, as the file of the kind declares them. */
export type Declaration = Readonly<Record<string, Item>>

type Verb = 'create' | 'update'

export interface LineOptions {
  readonly policy?: Item
  /** Verbs the resource is made to lack. */
  readonly without?: readonly Verb[]
}

/** How often an eventual state is looked for, in ms. */
const pollMs = 50

export class TestBench {
  readonly options: KindUnderTest
  readonly subject: Subject
  readonly resource: AnyResource
  readonly clock: Clock
  readonly #prefix = `conformance-${randomBytes(4).toString('hex')}`
  readonly #faults: ReconcileError[] = []
  #writeCalls = 0

  constructor(options: KindUnderTest, subject: Subject) {
    const resource = subject.service.resources.find(({ kind }) => kind === options.kind)
    const kinds = subject.service.resources.map(({ kind }) => kind).join(', ')
    assert.ok(resource !== undefined, `expected a resource of kind "${options.kind}", found ${kinds}`)
    this.options = options
    this.subject = subject
    this.resource = resource
    this.clock = options.clock ?? systemClock
  }

  /** Answers of the plugin that broke the contract so far. */
  get faults(): readonly ReconcileError[] {
    return this.#faults
  }

  /** Calls of `create` and `update` so far. */
  get writeCalls(): number {
    return this.#writeCalls
  }

  /** The item with one field changed, for rules that cannot do without. */
  get changed(): Item {
    const { changed } = this.options
    assert.ok(changed !== undefined, 'this rule needs `changed`: give it, or skip the rule with a reason')
    return changed
  }

  /** A name no other test uses; the one name there is for a kind that is one item. */
  name(word: string): string {
    return this.resource.singleton ?? `${this.#prefix}-${word}`
  }

  /** Ends a rule that is about several items for a kind that is one. */
  needsNames(): void {
    if (this.resource.singleton !== undefined) throw new DoesNotApply('there is one item, and it always exists')
  }

  /** Ends a rule that is about a verb the kind does not have. */
  needsVerb(verb: Verb): void {
    if (this.resource[verb] === undefined) throw new DoesNotApply(`the kind has no ${verb}`)
  }

  /** Makes items be there as declared: where the kind cannot create them, they are made by hand first. */
  async make(declared: Declaration): Promise<CycleReport> {
    if (this.resource.create === undefined && this.resource.singleton === undefined) {
      for (const name of Object.keys(declared)) await this.byHand('createByHand', name)
    }
    return this.apply(declared)
  }

  /** Repeats cycles until nothing is left that time could change, as the verb `apply` does. */
  apply(declared: Declaration): Promise<CycleReport> {
    const reconciler = this.#reconciler(declared)
    return this.#patiently((signal) => converge({ cycle: () => reconciler.reconcile(), clock: this.clock, signal }))
  }

  /** One cycle. */
  cycle(declared: Declaration, options?: LineOptions): Promise<CycleReport> {
    return this.#reconciler(declared, options).reconcile()
  }

  /** What the verb `diff` would see. */
  plan(declared: Declaration, options?: LineOptions): Promise<Look> {
    return this.#patiently((signal) => this.#reconciler(declared, options).plan(signal))
  }

  /** The plan's changes of one item. */
  async diff(declared: Declaration, name: string): Promise<readonly Change[]> {
    const { plan } = await this.plan(declared)
    return plan.changes.filter((change) => change.name === name && change.kind === this.resource.kind)
  }

  /** The declared items of the kind as the plugin is given them. */
  async desired(declared: Declaration): Promise<readonly Desired<unknown>[]> {
    const { desired } = await this.#reconciler(declared).getDesiredState()
    return desired.kinds.find(({ kind }) => kind.kind === this.resource.kind)?.items ?? []
  }

  /** One observation by the plugin itself. */
  async observe(declared: Declaration, given: Partial<Cycle> = {}): Promise<Observed<unknown, unknown>> {
    return this.observeItems(await this.desired(declared), { full: true, ...given })
  }

  /** One observation of these items, which are all that is declared. */
  observeItems(items: readonly Desired<unknown>[], given: Partial<Cycle>): Promise<Observed<unknown, unknown>> {
    const declared = new Map([[this.resource.kind, items]])
    return this.#patiently((signal) =>
      this.resource.observe(items, testCycle({ signal, clock: this.clock, declared, ...given }))
    )
  }

  /** One item in every detail. */
  async sighting(name: string): Promise<Sighting<unknown> | undefined> {
    return (await this.observe({}, { everything: true })).items.get(name)
  }

  /** How each item that is there is described for `export`, as the framework asks for it. */
  async descriptions(): Promise<readonly (() => unknown)[]> {
    const service = guardService(this.#service([]), (fault) => this.#faults.push(fault))
    const resource = service.resources.find(({ kind }) => kind === this.resource.kind)
    const options = { full: true, everything: true }
    const observed = await this.#patiently(async (signal) => resource?.observe([], testCycle({ ...options, signal })))
    return [...(observed?.items.values() ?? [])].flatMap((sighting) => {
      const isShown = 'state' in sighting && sighting.excluded === undefined
      return isShown ? [() => resource?.describe?.(sighting.state)] : []
    })
  }

  /** Fails unless every declared item is as declared. */
  async assertInSync(declared: Declaration): Promise<void> {
    for (const name of Object.keys(declared)) {
      const verbs = (await this.diff(declared, name)).map(describeChange)
      assert.deepEqual(verbs, ['keep'], `${name} should be in sync`)
    }
  }

  /** Looks again and again until `look` gives something; fails with `expectation` when patience is over. */
  eventually<T>(expectation: string, look: () => Promise<T | undefined>): Promise<T> {
    return this.#patiently(async (patience) => {
      for (;;) {
        const found = await look()
        if (found !== undefined) return found
        assert.ok(!patience.aborted, `expected that in the end ${expectation}`)
        await this.clock.sleep(pollMs)
      }
    })
  }

  /** Does something to an item behind the plugin's back. */
  async byHand(act: 'createByHand' | 'changeByHand', name: string): Promise<void> {
    assert.ok(this.subject[act] !== undefined, `this rule needs \`${act}\`: give it, or skip the rule with a reason`)
    await this.subject[act](name)
  }

  /** Gives `work` a signal that aborts when patience is over. */
  async #patiently<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const [over, done] = [new AbortController(), new AbortController()]
    void this.clock.sleep(this.options.patienceMs ?? 10_000, done.signal).then(() => over.abort())
    try {
      return await work(over.signal)
    } finally {
      done.abort()
    }
  }

  #reconciler(declared: Declaration, { policy = {}, without = [] }: LineOptions = {}): ServiceReconciler {
    const files = this.#files(declared, { ...this.options.policy, ...policy })
    const observer: Observer = { ...silentObserver, fault: (fault) => this.#faults.push(fault) }
    const source: ConfigSource = {
      read: () => Promise.resolve(files),
      watch: () => ({ close: () => Promise.resolve() })
    }
    const options = { source, fullReadIntervalMs: 0 }
    return new ServiceReconciler(this.#service(without), { ...options, observer, clock: this.clock })
  }

  #files(declared: Declaration, policy: Item): ConfigFiles {
    const { file, singleton } = this.resource
    const document = singleton === undefined ? declared : (declared[singleton] ?? {})
    const contents = {
      ...this.options.files,
      [`${file}.json`]: JSON.stringify(document),
      'policy.json': JSON.stringify(policy)
    }
    const files = new Map(Object.entries(contents).map(([name, content]) => [name, Buffer.from(content)]))
    return { digest: digestOf(files), files }
  }

  /** The service with its writes counted and, for a test of that, without a verb. */
  #service(without: readonly Verb[]): Service {
    const { service } = this.subject
    const resources = service.resources.map((resource) => watched(resource, without, () => (this.#writeCalls += 1)))
    return {
      name: service.name,
      resources,
      identity: (cycle) => service.identity(cycle),
      close: () => service.close()
    }
  }
}

/** The resource itself but for its verbs; methods keep their `this`, so that any class will do. */
function watched(resource: AnyResource, without: readonly Verb[], onWrite: () => void): AnyResource {
  // An object of its own inherits everything and, unlike a frozen resource, lets the proxy answer differently.
  const shell: AnyResource = Object.create(resource)
  return new Proxy(shell, {
    get: (_shell, property) => {
      const verb = property === 'create' || property === 'update' ? property : undefined
      if (verb !== undefined && without.includes(verb)) return undefined
      const value: unknown = Reflect.get(resource, property)
      if (typeof value !== 'function') return value
      return (...inputs: unknown[]): unknown => {
        if (verb !== undefined) onWrite()
        return Reflect.apply(value, resource, inputs)
      }
    }
  })
}

/** The outcomes of one item; an item with a held part has two. */
export function outcomesOf(report: CycleReport, name: string): readonly Outcome[] {
  assert.notEqual(report.status, 'blind', `the cycle could not look: ${report.error?.message}`)
  return report.outcomes.filter(({ key }) => key.endsWith(`/${name}`))
}

/** `hold: why`, for messages. */
export function describeChange(change: Change): string {
  const fields = 'fields' in change ? change.fields : []
  const values = fields.map(({ path, before, after }) => `${path} ${JSON.stringify(before)} → ${JSON.stringify(after)}`)
  return [change.verb, ...('why' in change ? [change.why] : []), ...values].join(': ')
}
