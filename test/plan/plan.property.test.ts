import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Change } from '../../src/line.ts'
import { declaredNames } from '../../src/plan/plan.ts'
import { defaultPolicy } from '../../src/parse/policy.ts'
import {
  anyItems,
  anyPolicy,
  anyWorld,
  boxesWith,
  carryOut,
  declare,
  invalidItem,
  isWrite,
  planFor,
  type Declaration
} from './model.ts'

const anyDeclaration: fc.Arbitrary<Declaration> = fc
  .record({ items: anyItems, policy: anyPolicy, spoilt: fc.nat(2) })
  // The policy's own word for exact is the item's where it has none, as parsing resolves it.
  .map(({ items, policy, spoilt }) => ({
    policy,
    items: items.slice(spoilt).map((item) => ({ ...item, control: { exact: policy.exact, ...item.control } })),
    invalid: items.slice(0, spoilt).map(({ name }) => invalidItem(name, 'expected a box, found none'))
  }))

const unguarded = (declaration: Declaration): Declaration => ({
  ...declaration,
  policy: { ...(declaration.policy ?? defaultPolicy), guard: { maxShrinkPercent: 100, maxChanges: 0 } }
})
const sorted = (changes: readonly Change[]): readonly string[] =>
  changes.map((change) => JSON.stringify(change)).toSorted()
const verbsOf = (changes: readonly Change[]): ReadonlySet<string> => new Set(changes.map(({ verb }) => verb))

