/**
 * Numbers keep their value: 9223372036854775807 must survive, and a double would make it 9223372036854775808.
 * @module
 */

/** Exponents beyond this are refused instead of being written out digit by digit. */
const longestExponent = 400

/** Decimal digits without needless zeros, and the power of ten they are multiplied with. */
function decimal(text: string): { negative: boolean; digits: string; exponent: number } {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^([-+]?)(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?$/.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const short = digits.replace(/0+$/, '')
  return {
    negative: sign === '-' && short !== '',
    digits: short,
    exponent: short === '' ? 0 : Number(exponent) - fraction.length + digits.length - short.length
  }
}

/**
 * The value of a number as written (decimal, `0x` or `0o`): a number when a double holds it exactly as written,
 * a bigint when it is whole, its text otherwise, undefined when it is too large to be meant.
 */
export function exactNumber(source: string): number | bigint | string | undefined {
  const text = source.trim()
  if (/^0[xo]/i.test(text)) return narrow(BigInt(text))
  if (/^[-+]?\d+$/.test(text)) return text.length > longestExponent ? undefined : narrow(BigInt(text.replace(/^\+/, '')))
  const written = decimal(text)
  if (Math.abs(written.exponent) > longestExponent) return undefined
  const value = Number(text)
  const kept = Number.isFinite(value) ? decimal(String(value)) : undefined
  if (kept !== undefined && kept.digits === written.digits && kept.exponent === written.exponent) return value
  if (written.exponent < 0) return text
  const whole = BigInt(`${written.digits}${'0'.repeat(written.exponent)}`)
  return written.negative ? -whole : whole
}

function narrow(whole: bigint): number | bigint {
  const value = Number(whole)
  return Number.isSafeInteger(value) ? value : whole
}

/** A number as plain decimal text without an exponent where it is whole: `1e8` is `100000000`. */
export function numberText(value: number | bigint): string {
  return typeof value === 'bigint' || Number.isInteger(value) ? BigInt(value).toString() : String(value)
}
