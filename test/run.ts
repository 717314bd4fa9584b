/**
 * `npm test`: type check, lint, then all tests, the live ones on real servers included. Extra arguments go to mocha.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

function run(command: string, args: readonly string[]): boolean {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (error !== undefined) console.error(`${command} could not be started: ${error.message}`)
  return status === 0
}

const extra = process.argv.slice(2)
// The programs the last ones need are built while the others run.
const all = ['test/!(e2e)/**/*.test.ts', 'test/*.test.ts', 'examples/**/*.test.ts', 'test/e2e/**/*.test.ts']
const specs = extra.some((word) => word.endsWith('.ts')) ? [] : all

if (!run('tsc', ['--noEmit']) || !run('oxlint', ['--type-aware', '--deny-warnings'])) {
  console.log('0 passed, 1 failed')
  process.exitCode = 1
} else if (!run('mocha', ['--reporter', './test/reporter.ts', ...extra, ...specs])) {
  process.exitCode = 1
}
