/**
 * The bundled sidecar as a process of its own, as a container would run it.
 * @module
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { atExit } from '../../test/servers/process.ts'
import { usageOf, type Usage } from '../processes.ts'

/** The line every cycle ends with. */
const cycleLine = z.object({
  status: z.string(),
  counts: z.record(z.string(), z.number()),
  durationMs: z.number(),
  message: z.string()
})
export type CycleLine = z.output<typeof cycleLine>

export interface SidecarOptions {
  /** What the container runs. */
  readonly entry: string
  readonly directory: string
  readonly bootstrap: string
  readonly client: 'platformatic' | 'kafkajs'
}

export interface Sidecar {
  /** Resolves with the first cycle's line, and when it came, on the clock of `performance.now()`. */
  readonly firstCycle: Promise<{ readonly line: CycleLine; readonly at: number }>
  usage(): Promise<Usage | undefined>
  /** SIGTERM; throws when it does not end with exit code 0. */
  stop(): Promise<void>
}

/** Starts it with an interval so long that only changes of the files wake it. */
export function startSidecar({ entry, directory, bootstrap, client }: SidecarOptions): Sidecar {
  const env = {
    ...process.env,
    CONFIG_DIR: directory,
    KAFKA_BOOTSTRAP_SERVERS: bootstrap,
    KAFKA_CLIENT: client,
    RECONCILE_INTERVAL: '1h',
    HTTP_PORT: '0'
  }
  const child = spawn(process.execPath, [entry], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const forget = atExit(() => void child.kill('SIGKILL'))
  const first = Promise.withResolvers<{ line: CycleLine; at: number }>()
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = cycleLine.safeParse(parsed(text))
    if (line.success) first.resolve({ line: line.data, at: performance.now() })
  })
  const ended = once(child, 'exit')
  child.once('exit', (code, signal) => {
    forget()
    first.reject(new Error(`the sidecar ended with ${code ?? signal} before its first cycle`))
  })
  return {
    firstCycle: first.promise,
    usage: () => usageOf(child.pid ?? 0),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      if (child.exitCode !== 0) throw new Error(`the sidecar ended with ${child.exitCode ?? child.signalCode}`)
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
