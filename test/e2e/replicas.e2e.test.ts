import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sidecar } from '../live/command-line.ts'
import { eventually } from '../live/eventually.ts'
import { rounds } from '../rounds.ts'
import type { Kubernetes } from '../servers/kubernetes.ts'
import { defaultTimes } from '../../src/kubernetes/lease.ts'
import { applyText } from './api-config.ts'
import { kubectlTo, kubernetesOrSkip } from './harness.ts'
import { leads, leadsNoMore, metricsOf, ReplicaSet, standsBy, writesOf } from './replica-set.ts'

const crashes = rounds(3, 20)
const patience = { ms: 60_000 }

describe('replicas of a sidecar with a Lease', function () {
  this.timeout(600_000)
  let server: Kubernetes
  let set: ReplicaSet
  const namespace = `replicas-${randomUUID().slice(0, 8)}`

  before(async function () {
    server = await kubernetesOrSkip(this)
    await kubectlTo(server, 'create', 'namespace', namespace)
  })

  beforeEach(async () => {
    const lease = `lease-${randomUUID().slice(0, 8)}`
    // Nobody holds it: for one that is not there everybody waits as long as one holds.
    await applyText(
      server,
      JSON.stringify({
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: lease, namespace },
        spec: { holderIdentity: '' }
      })
    )
    set = await ReplicaSet.open(await server.kubeconfig(), namespace, lease)
  })

  afterEach(() => set.close())

  /** One that leads and has written `content`, and one that stands by. */
  async function pair(content: string): Promise<{ readonly leader: Sidecar; readonly follower: Sidecar }> {
    await set.declare(content)
    const leader = set.start()
    await leader.waitForLine(leads, patience)
    const follower = set.start()
    await follower.waitForLine(standsBy, patience)
    await leader.waitForLine(({ result }) => result === 'done', patience)
    return { leader, follower }
  }

  const wrote = (replica: Sidecar, content: string) =>
    replica.waitForLine(({ message, result }) => result === 'done' && message.endsWith(`→ ${content}`), patience)

  it(`apply every change exactly once over ${crashes} crashes of the leader, and never two lead`, async () => {
    let { leader, follower } = await pair('0')
    let next = set.start()
    const took: number[] = []
    for (let turn = 1; turn <= crashes; turn += 1) {
      await next.waitForLine(standsBy, patience)
      const at = Date.now()
      set.crash(leader)
      await set.declare(String(turn))
      // Either of the two may be the one.
      const line = await Promise.any([follower, next].map((replica) => replica.waitForLine(leads, patience)))
      took.push(Date.parse(line.timestamp) - at)
      ;[leader, follower] = follower.lines().some(leads) ? [follower, next] : [next, follower]
      next = set.start()
      // What a process did not get to say before it was killed cannot be counted.
      await wrote(leader, String(turn))
    }
    assert.equal(await set.served(), String(crashes))
    assert.deepEqual([set.writes().length, set.overlaps()], [crashes + 1, []], set.writes().join('\n'))
    const sorted = took.toSorted((a, b) => a - b)
    // Of a machine that is busy not each one can be asked to be that fast.
    assert.ok((sorted[0] ?? 0) < 5_000 && (sorted[Math.floor(crashes / 2)] ?? 0) < 8_000, sorted.join(', '))
  })

  it('hand over at a clean stop without waiting for the end of the lease, and end with 0', async () => {
    const { leader, follower } = await pair('a')
    assert.equal(await leader.stop(), 0)
    const at = Date.now()
    const line = await follower.waitForLine(leads, patience)
    assert.ok(Date.parse(line.timestamp) - at < 3_000, `${Date.parse(line.timestamp) - at} ms`)
    assert.equal(await follower.stop(), 0)
    assert.deepEqual(set.overlaps(), [])
  })

  it('do nothing when they were frozen for longer than the lease', async () => {
    const { leader, follower } = await pair('a')
    leader.pause()
    await set.declare('b')
    await follower.waitForLine(leads, patience)
    await wrote(follower, 'b')
    const known = leader.lines().length
    // Both see this; the one that slept last looked before it was so.
    await set.drift('by hand')
    leader.resume()
    await leader.waitForLine(leadsNoMore, { ...patience, since: known })
    await leader.waitForLine(standsBy, { ...patience, since: known })
    await eventually(async () => assert.equal(await set.served(), 'b'))
    await eventually(() => Promise.resolve(assert.equal(writesOf(follower).length, 2)))
    const writtenAt = await set.writtenAt()
    // Three intervals of both.
    await sleep(3_000)
    assert.deepEqual([writesOf(leader).length, writesOf(follower).length, await set.writtenAt()], [1, 2, writtenAt])
    const live = /^(?:items|orphans|config_info|config_valid|leader)\b/
    const [lost, led] = [await metricsOf(leader), await metricsOf(follower)]
    assert.deepEqual(
      lost.filter((line) => live.test(line)),
      [],
      'what the one that lost the lease saw is not so any longer'
    )
    assert.ok(
      lost.some((line) => line.startsWith('reconcile_total')),
      'what it did stays'
    )
    assert.ok(led.includes('items{kind="file",state="in-sync"} 1') && led.includes('leader{} 1'), led.join('\n'))
  })

  it('write nothing while the API server is frozen, and a change made meanwhile once', async () => {
    const { leader, follower } = await pair('a')
    const writtenAt = await set.writtenAt()
    await server.apiServer.pause()
    try {
      await leader.waitForLine(leadsNoMore, patience)
      await set.declare('b')
      // Until after another one could lead.
      await sleep(defaultTimes.leaseMs)
      assert.deepEqual([await set.served(), await set.writtenAt()], ['a', writtenAt])
      assert.ok(!follower.lines().some(leads))
    } finally {
      server.apiServer.resume()
    }
    await eventually(async () => assert.equal(await set.served(), 'b'), 60_000)
    await eventually(() => Promise.resolve(assert.equal(set.writes().length, 2)))
    await sleep(1_500)
    assert.deepEqual([set.writes().length, set.overlaps()], [2, []])
  })
})
