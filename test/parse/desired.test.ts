import assert from 'node:assert/strict'
import { describeProblem } from '../../src/parse/describe-problem.ts'
import { declared, parse, specsOf, type Files } from './box-kind.ts'

const problemsOf = (files: Files): readonly string[] =>
  (parse(files).problems ?? []).map((problem) => `${problem.severity} ${problem.code} ${describeProblem(problem)}`)
const boxes = (files: Files): unknown => specsOf(declared(files))

/** Invalid boxes, each with its problems. */
const invalid = (files: Files): unknown =>
  declared(files).kinds.flatMap((kind) =>
    kind.invalid.map(({ name, problems }) => [name, ...problems.map(describeProblem)])
  )

describe('layers', () => {
  it('change only what they say, in the order of their names', () => {
    const files = {
      'boxes.json': '{"a": {"size": 1, "labels": {"x": 1, "y": 1}}, "b": {"size": 1}}',
      'boxes.20.yaml': 'a: {labels: {x: 20}}\n',
      'boxes.10.json': '{"a": {"labels": {"x": 10, "z": 10}}}'
    }
    assert.deepEqual(boxes(files), { a: { size: 1, labels: { x: 20, y: 1, z: 10 } }, b: { size: 1 } })
  })

  it('replace lists as a whole', () => {
    assert.deepEqual(
      boxes({ 'boxes.json': '{"a": {"tags": ["x", "y"]}}', 'boxes.prod.json': '{"a": {"tags": ["z"]}}' }),
      { a: { tags: ['z'] } }
    )
  })

  it('may declare new items', () => {
    assert.deepEqual(boxes({ 'boxes.json': '{"a": {}}', 'boxes.prod.json': '{"b": {"size": 2}}' }), {
      a: {},
      b: { size: 2 }
    })
  })

  it('undeclare an item with null; null inside an item stays and means what the kind says', () => {
    const files = {
      'boxes.json': '{"a": {}, "b": {"labels": {"x": 1}}}',
      'boxes.prod.json': '{"a": null, "b": {"labels": {"x": null}}}'
    }
    assert.deepEqual(boxes(files), { b: { labels: { x: null } } })
  })

  it('declare an item again after an earlier layer undeclared it, without what was below', () => {
    const files = {
      'boxes.json': '{"a": {"size": 1}}',
      'boxes.1.json': '{"a": null}',
      'boxes.2.json': '{"a": {"colour": "red"}}'
    }
    assert.deepEqual(boxes(files), { a: { colour: 'red' } })
  })

  it('without a base are a base', () => {
    assert.deepEqual(boxes({ 'boxes.prod.yaml': 'a: {size: 1}\nb: null\n' }), { a: { size: 1 } })
  })

  it('may have dots in their names', () => {
    assert.deepEqual(boxes({ 'boxes.json': '{"a": {"size": 1}}', 'boxes.eu.west.1.json': '{"a": {"size": 2}}' }), {
      a: { size: 2 }
    })
  })

  it('over a single item work the same way', () => {
    const state = declared({ 'settings.json': '{"values": {"x": 1}}', 'settings.prod.json': '{"values": {"y": 2}}' })
    assert.deepEqual(JSON.parse(JSON.stringify(specsOf(state, 'settings'))), { default: { values: { x: 1, y: 2 } } })
  })

  it('are named by a problem in them', () => {
    assert.deepEqual(invalid({ 'boxes.json': '{"a": {"size": 1}}', 'boxes.prod.yaml': 'a:\n  size: big\n' }), [
      ['a', 'boxes.prod.yaml:2:9 a.size: expected an integer, found text "big"']
    ])
  })

  it('that are empty or no object are refused', () => {
    assert.deepEqual(problemsOf({ 'boxes.json': '{}', 'boxes.a.json': '', 'boxes.b.json': '[]' }), [
      'error EMPTY boxes.a.json:1:1: expected an object, found an empty file; write {} if nothing is meant',
      'error TYPE boxes.b.json:1:1: expected an object at the top of the file, found a list'
    ])
  })
})

