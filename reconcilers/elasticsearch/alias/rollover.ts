/**
 * Which indices rollover has made after the declared ones. Source: MetadataRolloverService.generateRolloverIndexName, which
 * counts up a number at the end of the name and writes it with at least six digits.
 * @module
 */

const series = /^(.*)-(\d+)$/u

/** Members nobody declared that are later in the series of a declared one. Pure. */
export function successorsOf(declared: readonly string[], live: readonly string[]): readonly string[] {
  const last = new Map<string, bigint>()
  for (const name of declared) {
    const [, prefix, digits = ''] = series.exec(name) ?? []
    if (prefix !== undefined && (last.get(prefix) ?? -1n) < BigInt(digits)) last.set(prefix, BigInt(digits))
  }
  return live.filter((name) => {
    const [, prefix = '', digits = ''] = series.exec(name) ?? []
    const number = last.get(prefix)
    return number !== undefined && digits.length >= 6 && BigInt(digits) > number
  })
}
