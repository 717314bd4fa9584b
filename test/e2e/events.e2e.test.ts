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

const event = z.object({
  type: z.string(),
  reason: z.string(),
  note: z.string(),
  regarding: z.object({ kind: z.string(), name: z.string(), uid: z.string().optional() }),
  reportingController: z.string(),
  series: z.object({ count: z.number(), lastObservedTime: z.string() }).optional()
})
type Event = z.output<typeof event>

describe('events of a sidecar, on a real API server', function () {
  this.timeout(300_000)
  let server: Kubernetes
  let home = ''
  const namespaces = { allowed: `events-${randomUUID().slice(0, 8)}`, denied: `events-${randomUUID().slice(0, 8)}` }

  before(async function () {
    server = await kubernetesOrSkip(this)
    for (const namespace of Object.values(namespaces)) {
      await kubectlTo(server, 'create', 'namespace', namespace)
      await kubectlTo(server, '--namespace', namespace, 'create', 'serviceaccount', 'kafka-reconciler')
    }
    await grantRoleOf(server, 'events', 'kafka', namespaces.allowed)
  })

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'infometis-events-'))
    for (const folder of ['config', 'served']) await mkdir(join(home, folder))
  })

  afterEach(() => rm(home, { recursive: true, force: true }))

  const declare = (text: string): Promise<void> => writeFile(join(home, 'config/files.json'), text)

  async function start(namespace: string, more: Readonly<Record<string, string>> = {}): Promise<Sidecar> {
    const env = {
      INFOMETIS_PLUGIN: join(repository, 'examples/directory/index.ts'),
      DIRECTORY_PATH: join(home, 'served'),
      KUBECONFIG: await kubeconfigOfAccount(server, namespace, 'kafka-reconciler'),
      KUBERNETES_EVENTS: 'on',
      POD_NAME: 'kafka-reconciler-0',
      POD_UID: '6f2b1a2e-1111-2222-3333-444455556666',
      POD_NAMESPACE: namespace,
      RECONCILE_INTERVAL: '1s',
      LOG_FORMAT: 'json',
      ...more
    }
    return startSidecar('directory', { dir: join(home, 'config'), env })
  }

  async function told(namespace: string): Promise<readonly Event[]> {
    const text = await kubectlTo(server, '--namespace', namespace, 'get', 'events.events.k8s.io', '--output', 'json')
    return z.object({ items: z.array(event) }).parse(JSON.parse(text)).items
  }

  it('are what `kubectl get events` and `kubectl describe pod` show: what came into force, what changed, what was refused', async () => {
    await declare(JSON.stringify({ shared: { content: 'one' } }))
    const sidecar = await start(namespaces.allowed)
    await sidecar.waitForLine(({ result }) => result === 'done')
    await declare('{ broken')
    await sidecar.waitForLine(({ message }) => message.startsWith('configuration refused'))
    await eventually(async () => {
      const reasons = (await told(namespaces.allowed)).map(({ reason }) => reason)
      for (const reason of ['ConfigurationAccepted', 'Created', 'ConfigurationRefused'])
        assert.ok(reasons.includes(reason), reasons.join())
    }, 30_000)
    const line = sidecar.lines().find(({ result }) => result === 'done')?.message
    const created = (await told(namespaces.allowed)).find(({ reason }) => reason === 'Created')
    assert.deepEqual(
      [created?.type, created?.note, created?.regarding.kind, created?.regarding.name, created?.reportingController],
      ['Normal', line, 'Pod', 'kafka-reconciler-0', 'infometis.io/reconciler']
    )
    const table = await kubectlTo(server, '--namespace', namespaces.allowed, 'get', 'events')
    assert.match(table, /Warning +ConfigurationRefused +pod\/kafka-reconciler-0 +configuration refused/)
    const byUid = ['--field-selector', 'involvedObject.uid=6f2b1a2e-1111-2222-3333-444455556666']
    assert.match(await kubectlTo(server, '--namespace', namespaces.allowed, 'get', 'events', ...byUid), /Created/)
    assert.equal(await sidecar.stop(), 0)
  })

  it('are one with a count for what keeps happening, and are written before the sidecar ends', async () => {
    await declare(JSON.stringify({ shared: { content: 'two' } }))
    // A directory where the file should be: it cannot be looked at or written, cycle after cycle.
    await rm(join(home, 'served'), { recursive: true })
    await writeFile(join(home, 'served'), '')
    const pod = `kafka-reconciler-${randomUUID().slice(0, 8)}`
    const sidecar = await start(namespaces.allowed, { POD_NAME: pod })
    const mine = async (): Promise<readonly Event[]> =>
      (await told(namespaces.allowed)).filter(({ regarding, type }) => regarding.name === pod && type === 'Warning')
    await eventually(async () => assert.ok(((await mine())[0]?.series?.count ?? 0) >= 2), 60_000)
    assert.equal((await mine()).length, 1)
    const cycles = (): number =>
      sidecar.lines().filter(({ status }) => status === 'blind' || status === 'degraded').length
    const before = cycles()
    await eventually(() => Promise.resolve(assert.ok(cycles() >= before + 2)))
    assert.equal(await sidecar.stop(), 0)
    assert.ok(((await mine())[0]?.series?.count ?? 0) > before, 'the last count is not written')
  })

  it('need the rights of the component and have no others', async () => {
    const can = (verb: string, resource: string): Promise<string> =>
      kubectlTo(
        server,
        '--namespace',
        namespaces.allowed,
        '--kubeconfig',
        asAccount,
        'auth',
        'can-i',
        verb,
        resource
      ).catch(() => 'no')
    const asAccount = await kubeconfigOfAccount(server, namespaces.allowed, 'kafka-reconciler')
    for (const verb of ['create', 'patch']) assert.match(await can(verb, 'events.events.k8s.io'), /^yes/)
    for (const verb of ['get', 'list', 'watch', 'update', 'delete', 'deletecollection'])
      assert.match(await can(verb, 'events.events.k8s.io'), /^no/)
    for (const resource of ['secrets', 'configmaps', 'pods', 'leases.coordination.k8s.io', 'events'])
      assert.match(await can('get', resource), /^no/)
    await assert.rejects(
      kubectlTo(
        server,
        '--namespace',
        namespaces.allowed,
        '--kubeconfig',
        asAccount,
        'delete',
        'events.events.k8s.io',
        '--all'
      ),
      /forbidden/i
    )
    await assert.rejects(
      kubectlTo(server, '--namespace', namespaces.allowed, '--kubeconfig', asAccount, 'get', 'secrets'),
      /forbidden/i
    )
  })

  it('without the rights are missed once in the log, which names the right, and nothing else suffers', async () => {
    await declare(JSON.stringify({ shared: { content: 'three' } }))
    const sidecar = await start(namespaces.denied)
    const { message } = await sidecar.waitForLine(({ level }) => level === 'warn')
    assert.match(
      message,
      /^events cannot be written to the cluster: Kubernetes: .*cannot create resource "events" in API group "events\.k8s\.io".*; retrying/
    )
    await declare(JSON.stringify({ shared: { content: 'four' } }))
    await sidecar.waitForLine((line) => line.result === 'done' && line.message.endsWith('→ four'))
    assert.equal(sidecar.lines().filter(({ level }) => level === 'warn').length, 1)
    assert.equal(await sidecar.stop(), 0)
    assert.deepEqual(await told(namespaces.denied), [])
  })
})
