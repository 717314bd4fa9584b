import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { runElection } from '../../src/kubernetes/election.ts'
import { defaultTimes } from '../../src/kubernetes/lease.ts'
import type { Lead } from '../../src/kubernetes/leadership.ts'
import type { LeadershipEvent } from '../../src/report/observer.ts'
import { KubernetesLeases } from '../../src/kubernetes/kubernetes-leases.ts'
import { openKubernetes, type Kubernetes as Client } from '../../src/kubernetes/kubernetes.ts'
import { steadyClock } from '../../src/time/clock.ts'
import { eventually } from '../live/eventually.ts'
import type { Kubernetes } from '../servers/kubernetes.ts'
import { kubectlTo, kubernetesOrSkip } from './harness.ts'

/** A candidate of its own connection, as a replica has. */
class Replica {
  readonly identity: string
  readonly told: LeadershipEvent[] = []
  isLeading = false
  readonly #stopping = new AbortController()
  readonly #ended: Promise<void>

  constructor(identity: string, client: Client, at: { readonly namespace: string; readonly name: string }) {
    this.identity = identity
    const lead: Lead = async ({ stopping, lost }) => {
      this.isLeading = true
      await new Promise<void>((resolve) =>
        AbortSignal.any([stopping, lost]).addEventListener('abort', () => resolve(), { once: true })
      )
      this.isLeading = false
    }
    this.#ended = runElection(
      {
        identity,
        leases: new KubernetesLeases(client, at),
        clock: steadyClock,
        lead,
        onEvent: (event) => void this.told.push(event)
      },
      this.#stopping.signal
    )
  }

  stop(): Promise<void> {
    this.#stopping.abort()
    return this.#ended
  }
}

describe('leader election on a real API server', function () {
  this.timeout(180_000)
  let server: Kubernetes
  let client: Client
  const namespace = `lease-${randomUUID().slice(0, 8)}`
  let replicas: Replica[] = []

  before(async function () {
    server = await kubernetesOrSkip(this)
    await kubectlTo(server, 'create', 'namespace', namespace)
    process.env['KUBECONFIG'] = await server.kubeconfig()
    client = await openKubernetes()
  })

  after(() => {
    delete process.env['KUBECONFIG']
  })

  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()))
    replicas = []
  })

  /** Over a lease that nobody holds: for one that is not there everybody waits as long as one holds. */
  async function standForFree(name: string, count: number): Promise<void> {
    const nobody = { holder: '', transitions: 0, durationMs: undefined, acquiredAt: 0, renewedAt: 0 }
    // It is there after an attempt before this one.
    await new KubernetesLeases(client, { namespace, name })
      .create(nobody, AbortSignal.timeout(30_000))
      .catch(() => undefined)
    stand(name, count)
  }

  function stand(name: string, count: number): void {
    replicas = Array.from({ length: count }, (_, index) => new Replica(`replica-${index}`, client, { namespace, name }))
  }

  const leaders = (): readonly Replica[] => replicas.filter(({ isLeading }) => isLeading)
  const leader = (): Replica => leaders()[0] ?? assert.fail('nobody leads')

  it('has one leader, whose name stands in the lease', async () => {
    stand('one', 3)
    await eventually(() => Promise.resolve(leader()))
    assert.equal(
      await kubectlTo(
        server,
        '--namespace',
        namespace,
        'get',
        'lease',
        'one',
        '--output',
        'jsonpath={.spec.holderIdentity}'
      ),
      leader().identity
    )
  })

  it('is taken over within a second after a clean stop, and leaves no holder when all have stopped', async () => {
    await standForFree('stop', 3)
    await eventually(() => Promise.resolve(leader()))
    const before = leader()
    const since = performance.now()
    await before.stop()
    await eventually(() => Promise.resolve(leader()))
    assert.notEqual(leader(), before)
    assert.ok(performance.now() - since < 3_000, `${performance.now() - since} ms`)
    await Promise.all(replicas.map((replica) => replica.stop()))
    assert.equal(
      await kubectlTo(
        server,
        '--namespace',
        namespace,
        'get',
        'lease',
        'stop',
        '--output',
        'jsonpath={.spec.holderIdentity}'
      ),
      ''
    )
  })

  it('makes the leader step down while the API server is frozen, and finds one again', async () => {
    await standForFree('frozen', 2)
    await eventually(() => Promise.resolve(leader()))
    await server.apiServer.pause()
    try {
      const since = performance.now()
      while (leaders().length > 0) {
        assert.ok(performance.now() - since < 4_000, 'before another one could lead')
        await sleep(20)
      }
    } finally {
      server.apiServer.resume()
    }
    await eventually(() => Promise.resolve(leader()))
    assert.equal(leaders().length, 1)
  })

  it('makes the leader step down while etcd is frozen: a write without an answer may have been taken', async () => {
    await standForFree('etcd', 2)
    await eventually(() => Promise.resolve(leader()))
    await server.etcd.pause()
    try {
      const since = performance.now()
      while (leaders().length > 0) {
        assert.ok(performance.now() - since < 4_000, 'before another one could lead')
        await sleep(20)
      }
      // Until after another one could lead.
      await sleep(defaultTimes.leaseMs - defaultTimes.renewMs)
    } finally {
      server.etcd.resume()
    }
    await eventually(() => Promise.resolve(leader()), 30_000)
    assert.equal(leaders().length, 1)
  })

  it('survives a kill of the API server', async () => {
    await standForFree('kill', 2)
    await eventually(() => Promise.resolve(leader()))
    await server.apiServer.kill()
    try {
      await eventually(() => Promise.resolve(assert.equal(leaders().length, 0)))
    } finally {
      await server.apiServer.restart()
    }
    await eventually(() => Promise.resolve(leader()), 30_000)
    assert.equal(leaders().length, 1)
  })
})
