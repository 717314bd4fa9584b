/**
 * What a change of configuration can destroy.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ConfigEntry } from '../../../../reconcilers/kafka/admin.ts'
import { hazardOf, inheritedValue } from '../../../../reconcilers/kafka/config/risk.ts'

function entry(name: string, synonyms: ConfigEntry['synonyms']): ConfigEntry {
  return { name, value: '1', source: 'topic', sensitive: false, readOnly: false, type: 5, synonyms }
}

describe('the hazard of a change', () => {
  const rows: readonly [string, string | null, string | null, string | undefined, string][] = [
    ['retention.ms', '604800000', '302400000', undefined, 'half is a correction'],
    ['retention.ms', '604800000', '302399999', 'destructive', 'less than half deletes data'],
    ['retention.ms', '-1', '604800000', 'destructive', 'any limit is less than none'],
    ['retention.ms', '1000', '-1', undefined, 'no limit deletes nothing'],
    ['retention.ms', null, '1000', 'destructive', 'what is not set keeps everything'],
    ['retention.ms', '1000', null, 'destructive', 'an unknown fall-back counts as the worst'],
    ['retention.bytes', '1000', '100', 'destructive', 'bytes are judged as time is'],
    ['log.retention.hours', '168', '24', 'destructive', 'so is the cluster'],
    ['cleanup.policy', 'delete', 'compact', 'disruptive', 'compaction refuses records without a key'],
    ['cleanup.policy', 'delete', 'compact,delete', 'disruptive', 'compact joining delete'],
    ['cleanup.policy', 'compact', 'compact,delete', 'destructive', 'delete joining compact'],
    ['cleanup.policy', 'compact', 'delete', 'destructive', 'delete in the place of compact'],
    ['cleanup.policy', 'compact,delete', 'delete', 'destructive', 'compaction given up'],
    ['cleanup.policy', 'compact,delete', 'compact', undefined, 'less is deleted than before'],
    ['cleanup.policy', 'compact', 'compact', undefined, 'nothing changes'],
    ['segment.ms', '1000', '1', undefined, 'other keys delete nothing']
  ]
  for (const [key, inEffect, after, risk, reason] of rows) {
    it(`${reason}: ${key} ${inEffect} → ${after} is ${risk ?? 'safe'}`, () => {
      assert.equal(hazardOf(key, inEffect, after)?.risk, risk)
    })
  }

  it('of a longer retention is none', () => {
    fc.assert(fc.property(fc.nat(), fc.nat(), (a, b) => hazardOf('retention.ms', String(Math.min(a, b)), String(Math.max(a, b))) === undefined))
  })
})

describe('what a key falls back to', () => {
  it('is the nearest synonym of another source', () => {
    const found = inheritedValue(
      entry('cleanup.policy', [
        { name: 'cleanup.policy', value: 'compact', source: 'topic' },
        { name: 'log.cleanup.policy', value: 'delete', source: 'default' }
      ]),
      ['topic']
    )
    assert.equal(found, 'delete')
  })

  it('is converted to the unit of the key', () => {
    const hours = { name: 'log.retention.hours', value: '168', source: 'default' } as const
    assert.equal(inheritedValue(entry('retention.ms', [{ name: 'retention.ms', value: '1', source: 'topic' }, hours]), ['topic']), '604800000')
    assert.equal(inheritedValue(entry('retention.ms', [{ ...hours, value: '-1' }]), ['topic']), '-1')
  })

  it('is not known without synonyms', () => {
    assert.equal(inheritedValue(entry('retention.ms', []), ['topic']), null)
  })
})
