/**
 * Lines of which everything that they ask is kept, as many as a test wants, on one scene.
 * @module
 */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import type { Request } from '../../../reconcilers/nifi/connection/link.ts'
import { openScene, serverOrSkip, type Hand, type LiveContext, type NifiVersion, type Scene } from './harness.ts'
import { openLine, type Files, type Line, type LineOptions } from './line.ts'

type Items = Readonly<Record<string, Json>>

/** What each test finds. Items are called by their short names. */
export interface WatchedLines {
  readonly scene: Scene
  readonly hand: Hand
  /** The full name of an item. */
  readonly name: (short: string) => string
  /** Opens a line, which is closed after the test. */
  readonly open: (options?: LineOptions) => Line
  /** From now on a line has these flows and contexts, and nothing else. */
  readonly declare: (line: Line, flows: Items, contexts?: Items, files?: Files) => void
  /** How a context is on the server; fails when there is none. */
  readonly context: (short: string) => Promise<LiveContext>
  /** How many processors of a flow run. */
  readonly running: (short: string) => Promise<number | undefined>
}

/**
 * Sets hooks of the `describe` it is called in, on the server that all share. After each test its lines are closed, and
 * groups and contexts of the scene deleted; after all it is sure that none of the lines ever deleted anything.
 */
export function watchedLines(version: NifiVersion): WatchedLines {
  let scene: Scene
  const asked: Request[] = []
  const lines: Line[] = []

  before(async function () {
    scene = await openScene(await serverOrSkip(this, version))
  })

  afterEach(async () => {
    for (const line of lines.splice(0)) await line.close()
    await scene.hand.clear(scene.parent)
    await scene.hand.clearContexts(scene.prefix)
  })

  after('nothing was ever deleted but requests of our own', () => {
    const deleted = asked.flatMap(({ method, path }) =>
      method === 'DELETE' && !/-requests\/[^/]+$/.test(path) ? [path] : []
    )
    assert.deepEqual(deleted, [])
  })

  const open = ({ before: first, ...options }: LineOptions = {}): Line => {
    const line = openLine(scene, {
      ...options,
      before: async (request) => {
        asked.push(request)
        await first?.(request)
      }
    })
    lines.push(line)
    return line
  }

  return {
    get scene() {
      return scene
    },
    get hand() {
      return scene.hand
    },
    name: (short) => scene.name(short),
    open,
    declare: (line, flows, contexts = {}, files = {}) =>
      line.declare({ flows: { ...scene.named(flows) }, 'parameter-contexts': { ...scene.named(contexts) }, ...files }),
    context: async (short) => (await scene.hand.context(scene.name(short))) ?? assert.fail(`no context ${short}`),
    running: async (short) => (await scene.hand.group(await scene.groupOf(short)))?.running
  }
}
