import assert from 'node:assert/strict'
import fc from 'fast-check'
import { canonical, digestOf, digestsOf } from '../../../../../reconcilers/nifi/flow/definition/canonical.ts'
import { compareGroups } from '../../../../../reconcilers/nifi/flow/definition/compare.ts'
import { mergeGroups } from '../../../../../reconcilers/nifi/flow/definition/merge.ts'
import type { Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import { fileWords } from '../../../../../reconcilers/nifi/flow/identity/words.ts'
import { groups, otherwise } from './arbitrary.ts'

const seed = fc.nat()
const pathsOf = (desired: Group, live: Group): readonly string[] =>
  compareGroups(desired, live, fileWords).map(({ path }) => path)
/** Without what a replacement leaves as it is. */
const replaceable = (desired: Group, live: Group): readonly string[] =>
  compareGroups(desired, live, fileWords).flatMap(({ path, apart }) => (apart === undefined ? [path] : []))
const all = (): boolean => true

describe('laws of flow definitions', () => {
  it('the canonical form of a canonical form is itself', () => {
    fc.assert(
      fc.property(groups(), seed, (group, other) => {
        const once = canonical(otherwise(group, other))
        assert.deepEqual(canonical(once), once)
      })
    )
  })

  it('a group differs in nothing from itself, however a server writes it', () => {
    fc.assert(
      fc.property(groups(), seed, seed, (group, one, other) => {
        assert.deepEqual(pathsOf(otherwise(group, one), otherwise(group, other)), [])
        assert.deepEqual(pathsOf(group, otherwise(group, other)), [])
        assert.equal(digestOf(otherwise(group, one)), digestOf(group))
      })
    )
  })

  it('what is merged as a whole differs in nothing from what was declared but in what a replacement leaves as it is', () => {
    fc.assert(
      fc.property(groups(), groups(), seed, (desired, live, other) => {
        const shown = otherwise(live, other)
        const merged = mergeGroups(desired, shown, all, fileWords)
        assert.deepEqual(replaceable(desired, merged), [])
        assert.equal(
          pathsOf(desired, merged).length,
          pathsOf(desired, shown).length - replaceable(desired, shown).length
        )
      })
    )
  })

  it('a merge that may take nothing is the live group', () => {
    fc.assert(
      fc.property(groups(), groups(), seed, (desired, live, other) => {
        const shown = otherwise(live, other)
        assert.equal(
          mergeGroups(desired, shown, () => false, fileWords),
          shown
        )
      })
    )
  })

  it('a merge takes exactly what it may: of the differences, those are gone and the others are left', () => {
    fc.assert(
      fc.property(groups(), groups(), fc.infiniteStream(fc.boolean()), (desired, live, coins) => {
        const differences = compareGroups(desired, live, fileWords)
        const allowed = new Set(differences.filter(() => coins.next().value === true).map(({ path }) => path))
        const merged = mergeGroups(desired, live, (path) => allowed.has(path), fileWords)
        const taken = differences.filter(({ path, apart }) => apart === undefined && allowed.has(path))
        assert.equal(compareGroups(desired, merged, fileWords).length, differences.length - taken.length)
        const asked = new Set<string>()
        mergeGroups(desired, live, (path) => asked.add(path).size < 0, fileWords)
        assert.deepEqual([...asked], replaceable(desired, live))
      })
    )
  })

  it('every difference has a path of its own', () => {
    fc.assert(
      fc.property(groups(), groups(), (desired, live) => {
        const paths = pathsOf(desired, live)
        assert.equal(new Set(paths).size, paths.length, paths.join('\n'))
      })
    )
  })

  it('the digest with one component changed is that of the group in which it is', () => {
    fc.assert(
      fc.property(
        groups(),
        fc.dictionary(fc.constantFrom('File Size', 'a.b'), fc.constantFrom('1KB', 'x')),
        (group, properties) => {
          const digestWith = digestsOf(group)
          for (const [index, component] of (group.processors ?? []).entries()) {
            const other = { ...component, properties }
            const found = digestWith('processors', component, other)
            const whole = digestOf({ ...group, processors: (group.processors ?? []).with(index, other) })
            if (isOnce(group, component.identifier)) assert.equal(found, whole)
            else assert.ok(found === undefined || found === whole)
          }
        }
      )
    )
  })

  it('digests are equal exactly when neither differs from the other', () => {
    const pairs = fc.oneof(
      fc.tuple(groups(0), groups(0)),
      fc.tuple(groups(0), seed).map(([group, other]) => [group, otherwise(group, other)] as const),
      nearby()
    )
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const isSame = pathsOf(a, b).length === 0 && pathsOf(b, a).length === 0
        assert.equal(digestOf(a) === digestOf(b), isSame, [...pathsOf(a, b), ...pathsOf(b, a)].join('\n'))
      })
    )
  })
})

/** Whether only one processor is called so, in whatever group. */
function isOnce(group: Group, identifier: string): boolean {
  return JSON.stringify(group).split(`"identifier":${JSON.stringify(identifier)}`).length === 2
}

/** A group, and the same with one difference taken over from another. */
function nearby(): fc.Arbitrary<readonly [Group, Group]> {
  return fc.tuple(groups(0), groups(0), fc.nat()).map(([a, b, index]) => {
    const paths = pathsOf(b, a)
    return [a, mergeGroups(b, a, (path) => path === paths[index % Math.max(paths.length, 1)], fileWords)] as const
  })
}
