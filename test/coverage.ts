/**
 * `npm run coverage`: how many lines the unit tests run in their own process, of all files, also of those that no test
 * loads. One line each for `src` and `reconcilers`; exit code 1 below the floor. `--files` lists the files below it.
 * @module
 */
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runMocha, runToEnd } from './runner/processes.ts'
import { filesOf, unitSuites } from './runner/suites.ts'

/** Percent of the lines. */
const floor = 92

interface Lines {
  readonly lines: { readonly total: number; readonly covered: number; readonly pct: number }
}

const root = fileURLToPath(new URL('..', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'infometis-coverage-'))
const limitMs = 600_000

/** By path of the file, and `total`. */
async function coverageOf(folder: string): Promise<Readonly<Record<string, Lines>>> {
  const report = join(directory, folder)
  const what = ['--all', '--src', folder, '--include', `${folder}/**/*.ts`, '--temp-directory', join(directory, 'v8')]
  const log = join(directory, `${folder}.log`)
  const { how } = await runToEnd({
    command: 'c8',
    args: ['report', ...what, '--reporter', 'json-summary', '--reports-dir', report],
    log,
    limitMs
  })
  if (how !== 0) throw new Error(readFileSync(log, 'utf8'))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the format of istanbul's json-summary
  return JSON.parse(readFileSync(join(report, 'coverage-summary.json'), 'utf8')) as Record<string, Lines>
}

function percent({ lines }: Lines): string {
  return `${lines.pct.toFixed(1)} % of ${lines.total} lines`
}

async function meetsFloor(folder: string, withFiles: boolean): Promise<boolean> {
  const { total, ...files } = await coverageOf(folder)
  if (total === undefined) throw new Error(`c8 found nothing in ${folder}`)
  console.log(`${folder}: ${percent(total)} in ${Object.keys(files).length} files (at least ${floor} %)`)
  const low = Object.entries(files).filter(([, { lines }]) => lines.pct < floor)
  if (withFiles) for (const [file, each] of low) console.log(`  ${relative(root, file)}: ${percent(each)}`)
  return total.lines.pct >= floor
}

const env = { NODE_V8_COVERAGE: join(directory, 'v8') }
const suites = unitSuites.map((suite) => ({
  name: suite.name,
  files: filesOf(suite),
  log: join(directory, suite.name)
}))
const results = await Promise.all(suites.map(({ name, files, log }) => runMocha(name, files, { log, env, limitMs })))
for (const [index, { failed }] of results.entries()) {
  if (failed > 0) console.log(readFileSync(suites[index]?.log ?? '', 'utf8'))
}
const verdicts = [
  await meetsFloor('src', process.argv.includes('--files')),
  await meetsFloor('reconcilers', process.argv.includes('--files'))
]
process.exitCode = verdicts.includes(false) || results.some(({ failed }) => failed > 0) ? 1 : 0
