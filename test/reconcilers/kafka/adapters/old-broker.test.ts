import assert from 'node:assert/strict'
import { LoopbackBroker, type Offer } from '../loopback-broker.ts'
import { adminFor, patience } from './harness.ts'

describe('platformatic with a broker that lacks an API', () => {
  const offers: readonly Offer[] = [
    ['Metadata', 0, 12],
    ['DescribeConfigs', 0, 4],
    ['CreateTopics', 0, 7],
    ['CreatePartitions', 0, 3],
    ['ListPartitionReassignments', 0, 0]
  ]

  async function refusal(offered: readonly Offer[]): Promise<{ readonly bootstrap: string; readonly error: unknown }> {
    const broker = await LoopbackBroker.start({ offers: offered })
    const admin = adminFor('platformatic', broker.bootstrap)
    try {
      return {
        bootstrap: broker.bootstrap,
        error: await admin.metadata([], patience()).catch((error: unknown) => error)
      }
    } finally {
      await admin.close()
      await broker.stop()
    }
  }

  it('names the API and what the broker offers of it, instead of sending what is dropped silently', async () => {
    const { bootstrap, error } = await refusal([...offers, ['IncrementalAlterConfigs', 0, 0]])
    assert.ok(error instanceof Error && 'code' in error)
    assert.equal(error.code, 'UNSUPPORTED')
    const needed = 'IncrementalAlterConfigs version 1 is needed, the broker offers versions 0 to 0'
    assert.equal(error.message, `${bootstrap}: ${needed}; KAFKA_CLIENT=kafkajs may fit`)
  })

  it('names an API that is not there at all', async () => {
    const { error } = await refusal(offers.filter(([api]) => api !== 'CreatePartitions'))
    assert.match(String(error), /CreatePartitions version 3 is needed, the broker offers no version/)
  })

  it('asks whether it is the port of a controller, which has no metadata', async () => {
    const { error } = await refusal(offers.filter(([api]) => api !== 'Metadata'))
    assert.match(
      String(error),
      /Metadata version 12 is needed, the broker offers no version; is this the port of a controller\?/
    )
  })
})
