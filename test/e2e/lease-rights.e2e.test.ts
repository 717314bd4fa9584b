import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { defaultTimes } from '../../src/kubernetes/lease.ts'
import { KubernetesLeases } from '../../src/kubernetes/kubernetes-leases.ts'
import { openKubernetes, type Kubernetes as Client } from '../../src/kubernetes/kubernetes.ts'
import { leasesContract } from '../kubernetes/leases-contract.ts'
import type { Sidecar } from '../live/command-line.ts'
import { eventually } from '../live/eventually.ts'
import { repository } from '../manifests/build.ts'
import { kubectl } from '../servers/kubectl.ts'
import type { Kubernetes } from '../servers/kubernetes.ts'
import { run } from '../servers/process.ts'
import { kubeconfigOfAccount, kubectlTo, kubernetesOrSkip } from './harness.ts'
import { leads, ReplicaSet } from './replica-set.ts'

const patience = { ms: 60_000 }
const name = 'kafka-reconciler'

describe('a Lease of a real API server', function () {
  this.timeout(180_000)
  let server: Kubernetes
  let client: Client
  const namespace = `rights-${randomUUID().slice(0, 8)}`
  let account = ''
  let stranger = ''
  const sets: ReplicaSet[] = []

  before(async function () {
    server = await kubernetesOrSkip(this)
    await kubectlTo(server, 'create', 'namespace', namespace)
    await kubectlTo(
      server,
      '--namespace',
      namespace,
      'apply',
      '--filename',
      join(repository, `manifests/components/lease/${name}-role.yaml`)
    )
    for (const each of [name, 'stranger'])
      await kubectlTo(server, '--namespace', namespace, 'create', 'serviceaccount', each)
    account = await kubeconfigOfAccount(server, namespace, name)
    stranger = await kubeconfigOfAccount(server, namespace, 'stranger')
    process.env['KUBECONFIG'] = await server.kubeconfig()
    client = await openKubernetes()
    delete process.env['KUBECONFIG']
  })

  afterEach(async () => {
    for (const set of sets.splice(0)) await set.close()
  })

  async function start(kubeconfig: string, inNamespace = namespace): Promise<Sidecar> {
    const set = await ReplicaSet.open(kubeconfig, inNamespace, name)
    sets.push(set)
    await set.declare('a')
    return set.start()
  }

  const asAccount = async (...args: readonly string[]): Promise<string> =>
    (
      await run((await kubectl()) ?? 'kubectl', ['--kubeconfig', account, '--namespace', namespace, ...args], {
        name: 'kubectl',
        timeoutMs: 60_000
      })
    ).stdout

  async function probe(replica: Sidecar, path: string): Promise<readonly [number, string]> {
    const { message } = await replica.waitForLine(
      (line) => line.message.startsWith('probes and metrics on port '),
      patience
    )
    const response = await fetch(`http://127.0.0.1:${message.split(' ').at(-1)}${path}`)
    return [response.status, await response.text()]
  }

  describe('keeps what an election relies on', () => {
    leasesContract(() => {
      const one = `contract-${randomUUID().slice(0, 8)}`
      const remove = async (): Promise<void> =>
        void (await kubectlTo(server, '--namespace', namespace, 'delete', 'lease', one))
      return Promise.resolve({ leases: new KubernetesLeases(client, { namespace, name: one }), remove })
    })
  })

  it('is created, renewed and let go with the Role of manifests/components/lease', async () => {
    const replica = await start(account)
    await replica.waitForLine(leads, patience)
    await replica.waitForLine(({ result }) => result === 'done', patience)
    const get = (path: string): Promise<string> => asAccount('get', 'lease', name, '--output', `jsonpath={${path}}`)
    const renewed = await get('.spec.renewTime')
    await eventually(async () => assert.notEqual(await get('.spec.renewTime'), renewed))
    assert.equal((await probe(replica, '/readyz'))[0], 200)
    assert.equal(await replica.stop(), 0)
    assert.equal(await get('.spec.holderIdentity'), '')
  })

  describe('with that Role', () => {
    const claim = { holder: 'x', transitions: 0, durationMs: 4_000, acquiredAt: 0, renewedAt: 0 }
    const { signal } = new AbortController()

    for (const denied of [
      ['delete', 'lease', name],
      ['get', 'leases'],
      ['get', 'secrets'],
      ['get', 'configmaps'],
      ['get', 'pods']
    ]) {
      it(`is no right to ${denied.join(' ')}`, () => assert.rejects(asAccount(...denied), /[Ff]orbidden/))
    }

    it('is no right to read or write one of another name; the error says which right is missing', async () => {
      const other = { namespace, name: `other-${randomUUID().slice(0, 8)}` }
      const seen = await new KubernetesLeases(client, other).create(claim, signal)
      process.env['KUBECONFIG'] = account
      const leases = new KubernetesLeases(await openKubernetes(), other)
      delete process.env['KUBECONFIG']
      await assert.rejects(leases.read(signal), { code: 'NOT_PERMITTED', message: /cannot get resource "leases"/ })
      await assert.rejects(leases.replace(seen, claim, signal), {
        code: 'NOT_PERMITTED',
        message: /cannot update resource "leases"/
      })
    })
  })

  it('that may not be read makes a replica stand by; it says once which right it lacks, and its probes tell the truth', async () => {
    const replica = await start(stranger)
    const { message } = await replica.waitForLine(({ level }) => level === 'warn', patience)
    assert.match(
      message,
      /^lease not reachable: Kubernetes: .*stranger" cannot get resource "leases".*; get, update and create of leases are needed/
    )
    // It is tried twice more.
    await sleep(2 * defaultTimes.retryMs + 200)
    assert.equal(replica.lines().filter(({ level }) => level === 'warn').length, 1)
    const [status, text] = await probe(replica, '/readyz')
    assert.deepEqual([status, text.includes('standby: ') && text.includes('cannot get resource "leases"')], [503, true])
    assert.equal((await probe(replica, '/healthz'))[0], 200)
    assert.ok(!replica.lines().some(({ result }) => result === 'done'))
    assert.equal(await replica.stop(), 0)
  })

  it('in a namespace that is not there is told as that', async () => {
    const replica = await start(await server.kubeconfig(), 'nowhere')
    const { message } = await replica.waitForLine(({ level }) => level === 'warn', patience)
    assert.equal(message, 'lease not reachable: POD_NAMESPACE: expected a namespace that exists, found "nowhere"')
  })

  it('is not given to a token that is not accepted', async () => {
    const replica = await start(await server.kubeconfig('wrong'))
    const { message } = await replica.waitForLine(({ level }) => level === 'warn', patience)
    assert.match(message, /^lease not reachable: Kubernetes: .*; the token of the pod's account is needed/)
  })
})
