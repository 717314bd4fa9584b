/**
 * Numbers as their author wrote them, for bodies that are passed on: `1.0` is no `1` to whoever reads it as an integer,
 * and 9007199254740993 is no 9007199254740992. A number whose double prints as it is written stays a number; any other
 * one is a raw JSON value, which `JSON.stringify` prints as it is (the TC39 proposal "JSON.parse source text access").
 * @module
 */
import type { Json } from '../records.ts'

declare global {
  // oxlint-disable-next-line no-unused-vars -- declared until TypeScript's own library has it
  interface JSON {
    /** A frozen object that `JSON.stringify` prints as this text. Throws a SyntaxError for what is no JSON scalar. */
    rawJSON(text: string): WrittenNumber
    isRawJSON(value: unknown): value is WrittenNumber
  }
}

/** A number that a double prints in another way than it was written. */
export type WrittenNumber = {
  /** JSON's notation, e.g. `1.0`. */
  readonly rawJSON: string
}

/** The number that a text in JSON's notation stands for, to be printed as this text. */
export function writtenNumber(text: string): number | WrittenNumber {
  const value = Number(text)
  return JSON.stringify(value) === text ? value : JSON.rawJSON(text)
}

/** Whether a value is a number that keeps its text. */
export function isWrittenNumber(value: unknown): value is WrittenNumber {
  return JSON.isRawJSON(value)
}

/** Whether a value is a number, whichever way it is held. */
export function isNumber(value: unknown): value is number | WrittenNumber {
  return typeof value === 'number' || isWrittenNumber(value)
}

/** A number in JSON's notation. */
export function writtenText(value: number | WrittenNumber): string {
  return typeof value === 'number' ? JSON.stringify(value) : value.rawJSON
}

/**
 * Whether two numbers are the same to those who tell integers from decimals: integers by their exact value, decimals by
 * their double, an integer never as a decimal. Pure.
 */
export function sameNumber(a: number | WrittenNumber, b: number | WrittenNumber): boolean {
  const [left, right] = [writtenText(a), writtenText(b)]
  if (left === right) return true
  const isDecimal = isDecimalText(left)
  if (isDecimal !== isDecimalText(right)) return false
  return isDecimal ? Number(left) === Number(right) : BigInt(left) === BigInt(right)
}

/** The same for those who take `1.0` for 1: decimals still by their double, integers by their exact value. Pure. */
export function equalNumber(a: number | WrittenNumber, b: number | WrittenNumber): boolean {
  return exactValue(a) === exactValue(b)
}

/** A double for decimals, a bigint for whole numbers of either notation. */
function exactValue(value: number | WrittenNumber): number | bigint {
  const text = writtenText(value)
  if (!isDecimalText(text)) return BigInt(text)
  const double = Number(text)
  return Number.isInteger(double) ? BigInt(double) : double
}

function isDecimalText(text: string): boolean {
  return /[.e]/i.test(text)
}

/**
 * The start of a number that may print otherwise: an exponent, zeros at the end of a fraction, minus zero, more digits
 * than a double is sure to hold, or so many zeros after the point that it prints with an exponent.
 */
const suspicious = /(?:^|[[:,])\s*(?:-0(?![\d.])|-?(?:\d[\d.]*e|[\d.]{16}|\d+\.\d*0(?![\d.])|0\.0{6}))/i

/**
 * JSON with its numbers as they are written. As quick as `JSON.parse` where all of them print as they are written.
 * Throws a SyntaxError as `JSON.parse` does.
 */
export function parseWithNumbers(text: string): unknown {
  if (!suspicious.test(text)) return JSON.parse(text)
  return JSON.parse(text, asWritten)
}

/** A reviver; the engine gives it the text of scalars as well. */
function asWritten(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined ? writtenNumber(context.source) : value
}

/** A value for a report: what a double would print in another way is its text. Pure. */
export function reportable(value: Json): Json {
  if (isWrittenNumber(value)) return value.rawJSON
  if (isList(value)) return value.map(reportable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, reportable(part)]))
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
