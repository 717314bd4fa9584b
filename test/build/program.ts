/**
 * Programs of a bundle as processes of their own.
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { atExit } from '../servers/process.ts'

export interface Program {
  readonly child: ChildProcess
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

/** Starts a file of the bundle with these variables and a free port for its probes. */
export function start(file: string, args: readonly string[], variables: Readonly<Record<string, string>>): Program {
  const child = spawn(process.execPath, [file, ...args], {
    env: { HTTP_PORT: '0', ...variables },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const forget = atExit(() => void child.kill('SIGKILL'))
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(([stdout, stderr]) => {
    forget()
    return { code: child.exitCode, stdout, stderr }
  })
  return { child, ended }
}
