/**
 * Whether two patterns can match one name.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { overlapOf, patternsOverlap } from '../../../../reconcilers/elasticsearch/index-template/patterns.ts'

const text = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 5 })
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '-', '*'), maxLength: 6 })

function matches(glob: string, name: string): boolean {
  return new RegExp(`^${glob.replaceAll('*', '.*')}$`, 'u').test(name)
}

/** All names of up to five letters: enough for two patterns with few letters between their stars. */
const names: readonly string[] = Array.from({ length: 6 }, (_, length) => length).flatMap((length) => words(length))

function words(length: number): readonly string[] {
  return length === 0 ? [''] : words(length - 1).flatMap((word) => ['a', 'b', '-'].map((letter) => word + letter))
}

describe('two patterns', () => {
  it('overlap when one name matches both', () => {
    for (const [a, b] of [
      ['logs-*', 'logs-app-*'],
      ['*', 'x'],
      ['a*', '*b'],
      ['a*c', 'ab*'],
      ['x', 'x'],
      ['a*b*c', '*b*']
    ] as const)
      assert.ok(patternsOverlap(a, b), `${a} ${b}`)
  })

  it('do not overlap when no name matches both', () => {
    for (const [a, b] of [
      ['logs-*', 'metrics-*'],
      ['a*', 'b*'],
      ['*a', '*b'],
      ['x', 'xy'],
      ['a*a', 'a'],
      ['ab*', 'a']
    ] as const)
      assert.ok(!patternsOverlap(a, b), `${a} ${b}`)
  })

  it('overlap the same both ways round', () => {
    fc.assert(fc.property(pattern, pattern, (a, b) => assert.equal(patternsOverlap(a, b), patternsOverlap(b, a))))
  })

  it('overlap with a plain name exactly when they match it', () => {
    fc.assert(
      fc.property(pattern, text, (glob, name) => assert.equal(patternsOverlap(glob, name), matches(glob, name)))
    )
  })

  it('overlap exactly when some name matches both', () => {
    const short = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 3 })
    fc.assert(
      fc.property(short, short, (a, b) => {
        assert.equal(
          patternsOverlap(a, b),
          names.some((name) => matches(a, name) && matches(b, name)),
          `${a} ${b}`
        )
      })
    )
  })

  it('of two lists are named', () => {
    assert.deepEqual(overlapOf(['x-*', 'logs-*'], ['y', 'logs-a']), ['logs-*', 'logs-a'])
    assert.equal(overlapOf(['x-*'], ['y']), undefined)
  })
})
