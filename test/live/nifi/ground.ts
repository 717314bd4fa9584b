/**
 * The common ground of tests: one scene for all of a `describe`, and a line for each.
 * @module
 */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { openScene, serverOrSkip, type Hand, type NifiVersion, type Scene } from './harness.ts'
import { openLine, type Files, type Line, type LineOptions } from './line.ts'

/** What each test finds. Items are called by their short names. */
export interface Ground {
  readonly scene: Scene
  readonly hand: Hand
  /** That of the test that runs. */
  readonly line: Line
  /** Closes the line of the test that runs and opens another, which remembers nothing. */
  readonly reopen: (options?: LineOptions) => Promise<void>
  /** The full name of an item. */
  readonly name: (short: string) => string
  /** From now on these flows are declared, with these files beside them, and nothing else. */
  readonly declare: (flows: Readonly<Record<string, Json>>, files?: Files) => void
  /** What the cycles of an `apply` say about an item. */
  readonly apply: (short: string) => Promise<readonly string[]>
  /** What is planned for an item. */
  readonly verbs: (short: string) => Promise<readonly string[]>
  /** Which fields of an item are planned to change. */
  readonly paths: (short: string) => Promise<readonly string[]>
  /** One more cycle writes nothing. */
  readonly assertAtRest: () => Promise<void>
}

/**
 * Lays the ground with hooks of the `describe` it is called in, on the server that all share. After each test the group of
 * the scene is emptied; its parameter contexts are deleted only where tests make some.
 */
export function groundOn(version: NifiVersion, { makesContexts = false } = {}): Ground {
  let scene: Scene
  let line: Line

  before(async function () {
    scene = await openScene(await serverOrSkip(this, version))
  })

  beforeEach(() => {
    line = openLine(scene)
  })

  afterEach(async () => {
    await line.close()
    await scene.hand.clear(scene.parent)
    if (makesContexts) await scene.hand.clearContexts(scene.prefix)
  })

  const name = (short: string): string => scene.name(short)
  return {
    get scene() {
      return scene
    },
    get hand() {
      return scene.hand
    },
    get line() {
      return line
    },
    reopen: async (options) => {
      await line.close()
      line = openLine(scene, options)
    },
    name,
    declare: (flows, files = {}) => line.declare({ flows: { ...scene.named(flows) }, ...files }),
    apply: (short) => line.applied(name(short)),
    verbs: async (short) => (await line.diff(name(short))).map(({ verb }) => verb),
    paths: (short) => pathsOf(line, name(short)),
    assertAtRest: async () => {
      line.take()
      await line.cycle()
      assert.deepEqual(line.takeWrites(), [])
    }
  }
}

/** Which fields of the item of this full name are planned to change. */
export async function pathsOf(line: Line, name: string): Promise<readonly string[]> {
  return (await line.diff(name)).flatMap((change) => ('fields' in change ? change.fields.map(({ path }) => path) : []))
}
