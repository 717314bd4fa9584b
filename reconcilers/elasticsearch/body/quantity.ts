/**
 * Time and byte values with a unit, as Elasticsearch reads them (TimeValue.parseTimeValue, ByteSizeValue.parseBytesSizeValue).
 * @module
 */

const timeUnits: Readonly<Record<string, number>> = {
  nanos: 1e-6,
  micros: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000
}

const byteUnits: Readonly<Record<string, number>> = {
  b: 1,
  k: 1024,
  kb: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
  t: 1024 ** 4,
  tb: 1024 ** 4,
  p: 1024 ** 5,
  pb: 1024 ** 5
}

const quantity = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/u

/** Milliseconds of a text such as `30d`; `0` needs no unit; undefined when it is none. */
export function millisecondsOf(text: string): number | undefined {
  return text.trim() === '0' ? 0 : scaled(text, timeUnits)
}

/** Bytes of a text such as `50gb`; undefined when it is none. */
export function bytesOf(text: string): number | undefined {
  return scaled(text, byteUnits)
}

/** Whether both are times, or both byte values, of the same size: `1m` and `60s`. */
export function sameQuantity(a: string, b: string): boolean {
  return isEqual(millisecondsOf(a), millisecondsOf(b)) || isEqual(bytesOf(a), bytesOf(b))
}

function isEqual(a: number | undefined, b: number | undefined): boolean {
  return a !== undefined && a === b
}

function scaled(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, digits = '', unit = ''] = quantity.exec(text.trim().toLowerCase()) ?? []
  return Object.hasOwn(units, unit) ? Number(digits) * (units[unit] ?? 1) : undefined
}
