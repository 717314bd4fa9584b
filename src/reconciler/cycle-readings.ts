/**
 * What the kinds of one pass have read and share.
 * @module
 */

/** Readings by name. */
export class CycleReadings {
  readonly #readings = new Map<string, Promise<unknown>>()

  /** What `read` gave the first time for this name. One that fails is forgotten, so that the next call reads again. */
  once<T>(name: string, read: () => Promise<T>): Promise<T> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a name stands for one reading
    const known = this.#readings.get(name) as Promise<T> | undefined
    if (known !== undefined) return known
    const reading = read().catch((error: unknown) => {
      this.#readings.delete(name)
      throw error
    })
    this.#readings.set(name, reading)
    return reading
  }
}
