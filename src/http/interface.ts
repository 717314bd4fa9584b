/**
 * Everything the sidecar offers over HTTP, as one observer and one server.
 * @module
 */
import { openMetrics } from '../report/metrics.ts'
import { observers, type Observer } from '../report/observer.ts'
import type { Clock } from '../time/clock.ts'
import { Health } from './health.ts'
import { openHttp, type HttpServer } from './server.ts'

export interface InterfaceOptions {
  readonly service: string
  readonly kinds: readonly string[]
  /** 0 takes any free one. */
  readonly port: number
  readonly intervalMs: number
  readonly cycleTimeoutMs: number
  readonly clock: Clock
}

export interface HttpInterface extends HttpServer {
  /** Has to be told what happens. */
  readonly observer: Observer
}

/** Listens. Throws VARIABLE_INVALID when it cannot. */
export async function openHttpInterface({
  service,
  kinds,
  port,
  clock,
  ...times
}: InterfaceOptions): Promise<HttpInterface> {
  const health = new Health({ clock, ...times })
  const metrics = openMetrics({ service, kinds, clock })
  const server = await openHttp({ port, health, metrics })
  return { ...server, observer: observers(health.observer, metrics.observer) }
}
