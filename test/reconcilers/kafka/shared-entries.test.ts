import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ConfigEntry, ConfigSource } from '../../../reconcilers/kafka/admin.ts'
import { noSynonyms, sharedEntries } from '../../../reconcilers/kafka/shared-entries.ts'
import { entry } from './entries.ts'

const few: fc.Arbitrary<ConfigEntry> = fc
  .record({
    name: fc.constantFrom('a', 'b'),
    value: fc.constantFrom('1', '2', null),
    source: fc.constantFrom<ConfigSource>('topic', 'default'),
    sensitive: fc.boolean(),
    readOnly: fc.boolean(),
    type: fc.constantFrom(0, 1),
    synonyms: fc.constantFrom(noSynonyms, [{ name: 'a', value: '1', source: 'default' } as const])
  })
  .map((each) => ({ ...each }))

describe('equal entries of one answer', () => {
  it('are as they were', () => {
    fc.assert(
      fc.property(fc.array(few), (entries) => {
        const share = sharedEntries()
        assert.deepEqual(entries.map(share), entries)
      })
    )
  })

  it('are one object, and others are not', () => {
    const share = sharedEntries()
    const made = () => entry('retention.ms', '1', 'topic', { synonyms: noSynonyms })
    assert.equal(share(made()), share(made()))
    assert.notEqual(share(made()), share({ ...made(), source: 'default' }))
    assert.notEqual(sharedEntries()(made()), share(made()))
  })
})
