/**
 * What happens, as numbers for Prometheus. No label per item: a thousand items cost as many series as one.
 * @module
 */
import { Registry } from 'prom-client'
import type { Target } from '../records.ts'
import type { Clock } from '../time/clock.ts'
import { MetricsObserver } from './metrics-observer.ts'
import { initialize, makeSeries } from './metric-series.ts'
import type { Observer } from './observer.ts'

/** What the series are made for before anything has happened. */
export interface MetricsOptions {
  readonly service: string
  /** Which of several instances; `''` gives no label, which to Prometheus is the same as an empty one. @default '' */
  readonly target?: Target
  readonly kinds: readonly string[]
  readonly clock: Clock
}

export interface Metrics {
  readonly observer: Observer
  /** As Prometheus names it. */
  readonly contentType: string
  /** All series in the text format. */
  text(): Promise<string>
}

/** Every series exists from the start, so that an alert can tell "never" from "not known". */
export function openMetrics({ service, target = '', kinds, clock }: MetricsOptions): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ service, ...(target !== '' && { target }) })
  const series = makeSeries(registry)
  initialize(series, kinds)
  return {
    observer: new MetricsObserver(series, kinds, clock),
    contentType: registry.contentType,
    text: () => registry.metrics()
  }
}