describe('two base files of a kind', () => {
  it('complete each other', () => {
    assert.deepEqual(boxes({ 'boxes.json': '{"a": {}}', 'boxes.yaml': 'b: {}\n' }), { a: {}, b: {} })
  })

  it('may not declare the same name: that item is invalid, naming both places, the others go on', () => {
    const files = { 'boxes.json': '{\n  "a": {},\n  "b": {}\n}', 'boxes.yaml': 'c: {}\na: {}\n' }
    assert.deepEqual(boxes(files), { b: {}, c: {} })
    assert.deepEqual(invalid(files), [
      [
        'a',
        'boxes.yaml:2:1 a: expected "a" in one base file, found it in boxes.json:2 and boxes.yaml:2; keep one of them'
      ]
    ])
  })

  it('may not declare and undeclare the same name either', () => {
    for (const [json, yaml] of [
      ['{"a": null}', 'a: {}'],
      ['{"a": {}}', 'a: null']
    ] as const) {
      assert.deepEqual(boxes({ 'boxes.json': json, 'boxes.yaml': yaml }), {})
      assert.equal(declared({ 'boxes.json': json, 'boxes.yaml': yaml }).kinds[0]?.invalid.length, 1)
    }
  })

  it('of a single item may not name the same field', () => {
    const files = { 'settings.json': '{"values": {"x": 1}}', 'settings.yaml': 'values: {y: 1}\n' }
    assert.deepEqual(invalid(files), [
      [
        'default',
        'settings.yaml:1:1 values: expected "values" in one base file, found it in settings.json:1 and settings.yaml:1; keep one of them'
      ]
    ])
  })
})

describe('the files of a directory', () => {
  it('name the kinds that are managed: one without a file is not', () => {
    assert.deepEqual(
      declared({ 'settings.json': '{}' }).kinds.map(({ kind }) => kind.kind),
      ['settings']
    )
  })

  it('are managed in the order of the service, not in that of their names', () => {
    assert.deepEqual(
      declared({ 'settings.json': '{}', 'boxes.json': '{"a": {}}' }).kinds.map(({ kind }) => kind.kind),
      ['box', 'settings']
    )
  })

  it('must hold one of the service', () => {
    assert.deepEqual(problemsOf({}), [
      'error NO_FILE expected at least one of boxes.json, boxes.yaml, settings.json, settings.yaml, found an empty directory'
    ])
    assert.deepEqual(problemsOf({ 'policy.yaml': 'mode: observe' }), [
      'error NO_FILE expected at least one of boxes.json, boxes.yaml, settings.json, settings.yaml, found only policy.yaml'
    ])
  })

  it('named almost right are no file of the service, and the message says which was meant', () => {
    const [first] = problemsOf({ 'Boxes.json': '{}', 'boxes.yml': '{}' })
    assert.equal(
      first,
      'error NO_FILE expected at least one of boxes.json, boxes.yaml, settings.json, settings.yaml, found only Boxes.json, boxes.yml; did you mean "boxes.json"?'
    )
  })

  it('that nobody knows are ignored with a warning, policy.yml among them', () => {
    const state = declared({ 'boxes.json': '{"a": {}}', 'policy.yml': 'mode: observe', 'README.md': '#' })
    assert.equal(state.policy.mode, 'enforce')
    assert.deepEqual(
      state.warnings.map(({ severity, code, file, message }) => [severity, code, file, message]),
      [
        [
          'warning',
          'UNKNOWN_FILE',
          'README.md',
          'expected one of boxes.json, settings.json, policy.json (or .yaml, or a layer), found "README.md", which is ignored'
        ],
        [
          'warning',
          'UNKNOWN_FILE',
          'policy.yml',
          'expected one of boxes.json, settings.json, policy.json (or .yaml, or a layer), found "policy.yml", which is ignored; did you mean "policy.yaml"?'
        ]
      ]
    )
  })

  it('that declare nothing are a warning, with the file', () => {
    for (const text of ['{}', '{"a": null}']) {
      assert.deepEqual(declared({ 'boxes.json': text }).warnings.map(describeProblem), [
        'boxes.json:1:1: expected at least one box, found none; everything the service holds is an orphan'
      ])
    }
  })

  it('that are all invalid declare something all the same', () => {
    assert.deepEqual(declared({ 'boxes.json': '{"a": 1}' }).warnings, [])
  })

  it('yield no state when one of them is broken, and every broken file is named', () => {
    assert.deepEqual(
      problemsOf({ 'boxes.json': '{"a": {}', 'settings.json': '', 'policy.yaml': 'mode: [' }).map(
        (line) => line.split(':')[0]
      ),
      ['error SYNTAX boxes.json', 'error SYNTAX policy.yaml', 'error EMPTY settings.json']
    )
  })

  it('yield no state when the policy is wrong, however good the rest', () => {
    assert.deepEqual(problemsOf({ 'boxes.json': '{"a": {}}', 'policy.yaml': 'modes: observe\n' }), [
      'error UNKNOWN_FIELD policy.yaml:1:1 modes: expected one of mode, hold, protect, owned, guard, exact, cluster, found "modes"; did you mean "mode"?'
    ])
  })

  it('give their digest and the service to the state', () => {
    const { digest, service } = declared({ 'boxes.json': '{"a": {}}' })
    assert.deepEqual([digest, service], ['digest', 'shop'])
  })
})
