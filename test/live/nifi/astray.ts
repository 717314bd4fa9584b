/**
 * A proxy in front of a real NiFi that lets requests and answers go astray.
 * @module
 */
import assert from 'node:assert/strict'
import type { CycleReport } from '../../../src/line.ts'
import type { Json } from '../../../src/records.ts'
import { FaultProxy, type FaultServer } from '../../servers/fault-server.ts'
import { openScene, Scene, sharedNodeOrSkip, temporaryDirectory, type NifiNode } from './harness.ts'
import { openLine, type Line } from './line.ts'

/** What each test finds. */
export interface Astray {
  readonly node: NifiNode
  /** Reaches the node itself. */
  readonly outer: Scene
  readonly proxy: FaultServer
  /** In the group of `outer`, reached through the proxy; of the test that runs, as its line is. */
  readonly scene: Scene
  readonly line: Line
  /** From now on the line has this flow, called `flow`, and nothing else. */
  readonly declare: (flow: Json) => void
  /** Names of all groups there are. */
  readonly groups: () => Promise<readonly string[]>
  /** The flow is the only group, and its two processors run. */
  readonly assertRunning: () => Promise<void>
}

/**
 * Sets hooks of the `describe` it is called in, on the node that all share. The proxy does no harm at the start of a test;
 * after each the group of `outer` is emptied.
 */
export function answersAstray(): Astray {
  let node: NifiNode
  let outer: Scene
  let proxy: FaultServer
  let scene: Scene
  let line: Line

  before(async function () {
    node = await sharedNodeOrSkip(this)
    outer = await openScene(node)
    proxy = await FaultProxy.start(node.url)
  })

  beforeEach(async () => {
    proxy.reset()
    scene = await through(proxy, outer)
    line = openLine(scene)
  })

  afterEach(async () => {
    proxy.reset()
    await line.close()
    await outer.hand.clear(outer.parent)
  })

  after(() => proxy?.stop())

  return {
    get node() {
      return node
    },
    get outer() {
      return outer
    },
    get proxy() {
      return proxy
    },
    get scene() {
      return scene
    },
    get line() {
      return line
    },
    declare: (flow) => line.declare({ flows: { [scene.name('flow')]: flow } }),
    groups: async () => (await outer.hand.groups(outer.parent)).map(({ name }) => name),
    assertRunning: async () => {
      const [group, ...others] = await outer.hand.groups(outer.parent)
      assert.deepEqual(others, [])
      assert.deepEqual([group?.name, group?.running, group?.stopped, group?.invalid], [scene.name('flow'), 2, 0, 0])
    }
  }
}

/** A scene in the group of another one, reached through a proxy. */
export async function through(
  proxy: FaultServer,
  { parent }: Scene,
  access: { readonly username?: string; readonly password?: string } = {}
): Promise<Scene> {
  return new Scene(await temporaryDirectory(), { ...access, url: proxy.url }, parent)
}

/** `PUT /path` of every request that came and writes. */
export function writesOf({ requests }: FaultServer): readonly string[] {
  return requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`)
}

/** The cycle could not look, for this reason, which is told without tags. */
export function assertBlind(report: CycleReport, code: string): void {
  assert.deepEqual([report.status, report.error?.code], ['blind', code], JSON.stringify(report))
  assert.doesNotMatch(report.error?.message ?? '', /<\w/)
}
