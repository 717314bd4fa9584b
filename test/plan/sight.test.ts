import assert from 'node:assert/strict'
import { ReconcileError } from '../../src/errors.ts'
import { refuseIfAllRefused } from '../../src/plan/sight.ts'
import { actual, declare, worldOf, type World } from './model.ts'

const refused: World = new Map([
  ['a', { refused: 'no rights' }],
  ['b', { refused: 'no rights' }]
])
const check = (names: readonly string[], world: World): void =>
  refuseIfAllRefused(declare({ items: names.map((name) => ({ name })) }), actual(world))

describe('a service that shows nothing', () => {
  it('of what is declared was not looked at', () => {
    assert.throws(
      () => check(['a', 'b'], refused),
      (error) =>
        error instanceof ReconcileError &&
        error.code === 'NOT_PERMITTED' &&
        error.message === 'the service shows none of the 2 declared items; shop/box/a: no rights'
    )
  })

  it('of some items was looked at', () => {
    check(['a', 'c'], refused)
    check(['a', 'b'], new Map([...refused, ['b', { state: {} }]]))
  })

  it('and of which nothing is declared was looked at', () => {
    check([], refused)
    check(['a'], worldOf({}))
  })
})
