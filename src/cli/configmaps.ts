/**
 * ConfigMap manifests, as `kustomize build` prints them → the files a pod would see.
 * @module
 */
import { isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type YAMLMap } from 'yaml'
import { z } from 'zod'
import type { Problem } from '../records.ts'
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
  metadata: z.object({
    name: z.string().default('(unnamed)'),
    namespace: z.string().default(''),
    labels: z.record(z.string(), z.unknown()).default({})
  }),
  data: z.record(z.string(), z.string()).nullish(),
  binaryData: z.record(z.string(), z.string()).nullish()
})

const componentLabel = 'infometis.component'

/** What `kubectl get -o yaml` prints of several; in the API's own lists the kind stands on the list alone. */
const listKinds: Readonly<Record<string, string | undefined>> = { List: undefined, ConfigMapList: 'ConfigMap' }

/**
 * The ConfigMaps that carry the service's label, or hold a file of the service, alone or in lists. What is not valid
 * YAML, and a ConfigMap that is none, is a problem. Pure.
 */
export function readConfigMaps(
  text: string,
  service: Declares
): { readonly configMaps: readonly ConfigMapFiles[]; readonly problems: readonly Problem[] } {
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
    if (document.errors.length > 0) continue
    for (const object of configMapsIn(document.contents)) {
      const parsed = configMapSchema.safeParse(object.toJS(document))
      const found = parsed.success ? '' : z.prettifyError(parsed.error)
      if (!parsed.success) problem(object.range?.[0] ?? 0, 'TYPE', `expected a ConfigMap, found ${found}`)
      else if (belongsTo(parsed.data, service)) configMaps.push(filesOf(parsed.data))
    }
  }
  return { configMaps, problems }
}

/** The ConfigMap itself, or those of a list. */
function configMapsIn(node: unknown, kindInList?: string): readonly YAMLMap[] {
  if (!isMap(node)) return []
  const kind = kindOf(node) ?? kindInList
  if (kind === 'ConfigMap') return [node]
  if (typeof kind !== 'string' || !Object.hasOwn(listKinds, kind)) return []
  const items = node.get('items', true)
  return isSeq(items) ? items.items.flatMap((item) => configMapsIn(item, listKinds[kind])) : []
}

type ConfigMap = z.output<typeof configMapSchema>

function kindOf(node: YAMLMap): unknown {
  const kind = node.get('kind', true)
  return isScalar(kind) ? kind.value : undefined
}

function belongsTo({ metadata, data, binaryData }: ConfigMap, service: Declares): boolean {
  const component = metadata.labels[componentLabel]
  if (component !== undefined) return component === service.name
  const keys = [...Object.keys(data ?? {}), ...Object.keys(binaryData ?? {})]
  return (
    assignFiles(
      keys,
      service.kinds.map(({ file }) => file),
      []
    ).sets.size > 0
  )
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
    const fits = mounts.find((mount) =>
      mount.every((other) => other.namespace === configMap.namespace && !sharesFile(other, configMap))
    )
    if (fits === undefined) mounts.push([configMap])
    else fits.push(configMap)
  }
  return mounts
}

function sharesFile(a: ConfigMapFiles, b: ConfigMapFiles): boolean {
  return [...a.files.keys()].some((key) => b.files.has(key))
}
