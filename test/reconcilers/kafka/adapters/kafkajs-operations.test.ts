/**
 * What kafkajs's answers and errors mean, without a broker.
 */
import assert from 'node:assert/strict'
import type { Admin } from 'kafkajs'
import { adapterErrors } from '../../../../reconcilers/kafka/broker-errors.ts'
import { alterConfigs } from '../../../../reconcilers/kafka/kafkajs/alter-configs.ts'
import { createPartitions } from '../../../../reconcilers/kafka/kafkajs/create-partitions.ts'
import { createTopics } from '../../../../reconcilers/kafka/kafkajs/create-topics.ts'
import { describeConfigs } from '../../../../reconcilers/kafka/kafkajs/describe-configs.ts'
import { metadata } from '../../../../reconcilers/kafka/kafkajs/metadata.ts'
import { reassignments } from '../../../../reconcilers/kafka/kafkajs/reassignments.ts'
import { outcomeOf, refusalOf, valueOf, type Asking } from '../../../../reconcilers/kafka/kafkajs/session.ts'

const { signal } = new AbortController()
const gone = Object.assign(new Error('Closed connection'), { name: 'KafkaJSConnectionClosedError' })
const protocolError = (code: number, more: object = {}) =>
  Object.assign(new Error('no'), { name: 'KafkaJSProtocolError', type: 'X', code, ...more })

/** A session whose admin has these methods and no others. */
function sessionWith(methods: object): Asking {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is asked for and not given fails the test
  const admin = methods as Admin
  return { brokerTimeout: 800, ask: (_operation, _signal, call) => outcomeOf(() => call(admin)) }
}

const codes = (
  answers: readonly {
    readonly name: string
    readonly error?: { readonly code: number }
    readonly unanswered?: unknown
  }[]
) => answers.map(({ name, error, unanswered }) => [name, unanswered === undefined ? error?.code : 'unanswered'])

describe('creating topics through kafkajs', () => {
  const topics = ['a', 'b'].map((name) => ({ name, partitions: 1, replicationFactor: -1, config: { k: 'v' } }))
  const create = (answer: () => Promise<unknown>) => createTopics(sessionWith({ createTopics: answer }), topics, signal)

  it('is done for all, or there already for all', async () => {
    assert.deepEqual(codes(await create(() => Promise.resolve(true))), [
      ['a', undefined],
      ['b', undefined]
    ])
    assert.deepEqual(codes(await create(() => Promise.resolve(false))), [
      ['a', 36],
      ['b', 36]
    ])
    assert.deepEqual(await createTopics(sessionWith({}), [], signal), [])
  })

  it('has the error of each topic', async () => {
    const errors = [protocolError(40, { topic: 'b' }), new Error('of no topic')]
    const aggregate = Object.assign(new Error('some failed'), { name: 'KafkaJSAggregateError', errors })
    assert.deepEqual(codes(await create(() => Promise.reject(aggregate))), [
      ['a', undefined],
      ['b', 40]
    ])
  })

  it('throws what is about no topic', async () => {
    await assert.rejects(
      create(() => Promise.reject(protocolError(41))),
      { code: 'UNAVAILABLE' }
    )
    await assert.rejects(
      create(() => Promise.reject(gone)),
      gone
    )
  })
})

describe('adding partitions through kafkajs', () => {
  const increases = ['a', 'b', 'c'].map((name) => ({ name, count: 2 }))
  const add = (answers: readonly (Error | boolean)[]) => {
    const left = [...answers]
    const next = () => {
      const answer = left.shift()
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    }
    return createPartitions(sessionWith({ createPartitions: next }), increases, signal)
  }

  it('asks for each topic, so that an error has a name', async () => {
    assert.deepEqual(codes(await add([true, protocolError(37), true])), [
      ['a', undefined],
      ['b', 37],
      ['c', undefined]
    ])
  })

  it('keeps what was answered when a later topic gets no answer, and throws when the first does', async () => {
    assert.deepEqual(codes(await add([true, gone])), [
      ['a', undefined],
      ['b', 'unanswered'],
      ['c', 'unanswered']
    ])
    await assert.rejects(add([gone]), gone)
  })
})

