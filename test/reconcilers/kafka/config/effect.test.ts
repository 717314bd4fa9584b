/**
 * What is in effect of a key, and what it falls back to.
 */
import assert from 'node:assert/strict'
import { fallbackOf, typeOf, withCoarser } from '../../../../reconcilers/kafka/config/effect.ts'
import { clusterKeys, rowOf, topicKeys } from '../../../../reconcilers/kafka/config/keys/index.ts'
import { entriesOf, entry } from '../entries.ts'

const retention = rowOf(topicKeys, 'retention.ms')
const own = { name: 'retention.ms', value: '1', source: 'topic' } as const

describe('what a key falls back to', () => {
  it('is the nearest synonym of another source', () => {
    const synonyms = [
      { name: 'cleanup.policy', value: 'compact', source: 'topic' },
      { name: 'log.cleanup.policy', value: 'delete', source: 'default' }
    ] as const
    assert.equal(
      fallbackOf(entry('cleanup.policy', 'compact', 'topic', { synonyms }), rowOf(topicKeys, 'cleanup.policy'), [
        'topic'
      ]),
      'delete'
    )
  })

  it('is converted to the unit of the key', () => {
    const hours = { name: 'log.retention.hours', value: '168', source: 'default' } as const
    assert.equal(
      fallbackOf(entry('retention.ms', '1', 'topic', { synonyms: [own, hours] }), retention, ['topic']),
      '604800000'
    )
    assert.equal(
      fallbackOf(entry('retention.ms', '1', 'topic', { synonyms: [{ ...hours, value: '-1' }] }), retention, ['topic']),
      '-1'
    )
  })

  it('is Kafka’s own default where no broker stands behind', () => {
    const carried = entry('remote.storage.enable', 'true', 'topic', {
      synonyms: [{ name: 'remote.storage.enable', value: 'true', source: 'topic' }]
    })
    assert.equal(fallbackOf(carried, rowOf(topicKeys, 'remote.storage.enable'), ['topic']), 'false')
  })

  it('is not known without synonyms', () => {
    assert.equal(fallbackOf(entry('retention.ms', '1'), retention, ['topic']), null)
    assert.equal(fallbackOf(entry('newer', '1'), undefined, ['topic']), null)
  })
})

describe('the coarser keys of a broker', () => {
  const row = rowOf(clusterKeys, 'log.retention.ms')
  const unset = entry('log.retention.ms', null, 'default')

  it('say what is in effect where the key is not set, the finer one first', () => {
    const hours = entry('log.retention.hours', '24', 'static')
    assert.equal(withCoarser(unset, row, entriesOf([hours])).value, '86400000')
    assert.equal(
      withCoarser(unset, row, entriesOf([entry('log.retention.minutes', '1', 'static'), hours])).value,
      '60000'
    )
    assert.equal(
      withCoarser(unset, row, entriesOf([entry('log.retention.minutes', null, 'default'), hours])).value,
      '86400000'
    )
  })

  it('stand behind a key that is set', () => {
    const set = withCoarser(
      entry('log.retention.ms', '5', 'cluster'),
      row,
      entriesOf([entry('log.retention.hours', '-1', 'static')])
    )
    assert.equal(set.value, '5')
    assert.equal(fallbackOf(set, row, ['cluster']), '-1')
  })

  it('say nothing where there are none', () => {
    assert.equal(withCoarser(unset, row, entriesOf([])).value, null)
    assert.deepEqual(withCoarser(entry('a', '1'), undefined, entriesOf([])), entry('a', '1'))
  })
})

describe('the type of a key', () => {
  it('is the one of the table, or the one a broker names', () => {
    assert.equal(typeOf(topicKeys, 'retention.ms', undefined).is, 'whole')
    assert.equal(typeOf(topicKeys, 'newer', entry('newer', '1', 'topic', { type: 6 })).is, 'double')
    assert.equal(typeOf(topicKeys, 'newer', undefined).is, 'text')
  })
})
