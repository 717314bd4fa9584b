/**
 * The plugin as the command line sees it.
 */
import assert from 'node:assert/strict'
import * as port from '../../../reconcilers/kafka/admin.ts'
import { kafkaService, plugin } from '../../../reconcilers/kafka/index.ts'
import { Environment } from '../../../src/connect/environment.ts'
import { testCycle } from '../../../src/testing/cycle.ts'
import { reconcilerOn, scriptedAdmin } from './scripted-admin.ts'

describe('the Kafka plugin', () => {
  it('applies topics before the cluster, and can remove neither', () => {
    assert.deepEqual(
      plugin.kinds.map(({ kind, after }) => [kind, after]),
      [
        ['topic', undefined],
        ['cluster', ['topic']]
      ]
    )
    const service = plugin.open(new Environment({ KAFKA_BOOTSTRAP_SERVERS: 'nowhere.invalid:9092' }))
    assert.deepEqual(
      service.resources.map((resource) => [resource.kind, 'remove' in resource]),
      [
        ['topic', false],
        ['cluster', false]
      ]
    )
  })

  for (const client of ['platformatic', 'kafkajs']) {
    it(`is opened and closed without touching the network, with ${client}`, async () => {
      const service = plugin.open(
        new Environment({ KAFKA_BOOTSTRAP_SERVERS: 'nowhere.invalid:9092', KAFKA_CLIENT: client })
      )
      await service.close()
    })
  }

  it('knows which cluster it is from the reading of topics, and asks only without one', async () => {
    const admin = scriptedAdmin({})
    const service = kafkaService(admin)
    const [topics] = service.resources
    const pass = testCycle()
    await topics?.observe([], pass)
    assert.equal(await service.identity(pass), 'scripted')
    assert.deepEqual(admin.asked, ['metadata all'])
    assert.equal(await service.identity(testCycle()), 'scripted')
    assert.deepEqual(admin.asked, ['metadata all', 'metadata '])
  })

  it('reads topics also in a pass that asked which cluster it is before', async () => {
    const admin = scriptedAdmin({ topics: { t: {} } })
    const service = kafkaService(admin)
    const pass = testCycle()
    await service.identity(pass)
    const seen = await service.resources[0]?.observe([], pass)
    assert.deepEqual([...(seen?.items.keys() ?? [])], ['t'])
    assert.deepEqual(admin.asked, ['metadata ', 'metadata all'])
  })

  it('finds the brokers for the configuration of the cluster in the reading of topics', async () => {
    const admin = scriptedAdmin({})
    const files = { 'topics.json': {}, 'cluster.json': { config: { 'num.io.threads': 8 } } }
    await reconcilerOn(admin, files).plan(new AbortController().signal)
    assert.deepEqual(
      admin.asked.filter((request) => request.startsWith('metadata')),
      ['metadata all']
    )
  })

  it('costs nothing for the port between it and its clients, which is types alone', () => {
    assert.deepEqual(Object.keys(port), [])
  })
})
