/**
 * Writes that wait while real brokers restart one after the other, and while none of them takes a write for long.
 */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { kafkaService } from '../../../reconcilers/kafka/index.ts'
import { adminFor } from '../../reconcilers/kafka/adapters/harness.ts'
import type { KafkaNode } from '../../servers/kafka-node.ts'
import { Stepped } from '../stepped.ts'
import {
  eventually,
  openScene,
  sharedClusterOrSkip,
  tappedClusterOrSkip,
  type Declaration,
  type Scene
} from './harness.ts'

type Topic = Required<Pick<NonNullable<Declaration>, 'partitions' | 'config'>>
type Topics = Readonly<Record<string, Topic>>

function topic(retentionMs: number): Topic {
  return { partitions: 1, config: { 'retention.ms': String(retentionMs) } }
}

/** Topics `t0` and so on. */
function topics(count: number, retentionMs: number): Topics {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, topic(retentionMs)]))
}

/** Fails unless the broker holds exactly these topics. */
async function assertHeld(scene: Scene, declared: Topics, replicationFactor: number): Promise<void> {
  const live = await scene.hand.topics(Object.keys(declared).map((short) => scene.name(short)))
  const expected = Object.entries(declared).map(([short, { partitions, config }]) => [
    scene.name(short),
    { partitions, replicationFactor, config }
  ])
  assert.deepEqual(Object.fromEntries(live), Object.fromEntries(expected))
}

describe('brokers that restart one after the other while writes wait', function () {
  this.timeout(180_000)

  it('kill no item, and everything is written', async function () {
    const cluster = await sharedClusterOrSkip(this, 'three')
    const scene = await openScene(cluster.bootstrap, 'platformatic')
    const declared = new Map(Object.entries(topics(10, 3_600_000)))
    const declare = () => scene.declare(Object.fromEntries(declared), { hold: [] })
    await declare()
    const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '2s', REQUEST_TIMEOUT: '5s', DEAD_AFTER: '1ms' })
    await sidecar.waitForLine(({ status }) => status === 'in-sync')
    const rolling = roll(cluster.nodes)
    for (let change = 1; !(await isOver(rolling, 200)); change += 1) {
      // A new topic, and a change of one that is there.
      declared.set(`new${change}`, topic(3_600_000))
      declared.set(`t${change % 10}`, topic(3_600_000 + change))
      await declare()
    }
    await rolling
    await eventually(() => assertHeld(scene, Object.fromEntries(declared), 3), 90_000)
    const since = sidecar.lines().length
    await sidecar.waitForLine(({ status }) => status === 'in-sync', { since })
    assert.deepEqual(
      sidecar.lines().filter(({ reason }) => reason === 'dead'),
      []
    )
    assert.equal(await sidecar.stop(), 0)
    await scene.hand.delete(await scene.hand.names(scene.prefix))
  })
})

/** Restarts all brokers, each when the one before is back. */
async function roll(nodes: readonly KafkaNode[]): Promise<void> {
  for (const node of nodes) {
    await node.restart()
    for (const each of nodes) await each.ready(nodes.length)
  }
}

/** Whether it has ended, after at most `ms`. */
function isOver(work: Promise<void>, ms: number): Promise<boolean> {
  return Promise.race([work.then(() => true), sleep(ms, false)])
}

describe('brokers that take no write for half an hour, and answer everything else', function () {
  this.timeout(120_000)
  let stepped: Stepped

  beforeEach(() => {
    stepped = new Stepped()
  })

  afterEach(() => stepped.stop())

  it('kill no item, are not flooded, and are told everything when they are back', async function () {
    const { bootstrap, wiretap } = await tappedClusterOrSkip(this)
    const scene = await openScene(bootstrap, 'platformatic')
    const declared = topics(5, 7_200_000)
    await scene.hand.create({ [scene.name('t0')]: {}, [scene.name('t1')]: {} })
    const loop = stepped.loop(kafkaService(adminFor('platformatic', bootstrap)), {
      ledger: { maxAttempts: 1, deadAfterMs: 0 }
    })
    loop.write({ 'topics.json': scene.topicsJson(declared), 'policy.yaml': scene.policyYaml({ hold: [] }) })
    wiretap.cut(['CreateTopics', 'IncrementalAlterConfigs'])
    wiretap.take()
    try {
      loop.start()
      await stepped.pass(30 * 60_000)
    } finally {
      wiretap.cut([])
    }
    const { CreateTopics: creations = 0, IncrementalAlterConfigs: alterations = 0 } = wiretap.take()
    // Each topic waits up to 5 min after a failure.
    assert.ok(creations + alterations < 150, `${creations} creations, ${alterations} alterations`)
    await stepped.pass(6 * 60_000)
    await assertHeld(scene, declared, 1)
    assert.equal(loop.reports.at(-1)?.known.status, 'in-sync')
    assert.deepEqual(
      loop.outcomes.filter(({ reason }) => reason === 'dead'),
      []
    )
  })
})
