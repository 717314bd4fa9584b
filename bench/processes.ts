/**
 * What processes cost: those that end, and those that run.
 * @module
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { lastLines } from '../test/servers/process.ts'

/** A command with the variables it needs beside ours. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** The cost of a process that ended. */
export interface Cost {
  readonly wallMs: number
  /** User and system time of the process and all it started. */
  readonly cpuMs: number
}

/** Only the shell's own `time` tells the processor time of a child everywhere; Node tells that of itself. */
const timed = `TIMEFORMAT=$'\\n%R %U %S'; time "$@"`

/** Runs a command to its end and throws away its output. Throws with its last lines for an exit code not in `allowed`. */
export async function cost({ file, args, env }: Command, allowed: readonly number[] = [0]): Promise<Cost> {
  const child = spawn('bash', ['-c', timed, 'bash', file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let errors = ''
  child.stdout.resume()
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  await once(child, 'close')
  if (!allowed.includes(child.exitCode ?? -1))
    throw new Error(`${file} ended with ${child.exitCode}\n${lastLines(errors)}`)
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = lastLines(errors, 1).split(' ').map(Number)
  return { wallMs: wall * 1000, cpuMs: (user + system) * 1000 }
}

/** What a running process has used so far. */
export interface Usage {
  /** Resident now, in MiB. */
  readonly rssMiB: number
  /** The most that was ever resident, in MiB. */
  readonly peakMiB: number
  /** User and system time since its start, to 10 ms. */
  readonly cpuMs: number
}

/** Clock ticks of /proc a second: 100 on every Linux. */
const ticksPerSecond = 100

/** Undefined where there is no /proc. */
export async function usageOf(pid: number): Promise<Usage | undefined> {
  try {
    const [stat, status] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/status`, 'utf8')
    ])
    // The name of the process, in brackets, may hold spaces; the fields behind it are numbered from 3.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = Number(fields[14 - 3]) + Number(fields[15 - 3])
    const mebibytes = (field: RegExp): number => Number(field.exec(status)?.[1]) / 1024
    return {
      rssMiB: mebibytes(/^VmRSS:\s+(\d+) kB/m),
      peakMiB: mebibytes(/^VmHWM:\s+(\d+) kB/m),
      cpuMs: (ticks * 1000) / ticksPerSecond
    }
  } catch {
    return undefined
  }
}
