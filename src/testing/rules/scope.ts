/**
 * Rules about readings of single items.
 * @module
 */
import assert from 'node:assert/strict'
import type { Desired, Observed } from '../../contract.ts'
import { DoesNotApply } from '../does-not-apply.ts'
import type { Declaration, TestBench } from '../test-bench.ts'

/** So many other items must not cost a scoped reading one request more. */
const others = 6

/** A scoped reading shows of its items what a whole one shows, and nothing else. */
export async function scopedReadingIsTheSame(bench: TestBench): Promise<void> {
  needsScope(bench)
  const { valid } = bench.options
  const [there, beside, absent] = [bench.name('scoped'), bench.name('beside'), bench.name('absent')]
  const declared: Declaration =
    bench.resource.singleton === undefined ? { [there]: valid, [beside]: valid } : { [there]: valid }
  await bench.make(declared)
  const all = bench.resource.singleton === undefined ? { ...declared, [absent]: valid } : declared
  const items = await bench.desired(all)
  const asked = bench.resource.singleton === undefined ? items.filter(({ name }) => name !== beside) : items
  for (const full of [false, true]) {
    const whole = await bench.observeItems(items, { full })
    const scoped = await bench.observeItems(asked, { full, scope: keysOf(asked) })
    assert.deepEqual(
      shownOf(scoped, [...scoped.items.keys()]),
      shownOf(
        whole,
        asked.map(({ name }) => name)
      )
    )
  }
}

/** What one item costs to read does not depend on how many others there are. */
export async function scopedReadingIsConstant(bench: TestBench): Promise<void> {
  needsScope(bench)
  bench.needsNames()
  const { subject } = bench
  if (subject.requests === undefined) throw new DoesNotApply('`requests` is not given')
  const { valid } = bench.options
  const first = bench.name('first')
  const declared = Object.fromEntries(Array.from({ length: others }, () => [bench.name('other'), valid]))
  const cost = async (): Promise<number> => {
    const [item] = await bench.desired({ [first]: valid })
    assert.ok(item !== undefined)
    const before = subject.requests?.() ?? 0
    await bench.observeItems([item], { scope: keysOf([item]) })
    return (subject.requests?.() ?? 0) - before
  }
  await bench.make({ [first]: valid })
  await bench.observe({})
  const alone = await cost()
  await bench.make({ ...declared, [first]: valid })
  await bench.observe({})
  assert.equal(await cost(), alone, `a scoped reading beside ${others} others should cost as many requests as alone`)
}

function needsScope({ resource }: TestBench): void {
  if (resource.scoped !== true) throw new DoesNotApply('the kind is read whole')
}

function keysOf(items: readonly Desired<unknown>[]): ReadonlySet<Desired<unknown>['key']> {
  return new Set(items.map(({ key }) => key))
}

function shownOf({ items }: Observed<unknown, unknown>, names: readonly string[]): unknown {
  return names
    .flatMap((name) => (items.has(name) ? [[name, items.get(name)] as const] : []))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
}
