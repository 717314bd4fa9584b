/**
 * Configuration values as people write them.
 */
import assert from 'node:assert/strict'
import { configValueSchema } from '../../../../reconcilers/kafka/config/value.ts'

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
