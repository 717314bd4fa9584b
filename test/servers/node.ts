/**
 * A server process that tests can kill, pause and start again.
 * @module
 */
import { startServer, waitUntilReady, type ServerOptions } from './process.ts'

/** How a server is started, always the same way. */
export interface NodeCommand extends ServerOptions {
  /** What to call it in errors. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** How long it may take to become ready. */
  readonly timeoutMs: number
}

/** A process of a server that answers. */
export interface NodeProcess {
  /** Of the process that runs now, or ran last. */
  readonly pid: number
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  /** Shuts it down cleanly when it runs, starts it, and resolves when it answers. */
  restart(): Promise<void>
  /** SIGSTOP: connections stay open and nothing is answered. */
  pause(): Promise<void>
  resume(): void
}

/** Starts a server; resolves when `isReady` says so. Throws with the end of its log when it does not become ready. */
export async function startNode(
  { name, command, args, timeoutMs, ...where }: NodeCommand,
  isReady: () => Promise<boolean>
): Promise<NodeProcess> {
  const begin = () => startServer(command, args, where)
  let server = await begin()
  const ready = () => waitUntilReady(server, isReady, { name, timeoutMs })
  try {
    await ready()
  } catch (error) {
    await server.kill()
    throw error
  }
  return {
    get pid() {
      return server.pid
    },
    kill: () => server.kill(),
    restart: async () => {
      await server.stop()
      server = await begin()
      await ready()
    },
    pause: () => server.pause(),
    resume: () => server.signal('SIGCONT')
  }
}
