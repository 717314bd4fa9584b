/**
 * Configuration values: as people write them, as brokers store them.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { configValueSchema, equalValues } from '../../../../reconcilers/kafka/config/value.ts'

describe('a configuration value', () => {
  const table: readonly [unknown, string | null][] = [
    ['86400000', '86400000'],
    [86_400_000, '86400000'],
    [1e8, '100000000'],
    [1e21, '1000000000000000000000'],
    [9_223_372_036_854_775_807n, '9223372036854775807'],
    [0.5, '0.5'],
    [true, 'true'],
    [['compact', 'delete'], 'compact,delete'],
    [[], ''],
    ['', ''],
    [null, null]
  ]
  for (const [written, stored] of table) {
    it(`${typeof written === 'bigint' ? `${written}n` : JSON.stringify(written)} is stored as ${JSON.stringify(stored)}`, () => {
      assert.equal(configValueSchema.parse(written), stored)
    })
  }

  it('is no object and no nested list', () => {
    for (const bad of [{}, [['a']], undefined]) assert.equal(configValueSchema.safeParse(bad).success, false)
  })
})

describe('two values are equal to the broker', () => {
  const rows: readonly [string, number, string, string, boolean, string][] = [
    ['preallocate', 1, 'TRUE', 'true', true, 'the case of a boolean means nothing'],
    ['retention.ms', 5, ' 060000', '60000', true, 'leading zeros and blanks of an integer mean nothing'],
    ['retention.ms', 5, '9223372036854775807', '9223372036854775806', false, 'neighbours beyond 2^53 differ'],
    ['min.cleanable.dirty.ratio', 6, '0.50', '0.5', true, 'trailing zeros of a double mean nothing'],
    ['min.cleanable.dirty.ratio', 6, '', '0', false, 'nothing is not zero'],
    ['cleanup.policy', 7, 'delete, compact', 'compact,delete', true, 'the order of cleanup.policy means nothing'],
    ['ssl.cipher.suites', 7, 'a,b', 'b,a', false, 'the order of other lists can mean something'],
    ['ssl.cipher.suites', 7, 'a, b', 'a,b', true, 'blanks of a list mean nothing'],
    ['compression.type', 2, 'gzip', 'GZIP', false, 'the case of text means something'],
    ['retention.ms', 5, 'abc', '60000', false, 'what is no number equals no number']
  ]
  for (const [key, type, a, b, equal, reason] of rows) {
    it(`${reason}: ${key} ${JSON.stringify(a)} ${equal ? '=' : '≠'} ${JSON.stringify(b)}`, () => {
      assert.equal(equalValues(key, type, a, b), equal)
      assert.equal(equalValues(key, type, b, a), equal)
    })
  }

  it('whenever they are the same text, whatever the type', () => {
    fc.assert(fc.property(fc.string(), fc.nat(9), (text, type) => equalValues('x', type, text, text)))
  })
})
