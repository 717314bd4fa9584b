import type { KafkaCluster, KafkaVersion } from '../../servers/kafka.ts'
import { describeCore } from './core.ts'
import { clusterOrSkip } from './harness.ts'

// The shared broker of the other tests is the newest one.
const older: readonly KafkaVersion[] = ['3.9.2', '4.3.1']

for (const version of older) {
  describe(`Kafka ${version}`, () => {
    let cluster: KafkaCluster

    before(async function () {
      cluster = await clusterOrSkip(this, { version })
    })

    after(() => cluster?.stop())

    describeCore('one broker', () => Promise.resolve(cluster.bootstrap))
  })
}
