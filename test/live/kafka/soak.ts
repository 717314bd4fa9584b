/**
 * Random life around a sidecar: declarations change, people change topics by hand, brokers restart, the sidecar is
 * killed. All of it follows from a seed.
 * @module
 */
import assert from 'node:assert/strict'
import type { KafkaCluster } from '../../servers/kafka.ts'
import { AtomicWriter } from '../../read/kubelet.ts'
import { mulberry } from '../../random.ts'
import { hasVitals, vitalsOf, type Vitals } from '../vitals.ts'
import { eventually, type Declaration, type Scene, type Sidecar } from './harness.ts'

const count = 12
/** Never fewer are declared: to lose more at once is taken for a mistake. */
const least = 9
/** One that people make anew now and then; nothing is said of its id. */
const mortal = 't0'
/** The declaration of a topic that every broker here refuses, and only the broker can know. */
const refused = { config: { 'remote.storage.enable': true } }
/** A key nobody declares, and people set. */
const foreignKey = 'max.message.bytes'

const patienceMs = 90_000

/** One process of the sidecar. */
export interface Life {
  readonly sidecar: Sidecar
  /** After each step. */
  readonly vitals: Vitals[]
}

export class Soak {
  readonly lives: Life[] = []
  /** What was done, in order. */
  readonly steps: string[] = []
  readonly #scene: Scene
  readonly #cluster: KafkaCluster
  readonly #random: () => number
  readonly #mount: AtomicWriter
  /** By short name. */
  readonly #declared = new Map<string, Declaration>()
  /** What people have set that nobody declares, by short name. */
  readonly #foreign = new Map<string, string>()
  /** Ids of topics that nobody deletes, as first seen. */
  readonly #ids = new Map<string, string>()
  #restarting: Promise<void> | undefined

  constructor(scene: Scene, cluster: KafkaCluster, seed: number) {
    this.#scene = scene
    this.#cluster = cluster
    this.#random = mulberry(seed)
    this.#mount = new AtomicWriter(scene.dir, { generation: 'newer' })
    for (let index = 0; index < count; index += 1) this.#declared.set(`t${index}`, { partitions: 1, ...this.#config() })
  }

  /** The first configuration and the first sidecar. */
  async begin(): Promise<void> {
    await this.#write()
    this.#live()
    await this.#inSync()
  }

