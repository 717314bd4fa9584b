import assert from 'node:assert/strict'
import fc from 'fast-check'
import { assignFiles } from '../../src/parse/files.ts'

const assign = (...names: readonly string[]) => {
  const { sets, unknown } = assignFiles(names, ['boxes', 'policy'], ['*.flow.json'])
  return { sets: Object.fromEntries(sets), unknown: unknown.map(({ file }) => file) }
}

describe('file names', () => {
  it('tell bases from layers, in the order of their names', () => {
    assert.deepEqual(
      assign('boxes.yaml', 'boxes.b.json', 'boxes.a.yaml', 'boxes.json', 'policy.yaml', 'boxes.a.b.json'),
      {
        sets: {
          boxes: { bases: ['boxes.json', 'boxes.yaml'], layers: ['boxes.a.b.json', 'boxes.a.yaml', 'boxes.b.json'] },
          policy: { bases: ['policy.yaml'], layers: [] }
        },
        unknown: []
      }
    )
  })

  it('that a kind asks for belong to it, whatever they look like', () => {
    assert.deepEqual(assign('orders.flow.json', '.x.flow.json'), { sets: {}, unknown: [] })
  })

  for (const name of [
    'boxes',
    'boxes.yml',
    'boxes.YAML',
    'Boxes.json',
    'boxes..json',
    'boxes.json.bak',
    'boxes.json~',
    'box.json',
    'policy.yml',
    '.json',
    'myboxes.json',
    'boxes-prod.json'
  ]) {
    it(`"${name}" belongs to nothing`, () => assert.deepEqual(assign(name), { sets: {}, unknown: [name] }))
  }

  it('with the ending .yml are told the right one, layers too', () => {
    const { unknown } = assignFiles(['policy.yml', 'boxes.prod.yml', 'boxes.YML'], ['boxes', 'policy'], [])
    assert.deepEqual(
      unknown.map(({ message }) => /did you mean "(.*)"/.exec(message)?.[1]),
      ['boxes.yaml', 'boxes.prod.yaml', 'policy.yaml']
    )
  })

  it('are each assigned once, whatever their order', () => {
    const name = fc.constantFrom(
      'boxes.json',
      'boxes.yaml',
      'boxes.a.json',
      'boxes.b.yaml',
      'policy.json',
      'policy.yml',
      'x.flow.json',
      'readme'
    )
    fc.assert(
      fc.property(fc.uniqueArray(name), (names) => {
        const { sets, unknown } = assign(...names)
        const assigned = [...Object.values(sets).flatMap(({ bases, layers }) => [...bases, ...layers]), ...unknown]
        assert.deepEqual(assigned.toSorted(), names.filter((each) => each !== 'x.flow.json').toSorted())
        assert.deepEqual(assign(...names.toReversed()), { sets, unknown })
      })
    )
  })
})
