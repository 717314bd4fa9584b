/**
 * What is dropped of an answer decides nothing.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ConfigSource } from '../../../../reconcilers/kafka/admin.ts'
import { topicKeys } from '../../../../reconcilers/kafka/config/keys/index.ts'
import { compareTopic, undeclaredTopicFields } from '../../../../reconcilers/kafka/topic/compare.ts'
import { keptEntries } from '../../../../reconcilers/kafka/topic/kept.ts'
import { topicKind } from '../../../../reconcilers/kafka/topic/kind.ts'
import type { TopicSpec } from '../../../../reconcilers/kafka/topic/state.ts'
import { entriesOf, entry, topicState } from '../entries.ts'

const value = fc.constantFrom('1', '100', '-1', 'true', 'false', 'delete', 'compact', 'compact,delete', '')
const source = fc.constantFrom<ConfigSource>('topic', 'broker', 'cluster', 'static', 'default')
const keys = [...topicKeys.keys(), 'no.row']

/** A full answer: every key, with a value from anywhere. */
const entries = fc
  .array(fc.record({ value, source }), { minLength: keys.length, maxLength: keys.length })
  .map((shown) => shown.map((each, index) => entry(keys[index] ?? '', each.value, each.source)))
const spec: fc.Arbitrary<TopicSpec> = fc.record({
  partitions: fc.integer({ min: 1, max: 6 }),
  config: fc.dictionary(fc.constantFrom(...keys), fc.option(value), { maxKeys: 5 })
})

describe('the entries of a topic that are kept', () => {
  it('compare, and are exported, as all of them do', () => {
    fc.assert(
      fc.property(entries, spec, fc.boolean(), (all, declared, exact) => {
        const whole = topicState(all, { exact })
        const kept = { ...whole, config: keptEntries()(all, declared) }
        assert.deepEqual(compareTopic(declared, kept), compareTopic(declared, whole))
        assert.deepEqual(undeclaredTopicFields(declared, kept), undeclaredTopicFields(declared, whole))
        assert.deepEqual(topicKind.describe?.(kept), topicKind.describe?.(whole))
      })
    )
  })

  it('leave out keys that nobody declared and that are inherited', () => {
    const all = [
      entry('retention.ms', '1'),
      entry('preallocate', 'false', 'default'),
      entry('segment.ms', '1', 'default')
    ]
    const kept = keptEntries()(all, { config: { 'segment.ms': '1' } })
    assert.deepEqual([...kept.keys()], ['retention.ms', 'segment.ms'])
    assert.deepEqual(keptEntries()([], undefined), entriesOf([]))
  })
})
