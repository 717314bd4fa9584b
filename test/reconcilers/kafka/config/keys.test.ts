/**
 * The tables of keys hang together, and docs/kafka.md shows them.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import {
  brokerKeyOf,
  clusterKeys,
  clusterScope,
  rowOf,
  topicKeys,
  topicScope,
  type KeyTable
} from '../../../../reconcilers/kafka/config/keys/index.ts'
import { expectation, misfit } from '../../../../reconcilers/kafka/config/types.ts'
import { clusterTable, topicTable } from './tables.ts'

const tables: readonly (readonly [string, KeyTable])[] = [
  ['topics', topicKeys],
  ['the cluster', clusterKeys]
]

for (const [of, rows] of tables) {
  describe(`the table of keys of ${of}`, () => {
    it('follows only keys it has', () => {
      for (const [key, { follows }] of rows) assert.ok(follows === undefined || rows.has(follows), key)
    })

    it('gives every key words, and every effect a reason', () => {
      for (const [key, { does, effects }] of rows) {
        assert.ok(does !== '', key)
        for (const { why } of effects) assert.ok(why !== '', key)
      }
    })

    it('has defaults that fit their type', () => {
      for (const [key, { type, default: value }] of rows)
        assert.equal(value === undefined ? undefined : misfit(type, value), undefined, key)
    })

    it('watches moves that a value of the type can make', () => {
      const isNumber = (is: string): boolean => ['whole', 'double'].includes(is)
      for (const [key, { type, effects }] of rows) {
        for (const { on } of effects) {
          const [verb = '', what = ''] = on.split(' ')
          if (['falls', 'halves', 'rises'].includes(verb)) assert.ok(isNumber(type.is), `${key} ${on}`)
          else assert.ok(expectation(type).includes(what), `${key} ${on}`)
        }
      }
    })
  })
}

describe('the keys of topics and of the cluster', () => {
  it('are the same rows where topics inherit', () => {
    for (const [key, name] of brokerKeyOf)
      assert.deepEqual(clusterKeys.get(name)?.effects, topicKeys.get(key)?.effects, key)
    assert.equal(clusterKeys.get('log.local.retention.ms')?.follows, 'log.retention.ms')
  })

  it('have the keys that decide where others count', () => {
    assert.ok(
      topicKeys.has(topicScope.cleanup) &&
        topicKeys.has(topicScope.tiering ?? '') &&
        clusterKeys.has(clusterScope.cleanup)
    )
  })

  it('of one listener have the row of the key itself, where brokers take it', () => {
    assert.equal(rowOf(clusterKeys, 'listener.name.external.max.connections'), clusterKeys.get('max.connections'))
    assert.match(rowOf(clusterKeys, 'listener.name.external.ssl.keystore.location')?.never ?? '', /each broker/)
    assert.equal(rowOf(clusterKeys, 'listener.name.external.message.max.bytes'), undefined)
  })
})

describe('docs/kafka.md', () => {
  it('shows both tables as they are', async () => {
    const page = await readFile(new URL('../../../../docs/kafka.md', import.meta.url), 'utf8')
    for (const table of [topicTable(), clusterTable()])
      assert.ok(page.includes(table), `expected in docs/kafka.md:\n\n${table}`)
  })
})
