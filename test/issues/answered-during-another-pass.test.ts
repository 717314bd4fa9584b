/**
 * A call that had outlived its pass and was answered during the next one was taken for one that is still out: its item
 * was looked at only once an interval from then on, whatever changed.
 */
import assert from 'node:assert/strict'
import { Town } from '../reconciler/town.ts'

/** Writes of these items are answered when the test says so. */
function gated(town: Town, ...items: readonly string[]): Readonly<Record<string, () => void>> {
  const gates = items.map((item) => [item, Promise.withResolvers<void>()] as const)
  town.mood = (call) => gates.find(([item]) => call.endsWith(` ${item}`))?.[1].promise
  return Object.fromEntries(gates.map(([item, { resolve }]) => [item, resolve]))
}

describe('a call that has outlived its pass', () => {
  it('is over when it is answered during the next pass: a change of its item is written at once', async () => {
    const town = new Town([{ kind: 'crate' }, { kind: 'tin' }])
    const answer = gated(town, 'crate x', 'tin t')
    town.declare({ crate: { x: { s1: 1 } } })
    await town.start()
    town.declare({ crate: { x: { s1: 1 } }, tin: { t: { s1: 1 } } })
    town.reconciler.control.run()
    await town.settle()
    answer['crate x']?.()
    await town.pass(5_000)
    answer['tin t']?.()
    await town.pass(5_000)
    town.declare({ crate: { x: { s1: 2 } }, tin: { t: { s1: 1 } } })
    await town.settle()
    assert.equal(town.fieldsOf('crate', 'x')?.['s1'], 2)
    await town.stop()
  })

  it('is over when it is answered at the very moment at which its pass ends', async () => {
    for (let ticks = 0; ticks < 30; ticks += 1) {
      const town = new Town()
      const answer = gated(town, 'box a')
      town.declare({ box: { a: { s1: 1 } } })
      await town.start()
      answer['box a']?.()
      for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve()
      town.declare({ box: { a: { s1: 1 }, b: { s1: 1 } } })
      await town.settle()
      await town.pass(5_000)
      town.declare({ box: { a: { s1: 2 }, b: { s1: 1 } } })
      await town.settle()
      assert.equal(town.fieldsOf('box', 'a')?.['s1'], 2, `${ticks} ticks`)
      await town.stop()
    }
  })
})
