/**
 * ConfigMaps of Kubernetes. Needs the rights get and watch on each by its name; list is not needed.
 * @module
 */
import { z } from 'zod'
import type { ReconcileError } from '../errors.ts'
import type { ConfigMapContent } from '../read/config-map.ts'
import type { ConfigMaps } from './config-maps.ts'
import type { WatchListeners } from './follow-changes.ts'
import type { Kubernetes } from './kubernetes.ts'
import { clusterFailure, statusOf } from './refusal.ts'

/** A refusal to watch, as the library throws it. */
const refusal = z.object({ statusCode: z.int(), message: z.string() })
/** What a watch tells instead of a change before it ends. */
const status = z.object({ code: z.int() })
/** What is asked for begins too long ago: it begins again. */
const gone = 410

export class KubernetesConfigMaps implements ConfigMaps {
  readonly #kubernetes: Kubernetes
  readonly namespace: string

  constructor(kubernetes: Kubernetes, namespace: string) {
    this.#kubernetes = kubernetes
    this.namespace = namespace
  }

  async read(name: string, signal: AbortSignal): Promise<ConfigMapContent | undefined> {
    try {
      return await this.#kubernetes.core.readNamespacedConfigMap(
        { namespace: this.namespace, name },
        this.#kubernetes.until(signal)
      )
    } catch (error) {
      if (statusOf(error) === 404) return undefined
      throw clusterFailure(error, this.#kubernetes.server)
    }
  }

  /**
   * From no version on: the server first tells of the map that is there, so that nothing is missed between two watches. Without
   * a sound for 30 s the library ends it, since a quiet server and one that is gone sound alike.
   */
  async watch(name: string, listeners: WatchListeners, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const ended = Promise.withResolvers<void>()
    let state: 'opening' | 'open' | 'ended' = 'opening'
    const end = (error?: unknown): void => {
      const isUsual = error === undefined || error === null || (state === 'open' && isSilence(error))
      state = 'ended'
      if (isUsual) ended.resolve()
      else ended.reject(watchFailure(error, this.#kubernetes.server))
    }
    const stop = (): void => end()
    const onEvent = (type: string, object: unknown): void => {
      if (type !== 'ERROR') return listeners.onChange()
      const code = status.safeParse(object).data?.code ?? 500
      return code === gone ? end() : end({ code, body: object })
    }
    signal.addEventListener('abort', stop, { once: true })
    const opening = this.#kubernetes.watch.watch(watchPath(this.namespace), selectionOf(name), onEvent, end)
    const onOpening = (): void => {
      if (state !== 'opening') return
      state = 'open'
      listeners.onOpen()
    }
    void opening.then(onOpening, end)
    try {
      await ended.promise
    } finally {
      signal.removeEventListener('abort', stop)
      void opening.then(
        (connection) => connection.abort(),
        () => undefined
      )
    }
  }
}

function watchPath(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`
}

/** The right to watch one name is a right to watch this selection and no other. */
function selectionOf(name: string): { readonly fieldSelector: string } {
  return { fieldSelector: `metadata.name=${name}` }
}

function isSilence(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}

function watchFailure(error: unknown, server: URL): ReconcileError {
  const { data } = refusal.safeParse(error)
  return clusterFailure(data === undefined ? error : { code: data.statusCode, body: { message: data.message } }, server)
}
