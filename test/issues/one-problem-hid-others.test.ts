import assert from 'node:assert/strict'
import { plugin } from '../../reconcilers/kafka/index.ts'
import { problemsOf } from '../../src/cli/problems.ts'
import { configOf, type Files } from '../parse/box-kind.ts'

const listed = (files: Files): readonly string[] =>
  problemsOf(configOf(files), plugin).map(({ code, file, path }) => `${code} ${file} ${path}`)

describe('an unknown field', () => {
  it('hides neither the other fields, nor the name, nor what another topic has to do with it', () => {
    const files = {
      'topics.yaml': 'my topic: {partitons: 3, replication-factor: many}\na.b: {partitions: 1}\na_b: {partitons: 1}\n'
    }
    assert.deepEqual(listed(files).toSorted(), [
      'NAME topics.yaml my topic',
      'NAME_COLLISION topics.yaml a.b',
      'NAME_COLLISION topics.yaml a_b',
      'TYPE topics.yaml my topic.replication-factor',
      'UNKNOWN_FIELD topics.yaml a_b.partitons',
      'UNKNOWN_FIELD topics.yaml my topic.partitons'
    ])
  })
})

describe('a file that cannot be read', () => {
  it('hides neither the policy nor the items of other files', () => {
    const files = { 'topics.json': '{"a": ', 'cluster.json': '{"confg": {}}', 'policy.yaml': 'mod: observe\n' }
    assert.deepEqual(listed(files).toSorted(), [
      'SYNTAX topics.json ',
      'UNKNOWN_FIELD cluster.json confg',
      'UNKNOWN_FIELD policy.yaml mod'
    ])
  })
})
