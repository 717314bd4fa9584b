import assert from 'node:assert/strict'
import { readConnectionSettings } from '../../../reconcilers/kafka/connection.ts'
import { kafkaService } from '../../../reconcilers/kafka/index.ts'
import { openAdmin } from '../../../reconcilers/kafka/open-admin.ts'
import type { CycleReport } from '../../../src/line.ts'
import { silentObserver } from '../../../src/report/observer.ts'
import { Environment } from '../../../src/connect/environment.ts'
import { ServiceReconciler } from '../../../src/reconciler/service-reconciler.ts'
import {
  clients,
  eventually,
  openScene,
  tappedClusterOrSkip,
  type ClientName,
  type Declaration,
  type Scene
} from './harness.ts'
import type { Wiretap } from './wiretap.ts'
import { reading } from '../../reading.ts'

describe('a write whose answer is lost, although the broker carries it out', function () {
  this.timeout(60_000)
  let bootstrap: string
  let wiretap: Wiretap

  before(async function () {
    const tapped = await tappedClusterOrSkip(this)
    bootstrap = tapped.bootstrap
    wiretap = tapped.wiretap
  })

  /** One cycle for these topics, and how each call of the plugin ended. */
  async function cycle(scene: Scene, client: ClientName, topics: Readonly<Record<string, Declaration>>) {
    const calls: string[] = []
    const files = new Map([['topics.json', new TextEncoder().encode(scene.topicsJson(topics))]])
    const admin = openAdmin(
      readConnectionSettings(new Environment({ KAFKA_BOOTSTRAP_SERVERS: bootstrap, KAFKA_CLIENT: client }))
    )
    const reconciler = new ServiceReconciler(kafkaService(admin), {
      source: reading(() => Promise.resolve({ digest: 'd', files })),
      observer: { ...silentObserver, called: ({ operation, code }) => void calls.push(`${operation} ${code}`) }
    })
    try {
      return {
        report: await reconciler.reconcile(),
        calls: calls.filter((call) => !call.startsWith('observe') && !call.startsWith('identity'))
      }
    } finally {
      await admin.close()
    }
  }

  const results = (scene: Scene, { outcomes }: CycleReport): Readonly<Record<string, string>> =>
    Object.fromEntries(
      outcomes.flatMap(({ key, verb, result, error }) =>
        key.startsWith(scene.key('')) && verb !== 'orphan'
          ? [[key.slice(scene.key('').length), error === null ? result : `${result} ${error.code}`]]
          : []
      )
    )

  for (const client of clients) {
    describe(`through ${client}`, () => {
      it('fails the call that creates topics, and is found in sync afterwards', async () => {
        const scene = await openScene(bootstrap, client)
        wiretap.lose('CreateTopics')
        const lost = await cycle(scene, client, { a: {}, b: {} })
        assert.deepEqual(results(scene, lost.report), { a: 'failed UNREACHABLE', b: 'failed UNREACHABLE' })
        assert.deepEqual(lost.calls, ['create topic UNREACHABLE'])
        await eventually(async () => assert.equal((await scene.hand.names(scene.prefix)).length, 2))
        const after = await cycle(scene, client, { a: {}, b: {} })
        assert.deepEqual(results(scene, after.report), { a: 'unchanged', b: 'unchanged' })
      })

      it('fails the call that changes keys', async () => {
        const scene = await openScene(bootstrap, client)
        await scene.hand.create({ [scene.name('a')]: {} })
        const declared = { a: { config: { 'file.delete.delay.ms': 90_000 } } }
        // kafkajs asks for validation first.
        wiretap.lose(client === 'kafkajs' ? 'AlterConfigs' : 'IncrementalAlterConfigs', client === 'kafkajs' ? 2 : 1)
        const lost = await cycle(scene, client, declared)
        assert.deepEqual(results(scene, lost.report), { a: 'failed UNREACHABLE' })
        assert.deepEqual(lost.calls, ['update topic UNREACHABLE'])
        // The broker may carry it out after the connection is gone.
        await eventually(async () =>
          assert.deepEqual((await scene.hand.topic(scene.name('a')))?.config, { 'file.delete.delay.ms': '90000' })
        )
      })

      it('fails only the topics it is about, where others had their answer', async () => {
        const scene = await openScene(bootstrap, client)
        await scene.hand.create({ [scene.name('keys')]: {}, [scene.name('grown')]: {} })
        wiretap.lose('CreatePartitions')
        const { report } = await cycle(scene, client, {
          keys: { config: { 'file.delete.delay.ms': 90_000 } },
          grown: { partitions: 2 }
        })
        assert.deepEqual(results(scene, report), { keys: 'done', grown: 'failed UNREACHABLE' })
      })
    })
  }
})
