/**
 * Events and status, reported to Kubernetes: as Events, and as a report on the ConfigMaps.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { LogLine } from '../report/line.ts'
import { observers, type Observer } from '../report/observer.ts'
import type { Clock } from '../time/clock.ts'
import { recordEvents } from './event-recorder.ts'
import { KubernetesEvents, type EventSource } from './kubernetes-events.ts'
import { KubernetesReports } from './kubernetes-reports.ts'
import { openKubernetes, type Kubernetes } from './kubernetes.ts'
import { namespaceOfPod } from './namespace.ts'
import { publishReports } from './publication.ts'

/** What is asked for. */
export interface ReportingSettings {
  /** What events are about; undefined: there are none. */
  readonly eventsAbout: { readonly kind: 'Pod' | 'ConfigMap'; readonly name: string; readonly uid?: string } | undefined
  /** The ConfigMaps that are annotated with the report; none: there is no report. */
  readonly reportOn: readonly string[]
  /** Undefined: that of the pod. */
  readonly namespace: string | undefined
}

export interface Reporting {
  /** Takes part in every cycle. */
  readonly observer: Observer
  /** Writes the events that are left, for 2 s at most. Never throws. */
  close(): Promise<void>
}

/** Touches no network. Throws VARIABLE_INVALID outside of a cluster. */
export async function openReporting(
  { eventsAbout, reportOn, ...settings }: ReportingSettings,
  clock: Clock,
  log: LogLine
): Promise<Reporting> {
  const namespace = settings.namespace ?? (await namespaceOfPod('the events and reports'))
  const kubernetes = await openKubernetes()
  const parts: Reporting[] = []
  if (eventsAbout !== undefined) {
    const regarding = { apiVersion: 'v1', namespace, ...eventsAbout }
    parts.push(
      recordEvents({ events: eventsOf(kubernetes, regarding), nameNew: () => eventName(eventsAbout.name), clock, log })
    )
  }
  if (reportOn.length > 0)
    parts.push(publishReports({ names: reportOn, maps: new KubernetesReports(kubernetes, namespace), clock, log }))
  return {
    observer: observers(...parts.map(({ observer }) => observer)),
    close: async () => void (await Promise.all(parts.map((part) => part.close())))
  }
}

function eventsOf(kubernetes: Kubernetes, regarding: EventSource['regarding']): KubernetesEvents {
  return new KubernetesEvents(kubernetes, { regarding, instance: hostname().slice(0, 128) })
}

/** A name may have 253 characters. */
function eventName(about: string): string {
  return `${about.slice(0, 200)}.${randomUUID().replaceAll('-', '')}`
}
