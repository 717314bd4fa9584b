/**
 * How long things take.
 * @module
 */

/** Runs `work` and adds its wall time in ms to `samples`. */
export async function time(work: () => Promise<unknown>, samples: number[]): Promise<void> {
  const startedAt = performance.now()
  await work()
  samples.push(performance.now() - startedAt)
}
