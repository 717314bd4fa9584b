import assert from 'node:assert/strict'
import { chmod, copyFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { eventually } from '../live/eventually.ts'
import { skipLoudly } from '../live/skip.ts'
import { repository } from '../manifests/build.ts'
import { argoCdDefinition } from '../servers/argo-cd.ts'
import { fluxDefinitions, startFlux, type Flux } from '../servers/flux.ts'
import { startGitSource, type GitSource } from '../servers/git-source.ts'
import { kubectl } from '../servers/kubectl.ts'
import { kubernetesTools } from '../servers/kubernetes-tools.ts'
import { startKubernetes, type Kubernetes } from '../servers/kubernetes.ts'
import { kubectlTo, kubernetesOrSkip } from './harness.ts'
import { pageNamed, runStep } from './page.ts'
import { WorkingCopy } from './working-copy.ts'

const deployments = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string(), generation: z.number() }),
      spec: z.object({ replicas: z.number() })
    })
  )
})

/** A server of its own, since pages name namespaces that others use too; with a repository as the reader would have it. */
class Stage {
  readonly server: Kubernetes
  readonly source: GitSource
  readonly copy: WorkingCopy
  readonly env: Readonly<Record<string, string>>

  private constructor(server: Kubernetes, source: GitSource, copy: WorkingCopy, env: Readonly<Record<string, string>>) {
    this.server = server
    this.source = source
    this.copy = copy
    this.env = env
  }

  static async open(home: string): Promise<Stage> {
    const tools = await kubernetesTools()
    assert.ok('paths' in tools)
    const server = await startKubernetes(tools.paths)
    // The server writes its file anew whenever it is asked for it.
    const kubeconfig = join(home, 'kubeconfig')
    await copyFile(await server.kubeconfig(), kubeconfig)
    const source = await startGitSource({ kubeconfig, namespace: 'flux-system', name: 'infometis' })
    const copy = await WorkingCopy.of(source.repository, 'dev', 'infometis-dev')
    await copy.push('Begin')
    const infometis = join(home, 'infometis')
    await writeFile(infometis, `#!/bin/sh\nexec "${process.execPath}" "${join(repository, 'src/cli/main.ts')}" "$@"\n`)
    await chmod(infometis, 0o755)
    await symlink((await kubectl()) ?? assert.fail(), join(home, 'kubectl'))
    const identity = {
      GIT_AUTHOR_NAME: 'tester',
      GIT_AUTHOR_EMAIL: 'tester@example.org',
      GIT_COMMITTER_NAME: 'tester',
      GIT_COMMITTER_EMAIL: 'tester@example.org',
      GIT_CONFIG_GLOBAL: '/dev/null'
    }
    return new Stage(server, source, copy, {
      PATH: `${home}:${process.env['PATH'] ?? ''}`,
      HOME: home,
      KUBECONFIG: kubeconfig,
      LC_ALL: 'C',
      ...identity
    })
  }

  /** Says that every Deployment has what it wants, as the controllers and the kubelet of a whole cluster would. */
  async pretendPodsRun(): Promise<void> {
    const { items } = deployments.parse(
      JSON.parse(await kubectlTo(this.server, 'get', 'deployments', '--all-namespaces', '--output', 'json'))
    )
    for (const {
      metadata: { name, namespace, generation },
      spec: { replicas }
    } of items) {
      const conditions = [
        { type: 'Available', status: 'True' },
        { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' }
      ]
      const status = {
        observedGeneration: generation,
        replicas,
        updatedReplicas: replicas,
        readyReplicas: replicas,
        availableReplicas: replicas,
        conditions
      }
      const patch = [
        'patch',
        'deployment',
        name,
        '--subresource=status',
        '--type=merge',
        '--patch',
        JSON.stringify({ status })
      ]
      // It may be gone by now.
      await kubectlTo(this.server, '--namespace', namespace, ...patch).catch(() => undefined)
    }
  }

  async close(): Promise<void> {
    await this.source.stop()
    await this.copy.remove()
    await this.server.stop()
  }
}

describe('the pages on GitOps', function () {
  this.timeout(30 * 60_000)
  let home = ''
  let stage: Stage | undefined
  let flux: Flux | undefined

  before(async function () {
    await kubernetesOrSkip(this)
  })

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'infometis-docs-'))
  })

  afterEach(async () => {
    await flux?.stop()
    await stage?.close()
    flux = stage = undefined
    await rm(home, { recursive: true, force: true })
  })

  for (const name of ['README', 'kubectl', 'flux', 'argocd']) {
    it(`say of ${name} which commands nobody ran`, async () => {
      assert.deepEqual((await pageNamed(name)).unmarked, [])
    })
  }

  it('print what kubectl prints', async () => {
    stage = await Stage.open(home)
    const { steps } = await pageNamed('kubectl')
    assert.ok(steps.length > 10)
    for (const step of steps) await runStep(step, stage.copy.directory, stage.env)
  })

  it('print what happens with Flux', async function () {
    const definitions = await fluxDefinitions()
    if ('missing' in definitions) skipLoudly(this, `no custom resources of Flux: ${definitions.missing}`)
    const here = (stage = await Stage.open(home))
    await kubectlTo(here.server, 'create', 'namespace', 'flux-system')
    flux = await startFlux(join(home, 'kubeconfig'), 'flux-system')
    const { steps } = await pageNamed('flux')
    assert.ok(steps.length > 15)
    const ended = new AbortController()
    const pods = (async () => {
      while (!ended.signal.aborted) await here.pretendPodsRun().then(() => sleep(500))
    })()
    try {
      for (const step of steps) await runStep(step, here.copy.directory, here.env)
    } finally {
      ended.abort()
      await pods
    }
  })

  it('name only fields that Argo CD knows', async function () {
    const definition = await argoCdDefinition()
    if ('missing' in definition) skipLoudly(this, `no definition of Argo CD's Application: ${definition.missing}`)
    const here = (stage = await Stage.open(home))
    await kubectlTo(here.server, 'apply', '--server-side', '--filename', definition.file)
    // kubectl fails on a definition so new that it has no condition at all.
    await eventually(() =>
      kubectlTo(here.server, 'wait', '--for=condition=Established', '--timeout=60s', '--filename', definition.file)
    )
    await kubectlTo(here.server, 'create', 'namespace', 'argocd')
    const [step, ...others] = (await pageNamed('argocd')).steps
    assert.ok(step && 'file' in step && others.length === 0)
    await runStep(step, here.copy.directory, here.env)
    const file = join(here.copy.directory, step.file)
    assert.match(
      await kubectlTo(here.server, 'apply', '--dry-run=server', '--validate=strict', '--filename', file),
      /created/
    )
    await writeFile(file, step.text.replace('selfHeal', 'selfHeel'))
    await assert.rejects(
      kubectlTo(here.server, 'apply', '--dry-run=server', '--validate=strict', '--filename', file),
      /unknown field "spec.syncPolicy.automated.selfHeel"/
    )
    const path = z
      .object({ spec: z.object({ source: z.object({ path: z.string() }) }) })
      .parse(parseAllDocuments(step.text)[0]?.toJS()).spec.source.path
    assert.match(await readFile(join(repository, path, 'kustomization.yaml'), 'utf8'), /kind: Kustomization/)
  })
})