describe('replacing the keys of several topics through kafkajs', () => {
  const alterations = ['a', 'b'].map((name) => ({ type: 'topic', name, set: {}, remove: ['k'] }) as const)
  const nothing = (name: string) => ({ resources: [{ resourceType: 2, resourceName: name, configEntries: [] }] })

  /** Fails at the nth request of a topic: it reads, validates, writes and reads again. */
  function alter(failing: (name: string, step: number) => boolean) {
    const steps = new Map<string, number>()
    const answer = (name: string): Promise<unknown> => {
      const step = (steps.get(name) ?? 0) + 1
      steps.set(name, step)
      return failing(name, step) ? Promise.reject(gone) : Promise.resolve(nothing(name))
    }
    const admin = {
      describeConfigs: ({ resources: [resource] }: { resources: readonly { readonly name: string }[] }) =>
        answer(resource?.name ?? ''),
      alterConfigs: ({ resources: [resource] }: { resources: readonly { readonly name: string }[] }) =>
        answer(resource?.name ?? '')
    }
    return alterConfigs(sessionWith(admin), alterations, signal)
  }

  it('throws when the first topic gets no answer to its write', async () => {
    for (const step of [1, 2, 3])
      await assert.rejects(
        alter((name, at) => name === 'a' && at === step),
        gone
      )
  })

  it('keeps the first topic when the second gets no answer', async () => {
    assert.deepEqual(codes(await alter((name) => name === 'b')), [
      ['a', undefined],
      ['b', 'unanswered']
    ])
  })

  it('does not call a write unanswered as a whole when only what came of it cannot be read', async () => {
    assert.deepEqual(codes(await alter((name, step) => name === 'a' && step === 4)), [
      ['a', 'unanswered'],
      ['b', undefined]
    ])
  })

  it('refuses everything but topics', async () => {
    const answers = await alterConfigs(
      sessionWith({}),
      [{ type: 'cluster', name: '', set: { k: 'v' }, remove: [] }],
      signal
    )
    assert.deepEqual(codes(answers), [['', adapterErrors.UNSAFE_WITH_THIS_CLIENT]])
  })
})

describe('configuration through kafkajs', () => {
  const value = (configName: string, configSynonyms: readonly object[] = []) => ({
    configName,
    configValue: '1',
    configSource: 5,
    isSensitive: false,
    readOnly: false,
    configSynonyms
  })
  const describeCluster = () =>
    Promise.resolve({ clusterId: 'c', controller: null, brokers: [{ nodeId: 1, host: 'h', port: 9092 }] })

  it('is read in halves until the topic at fault stands alone', async () => {
    const describe = ({ resources }: { resources: readonly { readonly name: string }[] }) =>
      resources.some(({ name }) => name === 'b')
        ? Promise.reject(protocolError(29))
        : Promise.resolve({
            resources: resources.map(({ name }) => ({
              resourceType: 2,
              resourceName: name,
              configEntries: [value('k')]
            }))
          })
    const queries = ['a', 'b', 'c'].map((name) => ({ type: 'topic', name, keys: 'all' }) as const)
    const answers = await describeConfigs(
      sessionWith({ describeConfigs: describe }),
      queries,
      { synonyms: false },
      signal
    )
    assert.deepEqual(codes(answers), [
      ['a', undefined],
      ['b', 29],
      ['c', undefined]
    ])
  })

  it('is not halved for an error that is about no topic', async () => {
    let calls = 0
    const describe = () => {
      calls += 1
      return Promise.reject(protocolError(41))
    }
    const queries = ['a', 'b'].map((name) => ({ type: 'topic', name, keys: [] }) as const)
    await assert.rejects(
      describeConfigs(sessionWith({ describeConfigs: describe }), queries, { synonyms: false }, signal),
      { code: 'UNAVAILABLE' }
    )
    assert.equal(calls, 1)
  })

  it('of the cluster is what a broker shows among the synonyms', async () => {
    const set = { configName: 'k', configValue: '2', configSource: 3 }
    const configEntries = [value('k', [set, { ...set, configSource: 5 }]), value('other', [set])]
    const describe = () => Promise.resolve({ resources: [{ resourceType: 4, resourceName: '1', configEntries }] })
    const queries = [
      { type: 'cluster', name: '', keys: 'all' },
      { type: 'broker', name: '9', keys: 'all' }
    ] as const
    const [cluster, away] = await describeConfigs(
      sessionWith({ describeConfigs: describe, describeCluster }),
      queries,
      { synonyms: false },
      signal
    )
    assert.deepEqual(
      cluster?.entries.map((entry) => [entry.name, entry.value, entry.source]),
      [['k', '2', 'cluster']]
    )
    assert.equal(away?.error?.code, 8)
  })

  it('is not answered where it was left out', async () => {
    const describe = () => Promise.resolve({ resources: [] })
    const [answer] = await describeConfigs(
      sessionWith({ describeConfigs: describe }),
      [{ type: 'topic', name: 'a', keys: 'all' }],
      { synonyms: false },
      signal
    )
    assert.equal(answer?.error?.code, adapterErrors.NOT_ANSWERED)
  })
})

