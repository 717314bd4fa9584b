/**
 * Rules about what a plugin writes.
 * @module
 */
import assert from 'node:assert/strict'
import { isRetryable } from '../../errors.ts'
import type { FieldChange } from '../../contract.ts'
import type { Change } from '../../line.ts'
import { coversPath } from '../../plan/patterns.ts'
import { describeChange, outcomesOf, type Declaration, type TestBench } from '../test-bench.ts'
import { unordered } from '../unordered.ts'
import { assertIdle } from './idle.ts'

const both = (bench: TestBench): Declaration => {
  const { valid } = bench.options
  return { [bench.name('first')]: valid, [bench.name('second')]: valid }
}

export async function applyConverges(bench: TestBench): Promise<void> {
  const declared = both(bench)
  await bench.make(declared)
  await bench.assertInSync(declared)
}

export async function secondApplyIsIdle(bench: TestBench): Promise<void> {
  const declared = both(bench)
  await bench.make(declared)
  await assertIdle(bench, async () => {
    const report = await bench.apply(declared)
    const verbs = Object.keys(declared).map((name) => outcomesOf(report, name).map(({ verb }) => verb))
    assert.deepEqual(
      verbs,
      verbs.map(() => ['keep'])
    )
  })
}

export async function updateIsNarrow(bench: TestBench): Promise<void> {
  bench.needsVerb('update')
  const name = bench.name('updated')
  const [valid, changed] = [{ [name]: bench.options.valid }, { [name]: bench.changed }]
  await bench.make(valid)
  const undeclared = await undeclaredOf(bench, name)
  const planned = await bench.diff(changed, name)
  const fields = planned.flatMap((change) => (change.verb === 'update' ? change.fields : []))
  const field = commonPath(fields)
  const found = planned.map(describeChange).join('; ')
  assert.ok(field !== undefined, `\`changed\` should be one field to update, or parts of one, found ${found}`)

  await bench.apply(changed)
  await bench.assertInSync(changed)
  const since = (await bench.diff(valid, name)).flatMap((change: Change) => ('fields' in change ? change.fields : []))
  const others = since.map(({ path }) => path).filter((path) => !coversPath(field, path))
  assert.ok(since.length > 0, `"${field}" should differ from what it was`)
  assert.deepEqual(others, [], `other fields were changed than "${field}", the one to update`)
  assert.deepEqual(await undeclaredOf(bench, name), undeclared, 'fields that nobody declares were changed')
}

/** The path of one field, or the one that several are parts of: what is a set may be reported entry by entry. */
function commonPath(fields: readonly FieldChange[]): string | undefined {
  const [first, ...others] = fields.map(({ path }) => path.split('.'))
  const shared = others.reduce((common, steps) => common?.filter((step, index) => steps[index] === step), first)
  return shared === undefined || shared.length === 0 ? undefined : shared.join('.')
}

/** In no order: what a service lists as a set comes in any. */
async function undeclaredOf(bench: TestBench, name: string): Promise<unknown> {
  const { plan } = await bench.plan({ [name]: bench.options.valid })
  return unordered(plan.undeclared.filter(({ key }) => key.endsWith(`/${name}`)))
}

export async function driftIsRepaired(bench: TestBench): Promise<void> {
  const name = bench.name('drifting')
  const declared = { [name]: bench.options.valid }
  await bench.make(declared)
  await bench.byHand('changeByHand', name)
  const found = bench.resource.update === undefined ? 'hold' : 'update'
  await bench.eventually('the drift is found', async () =>
    (await bench.diff(declared, name)).find(({ verb }) => verb === found)
  )
  if (found === 'hold') return
  await bench.apply(declared)
  await bench.assertInSync(declared)
}

export async function badItemFailsAlone(bench: TestBench): Promise<void> {
  bench.needsNames()
  bench.needsVerb('create')
  const { valid, bad } = bench.options
  assert.ok(bad !== undefined, 'this rule needs `bad`: give it, or skip the rule with a reason')
  const badName = bad.name ?? bench.name('bad')
  const neighbours = { [bench.name('before')]: valid, [bench.name('later')]: valid }
  const [before = '', later = ''] = Object.keys(neighbours)
  const report = await bench.apply({ [before]: valid, [badName]: bad.item, [later]: valid })
  const [outcome] = outcomesOf(report, badName)
  assert.match(outcome?.result ?? 'absent', /^(failed|invalid)$/, `outcome of "${badName}"`)
  const error = outcome?.error ?? null
  const isFinal = error === null || !isRetryable(error.code)
  assert.ok(isFinal, `a refusal is final, ${error?.code} is tried again: ${error?.message}`)
  await bench.assertInSync(neighbours)
}
