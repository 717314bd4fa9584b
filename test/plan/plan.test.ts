import assert from 'node:assert/strict'
import type { Remark } from '../../src/contract.ts'
import { defaultPolicy } from '../../src/parse/policy.ts'
import { plan } from '../../src/plan/plan.ts'
import {
  actual,
  boxes,
  boxesWith,
  declare,
  desiredItem,
  invalidItem,
  lines,
  planFor,
  policyOf,
  worldOf,
  type Declaration,
  type World
} from './model.ts'

const planned = (declaration: Declaration, world: World): readonly string[] => lines(planFor(declaration, world).plan)
const a = { name: 'a', fields: { s1: 1 } }

describe('a plan', () => {
  it('creates what is missing, updates what differs, keeps what is equal and lists what nobody declared', () => {
    const items = [a, { name: 'b', fields: { s1: 1 } }, { name: 'c', fields: { s1: 1 } }]
    assert.deepEqual(planned({ items }, worldOf({ b: { s1: 2 }, c: { s1: 1, s2: 5 }, d: {} })), [
      'create a safe (s1)',
      'update b safe (s1)',
      'keep c',
      'orphan d'
    ])
  })

  it('carries before, after, the desired and the actual state of a change', () => {
    const { changes, service, configDigest, mode } = planFor({ items: [a] }, worldOf({ a: { s1: 2 } })).plan
    assert.deepEqual(changes, [
      {
        key: 'shop/box/a',
        name: 'a',
        kind: 'box',
        verb: 'update',
        risk: 'safe',
        fields: [{ path: 's1', before: 2, after: 1, risk: 'safe' }],
        desired: desiredItem(a),
        generation: desiredItem(a).digest,
        state: { s1: 2 }
      }
    ])
    assert.deepEqual({ service, configDigest, mode }, { service: 'shop', configDigest: 'digest', mode: 'enforce' })
  })

  it('carries values as they are: masking is left to what shows them', () => {
    const { changes } = planFor({ items: [{ name: 'a', fields: { 's.password': 'hunter2' } }] }, worldOf({})).plan
    assert.match(JSON.stringify(changes), /hunter2/)
  })

  it('leaves out kinds that were not observed and kinds that are not declared', () => {
    assert.deepEqual(plan(declare({ items: [a] }), new Map(), { owner: 'infometis' }).plan.changes, [])
    const other = { ...boxes(), kind: 'crate' }
    assert.deepEqual(
      plan({ ...declare({ items: [] }), kinds: [] }, actual(worldOf({ a: {} }), other), { owner: 'infometis' }).plan
        .changes,
      []
    )
  })

  it('names an invalid item, its place and its problem, and never takes it for an orphan', () => {
    const declaration = { items: [a], invalid: [invalidItem('b', 'expected 1, found 2')] }
    assert.deepEqual(planned(declaration, worldOf({ a: { s1: 1 }, b: {} })), [
      'keep a',
      'invalid b boxes.yaml:2:3 b: expected 1, found 2'
    ])
  })

  it('holds an item the service does not show by name, and takes no such item for an orphan', () => {
    const world: World = new Map([
      ['a', { refused: 'no right to describe it' }],
      ['z', { refused: 'no right to describe it' }]
    ])
    assert.deepEqual(planned({ items: [a] }, world), ['hold a unsupported not permitted: no right to describe it'])
  })
})

describe('the rules of a kind', () => {
  const withRemark = (remark: Partial<Remark>): Declaration => ({
    items: [a, { name: 'b' }],
    resource: boxes({
      check: () => [
        {
          name: 'a',
          verdict: 'invalid',
          code: 'NAME',
          path: [],
          message: 'expected another name, found "a"',
          ...remark
        }
      ]
    })
  })

  it('make an item invalid, not its neighbours, and not an orphan', () => {
    assert.deepEqual(planned(withRemark({}), worldOf({ a: {} })), [
      'create b safe',
      'invalid a boxes.yaml:1:1 a: expected another name, found "a"'
    ])
  })

  it('let an item wait, with its differences', () => {
    assert.deepEqual(planned(withRemark({ verdict: 'hold', message: 'too few brokers' }), worldOf({})), [
      'hold a unsupported (s1) too few brokers',
      'create b safe'
    ])
  })

  it('let an item in sync alone, although it should wait', () => {
    assert.deepEqual(planned(withRemark({ verdict: 'hold' }), worldOf({ a: { s1: 1 }, b: {} })), ['keep a', 'keep b'])
  })

  it('warn and go on', () => {
    const { plan: made } = planFor(
      withRemark({ verdict: 'warn', path: ['fields', 's1'], message: 'expected more, found 1' }),
      worldOf({})
    )
    assert.deepEqual(lines(made), ['create a safe (s1)', 'create b safe'])
    assert.deepEqual(made.warnings, [
      {
        severity: 'warning',
        file: 'boxes.yaml',
        line: 1,
        column: 1,
        path: 'a.fields.s1',
        code: 'NAME',
        message: 'expected more, found 1'
      }
    ])
  })

  it('name every reason of an item', () => {
    const remarks: readonly Remark[] = ['one', 'two'].map((message) => ({
      name: 'a',
      verdict: 'hold',
      code: 'X',
      path: [],
      message
    }))
    assert.deepEqual(planned({ items: [a], resource: boxes({ check: () => remarks }) }, worldOf({})), [
      'hold a unsupported (s1) one; two'
    ])
  })

  it('about an item nobody declared mean nothing', () => {
    assert.deepEqual(planned(withRemark({ name: 'z' }), worldOf({})), ['create a safe (s1)', 'create b safe'])
  })
})

