import assert from 'node:assert/strict'
import { plugin } from '../../../reconcilers/nifi/index.ts'
import type { Problem } from '../../../src/records.ts'
import { parseDesired } from '../../../src/parse/desired.ts'
import { checkKind, declaredByKind } from '../../../src/plan/check.ts'
import { publicProblem } from '../../../src/report/public.ts'
import { configOf } from '../../parse/box-kind.ts'
import { wrongInputs, type Files } from './wrong-inputs.ts'

/** Everything that can be said of the files without a NiFi. */
function problemsOf(files: Files): readonly Problem[] {
  const { desired, problems } = parseDesired(configOf(files), plugin)
  if (desired === undefined) return problems
  const declared = declaredByKind(desired.kinds)
  const checked = desired.kinds.map((kind) => checkKind(kind, declared))
  return [
    ...checked.flatMap(({ invalid }) => invalid.flatMap((item) => item.problems)),
    ...checked.flatMap(({ warnings }) => warnings),
    ...desired.warnings
  ]
}

function lineOf({ severity, file, line, column, path, code, message }: Problem): string {
  return `${severity} ${file}:${line}:${column} ${path} ${code} ${message}`
}

describe('a wrong input for NiFi', () => {
  for (const { name, files, expect } of wrongInputs) {
    it(`${name}: ${/(?<= )[A-Z]{2,}_?[A-Z]+(?= )/.exec(expect[0] ?? '')?.[0]}`, () => {
      assert.deepEqual(problemsOf(files).map(lineOf), expect)
    })
  }
})

describe('the table of wrong inputs for NiFi', () => {
  it('has at least eighty rows with names of their own, each told something', () => {
    assert.ok(wrongInputs.length >= 80, `${wrongInputs.length}`)
    assert.equal(new Set(wrongInputs.map(({ name }) => name)).size, wrongInputs.length)
    assert.deepEqual(
      wrongInputs.filter(({ expect }) => expect.length === 0),
      []
    )
  })

  it('says of every input what was expected and what was found, on one line', () => {
    for (const { name, files } of wrongInputs) {
      for (const { message } of problemsOf(files)) assert.match(message, /expected \S.*, found \S[^\n]*$/, name)
    }
  })

  it('keeps the flow beside a wrong one', () => {
    for (const { name, files, expect } of wrongInputs) {
      const { desired } = parseDesired(configOf(files), plugin)
      const flows = desired?.kinds.find(({ kind }) => kind.kind === 'flow')
      if (flows === undefined || expect.some((line) => /^error \S+ beat[ .]/.test(line))) continue
      const { items } = checkKind(flows, declaredByKind(desired?.kinds ?? []))
      assert.ok(
        items.some((item) => item.name === 'beat'),
        name
      )
    }
  })

  it('never shows a secret', () => {
    for (const { name, files } of wrongInputs) {
      for (const problem of problemsOf(files))
        assert.doesNotMatch(JSON.stringify(publicProblem(problem)), /hunter2/, name)
    }
  })
})
