/**
 * The part of the Deployment controller and of the kubelet, which do not run here.
 * @module
 */
import {
  AppsV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1Deployment,
  type V1DeploymentStatus
} from '@kubernetes/client-node'
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LogRecord } from '../live/command-line.ts'
import type { Chain, Verdict } from './chain.ts'

/** What was seen of one sidecar and of Flux until the sidecar was ready. */
export interface Roll {
  /** Of the Deployment that made it. */
  readonly generation: number
  /** Of the ConfigMaps it mounts. */
  readonly maps: readonly string[]
  /** What Flux said again and again while it was not ready, and once more when it was and nobody knew yet. */
  readonly verdicts: Verdict[]
  isReady: boolean
  /** What it has logged; once it has ended. */
  lines: readonly LogRecord[]
}

const turnMs = 100

/**
 * Plays `Recreate` plainly, for the Deployments in the namespace of a chain: for each new pod template of the reconciler the old
 * sidecar is stopped, and when it has ended a new one is started on a mirror of the ConfigMaps that are named now. What its
 * `/readyz` answers goes into the status of the Deployment (observedGeneration, replicas, Available), which is what Flux looks
 * at when it waits. Other Deployments have no pods here and are said to be available.
 */
export class RollOut {
  readonly rolls: Roll[] = []
  readonly #chain: Chain
  readonly #env: () => Promise<Readonly<Record<string, string>>>
  readonly #api: AppsV1Api
  readonly #stopping = new AbortController()
  readonly #playing: Promise<void>
  #template = ''

  private constructor(chain: Chain, api: AppsV1Api, env: () => Promise<Readonly<Record<string, string>>>) {
    this.#chain = chain
    this.#api = api
    this.#env = env
    this.#playing = this.#play()
    // Whoever stops it is told.
    this.#playing.catch(() => undefined)
  }

  /** `env`: more variables of a sidecar, asked for when it starts. */
  static async of(
    chain: Chain,
    env: () => Promise<Readonly<Record<string, string>>> = () => Promise.resolve({})
  ): Promise<RollOut> {
    const config = new KubeConfig()
    config.loadFromFile(await chain.server.kubeconfig())
    return new RollOut(chain, config.makeApiClient(AppsV1Api), env)
  }

  /** The sidecar that was started last. */
  get newest(): Roll {
    return this.rolls.at(-1) ?? assert.fail('nothing was rolled out')
  }

  /** Leaves the sidecar to the chain. Throws what went wrong on the way. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#playing
  }

  async #play(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const { items } = await this.#api.listNamespacedDeployment({ namespace: this.#chain.namespace })
      for (const deployment of items) {
        const isOurs = deployment.metadata?.name === `${this.#chain.service}-reconciler`
        await this.#report(deployment, isOurs ? await this.#roll(deployment) : true)
      }
      await sleep(turnMs)
    }
  }

  /** Whether the pod of this generation is ready. */
  async #roll({ metadata, spec }: V1Deployment): Promise<boolean> {
    const template = JSON.stringify(spec?.template)
    if (template !== this.#template) {
      assert.equal(spec?.strategy?.type, 'Recreate')
      const [old] = this.rolls.slice(-1)
      if (old !== undefined) old.lines = await this.#chain.sidecar.stop()
      await this.#chain.startSidecar(await this.#env())
      const sources = spec.template.spec?.volumes?.flatMap(({ projected }) => projected?.sources ?? []) ?? []
      const maps = sources.flatMap(({ configMap }) => (configMap?.name === undefined ? [] : [configMap.name]))
      this.rolls.push({ generation: metadata?.generation ?? 0, maps, verdicts: [], isReady: false, lines: [] })
      this.#template = template
    }
    const { newest } = this
    if (newest.isReady) return true
    const isReady = await this.#chain.sidecar.isReady()
    newest.verdicts.push(await this.#chain.verdict())
    newest.isReady = isReady
    return isReady
  }

  async #report({ metadata, spec, status }: V1Deployment, isReady: boolean): Promise<void> {
    const said = statusOf(metadata?.generation ?? 0, spec?.replicas ?? 1, isReady)
    if (status?.observedGeneration === said.observedGeneration && status?.availableReplicas === said.availableReplicas)
      return
    const at = { name: metadata?.name ?? '', namespace: this.#chain.namespace }
    await this.#api.patchNamespacedDeploymentStatus(
      { ...at, body: { status: said } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch)
    )
  }
}

/** As the Deployment controller writes it when all pods are of this generation. */
function statusOf(generation: number, replicas: number, isReady: boolean): V1DeploymentStatus {
  const ready = isReady ? replicas : 0
  const conditions = [
    { type: 'Available', status: isReady ? 'True' : 'False' },
    { type: 'Progressing', status: 'True', reason: isReady ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated' }
  ]
  return {
    observedGeneration: generation,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: ready,
    availableReplicas: ready,
    conditions
  }
}