describe('a risk that is held', () => {
  const world = worldOf({ a: { s1: 0, d1: 0, x1: 0, u1: 0 } })
  const all = { name: 'a', fields: { s1: 1, d1: 1, x1: 1, u1: 1 } }

  it('splits an item: the allowed part is updated, the rest is one hold with the worst risk and every reason', () => {
    assert.deepEqual(planned({ items: [all] }, world), [
      'update a safe (s1)',
      'hold a unsupported (d1 x1 u1) d1 is disruptive; x1 is destructive; u1 is unsupported (policy.yaml: hold)'
    ])
  })

  it('is what the policy says, and `unsupported` always', () => {
    assert.deepEqual(planned({ items: [all], policy: policyOf({ hold: [] }) }, world), [
      'update a destructive (s1 d1 x1)',
      'hold a unsupported (u1) u1 is unsupported'
    ])
    assert.deepEqual(planned({ items: [all], policy: policyOf({ hold: ['safe', 'destructive'] }) }, world), [
      'update a disruptive (d1)',
      'hold a unsupported (s1 x1 u1) s1 is safe; x1 is destructive; u1 is unsupported (policy.yaml: hold)'
    ])
  })

  it('holds a create as a whole: half an item is none', () => {
    assert.deepEqual(planned({ items: [{ name: 'a', fields: { s1: 1, x1: 1 } }] }, worldOf({})), [
      'hold a destructive (s1 x1) x1 is destructive (policy.yaml: hold)'
    ])
  })
})

describe('an item that is left alone', () => {
  it('paused shows its differences', () => {
    const paused = { control: { paused: true } }
    assert.deepEqual(
      planned(
        {
          items: [
            { ...a, ...paused },
            { name: 'b', fields: { d1: 1 }, ...paused }
          ]
        },
        worldOf({ b: { d1: 2 } })
      ),
      ['hold a safe (s1) paused', 'hold b disruptive (d1) paused']
    )
  })

  it('paused in sync is in sync', () => {
    assert.deepEqual(planned({ items: [{ ...a, control: { paused: true } }] }, worldOf({ a: { s1: 1 } })), ['keep a'])
  })

  it('protected by the kind or the policy is held with the risk its change would have had, and is never an orphan', () => {
    const declaration = {
      items: [
        { name: '__a', fields: { s1: 1 } },
        { name: 'b', fields: { d1: 1 } }
      ],
      policy: policyOf({ protect: ['b*'] }),
      resource: boxes({ protect: ['__*'] })
    }
    assert.deepEqual(planned(declaration, worldOf({ b: { d1: 0 }, __z: {}, bz: {}, c: {} })), [
      'hold __a safe (s1) protected: a name that matches "__*" is never touched (built-in rule of kind box)',
      'hold b disruptive (d1) protected: a name that matches "b*" is never touched (policy.yaml: protect)',
      'orphan c'
    ])
  })

  it('of another owner is held when it differs, and is never an orphan', () => {
    const world: World = new Map([
      ['a', { state: { s1: 2 }, owner: 'somebody' }],
      ['b', { state: {}, owner: 'somebody' }],
      ['c', { state: {}, owner: 'infometis' }]
    ])
    assert.deepEqual(planned({ items: [a] }, world), [
      'hold a unsupported (s1) owned by "somebody", not by "infometis"',
      'orphan c'
    ])
    assert.deepEqual(lines(planFor({ items: [a] }, world, { owner: 'somebody' }).plan), [
      'update a safe (s1)',
      'orphan b'
    ])
  })

  it('is held when the kind has no such verb', () => {
    const items = [a, { name: 'b', fields: { s1: 1 } }]
    const world = worldOf({ b: { s1: 2 } })
    assert.deepEqual(planned({ items, resource: boxesWith(['update']) }, world), [
      'hold a unsupported (s1) create is not supported for this kind',
      'update b safe (s1)'
    ])
    assert.deepEqual(planned({ items, resource: boxesWith(['create']) }, world), [
      'create a safe (s1)',
      'hold b unsupported (s1) update is not supported for this kind'
    ])
  })

  it('is told the first reason: pause, then protection, then owner, then the rules of the kind', () => {
    const world: World = new Map([['a', { state: {}, owner: 'somebody' }]])
    const resource = boxes({ check: () => [{ name: 'a', verdict: 'hold', code: 'X', path: [], message: 'rule' }] })
    const policy = policyOf({ protect: ['a'] })
    assert.deepEqual(planned({ items: [{ ...a, control: { paused: true } }], policy, resource }, world), [
      'hold a safe (s1) paused'
    ])
    assert.deepEqual(planned({ items: [a], policy, resource }, world), [
      'hold a safe (s1) protected: a name that matches "a" is never touched (policy.yaml: protect)'
    ])
    assert.deepEqual(planned({ items: [a], resource }, world), [
      'hold a unsupported (s1) owned by "somebody", not by "infometis"'
    ])
    assert.deepEqual(planned({ items: [a], resource }, worldOf({ a: {} })), ['hold a unsupported (s1) rule'])
  })
})

