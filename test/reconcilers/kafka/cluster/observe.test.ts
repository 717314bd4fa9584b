/**
 * What is asked of a cluster about its own configuration, and what a write answers.
 */
import assert from 'node:assert/strict'
import type { ConfigAlteration, KafkaAdmin } from '../../../../reconcilers/kafka/admin.ts'
import { clusterResource } from '../../../../reconcilers/kafka/cluster/index.ts'
import type { ClusterSpec } from '../../../../reconcilers/kafka/cluster/state.ts'
import { ReconcileError } from '../../../../src/errors.ts'
import { testCall, testCycle } from '../../../../src/testing/cycle.ts'
import { desired } from '../entries.ts'
import { reconcilerOn, scriptedAdmin, type ScriptedCluster } from '../scripted-admin.ts'

const { signal } = new AbortController()

async function observe(script: ScriptedCluster, config: ClusterSpec['config'], exact = false) {
  const admin = scriptedAdmin(script)
  const seen = await clusterResource(admin).observe([desired('cluster', 'default', { config }, { exact })], testCycle())
  return { asked: admin.asked, seen }
}

describe('observing the cluster', () => {
  it('asks for what is set, and every broker for the declared keys', async () => {
    const { asked } = await observe({ brokers: { 1: {}, 2: {} } }, { 'num.io.threads': '8' })
    assert.deepEqual(asked, [
      'describe cluster/ all',
      'metadata ',
      'describe broker/1 num.io.threads',
      'describe broker/2 num.io.threads'
    ])
    assert.deepEqual((await observe({}, {})).asked, ['describe cluster/ all'])
  })

  it('asks for all that decides with a key, and under exact for what is set', async () => {
    const { asked } = await observe({ cluster: { 'log.retention.ms': '5' } }, {}, true)
    const wanted =
      'log.retention.ms,log.local.retention.ms,log.cleanup.policy,log.retention.minutes,log.retention.hours'
    assert.deepEqual(asked.at(-1), `describe broker/1 ${wanted}`)
  })

  it('knows no key that no broker knows, apart from those brokers do not show', async () => {
    const hidden = ['leader.replication.throttled.rate', 'listener.name.a.max.connections']
    const keys = [...hidden, 'no.such', 'num.io.threads']
    const { seen } = await observe(
      { unknown: [...hidden, 'no.such'] },
      Object.fromEntries(keys.map((key) => [key, '1']))
    )
    assert.deepEqual([...seen.facts.unknownKeys], ['no.such'])
  })

  it('is refused where the cluster, or a broker, says so', async () => {
    const error = { code: 31, name: 'CLUSTER_AUTHORIZATION_FAILED', message: 'not yours' }
    const refusing = (refused: string): Partial<KafkaAdmin> => ({
      describeConfigs: async (queries) =>
        queries.map(({ type, name }) => ({ type, name, entries: [], ...(type === refused && { error }) }))
    })
    for (const type of ['cluster', 'broker']) {
      const { seen } = await observe({ admin: refusing(type) }, { 'num.io.threads': '8' })
      assert.deepEqual(seen.items.get('default'), { refused: 'not yours' })
    }
  })

  it('goes without a broker that went away between two requests, and says so', async () => {
    const away = { code: 8, name: 'BROKER_NOT_AVAILABLE', message: 'not alive' }
    const describeConfigs: KafkaAdmin['describeConfigs'] = async (queries) =>
      queries.map(({ type, name }) => ({ type, name, entries: [], ...(name === '2' && { error: away }) }))
    const { seen } = await observe({ brokers: { 1: {}, 2: {} }, admin: { describeConfigs } }, { 'num.io.threads': '8' })
    assert.deepEqual([...seen.facts.silent.keys()], ['2'])
  })

  it('throws where no broker is alive, or none answers', async () => {
    await assert.rejects(observe({ brokers: {} }, { 'num.io.threads': '8' }), { code: 'UNAVAILABLE' })
    const silent = new ReconcileError('TIMEOUT', 'no answer')
    await assert.rejects(observe({ brokers: { 1: { silent }, 2: { silent } } }, { 'num.io.threads': '8' }), {
      code: 'TIMEOUT'
    })
    await assert.rejects(
      observe({ brokers: { 1: { silent: new TypeError('a fault of ours') }, 2: {} } }, { 'num.io.threads': '8' }),
      TypeError
    )
  })

  it('is held where the client cannot write, and asks nothing', async () => {
    const admin = scriptedAdmin({ admin: { missing: new Map([['cluster-config', 'cannot']]) } })
    const { plan } = await reconcilerOn(admin, {
      'cluster.json': { config: { 'num.io.threads': 8, 'no.such': 1 } }
    }).plan(signal)
    assert.deepEqual(
      plan.changes.map((change) => [change.verb, 'reason' in change && change.reason]),
      [['hold', 'rule']]
    )
    assert.deepEqual(
      plan.warnings.map(({ code }) => code),
      ['UNKNOWN_KEY']
    )
    assert.deepEqual(
      admin.asked.filter((request) => request.startsWith('describe')),
      []
    )
  })
})

describe('writing the configuration of the cluster', () => {
  const fields = [
    { path: 'config.num.io.threads', before: null, after: '8', risk: 'disruptive' },
    { path: 'config.message.max.bytes', before: '5', after: null, risk: 'disruptive' }
  ] as const
  const item = {
    desired: desired<ClusterSpec>('cluster', 'default', {}),
    state: { own: new Map(), brokers: new Map(), exact: false },
    fields
  }
  const facts = {
    unknownKeys: new Set<string>(),
    unaskedKeys: new Set<string>(),
    silent: new Map(),
    cannotWrite: undefined
  }
  const update = (alterConfigs: KafkaAdmin['alterConfigs']) =>
    clusterResource(scriptedAdmin({ admin: { alterConfigs } })).update?.([item], testCall({ facts }))

  it('sends the named fields, and says what the broker says', async () => {
    const sent: ConfigAlteration[] = []
    const done = await update((alterations) => {
      sent.push(...alterations)
      return Promise.resolve([{ name: '' }])
    })
    assert.deepEqual(sent, [
      { type: 'cluster', name: '', set: { 'num.io.threads': '8' }, remove: ['message.max.bytes'] }
    ])
    assert.deepEqual(done, [{ name: 'default', result: 'done' }])
    const [refused] =
      (await update(() =>
        Promise.resolve([{ name: '', error: { code: 42, name: 'INVALID_REQUEST', message: 'no' } }])
      )) ?? []
    assert.ok(refused?.result === 'failed')
    assert.equal(refused.error.code, 'REJECTED')
  })

  it('throws where no answer comes', async () => {
    const gone = new ReconcileError('TIMEOUT', 'no answer')
    await assert.rejects(update(() => Promise.reject(gone)) ?? assert.fail('no update'), gone)
  })
})
