/**
 * Events of Kubernetes (events.k8s.io/v1). Needs the rights create and patch on events of that group.
 * @module
 */
import type { EventsV1Event, EventsV1EventSeries, V1ObjectReference } from '@kubernetes/client-node'
import type { BookedEvent } from './event-book.ts'
import type { Events } from './event-recorder.ts'
import type { Kubernetes } from './kubernetes.ts'
import { clusterFailure } from './refusal.ts'

export interface EventSource {
  /** What the events are about; they are kept in its namespace. */
  readonly regarding: V1ObjectReference & { readonly namespace: string }
  /** Who of several replicas reports. */
  readonly instance: string
}

/** Who reports, as `kubectl events` shows it. */
export const reportingController = 'infometis.io/reconciler'

export class KubernetesEvents implements Events {
  readonly #kubernetes: Kubernetes
  readonly #source: EventSource

  constructor(kubernetes: Kubernetes, source: EventSource) {
    this.#kubernetes = kubernetes
    this.#source = source
  }

  create(event: BookedEvent, signal: AbortSignal): Promise<void> {
    const { regarding } = this.#source
    return this.#write(() =>
      this.#kubernetes.events.createNamespacedEvent(
        { namespace: regarding.namespace, body: this.#body(event) },
        this.#kubernetes.until(signal)
      )
    )
  }

  recount(event: BookedEvent, signal: AbortSignal): Promise<void> {
    const { namespace } = this.#source.regarding
    return this.#write(() =>
      this.#kubernetes.events.patchNamespacedEvent(
        { namespace, name: event.name, body: { series: this.#series(event) } },
        this.#kubernetes.merging(signal)
      )
    )
  }

  async #write(write: () => Promise<unknown>): Promise<void> {
    try {
      await write()
    } catch (error) {
      throw clusterFailure(error, this.#kubernetes.server)
    }
  }

  #body(event: BookedEvent): EventsV1Event {
    const { regarding, instance } = this.#source
    const { name, type, reason, action, note, count, firstAt } = event
    return {
      metadata: { name, namespace: regarding.namespace },
      eventTime: this.#kubernetes.microTime(firstAt),
      type,
      reason,
      action,
      note,
      regarding,
      reportingController,
      reportingInstance: instance,
      // A series begins with the second one.
      ...(count > 1 && { series: this.#series(event) })
    }
  }

  #series({ count, lastAt }: BookedEvent): EventsV1EventSeries {
    return { count, lastObservedTime: this.#kubernetes.microTime(lastAt) }
  }
}