describe('metadata through kafkajs', () => {
  const partitions = [
    { partitionId: 1, replicas: [1, 2] },
    { partitionId: 0, replicas: [2] }
  ]
  const admin = {
    describeCluster: () =>
      Promise.resolve({ clusterId: 'c', controller: null, brokers: [{ nodeId: 1, host: 'h', port: 9092 }] }),
    fetchTopicMetadata: (request?: { readonly topics: readonly string[] }) => {
      if (request === undefined)
        return Promise.resolve({
          topics: [
            { name: 'a', partitions },
            { name: '__consumer_offsets', partitions: [] }
          ]
        })
      return request.topics.includes('forbidden') ? Promise.reject(protocolError(29)) : Promise.resolve({ topics: [] })
    }
  }

  it('shows all topics, the internal ones by name', async () => {
    const seen = await metadata(sessionWith(admin), 'all', signal)
    assert.deepEqual(
      seen.topics.map(({ name, internal, replicationFactor, replicaCounts }) => [
        name,
        internal,
        replicationFactor,
        replicaCounts
      ]),
      [
        ['a', false, 1, [1, 2]],
        ['__consumer_offsets', true, 0, undefined]
      ]
    )
    assert.equal(seen.controllerId, -1)
  })

  it('asks by name for those that are not listed', async () => {
    const seen = await metadata(sessionWith(admin), ['a', 'forbidden', 'other'], signal)
    assert.deepEqual(
      seen.topics.map(({ name, error }) => [name, error?.code]),
      [
        ['a', undefined],
        ['forbidden', 29],
        ['other', undefined]
      ]
    )
  })
})

describe('reassignments through kafkajs', () => {
  it('are those of the wanted topics, by partition', async () => {
    const partitions = [{ partition: 2, addingReplicas: [3], removingReplicas: [1] }, {}]
    const topics = [{ name: 'a', partitions }, { name: 'b', partitions }, { partitions }]
    const moving = await reassignments(
      sessionWith({ listPartitionReassignments: () => Promise.resolve({ topics }) }),
      ['a'],
      signal
    )
    const none = { adding: [], removing: [] }
    assert.deepEqual(
      moving,
      new Map([
        [
          'a',
          new Map([
            [2, { adding: [3], removing: [1] }],
            [-1, none]
          ])
        ]
      ])
    )
  })
})

describe('an error of kafkajs', () => {
  it('is a refusal where it carries the code of a broker, however deep', () => {
    assert.equal(refusalOf(new Error('outer', { cause: protocolError(40) }))?.code, 40)
    assert.equal(refusalOf(Object.assign(new Error('Unknown error code 89'), { type: 'UNKNOWN', code: -1 }))?.code, 89)
    assert.equal(refusalOf(gone), undefined)
    assert.equal(refusalOf('text'), undefined)
  })

  it('is missing metadata where kafkajs stumbles over it', async () => {
    await assert.rejects(
      outcomeOf(() => Promise.reject(new TypeError('x of undefined'))),
      { code: 'UNAVAILABLE' }
    )
  })

  it('names the way out where a partition without a leader hides everything', async () => {
    const outcome = await outcomeOf(() => Promise.reject(protocolError(5)))
    assert.throws(() => valueOf(outcome), { code: 'UNAVAILABLE', message: /no leader; KAFKA_CLIENT=platformatic/ })
  })
})
