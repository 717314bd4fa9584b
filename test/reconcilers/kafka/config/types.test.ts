/**
 * Types of configuration values: which texts a broker takes, and which mean the same to it.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { rowOf, topicKeys, clusterKeys } from '../../../../reconcilers/kafka/config/keys/index.ts'
import { misfit, protocolType, sameValue, text, type ValueType } from '../../../../reconcilers/kafka/config/types.ts'

function typeOf(key: string): ValueType {
  return rowOf(topicKeys, key)?.type ?? rowOf(clusterKeys, key)?.type ?? assert.fail(`${key} has no row`)
}

describe('a value that a broker takes', () => {
  // Each was taken by brokers of 3.9.2, 4.3.1 and 4.4.0.
  const taken: readonly (readonly [string, string])[] = [
    ['retention.ms', '-1'],
    ['retention.ms', '9223372036854775807'],
    ['retention.ms', '+5000000'],
    ['segment.ms', ' 5000000 '],
    ['retention.bytes', '-5'],
    ['local.retention.ms', '-2'],
    ['preallocate', 'TRUE'],
    ['min.cleanable.dirty.ratio', '5e-1'],
    ['cleanup.policy', ''],
    ['cleanup.policy', 'delete, compact'],
    ['compression.type', 'zstd'],
    ['compression.zstd.level', '-131072'],
    ['leader.replication.throttled.replicas', '*'],
    ['follower.replication.throttled.replicas', '0:1,1:2'],
    ['log.cleaner.io.max.bytes.per.second', '1.7976931348623157E308'],
    ['listener.name.external.max.connections', '100'],
    ['ssl.keystore.password', 'aaa']
  ]
  for (const [key, value] of taken) {
    it(`fits: ${key} ${JSON.stringify(value)}`, () => {
      assert.equal(misfit(typeOf(key), value), undefined)
    })
  }
})

describe('a value that no broker takes', () => {
  const longest = '9223372036854775807'
  const rows: readonly (readonly [string, string, string])[] = [
    ['retention.ms', 'aaa', `expected a whole number of ms from -1 to ${longest} (-1: no limit), found "aaa"`],
    [
      'retention.ms',
      '1d',
      `expected a whole number of ms from -1 to ${longest} (-1: no limit), found "1d"; did you mean 86400000?`
    ],
    [
      'retention.ms',
      '86_400_000',
      `expected a whole number of ms from -1 to ${longest} (-1: no limit), found "86_400_000"; did you mean 86400000?`
    ],
    ['retention.ms', '-2', `expected a whole number of ms from -1 to ${longest} (-1: no limit), found "-2"`],
    ['retention.ms', '1.5', `expected a whole number of ms from -1 to ${longest} (-1: no limit), found "1.5"`],
    [
      'retention.ms',
      '9223372036854775808',
      `expected a whole number of ms from -1 to ${longest} (-1: no limit), found "9223372036854775808"`
    ],
    [
      'retention.bytes',
      '1 GiB',
      `expected a whole number of bytes from -9223372036854775808 to ${longest} (-1: no limit), found "1 GiB"; did you mean 1073741824?`
    ],
    ['max.message.bytes', '1MB', 'expected a whole number of bytes from 0 to 2147483647, found "1MB"'],
    ['max.message.bytes', '2147483648', 'expected a whole number of bytes from 0 to 2147483647, found "2147483648"'],
    ['max.message.bytes', '', 'expected a whole number of bytes from 0 to 2147483647, found ""'],
    ['min.insync.replicas', '0', 'expected a whole number from 1 to 2147483647, found "0"'],
    ['preallocate', '1', 'expected true or false, found "1"'],
    ['preallocate', 'yes', 'expected true or false, found "yes"'],
    ['min.cleanable.dirty.ratio', '50%', 'expected a number from 0 to 1, found "50%"'],
    ['min.cleanable.dirty.ratio', '2', 'expected a number from 0 to 1, found "2"'],
    ['cleanup.policy', 'delte', 'expected a list of compact, delete, found "delte"; did you mean "delete"?'],
    ['cleanup.policy', 'delete,', 'expected a list of compact, delete, found "delete,"'],
    [
      'compression.type',
      'GZIP',
      'expected one of uncompressed, zstd, lz4, snappy, gzip, producer, found "GZIP"; did you mean "gzip"?'
    ],
    [
      'message.timestamp.type',
      'createtime',
      'expected one of CreateTime, LogAppendTime, found "createtime"; did you mean "CreateTime"?'
    ],
    ['num.io.threads', 'many', 'expected a whole number from 1 to 2147483647, found "many"'],
    [
      'log.retention.ms',
      '7d',
      `expected a whole number of ms from -1 to ${longest} (-1: no limit), found "7d"; did you mean 604800000?`
    ]
  ]
  for (const [key, value, message] of rows) {
    it(`says what was expected: ${key} ${JSON.stringify(value)}`, () => {
      assert.equal(misfit(typeOf(key), value), message)
    })
  }

  it('is never one of free text, and never shown of a secret', () => {
    fc.assert(
      fc.property(
        fc.string(),
        (value) => misfit(text, value) === undefined && misfit({ is: 'secret' }, value) === undefined
      )
    )
  })

  it('is any number outside the range, and no number inside it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }), (number) => {
        const isTaken = number >= -1n && number < 2n ** 63n
        assert.equal(misfit(typeOf('retention.ms'), String(number)) === undefined, isTaken)
      })
    )
  })
})

describe('two values are equal to the broker', () => {
  const rows: readonly [ValueType, string, string, boolean, string][] = [
    [typeOf('preallocate'), 'TRUE', 'true', true, 'the case of a boolean means nothing'],
    [typeOf('retention.ms'), ' 060000', '+60000', true, 'leading zeros, signs and blanks of an integer mean nothing'],
    [typeOf('retention.ms'), '9223372036854775807', '9223372036854775806', false, 'neighbours beyond 2^53 differ'],
    [typeOf('retention.ms'), 'abc', '60000', false, 'what is no number equals no number'],
    [typeOf('min.cleanable.dirty.ratio'), '0.50', '5e-1', true, 'the notation of a double means nothing'],
    [typeOf('min.cleanable.dirty.ratio'), '', '0', false, 'nothing is not zero'],
    [typeOf('cleanup.policy'), 'delete, compact', 'compact,delete', true, 'the order of cleanup.policy means nothing'],
    [typeOf('cleanup.policy'), 'delete,delete', 'delete', true, 'nor does saying it twice, which 3.9 keeps'],
    [
      typeOf('leader.replication.throttled.replicas'),
      '1:2,0:1',
      '0:1,1:2',
      true,
      'nor the order of throttled replicas'
    ],
    [typeOf('metric.reporters'), 'a,b', 'b,a', true, 'nor that of reporters'],
    [typeOf('ssl.cipher.suites'), 'a,b', 'b,a', false, 'the order of cipher suites means something'],
    [typeOf('ssl.cipher.suites'), 'a, b', 'a,b', true, 'blanks of a list mean nothing'],
    [typeOf('compression.type'), 'gzip', 'GZIP', false, 'the case of text means something'],
    [protocolType(5), '060000', '60000', true, 'a broker names the type of a key without a row'],
    [protocolType(7), 'a,b', 'b,a', false, 'the order of an unknown list may mean something'],
    [protocolType(99), '060000', '60000', false, 'a type newer than ours is text']
  ]
  for (const [type, a, b, equal, reason] of rows) {
    it(`${reason}: ${JSON.stringify(a)} ${equal ? '=' : '≠'} ${JSON.stringify(b)}`, () => {
      assert.equal(sameValue(type, a, b), equal)
      assert.equal(sameValue(type, b, a), equal)
    })
  }

  it('whenever they are the same text, whatever the type', () => {
    fc.assert(fc.property(fc.string(), fc.nat(9), (value, type) => sameValue(protocolType(type), value, value)))
  })
})
