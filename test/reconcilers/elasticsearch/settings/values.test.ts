/**
 * When two values of a setting mean the same.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { SettingValue } from '../../../../reconcilers/elasticsearch/settings/flatten.ts'
import { bytesOf, equalValues, nanosecondsOf } from '../../../../reconcilers/elasticsearch/settings/values.ts'
import { settingKey, settingValue } from './arbitraries.ts'

describe('two values of a setting', () => {
  const rows: readonly [string, SettingValue, SettingValue, boolean, string][] = [
    ['refresh_interval', '30s', '30000ms', true, 'times are compared by unit'],
    ['refresh_interval', '1d', '24h', true, 'days are 24 hours'],
    ['refresh_interval', '60m', '1h', true, 'minutes are minutes'],
    ['refresh_interval', '30S', '30 s', true, 'the server takes upper case and blanks'],
    ['refresh_interval', '1M', '1m', false, 'M is no minute'],
    ['refresh_interval', '-1', '-1ms', true, 'never is never'],
    ['refresh_interval', '-1', '0', false, 'never is not at once'],
    ['refresh_interval', '1s', null, false, 'an index that sets its refresh refreshes while nobody searches'],
    ['refresh_interval', '1nanos', '1micros', false, 'small units differ too'],
    ['translog.flush_threshold_size', '1gb', '1024mb', true, 'sizes are compared by unit'],
    ['translog.flush_threshold_size', '1.5gb', '1536MB', true, 'fractions and upper case count'],
    ['translog.flush_threshold_size', '1k', '1kb', true, 'short units count'],
    ['translog.flush_threshold_size', '1mb', '1000kb', false, 'a megabyte has 1024 kilobytes'],
    ['max_result_window', '10000', '010000', true, 'leading zeros mean nothing'],
    ['max_result_window', '9223372036854775807', '9223372036854775806', false, 'neighbours beyond 2^53 differ'],
    ['merge.policy.segments_per_tier', '10.0', '10', true, '1.0 is 1'],
    ['similarity.own.b', '0.750', '0.75', true, 'numbers of a similarity are numbers'],
    ['hidden', 'true', 'True', false, 'the server takes no True'],
    ['query.default_field', ['a'], 'a', true, 'one entry is no list'],
    ['query.default_field', ['a', 'b'], 'a, b', true, 'the text of a list is split at commas'],
    ['sort.field', ['a', 'b'], ['b', 'a'], false, 'the order of a list counts'],
    ['analysis.filter.own.synonyms', ['a, b'], 'a, b', false, 'a synonym rule has commas of its own'],
    ['analysis.analyzer.own.filter', ['lowercase'], 'lowercase', true, 'one filter is no list'],
    ['translog.durability', 'ASYNC', 'async', true, 'names of choices may be upper case'],
    ['codec', 'DEFAULT', 'default', false, 'the case of text counts'],
    ['time_series.start_time', '2026-01-31T00:00:00Z', '2026-01-31T00:00:00.000Z', true, 'dates are compared as dates'],
    ['time_series.start_time', '2026-01-31T00:00:00', '2026-01-31', true, 'a date without a zone is in UTC'],
    ['number_of_replicas', null, '1', true, 'the default is not being set'],
    ['number_of_shards', '1', null, true, 'the default is not being set'],
    ['number_of_replicas', null, '0', false, 'another value than the default is set'],
    ['search.slowlog.threshold.query.warn', '-1', null, true, 'a slow log is off by default'],
    ['unassigned.node_left.delayed_timeout', '60s', null, true, 'a default has other forms'],
    ['codec', 'default', null, true, 'the default is not being set'],
    ['mapping.coerce', 'false', null, false, 'a field coerces until somebody says otherwise'],
    ['routing.allocation.enable', 'all', null, false, 'without it the cluster decides'],
    ['mapping.nested_fields.limit', '50', null, false, 'releases differ in their default'],
    ['max_result_window', 'abc', '10000', false, 'what is no number equals no number'],
    ['plugin.version', '1.10', '1.1', false, 'nothing is guessed of a setting nobody knows'],
    ['plugin.interval', '30s', '30000ms', false, 'nothing is guessed of a setting nobody knows']
  ]
  for (const [key, a, b, equal, reason] of rows) {
    it(`${reason}: ${key} ${JSON.stringify(a)} ${equal ? '=' : '≠'} ${JSON.stringify(b)}`, () => {
      assert.equal(equalValues(key, a, b), equal)
      assert.equal(equalValues(key, b, a), equal)
    })
  }

  it('are as equal as their meanings: to itself, both ways and along a chain', () => {
    fc.assert(
      fc.property(settingKey, fc.array(settingValue, { minLength: 3, maxLength: 6 }), (key, all) => {
        for (const a of all) {
          assert.ok(equalValues(key, a, a))
          for (const b of all) {
            assert.equal(equalValues(key, a, b), equalValues(key, b, a))
            for (const c of all)
              assert.ok(!(equalValues(key, a, b) && equalValues(key, b, c)) || equalValues(key, a, c))
          }
        }
      })
    )
  })

  it('are equal in any unit', () => {
    const milliseconds = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
    for (const [unit, size] of Object.entries(milliseconds)) {
      fc.assert(
        fc.property(fc.nat(100_000), (amount) =>
          equalValues('refresh_interval', `${amount}${unit}`, `${amount * size}ms`)
        )
      )
    }
    for (const [power, unit] of ['b', 'kb', 'mb', 'gb', 'tb'].entries()) {
      fc.assert(
        fc.property(fc.nat(1_000), (amount) =>
          equalValues('flush_after_merge', `${amount}${unit}`, `${BigInt(amount) * 1024n ** BigInt(power)}b`)
        )
      )
    }
  })
})

describe('a time or a size', () => {
  it('needs a unit, but -1 and 0 do not', () => {
    for (const read of [nanosecondsOf, bytesOf]) {
      assert.deepEqual(
        [read('-1'), read('0'), read('30'), read(''), read('s'), read('-2'), read('50%')],
        [-1n, 0n, undefined, undefined, undefined, undefined, undefined]
      )
    }
  })

  it('has fractions only as a size', () => {
    assert.equal(nanosecondsOf('1.5h'), undefined)
    assert.equal(bytesOf('0.5kb'), 512n)
  })

  it('has no other units', () => {
    assert.deepEqual(
      [nanosecondsOf('1w'), bytesOf('1bb'), bytesOf('1zb'), bytesOf('-1gb')],
      [undefined, undefined, undefined, undefined]
    )
  })
})
