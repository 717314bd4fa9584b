import assert from 'node:assert/strict'
import fc from 'fast-check'
import { readDescription, writeDescription } from '../../../../reconcilers/nifi/parameter-context/tail.ts'

describe('the line at the end of a description', () => {
  it('is read back as it was written, whatever stands in it and above it', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((each) => readDescription(each).fields === undefined)
    fc.assert(
      fc.property(
        text,
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.constantFrom('owner', 'digest'),
        (words, value, field) => {
          const read = readDescription(writeDescription(words, field, value))
          assert.deepEqual([read.text, read.fields?.get(field)], [words, value])
        }
      )
    )
  })

  it('is not there without a value', () => {
    assert.equal(writeDescription('words', 'owner', undefined), 'words')
    assert.deepEqual(readDescription('words'), { text: 'words', fields: undefined })
  })

  it('is a line of ours only when it is complete and the last', () => {
    for (const text of [
      '[infometis]',
      '[infometis owner]',
      '[infometis owner=a] and more',
      'see [infometis owner=a]',
      ''
    ]) {
      assert.deepEqual(readDescription(text), { text, fields: undefined })
    }
    assert.equal(readDescription('[infometis owner=team%20a]').fields?.get('owner'), 'team a')
    assert.equal(readDescription('text\n[infometis owner=%zz]\n').fields?.get('owner'), '%zz')
  })
})
