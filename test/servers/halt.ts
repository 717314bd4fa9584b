/**
 * When a process that was sent SIGSTOP does nothing any more. The signal is delivered to one of its threads; the others run on
 * until the scheduler comes to them, and a server answers meanwhile.
 * @module
 */
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whether a thread is stopped or gone: its state is the first letter behind its name, which is in brackets (proc_pid_stat(5)). */
async function isHalted(pid: number, thread: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8').catch(() => ') T')
  return /[TXZ]/.test(stat.charAt(stat.lastIndexOf(')') + 2))
}

/** Resolves when every thread is stopped, at once where the system does not tell; throws after 30 s. */
export async function halted(pid: number): Promise<void> {
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; await sleep(10)) {
    const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
    const states = await Promise.all(threads.map((thread) => isHalted(pid, thread)))
    if (states.every(Boolean)) return
  }
  throw new Error(`process ${pid} still runs 30 s after SIGSTOP`)
}
