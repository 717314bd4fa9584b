import assert from 'node:assert/strict'
import { clusterKind } from '../../reconcilers/kafka/cluster/index.ts'
import { topicKind } from '../../reconcilers/kafka/topic/index.ts'
import type { AnyKind } from '../../src/contract.ts'
import type { Problem } from '../../src/records.ts'
import { parseDesired } from '../../src/parse/desired.ts'
import { checkKind, declaredByKind } from '../../src/plan/check.ts'
import { describeProblem } from '../../src/parse/describe-problem.ts'
import { publicProblem } from '../../src/report/public.ts'
import { configOf } from './box-kind.ts'
import { wrongDirectories, wrongInputs, type Files } from './wrong-inputs.ts'

const kinds: readonly AnyKind[] = [topicKind, clusterKind]

/** Everything that can be said of the files without a cluster. */
function problemsOf(files: Files): readonly Problem[] {
  const { desired, problems } = parseDesired(configOf(files), { name: 'kafka', kinds })
  if (desired === undefined) return problems
  const declared = declaredByKind(desired.kinds)
  const checked = desired.kinds.map((kind) => checkKind(kind, declared))
  return [
    ...checked.flatMap(({ invalid }) => invalid.flatMap((item) => item.problems)),
    ...checked.flatMap(({ warnings }) => warnings),
    ...desired.warnings
  ]
}

describe('a wrong input', () => {
  for (const { name, files, expect, more } of wrongInputs) {
    it(`${name}: ${expect.severity} ${expect.code}`, () => {
      const [first, ...rest] = problemsOf(files)
      assert.deepEqual(first, expect)
      assert.equal(rest.length, more)
    })
  }
})

describe('the table of wrong inputs', () => {
  it('has at least a hundred rows with names of their own', () => {
    const names = [...wrongInputs, ...wrongDirectories].map(({ name }) => name)
    assert.ok(names.length >= 100, `${names.length}`)
    assert.equal(new Set(names).size, names.length)
  })

  it('says something else of every input: no two lines are the same', () => {
    const lines = wrongInputs.map(({ expect }) => describeProblem(expect))
    assert.deepEqual(
      lines.filter((line, index) => lines.indexOf(line) !== index),
      []
    )
  })

  it('says of every input what was expected and what was found, on one line that fits a screen', () => {
    for (const { name, expect } of wrongInputs) {
      assert.match(expect.message, /^expected \S.*, found \S[^\n]*$/, name)
      assert.ok(expect.message.length <= 200, `${name}: ${expect.message.length}`)
    }
  })

  it('points inside the file', () => {
    for (const { name, files, expect } of wrongInputs) {
      if (expect.file === '') continue
      const text = Buffer.from(configOf(files).files.get(expect.file) ?? '').toString('utf8')
      const line = text.split('\n')[expect.line - 1]
      assert.ok(line !== undefined && expect.column >= 1 && expect.column <= line.length + 1, name)
    }
  })

  it('never shows a secret, not even in the problems that follow', () => {
    for (const { name, files } of wrongInputs) {
      for (const problem of problemsOf(files))
        assert.doesNotMatch(JSON.stringify(publicProblem(problem)), /hunter2|4711/, name)
    }
  })
})
