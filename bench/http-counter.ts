/**
 * Counts what a sidecar asks of a server that speaks HTTP.
 * @module
 */
import { FaultProxy } from '../test/servers/fault-server.ts'
import type { Counter } from './change.ts'

/** A proxy in front of `url`; `variable` sends the sidecar there. Names and ids in paths are left out. */
export async function countHttp(url: string, variable: string, names: RegExp): Promise<Counter> {
  const proxy = await FaultProxy.start(url)
  return {
    env: { [variable]: proxy.url },
    take: () => {
      const counts: Record<string, number> = {}
      for (const { method, path } of proxy.requests) {
        const name = `${method} ${path.replaceAll(names, '…')}`
        counts[name] = (counts[name] ?? 0) + 1
      }
      proxy.reset()
      return counts
    },
    close: () => proxy.stop()
  }
}
