/**
 * The stage of tests about rights: a reconciler that may do what was granted, and an administrator who looks after it.
 * @module
 */
import assert from 'node:assert/strict'
import { basename } from 'node:path'
import type { CycleReport } from '../../../src/line.ts'
import type { Json } from '../../../src/records.ts'
import { Hand, Scene, temporaryDirectory, type NifiNode } from './harness.ts'
import { openLine, told, type Files, type Line } from './line.ts'
import { Policies, type Right } from './policies.ts'
import { assertSettled } from './settled.ts'

/** What differs from what stands already. */
export interface Wish {
  readonly every?: string
  readonly host?: string
  readonly threads?: number
  /** Flows beside the two that are always there, by their short names. */
  readonly more?: Readonly<Record<string, Json>>
}

/** A flow that needs nothing. */
export function plain(every = '1 hour', fields: Readonly<Record<string, Json>> = {}): Json {
  return { processors: { gen: { type: 'GenerateFlowFile', every, terminate: 'success' } }, ...fields }
}

/** With a service, a group inside, a port, and parameters. */
function orders(context: string): Json {
  return {
    parameterContext: context,
    services: { cache: { type: 'MapCacheClientService', properties: { 'Server Hostname': '#{host}' } } },
    processors: {
      gen: { type: 'GenerateFlowFile', every: '1 hour' },
      seen: {
        type: 'DetectDuplicate',
        properties: { 'Distributed Cache Service': 'cache' },
        terminate: ['duplicate', 'failure']
      }
    },
    groups: {
      store: {
        inputPorts: { in: {} },
        processors: { log: { type: 'LogAttribute', terminate: 'success' } },
        connections: ['in -> log']
      }
    },
    connections: ['gen:success -> seen', 'seen:non-duplicate -> store.in']
  }
}

export class Guest {
  readonly admin: Hand
  readonly policies: Policies
  readonly scene: Scene

  private constructor(admin: Hand, policies: Policies, scene: Scene) {
    this.admin = admin
    this.policies = policies
    this.scene = scene
  }

  /** In an empty group of its own, without any right. */
  static async open(node: NifiNode): Promise<Guest> {
    assert.ok(node.guest)
    const admin = new Hand(node)
    const policies = await Policies.open(admin, node.root)
    const dir = await temporaryDirectory()
    return new Guest(admin, policies, new Scene(dir, node.guest, await admin.createGroup('root', basename(dir))))
  }

  get parent(): string {
    return this.scene.parent
  }

  /** What docs/nifi.md says is needed for everything that is declared here. */
  get documented(): readonly Right[] {
    const resources = [`/process-groups/${this.parent}`, '/parameter-contexts', '/controller'] as const
    return ['read /flow', ...resources.flatMap((resource): Right[] => [`read ${resource}`, `write ${resource}`])]
  }

  files({ every = '1 hour', host = 'localhost', threads = 11, more = {} }: Wish = {}): Files {
    return {
      'parameter-contexts': this.scene.named({ ctx: { parameters: { host } } }),
      flows: this.scene.named({ orders: orders(this.scene.name('ctx')), plain: plain(every), ...more }),
      cluster: { maxTimerDrivenThreadCount: threads }
    }
  }

  /** A reconciler that has just started: it remembers nothing of what failed. */
  line(files: Files): Line {
    const line = openLine(this.scene)
    line.declare(files)
    return line
  }

  /** One cycle of a new reconciler, and the requests in it that write. */
  async cycle(files: Files): Promise<{ readonly report: CycleReport; readonly writes: readonly string[] }> {
    const line = this.line(files)
    const report = await line.cycle()
    return { report, writes: line.takeWrites() }
  }

  /** A cycle sees nothing, says why, and leaves everything as it is: what may not be seen is not absent. */
  async assertBlind(files: Files, words: RegExp): Promise<void> {
    const before = await this.picture()
    const { report, writes } = await this.cycle(files)
    assert.equal(report.status, 'blind')
    assert.equal(report.error?.code, 'NOT_PERMITTED')
    assert.match(report.error?.message ?? '', words)
    assert.deepEqual(writes, [])
    assert.deepEqual(await this.picture(), before)
  }

  /** Until everything is as declared, and stays so. */
  async settle(files: Files = this.files()): Promise<void> {
    const line = this.line(files)
    const { status, error, outcomes } = await line.apply()
    assert.ok(status === 'changed' || status === 'in-sync', JSON.stringify([error, outcomes]))
    await assertSettled(line, await line.cycle())
  }

  /** Runs `act` while the guest does not have these rights; then it has what it had, if it was documented, or nothing of its own. */
  async without(rights: readonly Right[], act: () => Promise<void>): Promise<void> {
    const granted = rights.filter((right) => this.documented.includes(right))
    await this.policies.withhold(...rights)
    try {
      await act()
    } finally {
      await this.policies.grant(...granted)
      await this.policies.forget(...rights.filter((right) => !granted.includes(right)))
    }
  }

  /** Takes away the groups that a flow of this name has left, as the administrator. */
  async forget(short: string): Promise<void> {
    const left = (await this.admin.groups(this.parent)).filter(({ name }) => name === this.scene.name(short))
    for (const { id } of left) await this.admin.remove(id)
  }

  /** Id of a flow's group, as the administrator sees it; throws unless there is exactly one of its name. */
  async group(short: string): Promise<string> {
    const found = (await this.admin.groups(this.parent)).filter(({ name }) => name === this.scene.name(short))
    const [group] = found
    assert.ok(group !== undefined && found.length === 1, `expected one group ${short}, found ${found.length}`)
    return group.id
  }

  /** Short name → what the cycle says of it; nothing of what is as declared. */
  said(report: CycleReport, short: string): string {
    return told(report, short === 'settings' ? short : this.scene.name(short))
      .filter((text) => !text.startsWith('keep'))
      .join('; ')
  }

  /** Everything that could be written wrong: groups by name with their definitions, contexts with values, threads. */
  async picture(): Promise<unknown> {
    const groups = await this.admin.groups(this.parent)
    const definitions = await Promise.all(
      groups.map(async ({ id, name, comments, running }) => [
        id,
        name,
        comments,
        running,
        (await this.admin.download(id))['flowContents']
      ])
    )
    return {
      definitions,
      contexts: (await this.admin.contexts()).map(({ name, parameters }) => [name, parameters]),
      threads: await this.admin.threads()
    }
  }
}
