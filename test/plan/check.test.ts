import assert from 'node:assert/strict'
import { z } from 'zod'
import type { CheckContext, Kind, Remark } from '../../src/contract.ts'
import type { DesiredKind } from '../../src/parse/items.ts'
import { checkKind, declaredByKind } from '../../src/plan/check.ts'
import { describeProblem } from '../../src/parse/describe-problem.ts'
import { declared } from '../parse/box-kind.ts'

interface Spec {
  readonly size?: number | undefined
  readonly labels?: Readonly<Record<string, readonly string[]>> | undefined
}
type Context = CheckContext<undefined, string>

/** A kind whose rules say what the test wants, and note what they were shown. */
function ruled(remarks: readonly Partial<Remark>[], more: Partial<Kind<Spec, undefined, string>> = {}) {
  const seen: Context[] = []
  const kind: Kind<Spec, undefined, string> = {
    kind: 'box',
    file: 'boxes',
    schema: z.strictObject({ size: z.int().optional(), labels: z.record(z.string(), z.array(z.string())).optional() }),
    compare: () => [],
    check: (_desired, context) => {
      seen.push(context)
      return remarks.map((remark) => ({
        name: 'a',
        verdict: 'invalid',
        code: 'RULE',
        path: [],
        message: 'expected 1, found 2',
        ...remark
      }))
    },
    ...more
  }
  return { kind, seen }
}

const file = { 'boxes.yaml': 'a:\n  size: 1\n  labels:\n    colours:\n      - red\nb: {}\n' }

function parsed(kind: Kind<Spec, undefined, string>, files: Readonly<Record<string, string>> = file): DesiredKind {
  const [found] = declared(files, [kind]).kinds
  assert.ok(found)
  return found
}

/** Where the problem of a remark about `a` is said to be. */
function placeOf(remark: Partial<Remark>): string {
  const { kind } = ruled([remark])
  const [problem] = checkKind(parsed(kind), new Map()).invalid.flatMap(({ problems }) => problems)
  assert.ok(problem)
  return describeProblem(problem)
}

describe('a remark of a kind', () => {
  it('stands at the item it is about', () => assert.equal(placeOf({}), 'boxes.yaml:1:1 a: expected 1, found 2'))

  it('about a field stands at the name of that field, however long its value', () => {
    assert.equal(placeOf({ path: ['size'] }), 'boxes.yaml:2:3 a.size: expected 1, found 2')
    assert.equal(placeOf({ path: ['labels', 'colours'] }), 'boxes.yaml:4:5 a.labels.colours: expected 1, found 2')
  })

  it('about a field that is not there stands at what would hold it', () => {
    assert.equal(placeOf({ path: ['labels', 'shapes'] }), 'boxes.yaml:4:5 a.labels.shapes: expected 1, found 2')
  })

  it('about a single item has a path without its name', () => {
    const { kind } = ruled([{ name: 'default', path: ['size'] }], { singleton: 'default' })
    const { invalid } = checkKind(parsed(kind, { 'boxes.yaml': 'size: 1\n' }), new Map())
    assert.deepEqual(
      invalid.flatMap(({ problems }) => problems.map(describeProblem)),
      ['boxes.yaml:1:1 size: expected 1, found 2']
    )
  })

  it('adds to the other problems of its item, and to the invalid items there are', () => {
    const { kind } = ruled([{ message: 'one' }, { message: 'two' }])
    const { invalid, items } = checkKind(parsed(kind, { 'boxes.yaml': 'a: {}\nb: {}\nc: 5\n' }), new Map())
    assert.deepEqual(
      invalid.map(({ name, key, problems }) => [name, key, problems.length]),
      [
        ['c', 'shop/box/c', 1],
        ['a', 'shop/box/a', 2]
      ]
    )
    assert.deepEqual(
      items.map(({ name }) => name),
      ['b']
    )
  })
})

describe('the rules of a kind', () => {
  it('are shown everything declared, by kind, and offline no service', () => {
    const { kind, seen } = ruled([])
    const own = parsed(kind)
    checkKind(own, declaredByKind([own]))
    assert.deepEqual(
      [...(seen[0]?.declared ?? [])].map(([name, items]) => [name, items.map((item) => item.name)]),
      [['box', ['a', 'b']]]
    )
    assert.equal(seen[0] !== undefined && 'observed' in seen[0], false)
  })

  it('are shown the service when it was looked at', () => {
    const { kind, seen } = ruled([])
    const observed = { items: new Map(), facts: 'facts' }
    checkKind(parsed(kind), new Map(), observed)
    assert.equal(seen[0]?.observed, observed)
  })

  it('are none for a kind without any', () => {
    const [own] = declared({ 'boxes.yaml': 'a: {}\n' }).kinds
    assert.ok(own)
    assert.deepEqual(checkKind(own, new Map()), {
      items: own.items,
      invalid: [],
      holds: new Map(),
      faults: new Map(),
      warnings: []
    })
  })

  it('is a warning in a pass over keys only when the pass is about the item', () => {
    const { kind } = ruled([{ verdict: 'warn' }, { verdict: 'warn', name: 'b' }])
    const boxes = parsed(kind)
    const [, b] = boxes.items
    assert.ok(b)
    const { warnings } = checkKind(boxes, new Map(), { items: new Map(), facts: '' }, kind, new Set([b.key]))
    assert.deepEqual(
      warnings.map(({ path }) => path),
      ['b']
    )
  })
})
