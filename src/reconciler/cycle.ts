/**
 * One pass as its plugin sees it.
 * @module
 */
import type { Cycle } from '../contract.ts'

/** A cycle whose kinds share what `once` has read. A reading that fails is forgotten: the next call reads again. */
export function openCycle(given: Omit<Cycle, 'once'>): Cycle {
  const readings = new Map<string, Promise<unknown>>()
  return {
    ...given,
    once: <T>(name: string, read: () => Promise<T>): Promise<T> => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a name stands for one reading
      const known = readings.get(name) as Promise<T> | undefined
      if (known !== undefined) return known
      const reading = read().catch((error: unknown) => {
        readings.delete(name)
        throw error
      })
      readings.set(name, reading)
      return reading
    }
  }
}
