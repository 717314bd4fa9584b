/**
 * The plugin as the command line sees it.
 */
import assert from 'node:assert/strict'
import * as port from '../../../reconcilers/kafka/admin.ts'
import { kafkaService, plugin } from '../../../reconcilers/kafka/index.ts'
import { Environment } from '../../../src/connect/environment.ts'
import { scriptedAdmin } from './scripted-admin.ts'

const { signal } = new AbortController()

describe('the Kafka plugin', () => {
  it('applies topics before the cluster, and can remove neither', () => {
    assert.deepEqual(
      plugin.kinds.map(({ kind }) => kind),
      ['topic', 'cluster']
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
    await service.resources[0]?.observe([], { full: false, everything: false, signal })
    assert.deepEqual(admin.asked, ['metadata all'])
    assert.equal(await service.identity(signal), 'scripted')
    assert.deepEqual(admin.asked, ['metadata all'])
    assert.equal(await service.identity(signal), 'scripted')
    assert.deepEqual(admin.asked, ['metadata all', 'metadata '])
  })

  it('costs nothing for the port between it and its clients, which is types alone', () => {
    assert.deepEqual(Object.keys(port), [])
  })
})
