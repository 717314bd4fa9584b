/**
 * The whole way of a change: a commit, Flux, a ConfigMap, the kubelet's writer, the sidecar as its image holds it.
 * @module
 */
import { CustomObjectsApi, KubeConfig } from '@kubernetes/client-node'
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { stringify } from 'yaml'
import { z } from 'zod'
import { eventually } from '../live/eventually.ts'
import { skipLoudly } from '../live/skip.ts'
import { fluxDefinitions, startFlux, type Flux } from '../servers/flux.ts'
import { startGitSource, type GitSource } from '../servers/git-source.ts'
import type { Kubernetes } from '../servers/kubernetes.ts'
import { run } from '../servers/process.ts'
import { Contained } from './contained.ts'
import { kubectlTo, kubernetesOrSkip } from './harness.ts'
import { WorkingCopy } from './working-copy.ts'

export interface ChainOptions {
  readonly service: string
  /** How the sidecar reaches the service. */
  readonly env: Readonly<Record<string, string>>
  /** Part of the spec of the Kustomization. */
  readonly spec?: Readonly<Record<string, unknown>>
}

const kustomization = z.object({
  status: z.object({
    lastAppliedRevision: z.string().optional(),
    lastAttemptedRevision: z.string().optional(),
    conditions: z
      .array(z.object({ type: z.string(), status: z.string(), reason: z.string(), message: z.string() }))
      .default([])
  })
})

/** What Flux says of the commit it tried last. */
export interface Verdict {
  readonly applied: string | undefined
  readonly attempted: string | undefined
  readonly ready: { readonly status: string; readonly reason: string; readonly message: string }
}

interface Parts {
  readonly flux: Flux
  readonly source: GitSource
  /** Asked again and again, for which a process each time is too much. */
  readonly objects: CustomObjectsApi
}

const name = 'dev'
const patienceMs = 120_000

export class Chain {
  readonly server: Kubernetes
  /** Of what the environment declares. */
  readonly namespace: string
  readonly copy: WorkingCopy
  /** Of the objects of Flux. */
  readonly #fluxNamespace: string
  readonly #parts: Parts
  readonly #options: ChainOptions
  #sidecar: Contained | undefined

  private constructor(
    at: { server: Kubernetes; namespace: string; fluxNamespace: string; copy: WorkingCopy },
    parts: Parts,
    options: ChainOptions
  ) {
    this.server = at.server
    this.namespace = at.namespace
    this.copy = at.copy
    this.#fluxNamespace = at.fluxNamespace
    this.#parts = parts
    this.#options = options
  }

  /** Flux follows a repository of our own manifests in a namespace of its own; nothing is pushed yet and no sidecar runs. */
  static async open(server: Kubernetes, options: ChainOptions): Promise<Chain> {
    const id = randomUUID().slice(0, 8)
    const [namespace, fluxNamespace] = [`chain-${id}`, `flux-${id}`]
    const kubeconfig = await server.kubeconfig()
    await kubectlTo(server, 'create', 'namespace', fluxNamespace)
    const flux = await startFlux(kubeconfig, fluxNamespace)
    const source = await startGitSource({ kubeconfig, namespace: fluxNamespace, name })
    const copy = await WorkingCopy.of(source.repository, name, namespace)
    const config = new KubeConfig()
    config.loadFromFile(kubeconfig)
    const chain = new Chain(
      { server, namespace, fluxNamespace, copy },
      { flux, source, objects: config.makeApiClient(CustomObjectsApi) },
      options
    )
    await chain.copy.write('flux.yaml', fluxObjects(fluxNamespace, source.repository, options.spec))
    await kubectlTo(server, 'apply', '--filename', `${copy.directory}/flux.yaml`)
    return chain
  }

  get service(): string {
    return this.#options.service
  }

  get sidecar(): Contained {
    return this.#sidecar ?? assert.fail('no sidecar was started')
  }

  /** As the kubelet would when the Deployment is there; one that was started before must have been stopped. */
  async startSidecar(more: Readonly<Record<string, string>> = {}): Promise<Contained> {
    const { service } = this.#options
    const env = { ...this.#options.env, ...more }
    const manifest = await eventually(
      () => this.kubectl('get', 'deployment', `${service}-reconciler`, '--output', 'yaml'),
      patienceMs
    )
    this.#sidecar = await Contained.start({ kubeconfig: await this.server.kubeconfig(), service, manifest, env })
    return this.#sidecar
  }

  /** In the namespace of the environment. */
  kubectl(...args: readonly string[]): Promise<string> {
    return kubectlTo(this.server, '--namespace', this.namespace, ...args)
  }

  async verdict(): Promise<Verdict> {
    const at = {
      group: 'kustomize.toolkit.fluxcd.io',
      version: 'v1',
      plural: 'kustomizations',
      namespace: this.#fluxNamespace,
      name
    }
    const { status } = kustomization.parse(await this.#parts.objects.getNamespacedCustomObject(at))
    const ready = status.conditions.find(({ type }) => type === 'Ready') ?? assert.fail('no condition Ready yet')
    return { applied: status.lastAppliedRevision, attempted: status.lastAttemptedRevision, ready }
  }

  /** Waits until Flux has applied a commit. */
  untilApplied(commit: string): Promise<void> {
    const revision = this.#parts.source.revisionOf(commit)
    return eventually(async () => {
      const { applied, ready } = await this.verdict()
      assert.equal(applied, revision, `${ready.reason}: ${ready.message}`)
      assert.equal(ready.status, 'True', ready.message)
    }, patienceMs)
  }

  /** Waits until Flux has refused a commit; gives what it says of it. */
  untilRefused(commit: string): Promise<Verdict> {
    const revision = this.#parts.source.revisionOf(commit)
    return eventually(async () => {
      const verdict = await this.verdict()
      assert.equal(verdict.attempted, revision)
      assert.equal(verdict.ready.status, 'False', verdict.ready.message)
      return verdict
    }, patienceMs)
  }

  /** As `flux reconcile kustomization` does. */
  async reconcile(): Promise<void> {
    const requested = `reconcile.fluxcd.io/requestedAt=${new Date().toISOString()}`
    await kubectlTo(
      this.server,
      '--namespace',
      this.#fluxNamespace,
      'annotate',
      '--overwrite',
      'kustomization',
      name,
      requested
    )
  }

  async stop(): Promise<void> {
    await this.#sidecar?.stop()
    await this.#parts.flux.stop()
    await this.#parts.source.stop()
    await this.copy.remove()
  }
}

/** The shared server, where Flux can be had as well; skips loudly elsewhere. */
export async function serverWithFluxOrSkip(context: Mocha.Context): Promise<Kubernetes> {
  const server = await kubernetesOrSkip(context)
  const definitions = await fluxDefinitions()
  if ('missing' in definitions) return skipLoudly(context, `no custom resources of Flux: ${definitions.missing}`)
  const git = await run('git', ['--version']).catch((error: unknown) => error)
  return git instanceof Error ? skipLoudly(context, `no git: ${git.message}`) : server
}

function fluxObjects(namespace: string, repository: string, spec: Readonly<Record<string, unknown>> = {}): string {
  const metadata = { name, namespace }
  const source = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata,
    spec: { interval: '1m', url: `ssh://git@localhost${repository}`, ref: { branch: 'main' } }
  }
  const applied = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata,
    spec: {
      interval: '10m',
      retryInterval: '2s',
      timeout: '1m',
      prune: true,
      path: `./environments/${name}`,
      sourceRef: { kind: 'GitRepository', name },
      ...spec
    }
  }
  return `${stringify(source)}---\n${stringify(applied)}`
}
