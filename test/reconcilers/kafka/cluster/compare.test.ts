/**
 * Declared cluster-wide configuration beside what brokers run with.
 */
import assert from 'node:assert/strict'
import { clusterKind } from '../../../../reconcilers/kafka/cluster/kind.ts'
import type { ClusterSpec, ClusterState } from '../../../../reconcilers/kafka/cluster/state.ts'
import type { ConfigEntry } from '../../../../reconcilers/kafka/admin.ts'
import { entriesOf, entry } from '../entries.ts'

type Views = Readonly<Record<string, readonly ConfigEntry[]>>

function state(own: readonly ConfigEntry[], brokers: Views = { 1: [] }, exact = false): ClusterState {
  return {
    own: entriesOf(own),
    brokers: new Map(Object.entries(brokers).map(([id, entries]) => [id, entriesOf(entries)])),
    exact
  }
}

function summary(config: ClusterSpec['config'], live: ClusterState): readonly unknown[] {
  return clusterKind
    .compare({ config }, live)
    .map(({ path, before, after, risk }) => [path.replace('config.', ''), before, after, risk])
}

const set = (name: string, value: string) => entry(name, value, 'cluster')
const inherits = (name: string, value: string | null, more: Partial<ConfigEntry> = {}) =>
  entry(name, value, 'default', more)
const week = inherits('log.retention.ms', null)
const hours = inherits('log.retention.hours', '168', { readOnly: true })
const deletes = inherits('log.cleanup.policy', 'delete')

describe('comparing the configuration of the cluster', () => {
  it('finds what is not set for the whole cluster, and calls every change disruptive at least', () => {
    assert.deepEqual(summary({ 'num.io.threads': '8' }, state([], { 1: [inherits('num.io.threads', '8')] })), [
      ['num.io.threads', null, '8', 'disruptive']
    ])
    assert.deepEqual(summary({ 'num.io.threads': '8' }, state([set('num.io.threads', ' 8')])), [])
    assert.deepEqual(summary({ 'num.io.threads': null }, state([])), [])
  })

  it('calls a cut of the retention destructive, by the coarser keys of a broker', () => {
    const brokers = { 1: [week, hours, deletes] }
    assert.deepEqual(summary({ 'log.retention.ms': '302400000' }, state([], brokers)), [
      ['log.retention.ms', null, '302400000', 'disruptive']
    ])
    assert.deepEqual(summary({ 'log.retention.ms': '60000' }, state([], brokers)), [
      ['log.retention.ms', null, '60000', 'destructive']
    ])
  })

  it('judges a reset by what each broker falls back to', () => {
    const synonyms = [{ name: 'log.retention.ms', value: '-1', source: 'cluster' }] as const
    const reset = { 'log.retention.ms': null }
    const live = (fallback: ConfigEntry) =>
      state([set('log.retention.ms', '-1')], {
        1: [entry('log.retention.ms', '-1', 'cluster', { synonyms }), fallback, deletes]
      })
    assert.deepEqual(summary(reset, live(hours)), [['log.retention.ms', '-1', null, 'destructive']])
    assert.deepEqual(summary(reset, live(inherits('log.retention.hours', '-1'))), [
      ['log.retention.ms', '-1', null, 'disruptive']
    ])
  })

  it('takes the broker for which it is worst', () => {
    const brokers = {
      1: [inherits('log.retention.bytes', '100'), deletes],
      2: [entry('log.retention.bytes', '1000', 'static'), deletes]
    }
    assert.deepEqual(summary({ 'log.retention.bytes': '100' }, state([], brokers)), [
      ['log.retention.bytes', null, '100', 'destructive']
    ])
  })

  it('does not count a broker that keeps a value of its own', () => {
    const brokers = {
      1: [inherits('log.retention.bytes', '100'), deletes],
      2: [entry('log.retention.bytes', '1000', 'broker'), deletes]
    }
    assert.deepEqual(summary({ 'log.retention.bytes': '100' }, state([], brokers)), [
      ['log.retention.bytes', null, '100', 'disruptive']
    ])
  })

  it('thinks of topics with a cleanup.policy of their own', () => {
    const brokers = { 1: [week, hours, inherits('log.cleanup.policy', 'compact')] }
    assert.deepEqual(summary({ 'log.retention.ms': '60000' }, state([], brokers)), [
      ['log.retention.ms', null, '60000', 'destructive']
    ])
  })

  it('calls the end of an empty log.cleanup.policy destructive, as that of a topic', () => {
    const brokers = {
      1: [entry('log.cleanup.policy', '', 'cluster'), week, hours, inherits('log.retention.bytes', '-1')]
    }
    const live = state([set('log.cleanup.policy', '')], brokers)
    assert.deepEqual(summary({ 'log.cleanup.policy': 'delete' }, live), [
      ['log.cleanup.policy', '', 'delete', 'destructive']
    ])
    assert.deepEqual(summary({ 'log.cleanup.policy': 'compact,delete' }, live), [
      ['log.cleanup.policy', '', 'compact,delete', 'destructive']
    ])
    assert.deepEqual(summary({ 'log.cleanup.policy': null }, live), [['log.cleanup.policy', '', null, 'destructive']])
  })

  it('never writes what belongs to tools, to single brokers or to the file of a broker, and says why', () => {
    const live = state([], { 1: [inherits('log.retention.hours', '168', { readOnly: true })] })
    const config = {
      'leader.replication.throttled.rate': '1',
      'ssl.keystore.location': '/x',
      'log.retention.hours': '1',
      'listener.name.a.ssl.keystore.type': 'PEM'
    }
    const fields = clusterKind.compare({ config }, live)
    assert.deepEqual(
      fields.map(({ risk }) => risk),
      ['unsupported', 'unsupported', 'unsupported', 'unsupported']
    )
    assert.match(fields[2]?.why ?? '', /own file; for the whole cluster there is log\.retention\.ms/)
  })

  it('writes keys of one listener, which brokers call read-only', () => {
    const live = state([], { 1: [inherits('listener.name.a.max.connections', '5', { readOnly: true })] })
    assert.deepEqual(summary({ 'listener.name.a.max.connections': '9' }, live), [
      ['listener.name.a.max.connections', null, '9', 'disruptive']
    ])
  })

  it('shows no hidden value, and lists and resets what nobody declared', () => {
    const hidden = entry('no.such', null, 'cluster', { sensitive: true })
    const live = state(
      [set('num.io.threads', '8'), hidden, set('follower.replication.throttled.rate', '1')],
      { 1: [] },
      true
    )
    const fields = clusterKind.undeclared?.({}, live) ?? []
    assert.deepEqual(
      fields.map(({ path, risk }) => [path, risk]),
      [
        ['config.num.io.threads', 'disruptive'],
        ['config.no.such', 'unsupported']
      ]
    )
    assert.equal(clusterKind.compare({ config: { 'no.such': 'canary' } }, live)[0]?.after, '******')
  })

  it('has nothing to compare before the cluster was seen', () => {
    assert.deepEqual(clusterKind.compare({ config: { a: '1' } }, undefined), [])
  })

  it('describes what is set, in the order of the keys', () => {
    const live = state([set('b', '2'), set('a', '1'), entry('hidden', null, 'cluster')])
    assert.deepEqual(clusterKind.describe?.(live), { config: { a: '1', b: '2' } })
  })
})