describe('a field that is left alone', () => {
  const world = worldOf({ a: { s1: 0, 's1.sub': 0, 's1[0]': 0, s12: 0, d1: 0 } })

  it('is ignored with everything below it, and nothing beside it', () => {
    const item = { name: 'a', fields: { s1: 1, 's1.sub': 1, 's1[0]': 1, s12: 1 }, control: { ignore: ['s1'] } }
    assert.deepEqual(planned({ items: [item] }, world), ['update a safe (s12)'])
  })

  it('is not ignored when the item is created: it is declared after all', () => {
    assert.deepEqual(planned({ items: [{ ...a, control: { ignore: ['s1'] } }] }, worldOf({})), ['create a safe (s1)'])
  })

  it('is listed as undeclared when nobody declared it, unless it is ignored', () => {
    const { plan: made } = planFor({ items: [{ name: 'a', fields: { s1: 0 }, control: { ignore: ['s1'] } }] }, world)
    assert.deepEqual(lines(made), ['keep a'])
    assert.deepEqual(made.undeclared, [
      { key: 'shop/box/a', path: 's12', value: 0 },
      { key: 'shop/box/a', path: 'd1', value: 0 }
    ])
  })

  it('is reset when the item is exact, with the risk that has, unless it is ignored', () => {
    const item = { name: 'a', fields: { s1: 0 }, control: { exact: true, ignore: ['s1'] } }
    const { plan: made } = planFor({ items: [item] }, world)
    assert.deepEqual(lines(made), [
      'update a safe (s12)',
      'hold a disruptive (d1) d1 is disruptive (policy.yaml: hold)'
    ])
    assert.deepEqual(made.undeclared, [])
    assert.equal(made.changes[0]?.verb === 'update' && made.changes[0].fields[0]?.after, null)
  })
})

describe('orphans', () => {
  const world = worldOf({ 'a.1': {}, 'a/2': {}, '.hidden': {}, b: {} })

  it('are those a pattern of `owned` matches; a star matches dots and slashes too', () => {
    assert.deepEqual(planned({ items: [], policy: policyOf({ owned: ['*'] }) }, world), [
      'orphan a.1',
      'orphan a/2',
      'orphan .hidden',
      'orphan b'
    ])
    assert.deepEqual(planned({ items: [], policy: policyOf({ owned: ['a*', 'b'] }) }, world), [
      'orphan a.1',
      'orphan a/2',
      'orphan b'
    ])
    assert.deepEqual(planned({ items: [], policy: policyOf({ owned: [] }) }, world), [])
  })

  it('are none that the service made itself', () => {
    assert.deepEqual(planned({ items: [] }, new Map([['a', { state: {}, excluded: 'internal' }]])), [])
  })

  it('have the key of an item of that name', () => {
    assert.equal(planFor({ items: [] }, worldOf({ 'a/b': {} })).plan.changes[0]?.key, 'shop/box/a/b')
  })
})

