/**
 * Scenes on real NiFi servers: a given one, shared nodes, and nodes of a test's own.
 * @module
 */
import { basename } from 'node:path'
import { stringify } from 'yaml'
import type { Json } from '../../../src/contract.ts'
import type { Access } from '../../servers/http.ts'
import { missingNifiPrerequisites, startNifi, type NifiNode, type NifiOptions, type NifiVersion } from '../../servers/nifi.ts'
import type { Variables } from '../command-line.ts'
import { Scene as CommonScene, temporaryDirectory } from '../scene.ts'
import { skipLoudly } from '../skip.ts'
import { nifiDocuments } from './documents.ts'
import { Hand } from './hand.ts'

export type { Access } from '../../servers/http.ts'
export { nifiVersions, type NifiNode, type NifiVersion } from '../../servers/nifi.ts'
export { infometis, type Ended, type LogRecord, type Sidecar } from '../command-line.ts'
export { entriesOf } from '../documents.ts'
export { eventually } from '../eventually.ts'
export { temporaryDirectory } from '../scene.ts'
export { connectionOf, definitionOf, heartbeat, processorOf } from './definitions.ts'
export { Hand, type LiveConnection, type LiveContext, type LiveGroup, type LiveProcessor, type LiveService } from './hand.ts'

const mainVersion = '2.3.0'
const notOurs = 'needs control over its server, and NIFI_URL names one of somebody else'

/** The server of `NIFI_URL` and its companions, as the reconciler's own variables name it. */
function givenServer(variables: NodeJS.ProcessEnv): Access | undefined {
  const { NIFI_URL: url, NIFI_USERNAME: username, NIFI_PASSWORD: password } = variables
  const { NIFI_CA_FILE: caFile, NIFI_CERT_FILE: certFile, NIFI_KEY_FILE: keyFile } = variables
  if (url === undefined) return undefined
  return {
    url,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(caFile !== undefined && { caFile }),
    ...(certFile !== undefined && { certFile }),
    ...(keyFile !== undefined && { keyFile })
  }
}

const external = givenServer(process.env)

/** The group of the given server under which scenes may make their own. */
const externalParent = process.env['NIFI_PARENT_GROUP'] ?? 'root'

/** The variables by which the command line reaches a server. */
export function variablesFor({ url, username, password, caFile, certFile, keyFile }: Access): Variables {
  return {
    NIFI_URL: url,
    ...(username !== undefined && { NIFI_USERNAME: username }),
    ...(password !== undefined && { NIFI_PASSWORD: password }),
    ...(caFile !== undefined && { NIFI_CA_FILE: caFile }),
    ...(certFile !== undefined && { NIFI_CERT_FILE: certFile }),
    ...(keyFile !== undefined && { NIFI_KEY_FILE: keyFile })
  }
}

async function skipUnlessOurs(context: Mocha.Context, options: NifiOptions): Promise<void> {
  // The first start on a machine downloads up to 200 MB.
  context.timeout(900_000)
  if (external !== undefined) skipLoudly(context, notOurs)
  const missing = await missingNifiPrerequisites(options)
  if (missing !== undefined) skipLoudly(context, `no real NiFi here: ${missing}`)
}

/** A node of the test's own, which stops it; skipped when it cannot be had or another server was given. */
export async function nodeOrSkip(context: Mocha.Context, options: NifiOptions = {}): Promise<NifiNode> {
  await skipUnlessOurs(context, options)
  return startNifi(options)
}

const shared = new Map<NifiVersion, Promise<NifiNode>>()

/**
 * The node of a version that all scenarios share, started at the first call, for tests that pause it or change what
 * holds for the whole of it, and put that right again. Skipped as `nodeOrSkip` is.
 */
export async function sharedNodeOrSkip(context: Mocha.Context, version: NifiVersion = mainVersion): Promise<NifiNode> {
  await skipUnlessOurs(context, { version })
  const node = shared.get(version) ?? startNifi({ version })
  shared.set(version, node)
  return node
}

/**
 * The given server, or the shared node: for tests that need no more than a group and names of their own. The given one
 * stands in for the main version; tests of other versions are skipped then.
 */
export async function serverOrSkip(context: Mocha.Context, version: NifiVersion = mainVersion): Promise<Access> {
  if (external !== undefined && version === mainVersion) return external
  return sharedNodeOrSkip(context, version)
}

const scenes: Scene[] = []

after(async function () {
  this.timeout(60_000)
  for (const scene of scenes) await scene.clear()
  for (const started of shared.values()) await (await started.catch(() => undefined))?.stop()
})

type Items = { readonly [short: string]: Json }

/** File name without its ending → items by short name, policy.yaml, and files beside them. */
export interface Declared {
  readonly 'parameter-contexts'?: Items
  readonly flows?: Items
  /** As it is: settings have no names of ours. */
  readonly cluster?: Items
  readonly policy?: Readonly<Record<string, unknown>>
  /** File name → definition, written as JSON. */
  readonly definitions?: Readonly<Record<string, Json>>
}

/** A scene with a hand and a process group of its own, under which all its flows are. */
export class Scene extends CommonScene {
  readonly hand: Hand
  /** Id of its group, the parent of its flows. */
  readonly parent: string
  readonly #isOwn: boolean

  constructor(dir: string, server: Access, parent: string) {
    super({ service: 'nifi', dir, env: { ...variablesFor(server), NIFI_PARENT_GROUP: parent }, documents: nifiDocuments })
    this.hand = new Hand(server)
    this.parent = parent
    this.#isOwn = server !== external
  }

  /** `nifi/<kind>/<full name>`, the kind `flow` unless told otherwise. */
  key(short: string, kind = 'flow'): string {
    return `nifi/${kind}/${this.name(short)}`
  }

  /** The same items by their full names. */
  named<T>(items: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
    return Object.fromEntries(Object.entries(items).map(([short, item]) => [this.name(short), item]))
  }

  /** Writes `<file>.yaml` of each key, and policy.yaml. Names inside bodies are written in full, with `name()`. */
  async declare({ policy, cluster, definitions = {}, ...files }: Declared): Promise<void> {
    const named = Object.entries(files).map(([file, items]: [string, Items]) => [`${file}.yaml`, stringify(this.named(items))])
    const beside = Object.entries(definitions).map(([file, definition]) => [file, JSON.stringify(definition, null, 2)])
    await this.write({
      ...Object.fromEntries([...named, ...beside]),
      ...(cluster && { 'cluster.yaml': stringify(cluster) }),
      'policy.yaml': this.policyYaml(policy)
    })
  }

  /** Id of the group that a flow of this scene is; throws unless there is exactly one of its name. */
  async groupOf(short: string): Promise<string> {
    const found = (await this.hand.groups(this.parent)).filter(({ name }) => name === this.name(short))
    const [group] = found
    if (group === undefined || found.length > 1) throw new Error(`expected one group ${this.name(short)}, found ${found.length}`)
    return group.id
  }

  /** Removes what this scene created from a server that lives on. */
  async clear(): Promise<void> {
    if (this.#isOwn) return
    await this.hand.remove(this.parent)
    await this.hand.clearContexts(this.prefix)
  }
}

/** A new scene on a server, in an empty process group of its own. */
export async function openScene(server: Access): Promise<Scene> {
  const dir = await temporaryDirectory()
  const parent = await new Hand(server).createGroup(server === external ? externalParent : 'root', basename(dir))
  const scene = new Scene(dir, server, parent)
  scenes.push(scene)
  return scene
}
