/**
 * How long it takes until everything is as declared, and how many requests.
 * @module
 */
import type { Json } from '../../src/records.ts'
import { round } from '../statistics.ts'
import { time } from '../timing.ts'
import type { Scene } from './scene.ts'

const mostCycles = 20

/** Declares all indices with this refresh interval, and cycles until they are seen to be so. */
export async function measureChange(
  scene: Scene,
  what: string,
  refreshInterval: string
): Promise<{ readonly [key: string]: Json }> {
  const { link, names, say } = scene
  await scene.declare(refreshInterval)
  link.reset()
  const samples: number[] = []
  let cycles = 0
  await time(async () => {
    for (let status = ''; status !== 'in-sync'; cycles += 1) {
      if (cycles === mostCycles) throw new Error(`not in sync after ${mostCycles} cycles, but ${status}`)
      const report = await scene.cycle()
      status = report.status
    }
  }, samples)
  const ms = round(samples[0] ?? Number.NaN)
  say(`${what} of ${names.length}: ${ms} ms until seen, ${cycles} cycles, ${JSON.stringify(link.counts)}`)
  return { ms, cycles, requests: link.counts }
}
