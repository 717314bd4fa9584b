import assert from 'node:assert/strict'
import fc from 'fast-check'
import { coversPath, matchesAny, matchingPattern } from '../../src/plan/patterns.ts'

describe('a pattern of names', () => {
  const table: readonly (readonly [pattern: string, name: string, matches: boolean])[] = [
    ['*', 'orders', true],
    ['*', 'a.b-c_d', true],
    ['*', 'a/b/c', true],
    ['*', '.hidden', true],
    ['*', 'a b', true],
    ['__*', '__consumer_offsets', true],
    ['__*', '_schemas', false],
    ['_schemas', '_schemas', true],
    ['_schemas', '_schemas2', false],
    ['*-changelog', 'app-store-changelog', true],
    ['*-changelog', 'changelog', false],
    ['team.*', 'team.orders', true],
    ['team.*', 'teamXorders', false],
    ['a?c', 'abc', true],
    ['{a,b}*', 'b1', true],
    ['{a,b}*', 'c1', false],
    ['[ab]*', 'b1', true],
    ['Flow [old]', 'Flow [old]', true],
    ['Orders', 'orders', false]
  ]
  for (const [pattern, name, matches] of table) {
    it(`"${pattern}" ${matches ? 'matches' : 'does not match'} "${name}"`, () =>
      assert.equal(matchesAny([pattern])(name), matches))
  }

  it('that is no pattern matches only itself', () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9._-]{1,20}$/).filter((text) => !text.startsWith('./'))
    fc.assert(
      fc.property(name, name, (pattern, other) => assert.equal(matchesAny([pattern])(other), pattern === other))
    )
  })

  it('matches if any of several does; none matches nothing', () => {
    assert.equal(matchesAny(['a', 'b'])('b'), true)
    assert.equal(matchesAny([])('b'), false)
  })
})

describe('a path', () => {
  it('covers itself and what is below it', () => {
    for (const path of ['config', 'config.retention.ms', 'config[0]', 'config[0].x'])
      assert.equal(coversPath('config', path), true, path)
    for (const path of ['configs', 'conf', 'a.config', '']) assert.equal(coversPath('config', path), false, path)
  })

  it('covers what it is extended with, and nothing that is shorter', () => {
    const step = fc.stringMatching(/^[a-z0-9-]{1,5}$/)
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), fc.array(step, { maxLength: 3 }), (above, below) => {
        const whole = [...above, ...below].join('.')
        assert.equal(coversPath(above.join('.'), whole), true)
        assert.equal(coversPath(whole, above.join('.')), below.length === 0)
      })
    )
  })
})

describe('the pattern that a name matches', () => {
  it('is the first of them', () => {
    const of = matchingPattern(['x*', '__*', '_*'])
    assert.deepEqual(
      ['__offsets', '_schemas', 'x', 'orders'].map((name) => of(name)),
      ['__*', '_*', 'x*', undefined]
    )
    assert.equal(matchingPattern([])('x'), undefined)
  })
})
