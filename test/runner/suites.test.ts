import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { filesOf, suites, unitSuites } from './suites.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('the suites of tests', () => {
  it('hold every test file once', () => {
    const all = globSync(['test/**/*.test.ts', 'examples/**/*.test.ts'], { cwd: root }).toSorted()
    assert.ok(all.length > 200)
    assert.deepEqual(suites.flatMap(filesOf).toSorted(), all)
  })

  it('have no files of servers and processes among the unit tests', () => {
    assert.deepEqual(
      unitSuites.flatMap(filesOf).filter((file) => /\.(live|e2e|process)\./.test(file)),
      []
    )
  })
})
