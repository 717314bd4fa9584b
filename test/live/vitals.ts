/**
 * What a process holds of its machine (Linux).
 * @module
 */
import { readdir, readFile } from 'node:fs/promises'

/** What a process holds. */
export interface Vitals {
  /** Resident memory. */
  readonly memoryMiB: number
  /** Open files, sockets among them. */
  readonly handles: number
}

/** Whether this machine tells. */
export const hasVitals = process.platform === 'linux'

/** What a running process holds now. */
export async function vitalsOf(pid: number): Promise<Vitals> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const kiB = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  return { memoryMiB: Number(kiB) / 1_024, handles: (await readdir(`/proc/${pid}/fd`)).length }
}
