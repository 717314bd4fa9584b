/**
 * Numbers of bodies as the server prints them where it keeps text: Java's `Long.toString` and `Double.toString`.
 * @module
 */
import { type WrittenNumber, writtenText } from '../../src/plugin.ts'

/**
 * The text a server makes of a number in a field of text (measured on 8.19, 9.4 and OpenSearch 3.8: `null_value: 1e3`
 * of a keyword is `1000.0`). Pure.
 */
export function serverText(number: number | WrittenNumber): string {
  const text = writtenText(number)
  return /[.e]/i.test(text) ? doubleText(Number(text)) : BigInt(text).toString()
}

function doubleText(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return Object.is(value, -0) ? '-0.0' : value === 0 ? '0.0' : String(value)
  const size = Math.abs(value)
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value)
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}