describe('whatever is declared and whatever there is, a plan', () => {
  it('of a state with itself keeps everything and lists nothing', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const found = [...world].flatMap(([name, sighting]) =>
          'state' in sighting && (sighting.owner ?? 'infometis') === 'infometis'
            ? [{ name, fields: sighting.state }]
            : []
        )
        const { plan } = planFor({ items: found }, world)
        const own = plan.changes.filter(({ name }) => found.some((item) => item.name === name))
        assert.deepEqual([...verbsOf(own)], found.length === 0 ? [] : ['keep'])
        assert.deepEqual(plan.undeclared, [])
      })
    )
  })

  it('leaves nothing to be written once it was carried out', () => {
    fc.assert(
      fc.property(anyDeclaration, anyWorld, (declaration, world) => {
        const { plan: first } = planFor(unguarded(declaration), world)
        const { plan: second } = planFor(unguarded(declaration), carryOut(first, world))
        assert.deepEqual(second.changes.filter(isWrite), [])
        // The state beside a hold holds what was written next to it.
        const holds = (changes: readonly Change[]): readonly Change[] =>
          changes.flatMap((change) => (change.verb === 'hold' ? [{ ...change, state: null }] : []))
        assert.deepEqual(sorted(holds(second.changes)), sorted(holds(first.changes)))
      })
    )
  })

  it('never takes a held, ignored or undeclared field along with an allowed one', () => {
    fc.assert(
      fc.property(anyDeclaration, anyWorld, (declaration, world) => {
        const policy = declaration.policy ?? defaultPolicy
        for (const change of planFor(declaration, world).plan.changes) {
          if (!isWrite(change)) continue
          const item = declaration.items.find(({ name }) => name === change.name)
          assert.ok(item !== undefined && item.control?.paused !== true)
          for (const { path, risk } of change.fields) {
            assert.ok(risk !== 'unsupported' && !policy.hold.includes(risk), `${path} ${risk}`)
            if (change.verb === 'create') continue
            assert.ok(item.control?.ignore?.includes(path) !== true)
            assert.ok(item.control?.exact === true || Object.hasOwn(item.fields ?? {}, path))
          }
        }
      })
    )
  })

  it('does not depend on the order of the items', () => {
    fc.assert(
      fc.property(anyDeclaration, anyWorld, (declaration, world) => {
        const { plan: forwards } = planFor(declaration, world)
        const turned = {
          ...declaration,
          items: declaration.items.toReversed(),
          invalid: declaration.invalid?.toReversed() ?? []
        }
        const { plan: backwards } = planFor(turned, new Map([...world].toReversed()))
        assert.deepEqual(sorted(backwards.changes), sorted(forwards.changes))
      })
    )
  })

  it('says something of every declared item, and never that it is an orphan', () => {
    fc.assert(
      fc.property(anyDeclaration, anyWorld, (declaration, world) => {
        const { changes } = planFor(declaration, world).plan
        const declared = new Set([...declaration.items, ...(declaration.invalid ?? [])].map(({ name }) => name))
        for (const name of declared) {
          const own = changes.filter((change) => change.name === name)
          const verbs = own.map(({ verb }) => verb).toSorted()
          assert.ok(own.length === 1 || verbs.join() === 'hold,update', `${name}: ${verbs.join()}`)
          assert.ok(!verbs.includes('orphan'), name)
        }
        for (const { name, verb } of changes) assert.equal(declared.has(name), verb !== 'orphan')
      })
    )
  })

  it('changes nothing of an item that is invalid, refused or of another owner', () => {
    fc.assert(
      fc.property(anyDeclaration, anyWorld, (declaration, world) => {
        const invalid = new Set(declaration.invalid?.map(({ name }) => name))
        for (const { name } of planFor(declaration, world).plan.changes.filter(isWrite)) {
          const sighting = world.get(name)
          assert.ok(!invalid.has(name))
          assert.ok(sighting === undefined || ('state' in sighting && (sighting.owner ?? 'infometis') === 'infometis'))
        }
      })
    )
  })

  it('writes nothing when it would write more than guard.maxChanges, and what it would otherwise', () => {
    fc.assert(
      fc.property(anyDeclaration, anyWorld, fc.integer({ min: 1, max: 4 }), (declaration, world, maxChanges) => {
        const policy = { ...(declaration.policy ?? defaultPolicy), guard: { maxShrinkPercent: 100, maxChanges } }
        const wanted = planFor(unguarded(declaration), world).plan.changes
        const { plan, tripped } = planFor({ ...declaration, policy }, world)
        const size = wanted.filter(isWrite).length
        assert.deepEqual(new Set(plan.changes.map(({ key }) => key)), new Set(wanted.map(({ key }) => key)))
        assert.equal(plan.changes.filter(isWrite).length, size > maxChanges ? 0 : size)
        assert.equal(tripped.length, size > maxChanges ? 1 : 0)
      })
    )
  })

  it('holds the orphans of a kind exactly when more of it is gone than guard.maxShrinkPercent', () => {
    const name = fc.integer({ min: 0, max: 300 }).map(String)
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { maxLength: 40 }),
        fc.uniqueArray(name, { maxLength: 40 }),
        fc.nat(100),
        (before, now, maxShrinkPercent) => {
          const policy = { ...defaultPolicy, guard: { maxShrinkPercent, maxChanges: 0 } }
          const world = new Map(before.map((each) => [each, { state: {} }]))
          const { plan, tripped } = planFor({ items: now.map((each) => ({ name: each })), policy }, world, {
            previous: new Map([['box', new Set(before)]])
          })
          const lost = before.filter((each) => !now.includes(each)).length
          const isShrunk = before.length > 0 && lost / before.length > maxShrinkPercent / 100
          assert.deepEqual(
            tripped.map(({ kind }) => kind),
            isShrunk ? ['box'] : []
          )
          assert.equal(plan.changes.filter(({ verb }) => verb === 'orphan').length, isShrunk ? 0 : lost)
          assert.equal(plan.changes.filter(({ verb }) => verb === 'hold').length, isShrunk ? lost : 0)
        }
      )
    )
  })

  it('writes only with the verbs a kind has', () => {
    fc.assert(
      fc.property(anyDeclaration, anyWorld, (declaration, world) => {
        for (const allowed of [[], ['create'], ['update']] as const) {
          const verbs = verbsOf(
            planFor({ ...unguarded(declaration), resource: boxesWith(allowed) }, world).plan.changes.filter(isWrite)
          )
          assert.deepEqual(
            [...verbs].filter((verb) => !allowed.some((each) => each === verb)),
            []
          )
        }
      })
    )
  })

  it('leaves what it was given as it was', () => {
    fc.assert(
      fc.property(anyDeclaration, anyWorld, (declaration, world) => {
        const before = structuredClone([declaration.items, [...world]])
        planFor(declaration, world)
        assert.deepEqual([declaration.items, [...world]], before)
      })
    )
  })

  it('names as declared what is invalid too', () => {
    fc.assert(
      fc.property(anyDeclaration, (declaration) => {
        const names = [...declaration.items, ...(declaration.invalid ?? [])].map(({ name }) => name)
        assert.deepEqual([...(declaredNames(declare(declaration)).get('box') ?? [])].toSorted(), names.toSorted())
      })
    )
  })
})
