import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { AnyKind, Desired } from '../../src/contract.ts'
import { DesiredParser, parseDesired, type DesiredState } from '../../src/parse/desired.ts'
import { boxKind, configOf, crateKind, settingsKind, type Files } from './box-kind.ts'
import { edits, statesAfter, withDocuments } from './edits.ts'

/** Notes which boxes are checked and completed. */
function watchedBoxes(): { readonly kind: AnyKind; readonly completed: string[] } {
  const completed: string[] = []
  const complete: typeof boxKind.complete = (spec, files) => {
    completed.push(JSON.stringify(spec))
    return boxKind.complete?.(spec, files) ?? spec
  }
  return { kind: { ...boxKind, complete }, completed }
}

function parserOf(...kinds: readonly AnyKind[]): (files: Files) => DesiredState {
  const parser = new DesiredParser({ name: 'shop', kinds })
  return (files) => parser.parse(configOf(files)).desired ?? assert.fail('expected a declaration')
}

const itemsOf = ({ kinds }: DesiredState): readonly Desired<unknown>[] => kinds.flatMap(({ items }) => items)

describe('parsing one state of the files after the other', () => {
  it('gives what parsing it alone gives, whatever was edited', () => {
    const service = { name: 'shop', kinds: [boxKind, settingsKind, crateKind] }
    fc.assert(
      fc.property(edits, (all) => {
        const parser = new DesiredParser(service)
        for (const files of statesAfter(all)) {
          const config = configOf(files)
          assert.deepEqual(withDocuments(parser.parse(config)), withDocuments(parseDesired(config, service)))
        }
      }),
      { numRuns: 300 }
    )
  })

  it('parses an item again when its text changed, and no other', () => {
    const { kind, completed } = watchedBoxes()
    const parse = parserOf(kind)
    parse({ 'boxes.json': '{"a": {"size": 1}, "b": {"size": 2}, "c": {"size": 3}}' })
    completed.length = 0
    parse({ 'boxes.json': '{"c": {"size": 3},\n"a": {"size": 1},\n  "b": {"size": 9}}' })
    assert.deepEqual(completed, ['{"size":9}'])
  })

  it('does the same in YAML', () => {
    const { kind, completed } = watchedBoxes()
    const parse = parserOf(kind)
    parse({ 'boxes.yaml': 'a:\n  size: 1\nb:\n  size: 2\n' })
    completed.length = 0
    parse({ 'boxes.yaml': '---\n# boxes\na:\n  size: 1\nb:\n  size: 9\n' })
    assert.deepEqual(completed, ['{"size":9}'])
  })

  it('does the same where a file has to be read as a whole', () => {
    const { kind, completed } = watchedBoxes()
    const parse = parserOf(kind)
    parse({
      'boxes.json': '{\n# some\n"a": {"size": 1}, "b": {"size": 2}}',
      'boxes.x.yaml': 'c: &c {size: 3}\nd: *c\n'
    })
    completed.length = 0
    parse({
      'boxes.json': '{\n# more\n\n"a": {"size": 1}, "b": {"size": 9}}',
      'boxes.x.yaml': 'c: &c {size: 3}\nd: *c\n'
    })
    assert.deepEqual(completed, ['{"size":9}'])
  })

  it('gives the very same object for an item that stands where it stood', () => {
    const parse = parserOf(boxKind)
    const [a] = itemsOf(parse({ 'boxes.json': '{"a": {"size": 1}, "b": {"size": 2}}' }))
    assert.equal(itemsOf(parse({ 'boxes.json': '{"a": {"size": 1}, "b": {"size": 3}}' }))[0], a)
    const [, moved] = itemsOf(parse({ 'boxes.json': '{"b": {"size": 3},\n "a": {"size": 1}}' }))
    assert.deepEqual(moved, { ...a, at: { file: 'boxes.json', line: 2, column: 2 } })
  })

  it('parses an item again when a layer over it changed', () => {
    const { kind, completed } = watchedBoxes()
    const parse = parserOf(kind)
    const base = '{"a": {"size": 1}, "b": {"size": 2}}'
    parse({ 'boxes.json': base, 'boxes.prod.yaml': 'a: {colour: red}\n' })
    completed.length = 0
    parse({ 'boxes.json': base, 'boxes.prod.yaml': 'a: {colour: blue}\n' })
    assert.deepEqual(completed, ['{"size":1,"colour":"blue"}'])
  })

  it('parses an item again when a file it was completed with changed, appeared or went', () => {
    const { kind, completed } = watchedBoxes()
    const parse = parserOf(kind)
    const boxes = { 'boxes.json': '{"a": {"drawing": "a.drawing.txt"}, "b": {"drawing": "b.drawing.txt"}, "c": {}}' }
    parse({ ...boxes, 'a.drawing.txt': 'one', 'b.drawing.txt': 'one' })
    for (const drawings of [{ 'a.drawing.txt': 'two' }, {}, { 'a.drawing.txt': 'two' }]) {
      completed.length = 0
      parse({ ...boxes, ...drawings, 'b.drawing.txt': 'one' })
      assert.deepEqual(completed, ['{"drawing":"a.drawing.txt"}'])
    }
  })

  it('parses every item again when the policy says another `exact`', () => {
    const parse = parserOf(boxKind)
    const boxes = { 'boxes.json': '{"a": {}, "b": {"reconcile": {"exact": false}}}' }
    parse(boxes)
    const items = itemsOf(parse({ ...boxes, 'policy.yaml': 'exact: true' }))
    assert.deepEqual(
      items.map(({ control }) => control.exact),
      [true, false]
    )
  })

  it('remembers the last state that could be used while a file is broken', () => {
    const { kind, completed } = watchedBoxes()
    const parser = new DesiredParser({ name: 'shop', kinds: [kind] })
    const parse = (text: string) => parser.parse(configOf({ 'boxes.json': text }))
    parse('{"a": {"size": 1}, "b": {"size": 2}}')
    assert.equal(parse('{"a": {"size": 1}, "b": {"size": 2}').desired, undefined)
    completed.length = 0
    parse('{"a": {"size": 1}, "b": {"size": 3}}')
    assert.deepEqual(completed, ['{"size":3}'])
  })
})
