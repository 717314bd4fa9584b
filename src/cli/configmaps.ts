/**
 * ConfigMap manifests, as `kustomize build` prints them → the files a pod would see.
 * @module
 */
import { isMap, isScalar, LineCounter, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import type { Problem } from '../contract.ts'
import type { Declares } from '../parse/desired.ts'
import { assignFiles } from '../parse/files.ts'
import { filesOfConfigMap } from '../read/config-map.ts'

/** One ConfigMap of a service. */
export interface ConfigMapFiles {
  readonly name: string
  readonly namespace: string
  readonly files: ReadonlyMap<string, Uint8Array>
}

const configMapSchema = z.object({
  kind: z.literal('ConfigMap'),
  metadata: z.object({
    name: z.string().default('(unnamed)'),
    namespace: z.string().default(''),
    labels: z.record(z.string(), z.unknown()).default({})
  }),
  data: z.record(z.string(), z.string()).nullish(),
  binaryData: z.record(z.string(), z.string()).nullish()
})

const componentLabel = 'infometis.component'

/**
 * The ConfigMaps that carry the service's label, or hold a file of the service. What is not valid YAML, and a
 * ConfigMap that is none, is a problem. Pure.
 */
export function readConfigMaps(text: string, service: Declares): { readonly configMaps: readonly ConfigMapFiles[]; readonly problems: readonly Problem[] } {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })
  const configMaps: ConfigMapFiles[] = []
  const problems: Problem[] = []
  for (const document of 'empty' in documents ? [] : documents) {
    const problem = (offset: number, code: string, message: string): void => {
      const { line, col } = lines.linePos(offset)
      problems.push({ severity: 'error', file: '-', line, column: col, path: '', code, message })
    }
    for (const error of document.errors) problem(error.pos[0], 'SYNTAX', `expected valid YAML: ${error.message}`)
    if (document.errors.length > 0 || !isMap(document.contents) || kindOf(document.contents.get('kind', true)) !== 'ConfigMap') continue
    const parsed = configMapSchema.safeParse(document.toJS())
    if (!parsed.success) problem(document.contents.range[0], 'TYPE', `expected a ConfigMap, found ${z.prettifyError(parsed.error)}`)
    else if (belongsTo(parsed.data, service)) configMaps.push(filesOf(parsed.data))
  }
  return { configMaps, problems }
}

type ConfigMap = z.output<typeof configMapSchema>

function kindOf(node: unknown): unknown {
  return isScalar(node) ? node.value : undefined
}

function belongsTo({ metadata, data, binaryData }: ConfigMap, service: Declares): boolean {
  const component = metadata.labels[componentLabel]
  if (component !== undefined) return component === service.name
  const keys = [...Object.keys(data ?? {}), ...Object.keys(binaryData ?? {})]
  return assignFiles(keys, service.kinds.map(({ file }) => file), []).sets.size > 0
}

function filesOf({ metadata, ...content }: ConfigMap): ConfigMapFiles {
  return { name: metadata.name, namespace: metadata.namespace, files: filesOfConfigMap(content) }
}

/**
 * ConfigMaps of one namespace are mounted into one directory, unless they hold the same file; then each is a
 * directory of its own. Pure.
 */
export function groupByMount(configMaps: readonly ConfigMapFiles[]): readonly (readonly ConfigMapFiles[])[] {
  const mounts: ConfigMapFiles[][] = []
  for (const configMap of configMaps) {
    const fits = mounts.find((mount) => mount.every((other) => other.namespace === configMap.namespace && !sharesFile(other, configMap)))
    if (fits === undefined) mounts.push([configMap])
    else fits.push(configMap)
  }
  return mounts
}

function sharesFile(a: ConfigMapFiles, b: ConfigMapFiles): boolean {
  return [...a.files.keys()].some((key) => b.files.has(key))
}
