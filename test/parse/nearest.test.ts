import assert from 'node:assert/strict'
import { didYouMean } from '../../src/parse/nearest.ts'

describe('"did you mean"', () => {
  it('names the nearest known name, whatever its case', () => {
    assert.equal(
      didYouMean('Partition', ['config', 'partitions', 'replication-factor']),
      '; did you mean "partitions"?'
    )
    assert.equal(didYouMean('retension.ms', ['retention.ms', 'retention.bytes']), '; did you mean "retention.ms"?')
  })

  it('names what people usually mean before the nearest name', () => {
    const usual = { replicas: 'replication-factor' }
    assert.equal(
      didYouMean('replicas', ['replica', 'replication-factor'], usual),
      '; did you mean "replication-factor"?'
    )
    assert.equal(didYouMean('replicaz', ['replica'], usual), '; did you mean "replica"?')
    assert.equal(didYouMean('constructor', ['config'], usual), '')
  })

  it('says nothing when nothing is near', () => {
    assert.equal(didYouMean('colour', ['config', 'partitions']), '')
    assert.equal(didYouMean('x', []), '')
  })

  it('forgives two letters of a short name and a third of a long one', () => {
    assert.equal(didYouMean('abcd', ['ab']), '; did you mean "ab"?')
    assert.equal(didYouMean('abcde', ['ab']), '')
    assert.equal(didYouMean('abcdefghijkl', ['abcdefgh']), '; did you mean "abcdefgh"?')
    assert.equal(didYouMean('abcdefghijkl', ['abcdefg']), '')
  })
})
