/**
 * What a volume shows of ConfigMaps, wherever they were read.
 * @module
 */
import type { ConfigFiles } from './config-files.ts'
import { digestOf } from './snapshot.ts'

/** The content of one ConfigMap; `binaryData` is in base64. */
export interface ConfigMapContent {
  readonly data?: Readonly<Record<string, string>> | null | undefined
  readonly binaryData?: Readonly<Record<string, string>> | null | undefined
}

/** One file per key, as kubelet writes them (pkg/volume/configmap MakePayload). Pure. */
export function filesOfConfigMap({ data, binaryData }: ConfigMapContent): ReadonlyMap<string, Uint8Array> {
  const encoder = new TextEncoder()
  const files = new Map<string, Uint8Array>()
  for (const [key, value] of Object.entries(data ?? {})) files.set(key, encoder.encode(value))
  for (const [key, value] of Object.entries(binaryData ?? {})) files.set(key, Buffer.from(value, 'base64'))
  return files
}

/**
 * All of them in one directory, as a projected volume has it: of two files of one name the later one wins
 * (pkg/volume/projected collectData). Hidden names are no configuration, in a directory neither. Pure.
 */
export function projected(configMaps: readonly ConfigMapContent[]): ConfigFiles {
  const all = new Map(configMaps.flatMap((configMap) => [...filesOfConfigMap(configMap)]))
  const files = new Map([...all].filter(([name]) => !name.startsWith('.')).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return { digest: digestOf(files), files }
}
