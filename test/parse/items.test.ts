import assert from 'node:assert/strict'
import fc from 'fast-check'
import { stringify } from 'yaml'
import type { Desired } from '../../src/contract.ts'
import { digestOf } from '../../src/parse/items.ts'
import { describeProblem } from '../../src/parse/describe-problem.ts'
import { crateKind, declared, specsOf, type BoxSpec, type Files } from './box-kind.ts'

function itemOf(files: Files, name = 'a'): Desired<unknown> {
  const item = declared(files)
    .kinds.flatMap(({ items }) => items)
    .find((candidate) => candidate.name === name)
  assert.ok(item, `${name} is declared`)
  return item
}
const box = (text: string): Desired<unknown> => itemOf({ 'boxes.json': `{"a": ${text}}` })
const problemsOf = (text: string): readonly string[] =>
  declared({ 'boxes.json': text }).kinds.flatMap(({ invalid }) =>
    invalid.flatMap(({ problems }) => problems.map((problem) => `${problem.code} ${describeProblem(problem)}`))
  )

describe('an item', () => {
  it('has a key, a name and a place', () => {
    const { key, name, at } = itemOf({ 'boxes.yaml': '# boxes\na.b/c:\n  size: 1\n' }, 'a.b/c')
    assert.deepEqual([key, name, at], ['shop/box/a.b/c', 'a.b/c', { file: 'boxes.yaml', line: 2, column: 1 }])
  })

  it('of a kind with one item bears the name of the kind', () => {
    const { key, name } = itemOf({ 'settings.json': '{"values": {"x": 1}}' }, 'default')
    assert.deepEqual([key, name], ['shop/settings/default', 'default'])
  })

  it('that is wrong is invalid by itself, with all its problems; its neighbours go on', () => {
    const text = '{"a": {"size": "x", "colour": "rad", "nope": 1}, "b": {"size": 1}, "c": []}'
    assert.deepEqual(specsOf(declared({ 'boxes.json': text })), { b: { size: 1 } })
    assert.deepEqual(problemsOf(text), [
      'TYPE boxes.json:1:16 a.size: expected an integer, found text "x"',
      'VALUE boxes.json:1:31 a.colour: expected one of red, green, blue, found text "rad"; did you mean "red"?',
      'UNKNOWN_FIELD boxes.json:1:38 a.nope: expected one of size, weight, colour, labels, tags, lid, drawing, reconcile, found "nope"',
      'TYPE boxes.json:1:68 c: expected an object that declares the box, found a list'
    ])
  })

  it('may be called __proto__, constructor or reconcile', () => {
    const state = declared({
      'boxes.json': '{"__proto__": {"size": 1}, "constructor": {"size": 2}, "reconcile": {"size": 3}}'
    })
    assert.deepEqual(
      state.kinds[0]?.items.map(({ name }) => name),
      ['__proto__', 'constructor', 'reconcile']
    )
    assert.equal(Object.hasOwn(Object.prototype, 'size'), false)
  })

  it('must have a name', () => {
    assert.deepEqual(problemsOf('{"": {}}'), ['VALUE boxes.json:1:2: expected a name, found an empty one'])
  })

  it('has no fields called __proto__, which would be lost silently', () => {
    for (const text of [
      '{"__proto__": {"size": 1}}',
      '{"labels": {"__proto__": 1}}',
      '{"reconcile": {"__proto__": true}}'
    ]) {
      assert.match(
        problemsOf(`{"a": ${text}}`)[0] ?? '',
        /^UNKNOWN_FIELD .*__proto__: expected another name, found "__proto__", which is reserved$/
      )
    }
  })

  it('has its numbers as they are written where its kind asks for that, from JSON and from YAML', () => {
    const text = '{"a": {"labels": {"z": 1.0, "y": 9007199254740993, "e": 1e3, "plain": 1, "text": "1.0"}}}'
    for (const files of [{ 'crates.json': text }, { 'crates.json': `${text} # comment` }, { 'crates.yaml': text }]) {
      assert.equal(JSON.stringify(specsOf(declared(files, [crateKind]), 'crate')), text.replaceAll(' ', ''))
    }
  })

  it('with a number where an object belongs is invalid, however that number is written', () => {
    for (const number of ['1', '1.0', '1e3', '9007199254740993']) {
      const { invalid } = declared({ 'crates.json': `{"a": {"labels": ${number}}, "b": ${number}}` }, [crateKind])
        .kinds[0] ?? { invalid: [] }
      assert.deepEqual(
        invalid.flatMap(({ problems }) => problems.map(({ code, path }) => [code, path])),
        [
          ['TYPE', 'a.labels'],
          ['TYPE', 'b']
        ]
      )
    }
  })

  it('with a space missing after a colon is told so', () => {
    const { invalid } = declared({ 'boxes.yaml': 'a:\n  size:1\n' }).kinds[0] ?? { invalid: [] }
    assert.equal(
      invalid[0]?.problems[0]?.message,
      'expected an object that declares the box, found text; write a space after ":"'
    )
  })
})

