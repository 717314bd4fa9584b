import assert from 'node:assert/strict'
import { yamlText } from '../../src/cli/output.ts'
import type { Json } from '../../src/records.ts'
import { parseDocument } from '../../src/parse/document.ts'
import { toValue } from '../../src/parse/node.ts'

describe('a document as YAML', () => {
  it('keeps the text of numbers, so that what is exported can be declared', () => {
    const document: Json = {
      z: JSON.rawJSON('1.0'),
      y: [JSON.rawJSON('9007199254740993'), 1],
      e: JSON.rawJSON('1e3'),
      text: '1.0',
      no: null
    }
    const { root } = parseDocument('file.yaml', Buffer.from(yamlText(document)))
    assert.equal(
      root && JSON.stringify(toValue(root, 'written')),
      '{"z":1.0,"y":[9007199254740993,1],"e":1e3,"text":"1.0","no":null}'
    )
  })
})
