/**
 * The configuration as ConfigMaps that are read through the Kubernetes API, instead of a directory they are mounted at.
 * @module
 */
import { ReconcileError, toReconcileError } from '../errors.ts'
import { ChangePoller, type Watch, type WatchOptions } from '../read/change-poller.ts'
import { projected, type ConfigMapContent } from '../read/config-map.ts'
import type { ConfigFiles } from '../read/config-files.ts'
import type { ConfigSource } from '../read/source.ts'
import type { Clock } from '../time/clock.ts'
import { within, withinMs } from '../time/deadline.ts'
import { followChanges, type WatchListeners } from './follow-changes.ts'

/** One source of a projected volume. */
export interface ConfigMapReference {
  readonly name: string
  /** It may be absent, and is then empty. */
  readonly optional: boolean
}

/** The ConfigMaps of one namespace. */
export interface ConfigMaps {
  readonly namespace: string
  /** The newest version; undefined: there is none. Gives up when `signal` aborts. */
  read(name: string, signal: AbortSignal): Promise<ConfigMapContent | undefined>
  /**
   * Reports every change until the server ends the watch, which it does from time to time, or `signal` aborts; then resolves.
   * Throws when it could not begin or was cut off.
   */
  watch(name: string, listeners: WatchListeners, signal: AbortSignal): Promise<void>
}

export interface ConfigMapsOptions {
  /** In the order of the volume: of two files of one name the later one wins. */
  readonly references: readonly ConfigMapReference[]
  readonly configMaps: ConfigMaps
  readonly clock: Clock
  /** From 0 up to, not including, 1. */
  readonly random: () => number
}

/** Less than the poll interval, so that a server that is back is asked within it even when the previous call hangs. In ms. */
export const readTimeoutMs = 4_000

/** Needs the rights get and watch on each by its name. Both methods touch the network. */
export function configMapsSource(options: ConfigMapsOptions): ConfigSource {
  return { read: () => readAll(options), watch: (watchOptions) => watchAll(options, watchOptions) }
}

/** Throws the error of the first in order that cannot be read; a volume is not updated either before all can be. */
async function readAll({ references, configMaps, clock }: ConfigMapsOptions): Promise<ConfigFiles> {
  const found = await Promise.allSettled(references.map((reference) => readOne(reference, configMaps, clock)))
  return projected(
    found.map((each) => {
      if (each.status === 'rejected') throw each.reason
      return each.value
    })
  )
}

async function readOne(
  { name, optional }: ConfigMapReference,
  configMaps: ConfigMaps,
  clock: Clock
): Promise<ConfigMapContent> {
  const content = await withinMs('the API server', readTimeoutMs, clock, (signal) =>
    configMaps.read(name, signal)
  ).catch((error: unknown) => {
    const { code, message } = toReconcileError(error)
    const needs =
      code === 'NOT_PERMITTED'
        ? '; expected the rights get and watch on it, as manifests/components/api-config grants them'
        : ''
    throw new ReconcileError('CONFIG_MISSING', `cannot read ${titleOf(configMaps, name)}: ${message}${needs}`, {
      cause: error
    })
  })
  if (content !== undefined) return content
  if (optional) return {}
  throw new ReconcileError('CONFIG_MISSING', `cannot read ${titleOf(configMaps, name)}: it does not exist`)
}

/** A watch per map: the right to watch one by its name is no right to watch the others. Closing does not wait for in-flight calls. */
function watchAll(options: ConfigMapsOptions, watchOptions: WatchOptions): Watch {
  const { references, configMaps, clock, random } = options
  const poller = new ChangePoller(
    { read: (signal) => within('the configuration', signal, () => readAll(options)) },
    watchOptions,
    clock
  )
  const deaf = new Set<string>()
  for (const { name } of references) {
    void followChanges({
      watch: (listeners, signal) => configMaps.watch(name, listeners, signal),
      onHint: () => poller.hint(),
      onRecovered: () => void deaf.delete(name),
      onDeaf: ({ message }) => {
        if (deaf.size === 0) poller.degraded(`cannot watch ${titleOf(configMaps, name)}: ${message}`)
        deaf.add(name)
      },
      clock,
      random,
      closing: poller.closing
    })
  }
  poller.start()
  return poller
}

function titleOf({ namespace }: ConfigMaps, name: string): string {
  return `the ConfigMap "${namespace}/${name}"`
}
