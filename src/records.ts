/**
 * The smallest records, under everything else: values, keys, places, problems and errors.
 * @module
 */

/** A value as a report or a JSON document carries it. A number that a double would print otherwise is text. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

declare const keyBrand: unique symbol
/** `<service>/<kind>/<name as written>`; made only by `keyOf`. */
export type Key = string & { readonly [keyBrand]: true }

/**
 * The key of an item.
 *
 * @example
 * keyOf('kafka', 'topic', 'orders') // 'kafka/topic/orders'
 */
export function keyOf(service: string, kind: string, name: string): Key {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this is where the brand is given
  return `${service}/${kind}/${name}` as Key
}

/** Where something stands in a configuration file; `line` and `column` count from 1. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One finding about the configuration, in the words of its author. */
export interface Problem extends Position {
  readonly severity: 'error' | 'warning'
  /** Dotted path inside the file, `''` for the whole file. */
  readonly path: string
  readonly code: string
  /** What was expected, what was found and what to do. */
  readonly message: string
}

/** An error as a report carries it: secrets masked, no stack. */
export interface ErrorRecord {
  readonly code: string
  readonly message: string
  readonly hint: string
}
