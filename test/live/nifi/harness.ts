/**
 * Scenes on real NiFi servers: a given one, shared nodes, and nodes of a test's own.
 * @module
 */
import { basename } from 'node:path'
import { stringify } from 'yaml'
import type { Json } from '../../../src/records.ts'
import type { Access } from '../../servers/http.ts'
import {
  missingNifiPrerequisites,
  startNifi,
  type NifiNode,
  type NifiOptions,
  type NifiVersion
} from '../../servers/nifi.ts'
import { openNodes } from '../nodes.ts'
import { Scene as CommonScene, temporaryDirectory } from '../scene.ts'
import { nifiDocuments } from './documents.ts'
import { Hand } from './hand.ts'

export type { Access } from '../../servers/http.ts'
export { nifiVersions, type NifiNode, type NifiVersion } from '../../servers/nifi.ts'
export { infometis, type Ended, type LogRecord, type Sidecar } from '../command-line.ts'
export { entriesOf } from '../documents.ts'
export { eventually } from '../eventually.ts'
export { temporaryDirectory } from '../scene.ts'
export { connectionOf, definitionOf, heartbeat, processorOf } from './definitions.ts'
export {
  Hand,
  type LiveConnection,
  type LiveContext,
  type LiveGroup,
  type LiveProcessor,
  type LiveService
} from './hand.ts'

const setup = {
  name: 'NiFi',
  variables: {
    url: 'NIFI_URL',
    username: 'NIFI_USERNAME',
    password: 'NIFI_PASSWORD',
    caFile: 'NIFI_CA_FILE',
    certFile: 'NIFI_CERT_FILE',
    keyFile: 'NIFI_KEY_FILE'
  },
  mainVersion: '2.3.0',
  missing: missingNifiPrerequisites,
  start: startNifi
} as const

const nodes = openNodes<NifiVersion, NifiOptions, NifiNode>({ ...setup, ofVersion: (version) => ({ version }) })

export const { variablesFor, nodeOrSkip, sharedNodeOrSkip, serverOrSkip } = nodes

/** Those that ask for a password, shared as the others are. */
export const { sharedNodeOrSkip: sharedLoginOrSkip } = openNodes<NifiVersion, NifiOptions, NifiNode>({
  ...setup,
  ofVersion: (version) => ({ version, security: 'login' })
})

/** The group of the given server under which scenes may make their own. */
const givenParent = process.env['NIFI_PARENT_GROUP'] ?? 'root'

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
    super({
      service: 'nifi',
      dir,
      env: { ...variablesFor(server), NIFI_PARENT_GROUP: parent },
      documents: nifiDocuments
    })
    this.hand = new Hand(server)
    this.parent = parent
    this.#isOwn = server !== nodes.given
  }

  /** `nifi/<kind>/<full name>`, the kind `flow` unless told otherwise. */
  key(short: string, kind = 'flow'): string {
    return `nifi/${kind}/${this.name(short)}`
  }

  /** Writes `<file>.yaml` of each key, and policy.yaml. Names inside bodies are written in full, with `name()`. */
  async declare({ policy, cluster, definitions = {}, ...files }: Declared): Promise<void> {
    const named = Object.entries(files).map(([file, items]: [string, Items]) => [
      `${file}.yaml`,
      stringify(this.named(items))
    ])
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
    if (group === undefined || found.length > 1)
      throw new Error(`expected one group ${this.name(short)}, found ${found.length}`)
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
  const parent = await new Hand(server).createGroup(server === nodes.given ? givenParent : 'root', basename(dir))
  const scene = new Scene(dir, server, parent)
  nodes.clearAtEnd(scene)
  return scene
}
