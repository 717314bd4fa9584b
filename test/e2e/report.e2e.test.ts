import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { startSidecar, type Sidecar } from '../live/command-line.ts'
import { eventually } from '../live/eventually.ts'
import { repository } from '../manifests/build.ts'
import type { Kubernetes } from '../servers/kubernetes.ts'
import { grantRoleOf } from './grant.ts'
import { kubeconfigOfAccount, kubectlTo, kubernetesOrSkip } from './harness.ts'

const map = z.object({
  metadata: z.object({
    annotations: z.record(z.string(), z.string()).default({}),
    managedFields: z.array(z.object({ manager: z.string(), time: z.string() }))
  })
})

/** As the expression of docs/gitops/health.md has it. */
function isFresh(managedFields: readonly { readonly manager: string; readonly time: string }[]): boolean {
  return managedFields.some(
    (own) =>
      own.manager === 'infometis' && managedFields.every((each) => each.manager === 'infometis' || each.time < own.time)
  )
}

describe('the report on ConfigMaps, on a real API server', function () {
  this.timeout(300_000)
  let server: Kubernetes
  let home = ''
  const namespaces = { allowed: `report-${randomUUID().slice(0, 8)}`, denied: `report-${randomUUID().slice(0, 8)}` }
  const names = ['kafka-topics-desired', 'kafka-cluster-desired'] as const

  before(async function () {
    server = await kubernetesOrSkip(this)
    for (const namespace of Object.values(namespaces)) {
      await kubectlTo(server, 'create', 'namespace', namespace)
      await kubectlTo(server, '--namespace', namespace, 'create', 'serviceaccount', 'kafka-reconciler')
    }
    await grantRoleOf(server, 'report', 'kafka', namespaces.allowed)
  })

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'infometis-report-'))
    for (const folder of ['config', 'served']) await mkdir(join(home, folder))
  })

  afterEach(() => rm(home, { recursive: true, force: true }))

  /** As Flux does it: applied on the server, by a manager of its own; both maps, of which one has all the files. */
  async function apply(namespace: string, files: string): Promise<void> {
    for (const [name, data] of [
      [names[0], { 'files.json': files }],
      [names[1], {}]
    ] as const) {
      const file = join(home, `${name}.json`)
      await writeFile(
        file,
        JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data })
      )
      await kubectlTo(
        server,
        'apply',
        '--server-side',
        '--force-conflicts',
        '--field-manager=kustomize-controller',
        '--filename',
        file
      )
    }
  }

  /** What kubelet does, some time later. */
  const mount = (files: string): Promise<void> => writeFile(join(home, 'config/files.json'), files)

  async function statusOf(namespace: string, name: string = names[0]): Promise<string> {
    const { metadata } = map.parse(
      JSON.parse(
        await kubectlTo(
          server,
          '--namespace',
          namespace,
          'get',
          'configmap',
          name,
          '--show-managed-fields',
          '--output',
          'json'
        )
      )
    )
    return isFresh(metadata.managedFields) ? (metadata.annotations['infometis.io/status'] ?? '') : 'in progress'
  }

  async function start(namespace: string, kubeconfig?: string): Promise<Sidecar> {
    const env = {
      INFOMETIS_PLUGIN: join(repository, 'examples/directory/index.ts'),
      DIRECTORY_PATH: join(home, 'served'),
      KUBECONFIG: kubeconfig ?? (await kubeconfigOfAccount(server, namespace, 'kafka-reconciler')),
      REPORT_CONFIG_MAPS: names.join(),
      POD_NAMESPACE: namespace,
      RECONCILE_INTERVAL: '1s',
      LOG_FORMAT: 'json'
    }
    return startSidecar('directory', { dir: join(home, 'config'), env })
  }

  const is = (namespace: string, expected: RegExp): Promise<void> =>
    eventually(async () => assert.match(await statusOf(namespace), expected), 60_000)

  it('follows a good commit, a bad one and its revert, and outlives the next apply of the same', async () => {
    const [good, bad, better] = ['{"shared":{"content":"one"}}', '{ broken', '{"shared":{"content":"two"}}']
    await apply(namespaces.allowed, good)
    await mount(good)
    const sidecar = await start(namespaces.allowed)
    await is(namespaces.allowed, /^converged$/)
    // One ConfigMap is written after the other.
    await eventually(async () => assert.equal(await statusOf(namespaces.allowed, names[1]), 'converged'), 60_000)

    await apply(namespaces.allowed, good)
    assert.equal(await statusOf(namespaces.allowed), 'converged')

    await apply(namespaces.allowed, bad)
    assert.equal(await statusOf(namespaces.allowed), 'in progress')
    await mount(bad)
    await is(namespaces.allowed, /^refused: files\.json/)

    await apply(namespaces.allowed, better)
    assert.equal(await statusOf(namespaces.allowed), 'in progress')
    await mount(better)
    await is(namespaces.allowed, /^converged$/)
    assert.equal(await sidecar.stop(), 0)
  })

  it('is published while the API server comes back, and no cycle waits for it', async () => {
    const files = '{"shared":{"content":"three"}}'
    await apply(namespaces.allowed, files)
    const kubeconfig = await kubeconfigOfAccount(server, namespaces.allowed, 'kafka-reconciler')
    await server.apiServer.kill()
    let sidecar: Sidecar
    try {
      await mount(files)
      sidecar = await start(namespaces.allowed, kubeconfig)
      await sidecar.waitForLine(({ message }) => message.startsWith('the report cannot be published: '))
      await sidecar.waitForLine(({ result, message }) => result === 'done' && message.endsWith('→ three'))
      assert.equal(await statusOf(namespaces.allowed).catch(() => 'away'), 'away')
    } finally {
      await server.apiServer.restart()
    }
    await eventually(async () => assert.equal(await statusOf(namespaces.allowed), 'converged'), 120_000)
    assert.equal(await sidecar.stop(), 0)
  })

  it('needs the rights of the component and has no others', async () => {
    const kubeconfig = await kubeconfigOfAccount(server, namespaces.allowed, 'kafka-reconciler')
    const can = (...what: readonly string[]): Promise<string> =>
      kubectlTo(server, '--namespace', namespaces.allowed, '--kubeconfig', kubeconfig, 'auth', 'can-i', ...what).catch(
        () => 'no'
      )
    for (const name of names)
      for (const verb of ['get', 'patch']) assert.match(await can(verb, `configmap/${name}`), /^yes/)
    for (const verb of ['update', 'delete', 'watch']) assert.match(await can(verb, `configmap/${names[0]}`), /^no/)
    for (const [verb, resource] of [
      ['get', 'configmap/other'],
      ['list', 'configmaps'],
      ['create', 'configmaps'],
      ['get', 'secrets'],
      ['create', 'events.events.k8s.io']
    ] as const) {
      assert.match(await can(verb, resource), /^no/, `${verb} ${resource}`)
    }
  })

  it('without the rights is missed once in the log, which names the right, and nothing else suffers', async () => {
    const files = '{"shared":{"content":"four"}}'
    await apply(namespaces.denied, files)
    await mount(files)
    const sidecar = await start(namespaces.denied)
    const { message } = await sidecar.waitForLine(({ level }) => level === 'warn')
    assert.match(message, /^the report cannot be published: Kubernetes: .*cannot get resource "configmaps".*; retrying/)
    await mount('{"shared":{"content":"five"}}')
    await sidecar.waitForLine((line) => line.result === 'done' && line.message.endsWith('→ five'))
    assert.equal(sidecar.lines().filter(({ level }) => level === 'warn').length, 1)
    assert.equal(await sidecar.stop(), 0)
  })
})
