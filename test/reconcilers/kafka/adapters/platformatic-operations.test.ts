/**
 * What platformatic's answers mean, without a broker: which item they are about, and what was left out.
 */
import assert from 'node:assert/strict'
import type { KafkaAdmin } from '../../../../reconcilers/kafka/admin.ts'
import { adapterErrors } from '../../../../reconcilers/kafka/broker-errors.ts'
import { alterConfigs } from '../../../../reconcilers/kafka/platformatic/alter-configs.ts'
import type { Asking, Target } from '../../../../reconcilers/kafka/platformatic/cluster.ts'
import { createPartitions } from '../../../../reconcilers/kafka/platformatic/create-partitions.ts'
import { createTopics } from '../../../../reconcilers/kafka/platformatic/create-topics.ts'
import { describeConfigs } from '../../../../reconcilers/kafka/platformatic/describe-configs.ts'
import type { PlatformaticLine } from '../../../../reconcilers/kafka/platformatic/line.ts'
import { metadata } from '../../../../reconcilers/kafka/platformatic/metadata.ts'
import { reassignments } from '../../../../reconcilers/kafka/platformatic/reassignments.ts'
import { ReconcileError } from '../../../../src/errors.ts'

const { signal } = new AbortController()
const connection = {}

/** A request as it leaves us: where to, what for, and its arguments. */
interface Sent {
  readonly operation: string
  readonly target: Target
  readonly args: readonly unknown[]
}

/** Answers each request with the next of these; an error is thrown instead of an answer. */
function clusterThat(...answers: readonly unknown[]): Asking & { readonly sent: Sent[] } {
  const sent: Sent[] = []
  const left = [...answers]
  const known = new Set<Target>(['any'])
  return {
    sent,
    brokerTimeout: 800,
    knows: (target) => known.has(target),
    learn: (brokers) => brokers.forEach(({ id }) => known.add(id)),
    ask: (operation, target, _signal, request) => {
      const api = {
        async: (...args: unknown[]) => {
          sent.push({ operation, target, args: args.filter((argument) => argument !== connection) })
          const answer = left.shift()
          return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
        }
      }
      const client = new Proxy({}, { get: () => ({ api }) })
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an operation uses no more of a line than this
      return request({ client, connection } as unknown as PlatformaticLine)
    }
  }
}

const brokers = [{ nodeId: 1, host: 'h', port: 9092, rack: null }]
const partition = (partitionIndex: number, replicaNodes: readonly number[]) => ({
  errorCode: 0,
  partitionIndex,
  replicaNodes
})

describe('metadata through platformatic', () => {
  it('asks for all, for some or for none, and never creates a topic', async () => {
    const answer = { clusterId: null, controllerId: 1, brokers, topics: [] }
    const cluster = clusterThat(answer, answer, answer)
    for (const topics of ['all', ['a'], []] as const) await metadata(cluster, topics, signal)
    assert.deepEqual(
      cluster.sent.map(({ args }) => args),
      [
        [null, false],
        [['a'], false],
        [[], false]
      ]
    )
    assert.ok(cluster.knows(1))
  })

  it('counts the assigned replicas in the order of the partitions, and the error of a topic', async () => {
    const topics = [
      { name: 'a', errorCode: 0, isInternal: true, partitions: [partition(1, [1, 2]), partition(0, [3])] },
      { name: null, errorCode: 29, isInternal: false, partitions: [] }
    ]
    const seen = await metadata(clusterThat({ clusterId: 'c', controllerId: 1, brokers, topics }), 'all', signal)
    assert.deepEqual(seen.topics[0], {
      name: 'a',
      internal: true,
      partitions: 2,
      replicationFactor: 1,
      replicaCounts: [1, 2]
    })
    assert.equal(seen.topics[1]?.error?.name, 'TOPIC_AUTHORIZATION_FAILED')
    assert.deepEqual([seen.clusterId, seen.brokers], ['c', [{ id: 1, host: 'h', port: 9092 }]])
  })
})