describe('the guard', () => {
  const items = [a, { name: 'b', fields: { s1: 1 } }]

  it('holds everything when the plan has more changes than guard.maxChanges', () => {
    const { plan: made, tripped } = planFor(
      { items, policy: policyOf({ guard: { maxChanges: 1 } }) },
      worldOf({ b: { s1: 2 }, c: {} })
    )
    assert.deepEqual(lines(made), [
      'hold a safe (s1) guard: 2 changes are more than guard.maxChanges 1',
      'hold b safe (s1) guard: 2 changes are more than guard.maxChanges 1',
      'orphan c'
    ])
    assert.deepEqual(tripped, [{ why: 'guard: 2 changes are more than guard.maxChanges 1' }])
  })

  it('counts what would be written, not what is held anyway', () => {
    const declaration = {
      items: [...items, { name: 'c', fields: { x1: 1 } }],
      policy: policyOf({ guard: { maxChanges: 2 } })
    }
    assert.deepEqual(planFor(declaration, worldOf({})).tripped, [])
  })

  it('leaves one hold of an item that was an update and a hold', () => {
    const declaration = {
      items: [{ name: 'a', fields: { s1: 1, d1: 1 } }, { name: 'b' }],
      policy: policyOf({ guard: { maxChanges: 1 } })
    }
    assert.deepEqual(planned(declaration, worldOf({ a: {} })), [
      'hold a disruptive (s1 d1) guard: 2 changes are more than guard.maxChanges 1; d1 is disruptive (policy.yaml: hold)',
      'hold b safe guard: 2 changes are more than guard.maxChanges 1'
    ])
  })

  const previous = (names: readonly string[]) => ({ previous: new Map([['box', new Set(names)]]) })

  it('holds the orphans of a kind that has lost more than guard.maxShrinkPercent of what was declared', () => {
    const { plan: made, tripped } = planFor(
      { items: [a] },
      worldOf({ a: { s1: 1 }, b: {}, c: {} }),
      previous(['a', 'b', 'c'])
    )
    const why =
      'guard: 2 of 3 declared (67 %) are gone from the configuration, more than guard.maxShrinkPercent 50; restart, or raise it, to accept'
    assert.deepEqual(lines(made), ['keep a', `hold b destructive ${why}`, `hold c destructive ${why}`])
    assert.deepEqual(tripped, [{ kind: 'box', why }])
  })

  it('is not tripped by half, nor by new names, nor without an earlier set', () => {
    const world = worldOf({ a: { s1: 1 }, b: {} })
    assert.deepEqual(planFor({ items: [a] }, world, previous(['a', 'b'])).tripped, [])
    assert.deepEqual(planFor({ items }, world, previous(['a'])).tripped, [])
    assert.deepEqual(planFor({ items: [] }, world, previous([])).tripped, [])
    assert.deepEqual(planFor({ items: [] }, world).tripped, [])
  })

  it('does not round: with 0 % a single one of a thousand is too many', () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `n${index}`)
    const declaration = {
      items: names.slice(1).map((name) => ({ name })),
      policy: policyOf({ guard: { maxShrinkPercent: 0 } })
    }
    assert.match(
      planFor(declaration, worldOf({}), previous(names)).tripped[0]?.why ?? '',
      /^guard: 1 of 1000 declared \(1 %\) are gone/
    )
  })

  it('counts an invalid item as declared', () => {
    const declaration = { items: [], invalid: [invalidItem('a', 'x'), invalidItem('b', 'x')] }
    assert.deepEqual(planFor(declaration, worldOf({}), previous(['a', 'b'])).tripped, [])
  })

  it('does not keep the rest of the plan from being done', () => {
    const { plan: made } = planFor({ items: [a] }, worldOf({ b: {} }), previous(['b', 'c', 'd']))
    assert.equal(lines(made)[0], 'create a safe (s1)')
  })

  it('that trips twice holds both sides, each with its own risk', () => {
    const declaration = { items: [a, { name: 'e' }], policy: policyOf({ guard: { maxChanges: 1 } }) }
    const { plan: made, tripped } = planFor(declaration, worldOf({ b: {} }), previous(['b', 'c', 'd']))
    assert.deepEqual(
      lines(made).map((line) => line.split(':')[0]),
      ['hold a safe (s1) guard', 'hold e safe guard', 'hold b destructive guard']
    )
    assert.deepEqual(
      tripped.map(({ kind }) => kind),
      ['box', undefined]
    )
  })

  it('does not look at a kind that is no longer declared', () => {
    assert.deepEqual(
      plan({ ...declare({ items: [] }), kinds: [] }, new Map(), { owner: 'infometis', ...previous(['a', 'b']) })
        .tripped,
      []
    )
  })
})

describe('the mode', () => {
  it('observe changes nothing of the plan but its mode', () => {
    const observe = planFor({ items: [a], policy: { ...defaultPolicy, mode: 'observe' } }, worldOf({})).plan
    assert.deepEqual(observe.mode, 'observe')
    assert.deepEqual(lines(observe), ['create a safe (s1)'])
  })
})
