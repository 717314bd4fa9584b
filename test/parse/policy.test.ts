import assert from 'node:assert/strict'
import { describeProblem } from '../../src/parse/describe-problem.ts'
import { defaultPolicy, type Policy } from '../../src/parse/policy.ts'
import { declared, parse } from './box-kind.ts'

const policyOf = (text: string, layer = '{}'): Policy =>
  declared({ 'boxes.json': '{"a": {}}', 'policy.yaml': text, 'policy.prod.yaml': layer }).policy
const refusalOf = (text: string): readonly string[] =>
  (parse({ 'boxes.json': '{"a": {}}', 'policy.yaml': text }).problems ?? []).map(describeProblem)

describe('the policy', () => {
  it('without a file, or with an empty object, enforces, holds what hurts and deletes nothing', () => {
    const defaults = {
      mode: 'enforce',
      hold: ['disruptive', 'destructive'],
      protect: [],
      owned: ['*'],
      guard: { maxShrinkPercent: 50, maxChanges: 0 },
      exact: false
    }
    assert.deepEqual(declared({ 'boxes.json': '{"a": {}}' }).policy, defaults)
    assert.deepEqual(policyOf('{}'), defaults)
    assert.deepEqual(defaultPolicy, defaults)
  })

  it('says only what differs from the defaults', () => {
    assert.deepEqual(policyOf('mode: observe\nguard: {maxChanges: 5}\nhold: []\ncluster: abc\n'), {
      ...defaultPolicy,
      mode: 'observe',
      guard: { maxShrinkPercent: 50, maxChanges: 5 },
      hold: [],
      cluster: 'abc'
    })
  })

  it('may leave the pin open', () => assert.equal(policyOf('cluster:\n').cluster, null))

  it('has layers like every other file', () => {
    assert.deepEqual(policyOf('guard: {maxChanges: 5}\n', 'guard: {maxShrinkPercent: 10}\n').guard, {
      maxChanges: 5,
      maxShrinkPercent: 10
    })
  })

  const refused: readonly (readonly [text: string, message: string])[] = [
    [
      'mod: observe',
      '1:1 mod: expected one of mode, hold, protect, owned, guard, exact, cluster, found "mod"; did you mean "mode"?'
    ],
    ['mode: Observe', '1:7 mode: expected one of enforce, observe, found text "Observe"; did you mean "observe"?'],
    ['hold: destructive', '1:7 hold: expected a list, found text "destructive"'],
    [
      'hold: [destructiv]',
      '1:8 hold[0]: expected one of safe, disruptive, destructive, unsupported, found text "destructiv"; did you mean "destructive"?'
    ],
    ['protect: [""]', '1:11 protect[0]: expected text that is not empty, found text ""'],
    ['guard:\n  maxShrinkPercent: 101', '2:21 guard.maxShrinkPercent: expected an integer of at most 100, found 101'],
    ['guard:\n  maxShrinkPercent: 50%', '2:21 guard.maxShrinkPercent: expected an integer, found text "50%"'],
    [
      'guard: {maxChange: 5}',
      '1:9 guard.maxChange: expected one of maxShrinkPercent, maxChanges, found "maxChange"; did you mean "maxChanges"?'
    ],
    ['guard: {maxChanges: -1}', '1:21 guard.maxChanges: expected an integer of at least 0, found -1'],
    ['exact: yes', '1:8 exact: expected true or false, found text "yes"'],
    ['exact: "true"', '1:8 exact: expected true or false, found text "true"; remove the quotes'],
    ['cluster: 12345', '1:10 cluster: expected text, found 12345; write it in quotes'],
    ['- mode: observe', '1:1: expected an object at the top of the file, found a list'],
    ['', '1:1: expected an object, found an empty file; write {} if nothing is meant'],
    [
      'protect: [*-changelog]',
      '1:11 protect[0]: expected an alias of an anchor above it, found an alias of none (quote text that starts with "*")'
    ]
  ]
  for (const [text, message] of refused) {
    it(`is refused: ${JSON.stringify(text)}`, () => assert.deepEqual(refusalOf(text), [`policy.yaml:${message}`]))
  }

  it('in two base files is refused where they say the same', () => {
    const { problems = [] } = parse({
      'boxes.json': '{"a": {}}',
      'policy.json': '{"mode": "observe"}',
      'policy.yaml': 'mode: enforce\n'
    })
    assert.deepEqual(problems.map(describeProblem), [
      'policy.yaml:1:1 mode: expected "mode" in one base file, found it in policy.json:1 and policy.yaml:1; keep one of them'
    ])
  })
})
