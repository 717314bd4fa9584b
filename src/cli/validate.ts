/**
 * `infometis validate`: everything that can be known without the service. Never writes, opens no connection.
 * @module
 */
import { text as readText } from 'node:stream/consumers'
import type { Json, Problem } from '../contract.ts'
import { checkKind, declaredByKind } from '../plan/check.ts'
import { describeProblem } from '../plan/plan.ts'
import { parseDesired, type ConfigFiles, type Declares } from '../parse/desired.ts'
import { readSnapshot } from '../read/snapshot.ts'
import { publicProblem } from '../report/public.ts'
import { mask } from '../report/secrets.ts'
import { groupByMount, readConfigMaps, type ConfigMapFiles } from './configmaps.ts'
import { formatOf } from './connect.ts'
import { loadPlugin } from './load-plugin.ts'
import { printDocument } from './output.ts'
import { painter } from './paint.ts'
import { environmentOf, readSettings, type CommonFlags } from './settings.ts'

/** The API server refuses a ConfigMap whose values are larger than this together, in bytes. */
const configMapLimit = 1_048_576

/** Exit code 0 valid, 1 invalid; throws for a directory that is missing. */
export async function validate(name: string, flags: CommonFlags): Promise<number> {
  const format = formatOf(flags)
  const plugin = await loadPlugin(name, flags.plugin)
  const problems = flags.config === '-' ? await validateStdin(plugin) : await validateDirectory(plugin, flags)
  const isValid = !problems.some(({ severity }) => severity === 'error')
  const document: { [key: string]: Json } = { valid: isValid, problems: problems.map(publicProblem) }
  printDocument(format, document, () => problemText(name, problems, isValid))
  return isValid ? 0 : 1
}

/** All problems of one set of files, offline. Pure. */
export function validateFiles(source: ConfigFiles, service: Declares): readonly Problem[] {
  const parsed = parseDesired(source, service)
  if (parsed.problems !== undefined) return parsed.problems
  const declared = declaredByKind(parsed.desired.kinds)
  const checked = parsed.desired.kinds.map((kind) => checkKind(kind, declared))
  const invalid = checked.flatMap((kind) => kind.invalid.flatMap(({ problems }) => problems))
  return [...invalid, ...checked.flatMap(({ warnings }) => warnings), ...parsed.desired.warnings]
}

async function validateDirectory(service: Declares, flags: CommonFlags): Promise<readonly Problem[]> {
  const { directory } = readSettings(environmentOf(flags))
  const snapshot = await readSnapshot(directory)
  return [...tooLarge(snapshot.files, 'the directory'), ...validateFiles(snapshot, service)]
}

async function validateStdin(service: Declares): Promise<readonly Problem[]> {
  const { configMaps, problems } = readConfigMaps(await readText(process.stdin), service)
  if (configMaps.length === 0) {
    const message = `expected a ConfigMap labelled "infometis.component: ${service.name}" or holding a file of ${service.name}, found none`
    return [...problems, { severity: 'error', file: '-', line: 1, column: 1, path: '', code: 'NO_FILE', message }]
  }
  return [...problems, ...groupByMount(configMaps).flatMap((mount) => validateMount(mount, service))]
}

function validateMount(mount: readonly ConfigMapFiles[], service: Declares): readonly Problem[] {
  const files = new Map(mount.flatMap((configMap) => [...configMap.files]))
  const owner = new Map(mount.flatMap(({ name, files: own }) => [...own.keys()].map((key) => [key, `${name}/${key}`] as const)))
  const place = (problem: Problem): Problem => ({ ...problem, file: owner.get(problem.file) ?? problem.file })
  const sizes = mount.flatMap((configMap) => tooLarge(configMap.files, `ConfigMap ${configMap.name}`))
  return [...sizes, ...validateFiles({ digest: '', files }, service)].map(place)
}

function tooLarge(files: ReadonlyMap<string, Uint8Array>, what: string): readonly Problem[] {
  const bytes = [...files.values()].reduce((sum, content) => sum + content.byteLength, 0)
  if (bytes <= configMapLimit) return []
  const [largest = ['', new Uint8Array()] as const] = [...files].toSorted(([, a], [, b]) => b.byteLength - a.byteLength)
  const message = `expected at most ${configMapLimit} bytes in one ConfigMap, found ${bytes} in ${what}; split it into several`
  return [{ severity: 'error', file: largest[0], line: 1, column: 1, path: '', code: 'TOO_LARGE', message }]
}

function problemText(name: string, problems: readonly Problem[], isValid: boolean): string {
  const paint = painter(process.stdout)
  const lines = problems.map((problem) => {
    const mark = problem.severity === 'error' ? paint('red', '✗ error  ') : paint('yellow', '! warning')
    return `${mark} ${mask(describeProblem(problem))}`
  })
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const verdict = isValid ? paint('green', `✔ ${name}: valid`) : paint('red', `✗ ${name}: ${errors} ${errors === 1 ? 'error' : 'errors'}`)
  return `${[...lines, verdict].join('\n')}\n`
}
