/**
 * Free TCP ports of the loopback interface.
 * @module
 */
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below the range from which Linux (from 32768) and macOS (from 49152) take the ports of outgoing connections:
 * a server that is down for a moment then finds its port still free.
 */
const everyday: PortRange = { first: 15_000, last: 32_000 }

/** Where to look for a port: `first` may be given, `last` is not. */
export interface PortRange {
  readonly first: number
  readonly last: number
}

const given = new Set<number>()

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}

/** A port nobody listens on now; this process is never given the same one twice. */
export async function freePort(range = everyday): Promise<number> {
  for (;;) {
    const port = range.first + Math.floor(Math.random() * (range.last - range.first))
    if (given.has(port)) continue
    given.add(port)
    if (await isFree(port)) return port
  }
}
