/**
 * `infometis validate`: everything that can be known without the service. Never writes, opens no connection.
 * @module
 */
import { text as readText } from 'node:stream/consumers'
import type { Json, Problem } from '../records.ts'
import { describeProblem } from '../parse/describe-problem.ts'
import type { Declares } from '../parse/desired.ts'
import { readSnapshot } from '../read/snapshot.ts'
import { publicProblem } from '../report/public.ts'
import { mask } from '../secrets/mask.ts'
import { groupByMount, readConfigMaps, type ConfigMapFiles } from './configmaps.ts'
import { formatOf } from './connect.ts'
import type { Host } from '../sidecar/host.ts'
import { loadPlugin } from './load-plugin.ts'
import { documentText } from './output.ts'
import { painter, type Paint } from '../report/paint.ts'
import { problemsOf } from './problems.ts'
import { environmentOf, readSettings, type CommonFlags } from '../sidecar/settings.ts'

/**
 * The API server refuses a ConfigMap whose values are larger than this together, in bytes (MaxSecretSize, which
 * ValidateConfigMap takes as well, kubernetes pkg/apis/core/validation).
 */
const configMapLimit = 1_048_576

/** Exit code 0 valid, 1 invalid; throws for a directory that is missing. */
export async function validate(name: string, flags: CommonFlags, host: Host): Promise<number> {
  const { stdin, stdout, variables, directory } = host
  const format = formatOf(flags)
  const plugin = await loadPlugin(name, flags.plugin, directory)
  const problems =
    flags.config === '-'
      ? validateManifests(await readText(stdin), plugin)
      : await validateDirectory(plugin, flags, host)
  const isValid = !problems.some(({ severity }) => severity === 'error')
  const document: { [key: string]: Json } = { valid: isValid, problems: problems.map(publicProblem) }
  stdout.write(documentText(format, document, () => problemText(name, problems, isValid, painter(stdout, variables))))
  return isValid ? 0 : 1
}

async function validateDirectory(
  service: Declares,
  flags: CommonFlags,
  { variables }: Host
): Promise<readonly Problem[]> {
  const snapshot = await readSnapshot(readSettings(environmentOf(flags, variables)).directory)
  return [...tooLargeFiles(snapshot.files), ...problemsOf(snapshot, service)]
}

/** Several ConfigMaps may be mounted into one directory, but a file comes from one. */
function tooLargeFiles(files: ReadonlyMap<string, Uint8Array>): readonly Problem[] {
  return [...files].flatMap(([name, { byteLength }]) =>
    byteLength > configMapLimit ? [tooLarge(name, byteLength, 'this file alone')] : []
  )
}

function validateManifests(manifests: string, service: Declares): readonly Problem[] {
  const { configMaps, problems } = readConfigMaps(manifests, service)
  if (configMaps.length === 0) {
    const message = `expected a ConfigMap labelled "infometis.component: ${service.name}" or holding a file of ${service.name}, found none`
    return [...problems, { severity: 'error', file: '-', line: 1, column: 1, path: '', code: 'NO_FILE', message }]
  }
  return [...problems, ...groupByMount(configMaps).flatMap((mount) => validateMount(mount, service))]
}

function validateMount(mount: readonly ConfigMapFiles[], service: Declares): readonly Problem[] {
  const files = new Map(mount.flatMap((configMap) => [...configMap.files]))
  const owner = new Map(
    mount.flatMap(({ name, files: own }) => [...own.keys()].map((key) => [key, `${name}/${key}`] as const))
  )
  const place = (problem: Problem): Problem => ({ ...problem, file: owner.get(problem.file) ?? problem.file })
  return [...mount.flatMap(tooLargeMap), ...problemsOf({ digest: '', files }, service)].map(place)
}

function tooLargeMap({ name, files }: ConfigMapFiles): readonly Problem[] {
  const bytes = [...files.values()].reduce((sum, content) => sum + content.byteLength, 0)
  const [largest] = [...files].toSorted(([, a], [, b]) => b.byteLength - a.byteLength)
  return bytes <= configMapLimit || largest === undefined ? [] : [tooLarge(largest[0], bytes, `ConfigMap ${name}`)]
}

function tooLarge(file: string, bytes: number, where: string): Problem {
  const expected = `expected at most ${configMapLimit} bytes in one ConfigMap`
  const message = `${expected}, found ${bytes} in ${where}; split it into several`
  return { severity: 'error', file, line: 1, column: 1, path: '', code: 'TOO_LARGE', message }
}

function problemText(name: string, problems: readonly Problem[], isValid: boolean, paint: Paint): string {
  const lines = problems.map((problem) => {
    const mark = problem.severity === 'error' ? paint('red', '✗ error  ') : paint('yellow', '! warning')
    return `${mark} ${mask(describeProblem(problem))}`
  })
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const verdict = isValid
    ? paint('green', `✔ ${name}: valid`)
    : paint('red', `✗ ${name}: ${errors} ${errors === 1 ? 'error' : 'errors'}`)
  return `${[...lines, verdict].join('\n')}\n`
}