describe('the field reconcile', () => {
  it('controls the item and is none of its fields', () => {
    const { spec, control } = box(
      '{"size": 1, "reconcile": {"paused": true, "ignore": ["labels", "tags[0]"], "exact": false}}'
    )
    assert.deepEqual(spec, { size: 1 })
    assert.deepEqual(control, { paused: true, ignore: ['labels', 'tags[0]'], exact: false })
  })

  it('has defaults, and null is as good as absent', () => {
    for (const text of ['{}', '{"reconcile": null}', '{"reconcile": {}}']) {
      assert.deepEqual(box(text).control, { paused: false, ignore: [], exact: false })
    }
  })

  it('decides about exact before the policy does', () => {
    const exact = (policy: string): unknown =>
      declared({
        'boxes.json': '{"yes": {"reconcile": {"exact": true}}, "no": {"reconcile": {"exact": false}}, "open": {}}',
        'policy.yaml': policy
      }).kinds[0]?.items.map(({ control }) => control.exact)
    assert.deepEqual(exact('exact: true'), [true, false, true])
    assert.deepEqual(exact('exact: false'), [true, false, false])
  })

  it('stands at the top of the file of a single item', () => {
    const { control } = itemOf({ 'settings.yaml': 'reconcile: {paused: true}\n' }, 'default')
    assert.equal(control.paused, true)
  })

  it('is checked as strictly as the rest, beside the other problems of the item', () => {
    assert.deepEqual(problemsOf('{"a": {"size": 0, "reconcile": {"pause": true, "ignore": "labels"}}}'), [
      'VALUE boxes.json:1:16 a.size: expected an integer of at least 1, found 0',
      'TYPE boxes.json:1:58 a.reconcile.ignore: expected a list, found text "labels"',
      'UNKNOWN_FIELD boxes.json:1:33 a.reconcile.pause: expected one of paused, ignore, exact, found "pause"; did you mean "paused"?'
    ])
  })

  it('mistyped is recognised', () => {
    assert.match(problemsOf('{"a": {"reconsile": {}}}')[0] ?? '', /did you mean "reconcile"\?$/)
  })

  it('in the place of a field of "reconcile", or under another name, names what is meant', () => {
    const told = (text: string): readonly string[] =>
      problemsOf(text).map((problem) => /did you mean "(.*)"\?$/.exec(problem)?.[1] ?? problem)
    assert.deepEqual(told('{"a": {"paused": true, "ignore": [], "exact": true}}'), [
      'reconcile.paused',
      'reconcile.ignore',
      'reconcile.exact'
    ])
    assert.deepEqual(told('{"a": {"reconcile": {"suspend": true, "exclude": [], "strict": true}}}'), [
      'paused',
      'ignore',
      'exact'
    ])
  })
})