describe('writes through platformatic', () => {
  it('create topics in one request, each with its own answer, and without one where it was left out', async () => {
    const topics = [
      { name: 'b', errorCode: 36, errorMessage: 'there' },
      { name: 'a', errorCode: 0, errorMessage: null }
    ]
    const cluster = clusterThat({ topics, throttleTimeMs: 0 })
    const wanted = ['a', 'b', 'c'].map((name) => ({ name, partitions: 1, replicationFactor: -1, config: { k: 'v' } }))
    const answers = await createTopics(cluster, wanted, signal)
    assert.deepEqual(
      answers.map(({ name, error }) => [name, error?.code]),
      [
        ['a', undefined],
        ['b', 36],
        ['c', adapterErrors.NOT_ANSWERED]
      ]
    )
    assert.deepEqual(cluster.sent[0]?.args.at(-1), false, 'validates nothing only')
    assert.deepEqual(await createTopics(clusterThat(), [], signal), [])
  })

  it('add partitions in one request, with the time the broker was throttled for', async () => {
    const results = [{ name: 'a', errorCode: 89, errorMessage: 'slow down' }]
    const [answer] = await createPartitions(
      clusterThat({ results, throttleTimeMs: 70 }),
      [{ name: 'a', count: 2 }],
      signal
    )
    assert.equal(answer?.error?.retryAfterMs, 70)
    assert.deepEqual(await createPartitions(clusterThat(), [], signal), [])
  })

  const answered = (names: readonly string[]) => ({
    throttleTimeMs: 0,
    responses: names.map((resourceName) => ({ resourceName, errorCode: 0, errorMessage: null }))
  })
  const topic = (name: string) => ({ type: 'topic', name, set: { k: 'v' }, remove: ['old'] }) as const

  it('set and remove the named keys', async () => {
    const cluster = clusterThat(answered(['a']))
    assert.deepEqual(await alterConfigs(cluster, [topic('a')], signal), [{ name: 'a' }])
    const configs = [
      { name: 'k', value: 'v', configOperation: 0 },
      { name: 'old', configOperation: 1 }
    ]
    assert.deepEqual(cluster.sent[0]?.args, [[{ resourceType: 2, resourceName: 'a', configs }], false])
  })

  it('keep what was answered when a later request gets no answer', async () => {
    const names = Array.from({ length: 1_500 }, (_, index) => `t${index}`)
    const gone = new ReconcileError('TIMEOUT', 'no answer')
    const answers = await alterConfigs(clusterThat(answered(names.slice(0, 1_000)), gone), names.map(topic), signal)
    assert.deepEqual(
      answers.map(({ name }) => name),
      names
    )
    assert.deepEqual(answers.filter(({ unanswered }) => unanswered === gone).length, 500)
    await assert.rejects(alterConfigs(clusterThat(gone), names.map(topic), signal), gone)
  })

  it('find the broker a resource belongs to, and call one that is not alive by that name', async () => {
    const cluster = clusterThat({ clusterId: 'c', controllerId: 1, brokers, topics: [] }, answered(['1']))
    const alterations = ['1', '9'].map((name) => ({ type: 'broker', name, set: { k: 'v' }, remove: [] }) as const)
    const answers = await alterConfigs(cluster, alterations, signal)
    assert.deepEqual(
      answers.map(({ name, error }) => [name, error?.code]),
      [
        ['9', 8],
        ['1', undefined]
      ]
    )
    assert.deepEqual(
      cluster.sent.map(({ operation, target }) => [operation, target]),
      [
        ['Metadata', 'any'],
        ['IncrementalAlterConfigs', 1]
      ]
    )
  })
})

describe('configuration through platformatic', () => {
  const config = {
    name: 'k',
    value: undefined,
    isSensitive: true,
    readOnly: true,
    configType: 5,
    configSource: 77,
    synonyms: [{ name: 'b', value: undefined, source: 4 }]
  }

  it('is read with its sources, by resource, and without an answer where it was left out', async () => {
    const results = [{ resourceType: 4, resourceName: '', errorCode: 0, errorMessage: null, configs: [config] }]
    const queries = [
      { type: 'cluster', name: '', keys: [] },
      { type: 'topic', name: 'a', keys: ['k'] }
    ] as const
    const cluster = clusterThat({ results, throttleTimeMs: 0 })
    const [ofCluster, ofTopic] = await describeConfigs(cluster, queries, { synonyms: true }, signal)
    const synonyms = [{ name: 'b', value: null, source: 'static' }]
    assert.deepEqual(ofCluster?.entries, [
      { name: 'k', value: null, source: 'other', sensitive: true, readOnly: true, type: 5, synonyms }
    ])
    assert.equal(ofTopic?.error?.code, adapterErrors.NOT_ANSWERED)
    // To a broker an empty list means all keys.
    const asked = [
      { resourceType: 4, resourceName: '', configurationKeys: ['-'] },
      { resourceType: 2, resourceName: 'a', configurationKeys: ['k'] }
    ]
    assert.deepEqual(cluster.sent[0]?.args, [asked, true, false])
  })

  it('of a broker that is not alive is an error by that name, and of a topic the error of the broker', async () => {
    const results = [{ resourceType: 2, resourceName: 'a', errorCode: 29, errorMessage: 'no', configs: [] }]
    const cluster = clusterThat(
      { clusterId: 'c', controllerId: 1, brokers, topics: [] },
      { results, throttleTimeMs: 0 }
    )
    const queries = [
      { type: 'broker', name: '9', keys: 'all' },
      { type: 'topic', name: 'a', keys: 'all' }
    ] as const
    const answers = await describeConfigs(cluster, queries, { synonyms: false }, signal)
    assert.deepEqual(
      answers.map(({ name, error }) => [name, error?.code]),
      [
        ['9', 8],
        ['a', 29]
      ]
    )
  })
})

describe('reassignments through platformatic', () => {
  const ask = (answer: object): ReturnType<KafkaAdmin['reassignments']> =>
    reassignments(clusterThat(answer), ['a'], signal)

  it('are those of the wanted topics, by partition', async () => {
    const partitions = [{ partitionIndex: 2, addingReplicas: [3], removingReplicas: [1] }]
    const moving = await ask({
      errorCode: 0,
      errorMessage: null,
      topics: [
        { name: 'a', partitions },
        { name: 'b', partitions }
      ]
    })
    assert.deepEqual(moving, new Map([['a', new Map([[2, { adding: [3], removing: [1] }]])]]))
  })

  it('throw what the broker says of the whole request', async () => {
    await assert.rejects(ask({ errorCode: 31, errorMessage: 'no', topics: [] }), { code: 'NOT_PERMITTED' })
  })
})
