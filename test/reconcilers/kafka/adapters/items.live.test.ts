import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Answer, ConfigAnswer, KafkaAdmin, NewTopic } from '../../../../reconcilers/kafka/admin.ts'
import { adapterErrors } from '../../../../reconcilers/kafka/broker-errors.ts'
import type { KafkaCluster } from '../../../servers/kafka.ts'
import { sharedClusterOrSkip } from '../../../live/kafka/clusters.ts'
import { adminFor, clients, eventually, patience } from './harness.ts'

const topic = (name: string, config: NewTopic['config'] = {}): NewTopic => ({
  name,
  partitions: 2,
  replicationFactor: 1,
  config
})
const codes = (answers: readonly Answer[]) => answers.map(({ name, error }) => [name, error?.code])
const values = ({ entries }: ConfigAnswer) =>
  Object.fromEntries(entries.map(({ name, value, source }) => [name, `${value} (${source})`]))

const key = 'log.cleaner.threads'
const clusterQuery = { type: 'cluster', name: '', keys: [key, 'log.retention.ms'] } as const
const read = async (admin: KafkaAdmin) => {
  const [answer] = await admin.describeConfigs([clusterQuery], { synonyms: false }, patience())
  return answer && [answer.type, answer.name, values(answer)]
}

describe('both adapters on a real broker', function () {
  this.timeout(120_000)
  let cluster: KafkaCluster | undefined
  const bootstrap = (): string => cluster?.bootstrap ?? assert.fail('no cluster')

  before(async function () {
    // It would create a topic that is only asked for.
    cluster = await sharedClusterOrSkip(this)
  })

  for (const client of clients) {
    describe(client, () => {
      let admin: KafkaAdmin

      before(() => {
        admin = adminFor(client, bootstrap())
      })

      after(() => admin.close())

      let attempt = 0
      beforeEach(() => {
        attempt += 1
      })
      /** A topic of this test, and of this attempt at it. */
      const named = (what: string): string => `${client}-${what}-${attempt}`

      /** Creates and waits until readers see it, so that a test does not meet the lag of metadata. */
      const given = async (...topics: readonly NewTopic[]): Promise<void> => {
        const names = topics.map(({ name }) => name)
        assert.deepEqual(
          codes(await admin.createTopics(topics, patience())),
          names.map((name) => [name, undefined])
        )
        await eventually(async () => {
          const seen = await admin.metadata(names, patience())
          assert.ok(seen.topics.every(({ error }) => error === undefined))
        })
      }

      const describeTopic = async (
        name: string,
        keys: readonly string[] | 'all',
        synonyms = false
      ): Promise<ConfigAnswer> => {
        const [answer] = await admin.describeConfigs([{ type: 'topic', name, keys }], { synonyms }, patience())
        return answer ?? assert.fail('no answer')
      }

      it('shows cluster, brokers and topics with how many replicas they have', async () => {
        const name = named('metadata')
        await given(topic(name))
        const metadata = await admin.metadata('all', patience())
        assert.equal(metadata.clusterId, cluster?.clusterId)
        assert.deepEqual(metadata.brokers, [{ id: 1, host: '127.0.0.1', port: Number(bootstrap().split(':')[1]) }])
        assert.equal(metadata.controllerId, 1)
        assert.deepEqual(
          metadata.topics.find((candidate) => candidate.name === name),
          {
            name,
            internal: false,
            partitions: 2,
            replicationFactor: 1
          }
        )
      })

      it('answers for a missing topic beside existing ones, and does not create it by asking', async () => {
        const name = named('named')
        await given(topic(name))
        const ask = async () =>
          new Map(
            (await admin.metadata([name, `${name}-missing`], patience())).topics.map((seen) => [
              seen.name,
              seen.error?.code
            ])
          )
        const expected = new Map([
          [name, undefined],
          [`${name}-missing`, 3]
        ])
        assert.deepEqual(await ask(), expected)
        // The controller works in order: what asking would have created is visible before the next topic.
        await given(topic(`${name}-next`))
        assert.deepEqual(await ask(), expected)
        const none = await admin.metadata([], patience())
        assert.deepEqual(none.topics, [])
        assert.equal(none.brokers.length, 1)
      })

      it('creates good topics beside bad ones, each bad one with its own reason', async () => {
        const name = named('create')
        await given(topic(`${name}-there`))
        const wanted = [
          topic(`${name}-good`, { 'retention.ms': '60000' }),
          { ...topic(`${name}-default`), partitions: -1, replicationFactor: -1 },
          topic(`${name}-there`),
          { ...topic(`${name}-replicas`), replicationFactor: 3 },
          { ...topic(`${name}-partitions`), partitions: 0 },
          topic(`${name}-key`, { 'retention.mss': '1' }),
          topic(`${name} bad name`)
        ]
        const answers = await admin.createTopics(wanted, patience())
        assert.deepEqual(
          codes(answers),
          wanted.map(({ name: asked }, index) => [asked, [undefined, undefined, 36, 38, 37, 40, 17][index]])
        )
        const created = await eventually(async () => {
          const { topics } = await admin.metadata([`${name}-good`, `${name}-default`], patience())
          assert.ok(topics.every(({ error }) => error === undefined))
          return topics
        })
        assert.deepEqual(
          new Map(created.map((seen) => [seen.name, seen.partitions])),
          new Map([
            [`${name}-good`, 2],
            [`${name}-default`, 1]
          ])
        )
        assert.deepEqual(values(await describeTopic(`${name}-good`, ['retention.ms'])), {
          'retention.ms': '60000 (topic)'
        })
        const text = answers.find(({ error }) => error?.code === 40)?.error?.message ?? ''
        assert.match(text, client === 'platformatic' ? /retention\.mss/ : /kafkajs gives no broker text/)
      })

      it('says of a single topic, too, that it exists', async () => {
        const name = named('exists')
        await given(topic(name))
        assert.deepEqual(codes(await admin.createTopics([topic(name)], patience())), [[name, 36]])
      })

      it('sends nothing for nothing', async () => {
        assert.deepEqual(await admin.createTopics([], patience()), [])
        assert.deepEqual(await admin.createPartitions([], patience()), [])
        assert.deepEqual(await admin.alterConfigs([], patience()), [])
        assert.deepEqual(await admin.describeConfigs([], { synonyms: false }, patience()), [])
      })

      it('describes the named keys and no others, an unknown key by leaving it out', async () => {
        const name = named('keys')
        await given(topic(name, { 'retention.ms': '60000', 'segment.ms': '7000000' }))
        const answer = await describeTopic(name, ['retention.ms', 'cleanup.policy', 'nobody.knows'])
        assert.deepEqual(values(answer), { 'retention.ms': '60000 (topic)', 'cleanup.policy': 'delete (default)' })
        assert.ok(answer.entries.every(({ synonyms }) => synonyms.length === 0))
        assert.deepEqual((await describeTopic(name, [])).entries, [])
        const all = await describeTopic(name, 'all')
        assert.ok(all.entries.length > 20)
        assert.deepEqual(
          all.entries
            .filter(({ source }) => source === 'topic')
            .map((entry) => entry.name)
            .toSorted(),
          ['retention.ms', 'segment.ms']
        )
      })

      it('tells what a value would inherit, nearest first, when asked', async () => {
        const name = named('synonyms')
        await given(topic(name, { 'max.message.bytes': '5000' }))
        const { entries } = await describeTopic(name, ['max.message.bytes'], true)
        assert.deepEqual(entries[0]?.synonyms, [
          { name: 'max.message.bytes', value: '5000', source: 'topic' },
          { name: 'message.max.bytes', value: '1048588', source: 'default' }
        ])
      })

      it('describes existing resources beside missing ones, each with its own answer', async () => {
        const name = named('mixed')
        const names = Array.from({ length: 5 }, (_, index) => `${name}-${index}`)
        await given(...names.map((each) => topic(each, { 'retention.ms': '60000' })))
        const asked = [...names.slice(0, 2), `${name}-missing`, ...names.slice(2), `${name}-gone`].map(
          (each) => ({ type: 'topic', name: each, keys: ['retention.ms'] }) as const
        )
        const answers = await admin.describeConfigs(
          [
            ...asked,
            { type: 'broker', name: '1', keys: ['log.retention.ms'] },
            { type: 'broker', name: '9', keys: 'all' }
          ],
          { synonyms: false },
          patience()
        )
        const byName = new Map(answers.map((answer) => [answer.name, answer]))
        assert.equal(byName.size, asked.length + 2)
        for (const each of names)
          assert.deepEqual(values(byName.get(each) ?? assert.fail(each)), { 'retention.ms': '60000 (topic)' })
        assert.equal(byName.get(`${name}-missing`)?.error?.code, 3)
        assert.equal(byName.get(`${name}-gone`)?.error?.code, 3)
        assert.deepEqual(
          byName.get('1')?.entries.map((entry) => entry.name),
          ['log.retention.ms']
        )
        assert.equal(byName.get('9')?.error?.code, 8)
      })

      it('changes one key and leaves the keys of others alone', async () => {
        const name = named('alter')
        await given(
          topic(name, { 'retention.ms': '60000', 'max.message.bytes': '12345', 'cleanup.policy': 'compact,delete' })
        )
        assert.deepEqual(
          codes(
            await admin.alterConfigs(
              [{ type: 'topic', name, set: { 'retention.ms': '70000' }, remove: [] }],
              patience()
            )
          ),
          [[name, undefined]]
        )
        await eventually(async () => {
          const own = (await describeTopic(name, 'all')).entries.filter(({ source }) => source === 'topic')
          const expected = { 'cleanup.policy': 'compact,delete', 'max.message.bytes': '12345', 'retention.ms': '70000' }
          assert.deepEqual(Object.fromEntries(own.map((entry) => [entry.name, entry.value])), expected)
        })
      })

      it('removes keys, also the last one, so that the topic inherits again', async () => {
        const name = named('remove')
        await given(topic(name, { 'retention.ms': '60000', 'segment.ms': '7000000' }))
        for (const each of ['segment.ms', 'retention.ms']) {
          assert.deepEqual(
            codes(await admin.alterConfigs([{ type: 'topic', name, set: {}, remove: [each] }], patience())),
            [[name, undefined]]
          )
        }
        await eventually(async () => {
          assert.deepEqual(values(await describeTopic(name, ['retention.ms', 'segment.ms'])), {
            'retention.ms': '604800000 (default)',
            'segment.ms': '604800000 (default)'
          })
        })
      })

      it('alters good topics beside bad ones', async () => {
        const name = named('batch')
        await given(topic(`${name}-good`), topic(`${name}-value`), topic(`${name}-key`))
        const alter = (each: string, changed: string, value: string) =>
          ({ type: 'topic', name: `${name}-${each}`, set: { [changed]: value }, remove: [] }) as const
        const answers = await admin.alterConfigs(
          [
            alter('value', 'retention.ms', 'long'),
            alter('missing', 'retention.ms', '1'),
            alter('key', 'nobody.knows', '1'),
            alter('good', 'retention.ms', '70000')
          ],
          patience()
        )
        assert.deepEqual(codes(answers), [
          [`${name}-value`, 40],
          [`${name}-missing`, 3],
          [`${name}-key`, 40],
          [`${name}-good`, undefined]
        ])
        await eventually(async () =>
          assert.deepEqual(values(await describeTopic(`${name}-good`, ['retention.ms'])), {
            'retention.ms': '70000 (topic)'
          })
        )
      })

      it('raises partition counts beside refusals, and never lowers one', async () => {
        const name = named('partitions')
        await given(topic(`${name}-good`), topic(`${name}-fewer`))
        const answers = await admin.createPartitions(
          [
            { name: `${name}-fewer`, count: 1 },
            { name: `${name}-good`, count: 5 },
            { name: `${name}-missing`, count: 5 }
          ],
          patience()
        )
        assert.deepEqual(codes(answers), [
          [`${name}-fewer`, 37],
          [`${name}-good`, undefined],
          [`${name}-missing`, 3]
        ])
        await eventually(async () => {
          const { topics } = await admin.metadata([`${name}-good`, `${name}-fewer`], patience())
          assert.deepEqual(
            new Map(topics.map((seen) => [seen.name, seen.partitions])),
            new Map([
              [`${name}-good`, 5],
              [`${name}-fewer`, 2]
            ])
          )
        })
      })

      it('knows no partition on the move when none is', async () => {
        assert.deepEqual(await admin.reassignments(['any'], patience()), new Map())
      })

      it('prints nothing, and lets the process end once it is closed', async () => {
        const harness = new URL('harness.ts', import.meta.url)
        const script = `
          const { adminFor } = await import(${JSON.stringify(harness.href)})
          const admin = adminFor('${client}', '${bootstrap()}', { REQUEST_TIMEOUT: '30s' })
          const { brokers } = await admin.metadata('all', new AbortController().signal)
          await admin.close()
          console.log(brokers.length)`
        const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
          timeout: 15_000
        })
        assert.deepEqual([stdout, stderr], ['1\n', ''])
      })

      it('works after being closed', async () => {
        await admin.close()
        assert.equal((await admin.metadata([], patience())).brokers.length, 1)
      })
    })
  }

  describe('the cluster-wide configuration', () => {
    it('is written by platformatic, and read alike by both', async () => {
      const [incremental, legacy] = clients.map((client) => adminFor(client, bootstrap()))
      assert.ok(incremental && legacy)
      try {
        assert.equal(incremental.missing.size, 0)
        assert.deepEqual(
          codes(
            await incremental.alterConfigs([{ type: 'cluster', name: '', set: { [key]: '2' }, remove: [] }], patience())
          ),
          [['', undefined]]
        )
        for (const admin of [incremental, legacy])
          await eventually(async () => assert.deepEqual(await read(admin), ['cluster', '', { [key]: '2 (cluster)' }]))
        assert.deepEqual(
          codes(await incremental.alterConfigs([{ type: 'cluster', name: '', set: {}, remove: [key] }], patience())),
          [['', undefined]]
        )
        for (const admin of [incremental, legacy])
          await eventually(async () => assert.deepEqual(await read(admin), ['cluster', '', {}]))
      } finally {
        await Promise.all([incremental.close(), legacy.close()])
      }
    })

    it('is never written by kafkajs, which says why', async () => {
      const admin = adminFor('kafkajs', bootstrap())
      const [answer] = await admin.alterConfigs(
        [{ type: 'cluster', name: '', set: { [key]: '2' }, remove: [] }],
        patience()
      )
      await admin.close()
      assert.equal(answer?.error?.code, adapterErrors.UNSAFE_WITH_THIS_CLIENT)
      assert.equal(answer.error.message, admin.missing.get('cluster-config'))
    })
  })
})
