import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { parseDocument } from '../../src/parse/document.ts'
import { readPlainJson } from '../../src/parse/json.ts'

const mostLevels = 100

/** The same text through the YAML parser, which reads all files that are not called `.json`. */
function throughYaml(text: string) {
  return parseDocument('file', Buffer.from(text)).root
}

function nested(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
}

describe('Plain JSON', () => {
  const spacing = fc.record({ indent: fc.constantFrom('', ' ', '  ', '\t'), newline: fc.constantFrom('\n', '\r\n') })
  const anyText = fc.string({ unit: 'binary' })

  it('is read as the YAML parser reads it, positions included', () => {
    fc.assert(
      fc.property(
        fc.dictionary(anyText, fc.jsonValue({ stringUnit: 'binary' })),
        spacing,
        (value, { indent, newline }) => {
          const text = JSON.stringify(value, null, indent).replaceAll('\n', newline)
          assert.deepEqual(readPlainJson('file', text, mostLevels), throughYaml(text))
        }
      )
    )
  })

  const same = {
    'numbers no double holds': '{"a": [9223372036854775807, 1.10, -0, 1e5, 1E-7, 1e400, 0.1]}',
    'escapes and characters that end lines elsewhere': String.raw`{"\u00e9\ud83d\ude00\/\"\\": "` + '\u2028\u0085"}',
    'texts that mean something in YAML': '{"#a": "&b", "*c": "- d", "<<": "!e", "": "? f: g"}',
    'keys that objects inherit': '{"__proto__": {"constructor": 1}}',
    'brackets on lines of their own': '{"a"\n:\n[\n1\n,\n{\n}\n,[\n]\n]\n}\n'
  }
  for (const [what, text] of Object.entries(same)) {
    it(`is read as the YAML parser reads it: ${what}`, () => {
      const expected = throughYaml(text)
      assert.ok(expected !== undefined)
      assert.deepEqual(readPlainJson('file', text, mostLevels), expected)
    })
  }

  const other = {
    'a comment': '{"a": 1} # one',
    'a comma too many': '{"a": 1,}',
    nothing: '',
    'a text alone': '""',
    'a list': '[]',
    'a key twice': '{"a": {"b": 1, "b": 2}}',
    'a number too long to be meant': `{"a": 1${'0'.repeat(500)}}`,
    'too many levels': nested(mostLevels + 1),
    'lines ended by carriage returns alone': '{"a":\r1}'
  }
  for (const [what, text] of Object.entries(other)) {
    it(`is not ${what}: that is left to the YAML parser`, () => {
      assert.equal(readPlainJson('file', text, mostLevels), undefined)
    })
  }

  it('may be as deep as documents may be', () => {
    const expected = throughYaml(nested(mostLevels))
    assert.ok(expected !== undefined)
    assert.deepEqual(readPlainJson('file', nested(mostLevels), mostLevels), expected)
  })
})
