/**
 * Samples → the numbers that are reported.
 * @module
 */

/** Sorted samples in a few words, in the unit of the samples. With few samples `p99` is the largest one. */
export interface Summary {
  readonly [key: string]: number
  readonly n: number
  readonly min: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** Quantiles by nearest rank, rounded to a tenth. Throws for no samples. Pure. */
export function summarize(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b)
  return {
    n: sorted.length,
    min: round(quantile(sorted, 0)),
    p50: round(quantile(sorted, 0.5)),
    p99: round(quantile(sorted, 0.99)),
    max: round(quantile(sorted, 1))
  }
}

function quantile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (value === undefined) throw new RangeError('expected at least one sample')
  return value
}

/** To a number of decimals, by default one. Pure. */
export function round(value: number, decimals = 1): number {
  return Number(value.toFixed(decimals))
}

/** `a` over `b`, to two decimals. Pure. */
export function ratio(a: number, b: number): number {
  return round(a / b, 2)
}
