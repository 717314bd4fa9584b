/**
 * Real servers of live tests: a given one, nodes that all tests share, and nodes of a test's own.
 * @module
 */
import type { Access } from '../servers/http.ts'
import type { Variables } from './command-line.ts'
import { skipLoudly } from './skip.ts'

/** Part of an access → the variable by which the reconciler learns it. */
type AccessVariables = { readonly url: string } & Readonly<Partial<Record<keyof Access, string>>>

/** Where the nodes of a service come from. */
export interface NodesSetup<Version, Options, Node> {
  /** What to say is missing. */
  readonly name: string
  /** By these a server is given, and reached. */
  readonly variables: AccessVariables
  /** The version a given server stands in for. */
  readonly mainVersion: Version
  readonly ofVersion: (version: Version) => Options
  /** What must be installed before `start` can succeed; undefined when nothing. */
  readonly missing: (options: Options) => Promise<string | undefined>
  readonly start: (options: Options) => Promise<Node>
}

/** Leaves things behind on a server that lives on, unless it is told to clear them. */
interface Guest {
  clear(): Promise<void>
}

/** Nodes of one service. */
export interface Nodes<Version, Options, Node> {
  /** The server that the variables name, if any. */
  readonly given: Access | undefined
  /** The variables by which the command line reaches a server. */
  readonly variablesFor: (access: Access) => Variables
  /** A node of the test's own, which stops it; skipped when it cannot be had or another server was given. */
  readonly nodeOrSkip: (context: Mocha.Context, options?: Options) => Promise<Node>
  /**
   * The node of a version that all scenarios share, started at the first call, for tests that pause it or change what
   * holds for the whole of it, and put that right again. Skipped as `nodeOrSkip` is.
   */
  readonly sharedNodeOrSkip: (context: Mocha.Context, version?: Version) => Promise<Node>
  /**
   * The given server, or the shared node: for tests that need no more than names of their own. The given one stands in
   * for the main version; tests of other versions are skipped then.
   */
  readonly serverOrSkip: (context: Mocha.Context, version?: Version) => Promise<Access>
  /** Has it cleared at the end of the run. */
  readonly clearAtEnd: (guest: Guest) => void
}

/** Texts by other names; those that are absent stay so. */
function renamed(texts: object, names: readonly (readonly [from: string, to: string])[]): Variables {
  const all = new Map<string, unknown>(Object.entries(texts))
  return Object.fromEntries(
    names.flatMap(([from, to]) => {
      const text = all.get(from)
      return typeof text === 'string' ? [[to, text]] : []
    })
  )
}

function givenServer(variables: AccessVariables): Access | undefined {
  const url = process.env[variables.url]
  const names = Object.entries(variables).map(([part, name]) => [name, part] as const)
  return url === undefined ? undefined : { ...renamed(process.env, names), url }
}

/** Shared nodes are stopped at the end of the run, after all guests are cleared. Call it while mocha reads the files. */
export function openNodes<Version, Options, Node extends Access & { stop(): Promise<void> }>(
  setup: NodesSetup<Version, Options, Node>
): Nodes<Version, Options, Node> {
  const { name, variables, mainVersion, ofVersion, missing, start } = setup
  const given = givenServer(variables)
  const shared = new Map<Version, Promise<Node>>()
  const guests: Guest[] = []

  async function skipUnlessOurs(context: Mocha.Context, options: Options): Promise<void> {
    // The first start on a machine downloads up to 900 MB.
    context.timeout(900_000)
    if (given !== undefined)
      skipLoudly(context, `needs control over its node, and ${variables.url} names one of somebody else`)
    const lacking = await missing(options)
    if (lacking !== undefined) skipLoudly(context, `no real ${name} here: ${lacking}`)
  }

  async function sharedNodeOrSkip(context: Mocha.Context, version: Version = mainVersion): Promise<Node> {
    await skipUnlessOurs(context, ofVersion(version))
    const node = shared.get(version) ?? start(ofVersion(version))
    shared.set(version, node)
    return node
  }

  after(async function () {
    this.timeout(60_000)
    for (const guest of guests) await guest.clear()
    for (const started of shared.values()) await (await started.catch(() => undefined))?.stop()
  })

  return {
    given,
    variablesFor: (access) => renamed(access, Object.entries(variables)),
    nodeOrSkip: async (context, options = ofVersion(mainVersion)) => {
      await skipUnlessOurs(context, options)
      return start(options)
    },
    sharedNodeOrSkip,
    serverOrSkip: async (context, version = mainVersion) =>
      given !== undefined && version === mainVersion ? given : sharedNodeOrSkip(context, version),
    clearAtEnd: (guest) => void guests.push(guest)
  }
}