describe('a kind that reads other files', () => {
  it('completes its items with them, and no other file is taken for one', () => {
    const files = {
      'boxes.json': '{"a": {"drawing": "a.drawing.txt"}}',
      'a.drawing.txt': 'a square',
      'b.drawing.txt': ''
    }
    assert.deepEqual(itemOf(files).spec, { drawing: 'a square' })
    assert.deepEqual(declared(files).warnings, [])
  })

  it('has the content in the digest', () => {
    const digest = (content: string): string =>
      itemOf({ 'boxes.json': '{"a": {"drawing": "a.drawing.txt"}}', 'a.drawing.txt': content }).digest
    assert.equal(digest('x'), digest('x'))
    assert.notEqual(digest('x'), digest('y'))
  })

  it('makes only the item invalid that names a missing one', () => {
    const text = '{"a": {"drawing": "x.drawing.txt"}, "b": {}}'
    assert.deepEqual(Object.keys(specsOf(declared({ 'boxes.json': text }))), ['b'])
    assert.deepEqual(problemsOf(text), [
      'CONFIG_INVALID boxes.json:1:2 a: expected the file "x.drawing.txt" in the directory, found none of that name'
    ])
  })
})

const spec = fc.record<BoxSpec>(
  {
    size: fc.integer({ min: 1, max: 1000 }),
    weight: fc
      .double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 })
      .map((value) => (Object.is(value, -0) ? 0 : value)),
    colour: fc.constantFrom('red', 'green', 'blue'),
    labels: fc.dictionary(
      fc.stringMatching(/^[a-z.]{1,4}$/),
      fc.oneof(fc.string({ maxLength: 5 }), fc.maxSafeInteger(), fc.boolean(), fc.constant(null)),
      { maxKeys: 4 }
    ),
    tags: fc.array(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 3 })
  },
  { requiredKeys: [] }
)

describe('the digest of an item', () => {
  it('does not depend on formatting, notation, comments or the order of keys', () => {
    fc.assert(
      fc.property(spec, (value) => {
        const plain = box(JSON.stringify(value)).digest
        assert.equal(box(JSON.stringify(value, null, '\t')).digest, plain)
        assert.equal(box(`{ # comment\n${JSON.stringify(reversed(value)).slice(1)}`).digest, plain)
        assert.equal(itemOf({ 'boxes.yaml': stringify({ a: value }) }).digest, plain)
      })
    )
  })

  it('depends on every value', () => {
    fc.assert(
      fc.property(spec, spec, (one, other) => {
        assert.equal(
          box(JSON.stringify(one)).digest === box(JSON.stringify(other)).digest,
          digestOf(one) === digestOf(other)
        )
        assert.equal(digestOf(one) === digestOf(other), JSON.stringify(sorted(one)) === JSON.stringify(sorted(other)))
      })
    )
  })

  it('depends on the order of a list, on control and not on the name', () => {
    assert.notEqual(box('{"tags": ["x", "y"]}').digest, box('{"tags": ["y", "x"]}').digest)
    assert.notEqual(box('{}').digest, box('{"reconcile": {"paused": true}}').digest)
    assert.equal(box('{}').digest, box('{"reconcile": {}}').digest)
    assert.equal(itemOf({ 'boxes.json': '{"b": {"size": 1}}' }, 'b').digest, box('{"size": 1}').digest)
  })

  it('tells neighbours beyond 2^53 apart, and one number in two notations not', () => {
    const labelled = (number: string): string => box(`{"labels": {"x": ${number}}}`).digest
    assert.notEqual(labelled('9223372036854775807'), labelled('9223372036854775806'))
    assert.equal(labelled('1e16'), labelled('10000000000000000'))
    assert.equal(labelled('1e2'), labelled('100.0'))
  })

  it('tells notations apart where the kind keeps them', () => {
    const labelled = (number: string): string => {
      const [item] =
        declared({ 'crates.json': `{"a": {"labels": {"x": ${number}}}}` }, [crateKind]).kinds[0]?.items ?? []
      return item?.digest ?? ''
    }
    const digests = [
      '1',
      '1.0',
      '"1.0"',
      '1e0',
      '9007199254740993',
      '9007199254740992',
      '"9007199254740993"',
      '{"rawJSON": "1.0"}'
    ].map(labelled)
    assert.equal(new Set(digests).size, digests.length)
  })

  it('is not disturbed by a neighbour', () => {
    const both = { 'boxes.json': '{"b": {"size": 5}, "a": {"size": 1}}' }
    assert.equal(itemOf(both).digest, box('{"size": 1}').digest)
  })
})

/** The same object with its keys the other way round, at every level. */
function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, part]): [string, unknown] => [key, reversed(part)])
  )
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]): [string, unknown] => [key, sorted(part)])
}
