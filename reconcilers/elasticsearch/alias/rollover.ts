/**
 * Which indices rollover has made after the declared ones. Source: MetadataRolloverService.generateRolloverIndexName,
 * which counts up a number at the end of the name and writes it with at least six digits. A name made from date math
 * has another date each time, so dates are left out of the comparison.
 * @module
 */

const series = /^(.*)-(\d+)$/u
const date = /\d{4}(?:[._-]?\d{1,2}){0,3}/gu

/** Members nobody declared that are later in the series of a declared one. Pure. */
export function successorsOf(declared: readonly string[], live: readonly string[]): readonly string[] {
  const last = new Map<string, bigint>()
  for (const name of declared) {
    const place = placeOf(name)
    if (place !== undefined && (last.get(place.series) ?? -1n) < place.number) last.set(place.series, place.number)
  }
  return live.filter((name) => {
    const place = placeOf(name)
    const number = place && last.get(place.series)
    return place !== undefined && number !== undefined && place.digits >= 6 && place.number > number
  })
}

function placeOf(
  name: string
): { readonly series: string; readonly number: bigint; readonly digits: number } | undefined {
  const [, prefix, digits] = series.exec(name) ?? []
  return prefix === undefined || digits === undefined
    ? undefined
    : { series: prefix.replaceAll(date, '#'), number: BigInt(digits), digits: digits.length }
}
