/**
 * In which order jobs run, and which beside each other. Pure.
 * @module
 */

/** One thing to do in a process of its own. */
export interface Job {
  readonly name: string
  /** Names of jobs that must have ended before, however they ended. */
  readonly after: readonly string[]
  /** How long it is expected to take on two quiet cores, in seconds: what takes long begins first. */
  readonly seconds: number
  /** What its processes need at most together, in MiB. */
  readonly memoryMiB: number
}

/** What a machine gives to the jobs that run at a time. */
export interface Budget {
  /** Most jobs at a time. */
  readonly jobs: number
  readonly memoryMiB: number
}

/** Where the jobs are. */
export interface Progress {
  readonly running: readonly string[]
  readonly ended: readonly string[]
}

/** Seconds until the last of the jobs that wait for this one, and for those, would have ended. */
function urgency(job: Job, jobs: readonly Job[]): number {
  const waiting = jobs.filter(({ after }) => after.includes(job.name))
  return job.seconds + Math.max(0, ...waiting.map((each) => urgency(each, jobs)))
}

/**
 * The job to start now, undefined while none may be: the one with the longest way to the end among those that need
 * nothing more and fit into the budget. A job larger than the whole budget runs alone.
 */
export function next<J extends Job>(jobs: readonly J[], { running, ended }: Progress, budget: Budget): J | undefined {
  const isRunning = ({ name }: Job): boolean => running.includes(name)
  const used = jobs.filter(isRunning).reduce((sum, { memoryMiB }) => sum + memoryMiB, 0)
  if (running.length >= budget.jobs) return undefined
  const fitting = jobs
    .filter((job) => !isRunning(job) && !ended.includes(job.name))
    .filter(({ after }) => after.every((name) => ended.includes(name)))
    .filter(({ memoryMiB }) => running.length === 0 || used + memoryMiB <= budget.memoryMiB)
  return fitting.toSorted((a, b) => urgency(b, jobs) - urgency(a, jobs))[0]
}
