/**
 * Where the sidecar has its configuration from: a mounted directory or, when it is asked to, ConfigMaps read through the API.
 * @module
 */
import type { ConfigMapReference } from '../kubernetes/config-maps.ts'
import { directorySource, type ConfigSource } from '../read/source.ts'
import type { Clock } from '../time/clock.ts'
import { refuse, type Environment } from '../connect/environment.ts'

export interface SourceSettings {
  readonly directory: string
  /** Name of the mounted ConfigMap, for people. */
  readonly configMap: string | undefined
  /** Read through the API instead of the directory. */
  readonly configMaps: readonly ConfigMapReference[] | undefined
  /** Undefined: that of the pod. */
  readonly namespace: string | undefined
}

/** A source, and what people call it. */
export interface NamedSource {
  readonly source: ConfigSource
  readonly title: string
}

/** Throws VARIABLE_INVALID when the API is to be read and there is no cluster. Without ConfigMaps nothing of the cluster is loaded. */
export async function openConfigSource(
  { directory, configMap, configMaps, namespace }: SourceSettings,
  clock: Clock
): Promise<NamedSource> {
  if (configMaps === undefined) {
    return {
      source: directorySource(directory),
      title: configMap === undefined ? directory : `${directory} (ConfigMap ${configMap})`
    }
  }
  const { openConfigMaps } = await import('../kubernetes/open-config-maps.ts')
  const opened = await openConfigMaps(configMaps, namespace, clock)
  return {
    source: opened.source,
    title: `ConfigMaps ${configMaps.map(({ name }) => name).join(', ')} of namespace ${opened.namespace}`
  }
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names: a DNS subdomain. */
export const nameOfConfigMap = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const example = 'items-desired,cluster-desired?'

/** The value of `CONFIG_MAPS`. Throws VARIABLE_INVALID. */
export function configMapsOf(environment: Environment): readonly ConfigMapReference[] | undefined {
  const text = environment.text('CONFIG_MAPS')
  if (text === undefined) return undefined
  if (environment.text('CONFIG_DIR') !== undefined)
    refuse('CONFIG_MAPS', text, 'either CONFIG_MAPS or a directory (CONFIG_DIR, --config)', 'unset CONFIG_DIR')
  const references = text.split(',').map((part) => {
    const [, name = '', mark] = /^\s*(.*?)(\?)?\s*$/.exec(part) ?? []
    return { name, optional: mark !== undefined }
  })
  const names = references.map(({ name }) => name)
  const isGood = names.every((name, index) => nameOfConfigMap.test(name) && names.indexOf(name) === index)
  return isGood
    ? references
    : refuse(
        'CONFIG_MAPS',
        text,
        'names of ConfigMaps with commas between them, each once, with "?" after one that may be absent',
        example
      )
}
