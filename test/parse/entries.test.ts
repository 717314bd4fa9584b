import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parseDocument } from '../../src/parse/document.ts'
import { entriesOf, NotApart, type Entries } from '../../src/parse/entries.ts'
import type { Entry } from '../../src/parse/node.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const entries = (file: string, text: string, before?: Entries): Entries =>
  entriesOf(file, bytesOf(text), before).entries ?? assert.fail('expected entries')

/** All of them, read one by one; undefined where the file has to be read as a whole. */
function readApart(file: string, bytes: Uint8Array): unknown {
  const read = entriesOf(file, bytes)
  if (read.entries === undefined) return read
  const { at, names } = read.entries
  try {
    return { at, entries: names.map((name) => [name, read.entries.placeOf(name), read.entries.read(name)]) }
  } catch (error) {
    if (error instanceof NotApart) return undefined
    throw error
  }
}

function readWhole(file: string, bytes: Uint8Array): unknown {
  const { root, problems } = parseDocument(file, bytes)
  if (problems !== undefined) return { problems }
  if (root.type !== 'map') return entriesOf(file, bytes, undefined, true)
  return { at: root.at, entries: [...root.entries].map(([name, entry]) => [name, entry.at, entry]) }
}

/** Texts made of parts; most are nearly right. */
const soupOf = (parts: readonly string[]): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...parts), { maxLength: 14 }).map((some) => some.join(''))

const members = [
  '"a": 1',
  '"b": {"x": [1, {"y": "}"}]}',
  '"ü😀":"\\u00e4\\"]"',
  '"a\\u0041": null',
  '"": 1.50',
  '"a": {"c": 1, "c": 2}'
]
const signs = [
  '{',
  '}',
  ',',
  ',',
  ',',
  '[',
  ']',
  '"',
  ':',
  ' ',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '# c\n',
  '1',
  'x',
  '"d": 1e999'
]
const json = fc.oneof(
  soupOf([...members, ...signs]),
  fc
    .tuple(
      fc.uniqueArray(fc.constantFrom(...members), { maxLength: 5 }),
      fc.constantFrom('', '\n', '\r\n ', '\r', '\ufeff')
    )
    .map(([some, gap]) => `${gap}{${gap}${some.join(`${gap},${gap}`)}${gap}}${gap}`)
)
const usual = [
  'a: 1\n',
  'b:\n  x: [1, 2]\n',
  'c: |+\n  text\n\n',
  'd: "x\n  y"\n',
  'e/f.g: {x: 1}\r\n',
  '1: true\n',
  'null:\n'
]
const layout = [
  '# c\n',
  '\n',
  '  \n',
  '\r',
  '---\n',
  '...\n',
  '  x: 1\n',
  '\t',
  '\ufeff',
  'o',
  ' p: 1\n',
  ']\n',
  '%Y\n'
]
const unusual = [
  '- x\n',
  'i: "x\n',
  'j: &x 1\n',
  'k: *x\n',
  'l: [\n',
  'ü: 1\n',
  '"q": 1\n',
  '? y\n',
  '<<: {}\n',
  'm: x #{y}\n'
]
const rare = ['s:\n ?\n', 'h: >\n  a\n  b\n', 'n: !t x\n', '__proto__: 1\n', "r: 's\n"]
const yaml = soupOf([...usual, ...usual, ...layout, ...unusual, ...rare])

describe('the entries of a file', () => {
  it('are what the file says when it is read as a whole, place by place', () => {
    for (const [file, texts] of [
      ['a.json', json],
      ['a.yaml', yaml]
    ] as const)
      fc.assert(
        fc.property(texts, (text) => {
          const apart = readApart(file, bytesOf(text))
          if (apart !== undefined) assert.deepEqual(apart, readWhole(file, bytesOf(text)))
        }),
        { numRuns: 2_000 }
      )
  })

  it('are read one by one in plain JSON and in the common way of writing YAML: a broken one keeps no other', () => {
    for (const [file, text] of [
      ['a.json', '\ufeff{"a": 1, "b": nul,\r\n"c": {"c": "}"}}\n'],
      ['a.yaml', '# x\n---\na: 1\nb: [\n# y\nc:\n  c: |\n    x\n\n']
    ] as const) {
      const read = entries(file, text)
      assert.deepEqual(read.names, ['a', 'b', 'c'])
      assert.deepEqual([read.read('a')?.value.type, read.read('c')?.value.type], ['scalar', 'map'])
      assert.throws(() => read.read('b'), NotApart)
    }
  })

  it('stand where they stand even if there is no value at all', () => {
    const value = entries('a.yaml', 'a: 1\nb:\n  ?\n').read('b')?.value
    assert.deepEqual(value?.type === 'map' ? value.entries.get('')?.value.at : value, {
      file: 'a.yaml',
      line: 3,
      column: 4
    })
  })

  it('are not read one by one where a tab may be what is wrong', () => {
    assert.match(JSON.stringify(readApart('a.yaml', bytesOf('a:\n\t  \nb: 1\n'))), /expected spaces as indentation/)
  })

  it('say the same wherever they stand, and only if they do', () => {
    const before = entries('a.json', '{"a": {"x": 1}, "b": {"x": 2}, "c": {"x": 3}}')
    const after = entries('a.json', '{\n  "c": {"x": 3},\n  "a": {"x": 1}, "b": {"x":2}}', before)
    assert.deepEqual(
      after.names.map((name) => [name, after.saysTheSame(name, before)]),
      [
        ['c', true],
        ['a', true],
        ['b', false]
      ]
    )
    assert.deepEqual(after.placeOf('a'), { file: 'a.json', line: 3, column: 3 })
  })

  it('of a file read as a whole say the same when their values do', () => {
    const read = (text: string): Entries => entries('a.yaml', `x: &x 1\n${text}`)
    const [before, after] = [read('a: {b: [1, 1.0]}\nc: 1\nd: *x\n'), read('# new\nd: *x\na:\n  b: [1, 1.0]\nc: 1.0\n')]
    assert.deepEqual(
      ['a', 'c', 'd', 'e'].map((name) => after.saysTheSame(name, before)),
      [true, false, true, false]
    )
  })

  it('are the very same while the file is', () => {
    const before = entries('a.json', '{"a": 1}')
    assert.equal(entries('a.json', '{"a": 1}', before), before)
  })

  it('of another file never say the same', () => {
    assert.equal(entries('b.json', '{"a": 1}').saysTheSame('a', entries('a.json', '{"a": 1}')), false)
  })

  it('are those of a file in which one of them cannot be read by itself, once it is read as a whole', () => {
    const text = '{"a": 1,\n# c\n"b": {"c": 1 # d\n}}'
    const apart = entriesOf('a.json', bytesOf('{"b": {"c": 1 # d\n}}')).entries
    assert.throws(() => apart?.read('b'), NotApart)
    const whole = entriesOf('a.json', bytesOf(text), undefined, true).entries
    const b: Entry | undefined = whole?.read('b')
    assert.deepEqual(b?.at, { file: 'a.json', line: 3, column: 1 })
  })
})
