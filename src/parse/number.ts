/**
 * Numbers keep their value: 9223372036854775807 must survive, and a double would make it 9223372036854775808.
 * @module
 */

/** Longer texts, and powers of ten beyond it, are refused instead of being written out digit by digit. */
const mostDigits = 400

/** Decimal digits without needless zeros, and the power of ten they are multiplied with. */
interface Decimal {
  readonly sign: '' | '-'
  readonly digits: string
  readonly exponent: number
}

function decimal(text: string): Decimal | undefined {
  const [, sign, whole = '', fraction = '', exponent = '0'] = /^([-+]?)(\d*)\.?(\d*)(?:e([-+]?\d+))?$/i.exec(text) ?? []
  if (whole === '' && fraction === '') return undefined
  const significant = `${whole}${fraction}`.replace(/^0+/, '')
  const digits = significant.replace(/0+$/, '')
  if (digits === '') return { sign: '', digits: '0', exponent: 0 }
  return {
    sign: sign === '-' ? '-' : '',
    digits,
    exponent: Number(exponent) - fraction.length + significant.length - digits.length
  }
}

/**
 * The value of a number as written (decimal, `0x` or `0o`), which its notation does not change: a number when a double
 * holds it exactly, a bigint when it is whole and beyond 2^53, its text otherwise. Undefined for what is no number or
 * too long to be meant.
 */
export function exactNumber(source: string): number | bigint | string | undefined {
  const text = source.trim()
  if (text.replace(/^[-+]/, '').length > mostDigits) return undefined
  if (/^0(?:x[\da-f]+|o[0-7]+)$/i.test(text)) return narrow(BigInt(text))
  const written = decimal(text)
  if (written === undefined || Math.abs(written.exponent) > mostDigits) return undefined
  if (written.exponent >= 0) return narrow(BigInt(`${written.sign}${written.digits}${'0'.repeat(written.exponent)}`))
  const value = Number(text)
  const kept = decimal(String(value))
  return kept?.digits === written.digits && kept.exponent === written.exponent ? value : text
}

function narrow(whole: bigint): number | bigint {
  const value = Number(whole)
  return Number.isSafeInteger(value) ? value : whole
}

/** A number as `exactNumber` takes it, in JSON's notation: `+.5` is `0.5`, `007` is `7`, `0x1F` is `31`. Pure. */
export function jsonNotation(source: string): string {
  const text = source.trim()
  if (/^0[xo]/i.test(text)) return BigInt(text).toString()
  const [, sign = '', whole = '', point = '', fraction = '', exponent = ''] =
    /^([-+]?)(\d*)(\.?)(\d*)(e.*)?$/i.exec(text) ?? []
  const integer = whole.replace(/^0+(?=\d)/, '') || '0'
  return `${sign === '-' ? '-' : ''}${integer}${point === '' ? '' : `.${fraction || '0'}`}${exponent}`
}

/** A number as plain decimal text without an exponent where it is whole: `1e8` is `100000000`. */
export function numberText(value: number | bigint): string {
  return typeof value === 'bigint' || Number.isInteger(value) ? BigInt(value).toString() : String(value)
}