  /** One thing that happens, and what the sidecar holds afterwards. Without `kills` its process lives on. */
  async step({ kills }: { readonly kills: boolean }): Promise<void> {
    const actions = [
      [30, 'change a declaration', () => this.#change()],
      [8, 'drop or add a declaration', () => this.#dropOrAdd()],
      [4, 'declare what the broker refuses', () => this.#toggleRefused()],
      [4, 'break the file', () => this.#mount.write({ 'topics.json': '{"t0": {', 'policy.yaml': '' })],
      [20, 'change a declared key by hand', () => this.#drift()],
      [8, 'change another key by hand', () => this.#setForeign()],
      [3, 'delete a topic by hand', () => this.#delete()],
      [5, 'restart a broker', () => this.#restart()],
      [kills ? 4 : 0, 'kill the sidecar', () => this.#kill()],
      [4, 'wait until it is in sync', () => this.#inSync()]
    ] as const
    let at = this.#random() * actions.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, name, act] of actions) {
      at -= weight
      if (at >= 0) continue
      this.steps.push(name)
      await act()
      break
    }
    await this.#look()
  }

  /** Nothing happens any more: fails unless the broker's state is what was declared last, and nothing else was touched. */
  async end(): Promise<void> {
    await this.#restarting
    this.#declared.delete('refused')
    await this.#write()
    await this.#inSync()
    await eventually(() => this.#check(), patienceMs)
    assert.equal((await this.#scene.diff()).code, 0)
    await this.#look()
  }

  async #check(): Promise<void> {
    const { hand } = this.#scene
    const names = [...this.#declared.keys(), ...this.#ids.keys()]
    const live = await hand.topics(names.map((short) => this.#scene.name(short)))
    for (const [short, declared] of this.#declared) {
      const foreign = this.#foreign.get(short)
      const expected = {
        partitions: declared?.partitions,
        replicationFactor: 3,
        config: { ...declared?.config, ...(foreign !== undefined && { [foreignKey]: foreign }) }
      }
      assert.deepEqual(live.get(this.#scene.name(short)), expected, short)
    }
    for (const [short, id] of this.#ids) assert.deepEqual(await hand.ids([this.#scene.name(short)]), [id], short)
    const known = new Set(names.map((short) => this.#scene.name(short)))
    const others = (await hand.names(this.#scene.prefix)).filter((name) => !known.has(name))
    assert.deepEqual(others, [this.#scene.name('by-hand')])
  }

  #config(): { readonly config: Readonly<Record<string, string>> } {
    const hours = 1 + Math.floor(this.#random() * 1_000)
    return { config: { 'retention.ms': String(hours * 3_600_000), 'file.delete.delay.ms': String(60_000 + hours) } }
  }

  #any<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] ?? assert.fail('nothing to choose from')
  }

  /** A declared topic that a broker takes. */
  #anyDeclared(): string {
    return this.#any([...this.#declared.keys()].filter((short) => short !== 'refused'))
  }

  async #write(): Promise<void> {
    await this.#mount.write({
      'topics.json': this.#scene.topicsJson(Object.fromEntries(this.#declared)),
      'policy.yaml': this.#scene.policyYaml({ hold: [] })
    })
  }

  async #change(): Promise<void> {
    for (let changes = 1 + Math.floor(this.#random() * 4); changes > 0; changes -= 1) {
      const short = this.#anyDeclared()
      const partitions = this.#declared.get(short)?.partitions ?? 1
      const more = this.#random() < 0.2 && partitions < 4 ? 1 : 0
      this.#declared.set(short, { partitions: partitions + more, ...this.#config() })
    }
    await this.#write()
  }

  async #dropOrAdd(): Promise<void> {
    const away = Array.from({ length: count }, (_, index) => `t${index}`).filter((short) => !this.#declared.has(short))
    if (away.length > 0 && (this.#random() < 0.5 || this.#declared.size <= least)) {
      const short = this.#any(away)
      const live = await this.#insist(() => this.#scene.hand.topic(this.#scene.name(short)))
      this.#declared.set(short, { partitions: live?.partitions ?? 1, ...this.#config() })
    } else {
      // It has to be there, so that it can be kept.
      const short = this.#anyDeclared()
      await this.#exists(short)
      this.#declared.delete(short)
    }
    await this.#write()
  }

  async #toggleRefused(): Promise<void> {
    if (!this.#declared.delete('refused')) this.#declared.set('refused', refused)
    await this.#write()
  }

  async #drift(): Promise<void> {
    const short = this.#anyDeclared()
    await this.#exists(short)
    const change = this.#scene.hand.set(this.#scene.name(short), this.#config().config)
    // Somebody who fails meanwhile is no drift.
    await change.catch(() => undefined)
  }

  async #setForeign(): Promise<void> {
    const short = this.#anyDeclared()
    const value = String(1_000_000 + Math.floor(this.#random() * 1_000))
    await this.#insist(() => this.#scene.hand.set(this.#scene.name(short), { [foreignKey]: value }))
    this.#foreign.set(short, value)
  }

  /** A broker that restarts may refuse, or carry it out without an answer: only another id says that it was done. */
  async #delete(): Promise<void> {
    const before = await this.#insist(() => this.#idOfMortal())
    if (before === undefined) return
    await this.#insist(async () => {
      if ((await this.#idOfMortal()) !== before) return
      await this.#scene.hand.remove([this.#scene.name(mortal)])
      assert.notEqual(await this.#idOfMortal(), before)
    })
    this.#foreign.delete(mortal)
  }

  /** Undefined where there is none. Throws while no broker can say. */
  async #idOfMortal(): Promise<string | undefined> {
    const names = [this.#scene.name(mortal)]
    if ((await this.#scene.hand.topics(names)).size === 0) return undefined
    return (await this.#scene.hand.ids(names))[0]
  }

  /** One at a time, cleanly or not; everything else goes on meanwhile. */
  async #restart(): Promise<void> {
    await this.#restarting
    const node = this.#any(this.#cluster.nodes)
    const isKilled = this.#random() < 0.5
    this.#restarting = (async () => {
      if (isKilled) await node.kill()
      await node.restart()
      for (const each of this.#cluster.nodes) await each.ready(3)
    })()
    // Whoever waits for it hears of it.
    this.#restarting.catch(() => undefined)
  }

  async #kill(): Promise<void> {
    this.lives.at(-1)?.sidecar.kill()
    this.#live()
  }

  #live(): void {
    const sidecar = this.#scene.sidecar({ RECONCILE_INTERVAL: '2s', REQUEST_TIMEOUT: '5s' })
    this.lives.push({ sidecar, vitals: [] })
  }

  get #life(): Life {
    return this.lives.at(-1) ?? assert.fail('not begun')
  }

  /** A pass from now on finds everything as declared; where the file is broken or a topic refused it is written anew. */
  async #inSync(): Promise<void> {
    this.#declared.delete('refused')
    await this.#write()
    const { sidecar } = this.#life
    const since = sidecar.lines().length
    await sidecar.waitForLine(({ status }) => status === 'in-sync', { since, ms: patienceMs })
  }

  /** Waits until a declared topic is there, and notes its id. */
  async #exists(short: string): Promise<void> {
    const [id] = await this.#insist(() => this.#scene.hand.ids([this.#scene.name(short)]))
    if (short !== mortal && !this.#ids.has(short)) this.#ids.set(short, id ?? '')
  }

  #insist<T>(work: () => Promise<T>): Promise<T> {
    return eventually(work, patienceMs)
  }

  async #look(): Promise<void> {
    const { sidecar, vitals } = this.#life
    assert.ok(sidecar.running, sidecar.output())
    if (hasVitals) vitals.push(await vitalsOf(sidecar.pid))
  }
}
